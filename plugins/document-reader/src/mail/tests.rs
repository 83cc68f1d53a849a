use super::*;
use crate::output::shown;

#[test]
fn a_message_is_its_subject_its_head_and_its_text() {
    let message = "From: =?utf-8?B?5byg5LiJ?= <a@b.cn>\r\nTo: c@d.cn\r\nSubject: =?gb2312?B?0+PPtw==?= \r\n\
        Date: Tue, 1 Jul 2025 09:30:00 +0800\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n\
        --x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n\
        --y\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n报名在七月。\r\n\
        --y\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<table><tr><th>项<th>值<tr><td>报名<td>七月</table>\r\n--y--\r\n\
        --x\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\nx\r\n--x--\r\n";
    let document = read(message.as_bytes()).unwrap();
    let subject = document.title.clone().unwrap();
    assert_eq!(
        shown(&document),
        [
            &format!("# {subject}"),
            "From: 张三 <a@b.cn>\nTo: c@d.cn\nDate: 2025-07-01 09:30",
            "项 | 值",
            "报名 | 七月"
        ]
    );
    assert!(document.notes[0].contains("“a.pdf”"), "{:?}", document.notes);
}

#[test]
fn text_in_another_encoding_is_read() {
    let mut message = b"From: a@b.cn\r\nSubject: x\r\nContent-Type: text/plain; charset=GBK\r\n\r\n".to_vec();
    message.extend_from_slice(&encoding_rs::GBK.encode("报名在七月。").0);
    assert_eq!(shown(&read(&message).unwrap())[2], "报名在七月。");
}

#[test]
fn what_a_message_does_not_say_of_its_encoding_is_told_from_its_page_or_by_the_host() {
    let gbk = |text: &str| encoding_rs::GBK.encode(text).0.into_owned();
    let page = gbk(
        "From: a@b.cn\r\nSubject: x\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
        <html><head><meta charset=gb2312></head><body><p>学费五千元。</body></html>",
    );
    assert_eq!(shown(&read(&page).unwrap())[2], "学费五千元。");
    let quoted = "From: <Saved by Blink>\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Location: http://x.example/\r\n\r\n\
        <meta charset=3D\"gbk\"><h1>=BC=DB=C4=BF</h1><p>=B4=F3=B1=AD=CA=AE=D4=AA</p>\r\n--b--\r\n";
    assert_eq!(shown(&read(quoted.as_bytes()).unwrap()), ["# 价目", "大杯十元"]);
    for head in ["", "Content-Type: text/plain; charset=us-ascii\r\n"] {
        let bare = gbk(&format!("Subject: x\r\nFrom: a@b.cn\r\n{head}\r\n学费五千元。"));
        assert!(read(&bare).unwrap_err().contains("does not say the encoding"), "{head}");
        let told = [&b"X-Qianfan-Encoding: gb18030; its text was guessed\r\n"[..], &bare].concat();
        let document = read(&told).unwrap();
        assert_eq!(shown(&document)[2], "学费五千元。");
        assert_eq!(document.notes, ["its text was guessed"]);
    }
    let raw = gbk(
        "Subject: 学费通知\r\nFrom: 教务处 <a@b.cn>\r\nContent-Type: text/plain; charset=gbk\r\n\r\n五千元。",
    );
    let document = read(&raw).unwrap();
    assert_eq!(shown(&document), ["# 学费通知", "From: 教务处 <a@b.cn>", "五千元。"]);
    assert_eq!(document.title.as_deref(), Some("学费通知"));
    let raw = gbk("Subject: 学费通知\r\nFrom: a@b.cn\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nok");
    assert!(read(&raw).unwrap().notes[0].contains("could not be read"));
}

#[test]
fn an_encoding_that_is_declared_wrongly_is_not_believed() {
    let text = "学费五千元，请于九月一日前缴纳。";
    let gbk = encoding_rs::GBK.encode(text).0.into_owned();
    let (japanese, _, _) = encoding_rs::ISO_2022_JP.encode("返金は三営業日です。");
    let message = |likely: &str, label: &str, bytes: &[u8]| {
        let head = format!("{likely}From: a@b.cn\r\nSubject: x\r\nContent-Type: text/plain{label}\r\n\r\n");
        shown(&read(&[head.as_bytes(), bytes].concat()).unwrap())[2].clone()
    };
    let likely = "X-Qianfan-Encoding: gb18030; \n";
    for label in ["iso-8859-1", "windows-1252", "utf-8", "us-ascii", "x-unknown"] {
        assert_eq!(message(likely, &format!("; charset={label}"), &gbk), text, "{label}");
    }
    for label in ["iso-8859-1", "gb2312", "big5"] {
        assert_eq!(message("", &format!("; charset={label}"), text.as_bytes()), text, "{label}");
    }
    assert_eq!(message("", "", &japanese), "返金は三営業日です。");
    assert_eq!(message("", "; charset=unicode-1-1-utf-7", b"+W2aNOQ- 1234"), "学费 1234");
    // What is declared rightly is, whatever else the message holds.
    let latin = encoding_rs::WINDOWS_1252.encode("café à la carte").0.into_owned();
    assert_eq!(message("", "; charset=iso-8859-1", &latin), "café à la carte");
    assert_eq!(
        message("X-Qianfan-Encoding: windows-1251; \n", "; charset=iso-8859-1", &latin),
        "café à la carte"
    );
    let big5 = encoding_rs::BIG5.encode("退款將於三日內到帳").0.into_owned();
    assert_eq!(message(likely, "; charset=big5", &big5), "退款將於三日內到帳");
}

#[test]
fn a_saved_page_is_read_as_the_page() {
    let page = "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://a.cn/x/y.html\r\nSubject: Page\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/related; type=\"text/html\"; boundary=z\r\n\r\n--z\r\nContent-Type: text/html\r\n\
        Content-Transfer-Encoding: quoted-printable\r\nContent-Location: https://a.cn/x/y.html\r\n\r\n\
        <html><head><meta charset=3D\"utf-8\"><title>=E6=8B=9B=E7=94=9F</title></head><body><h1>=E6=97=B6=E9=97=B4</h1><p>\
        <a href=3D\"f.docx\">=E8=A1=A8</a></body></html>\r\n\
        --z\r\nContent-Type: image/png\r\nContent-Location: https://a.cn/a.png\r\n\r\nx\r\n--z--\r\n";
    let document = read(page.as_bytes()).unwrap();
    assert_eq!(
        (document.title.as_deref(), document.url.as_deref()),
        (Some("招生"), Some("https://a.cn/x/y.html"))
    );
    assert_eq!(shown(&document), ["# 时间", "表 (https://a.cn/x/f.docx)"]);
    assert!(document.notes.is_empty(), "{:?}", document.notes);
}

#[test]
fn the_frames_of_a_saved_page_are_read_behind_it() {
    let part = |head: &str, page: &str| {
        format!("--z\r\nContent-Type: text/html; charset=utf-8\r\n{head}\r\n{page}\r\n")
    };
    let page = format!(
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://a.cn/x\r\nSubject: Page\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/related; type=\"text/html\"; boundary=z\r\n\r\n{}{}--z--\r\n",
        part(
            "Content-Location: https://a.cn/x\r\n",
            "<title>主页</title><p>正文。</p><iframe src='cid:f@b'></iframe>"
        ),
        part("Content-ID: <f@b>\r\n", "<title>框</title><h1>框题</h1><p>框中。</p>")
    );
    let document = read(page.as_bytes()).unwrap();
    assert_eq!(shown(&document), ["正文。", "# 框题", "框中。"]);
    assert_eq!(document.title.as_deref(), Some("主页"));
}

#[test]
fn a_page_saved_without_its_address_has_no_head() {
    let page = "From: \"Saved by Windows Internet Explorer 8\"\r\nSubject: Page\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/related; type=\"text/html\"; boundary=z\r\n\r\n--z\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
        <h1>收费</h1><p>三十元。\r\n--z\r\nContent-Type: image/png\r\n\r\nx\r\n--z--\r\n";
    let document = read(page.as_bytes()).unwrap();
    assert_eq!(
        (shown(&document), document.notes.len()),
        (vec!["# 收费".to_owned(), "三十元。".to_owned()], 0)
    );
}

#[test]
fn messages_that_are_attached_are_read_too() {
    let message = |boundary: &str, subject: &str, text: &str, attached: &str| {
        format!(
            "From: a@b.cn\r\nTo: c@d.cn\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary={boundary}\r\n\r\n\
             --{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n{attached}--{boundary}--\r\n"
        )
    };
    let attach = |boundary: &str, message: &str| {
        format!("--{boundary}\r\nContent-Type: message/rfc822\r\n\r\n{message}\r\n")
    };
    let inner = message("y", "inner", "报名在七月。", "");
    let document = read(message("x", "outer", "见下。", &attach("x", &inner)).as_bytes()).unwrap();
    let shown = shown(&document);
    assert_eq!((&*shown[0], &*shown[2], &*shown[3]), ("# outer", "见下。", "# inner"));
    assert!(shown.last().unwrap().contains("报名在七月。") && document.notes.is_empty(), "{document:?}");
    // A draft has nobody in its head yet, and is no page.
    let draft = message("x", "outer", "见下。", &attach("x", &inner)).replacen(
        "From: a@b.cn\r\nTo: c@d.cn\r\n",
        "",
        1,
    );
    let document = read(draft.as_bytes()).unwrap();
    assert!(self::shown(&document).last().unwrap().contains("报名在七月。"), "{document:?}");
    let mut deep = message("a0", "底", "底。", "");
    for level in 1..50 {
        let boundary = format!("a{level}");
        deep = message(&boundary, "层", "层。", &attach(&boundary, &deep));
    }
    let document = read(deep.as_bytes()).unwrap();
    assert!(!document.parts.is_empty() && document.parts.len() < 60, "{}", document.parts.len());
}

#[test]
fn what_is_no_message_says_so() {
    assert!(read(b"").unwrap_err().contains("not a mail message"));
    assert!(read(b"From: a@b.cn\r\n\r\n").is_ok_and(|document| !document.parts.is_empty()));
}

#[test]
fn lines_that_a_program_broke_are_put_together_again() {
    let message = |kind: &str, text: &str| {
        format!("From: a@b.cn\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8{kind}\r\n\r\n{text}")
    };
    let text = |kind: &str, text: &str| shown(&read(message(kind, text).as_bytes()).unwrap()).pop().unwrap();
    let broken = "请登录报名 \r\n系统。\r\n第二段。\r\n> 引用 \r\n> 两行\r\n-- \r\n张三\r\n";
    assert_eq!(
        text("; format=flowed; delsp=yes", broken),
        "请登录报名系统。\n第二段。\n> 引用 \n> 两行\n-- \n张三"
    );
    assert_eq!(text("; format=flowed", "one \r\ntwo\r\n three"), "one two\nthree");
    assert_eq!(text("", "one \r\ntwo"), "one \ntwo");
}
