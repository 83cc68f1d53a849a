use super::*;

fn text(bytes: impl Into<Vec<u8>>) -> Result<String, ParseError> {
    decode(bytes.into()).map(|decoded| decoded.text)
}

fn page(bytes: &[u8]) -> String {
    decode_page(bytes.to_vec()).unwrap().text
}

fn utf16(text: &str) -> Vec<u8> {
    [0xfffe_u16.swap_bytes()].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[test]
fn chinese_in_pairs_of_letters_is_refused() {
    assert_eq!(text("a ~{<:Ky2;~}"), Err(ParseError::UnknownEncoding { at: 2 }));
    for plain in ["a ~{b~}", "~{ a b c }", "x ~{ab cd~}", "~{中文~}"] {
        assert_eq!(text(plain).as_deref(), Ok(plain));
    }
}

#[test]
fn text_is_utf8_utf16_or_gb18030() {
    let (gb, _, _) = GB18030.encode("高考志愿");
    for bytes in
        [gb.into_owned(), utf16("高考志愿"), utf16("高考志愿")[2..].to_vec(), "\u{feff}高考志愿".into()]
    {
        assert_eq!(decode(bytes), Ok(Decoded { text: "高考志愿".into(), note: None }));
    }
    assert_eq!(text("高考\r\n志愿\r").as_deref(), Ok("高考\n志愿\n"));
}

#[test]
fn another_encoding_is_told() {
    let (big5, _, _) = encoding_rs::BIG5.encode("錄取通知書將於七月寄出");
    let decoded = decode(big5.into_owned()).unwrap();
    assert_eq!(decoded.text, "錄取通知書將於七月寄出");
    assert!(decoded.note.is_some_and(|note| note.contains("read as Big5")));
}

#[test]
fn a_page_may_name_its_encoding() {
    for label in ["<meta charset=big5>", "<meta http-equiv=x content='text/html; charset=Big5'>"] {
        let (words, _, _) = encoding_rs::BIG5.encode("<p>高考志願");
        let late = format!("<meta name=keywords content={}>{label}", "x".repeat(2000));
        for label in [label, &late] {
            assert_eq!(page(&[label.as_bytes(), &words].concat()), format!("{label}<p>高考志願"));
        }
    }
    for label in [
        "<meta charset=utf-8>",
        "<meta charset=\"nonsense\">",
        "<meta charset=",
        "",
        "<meta charset=iso-8859-1>",
    ] {
        let (words, _, _) = GB18030.encode("<p>高考志愿");
        assert_eq!(page(&[label.as_bytes(), &words].concat()), format!("{label}<p>高考志愿"));
    }
}

#[test]
fn a_text_of_escape_sequences_is_read_or_refused() {
    let (japanese, _, _) = ISO_2022_JP.encode("入学の手続き");
    let decoded = decode(japanese.into_owned()).unwrap();
    assert_eq!(decoded.text, "入学の手続き");
    assert!(decoded.note.unwrap().contains("ISO-2022-JP"));
    assert!(matches!(decode(b"\x1b$)C\x0e0!\x0f".to_vec()), Err(ParseError::UnknownEncoding { at: 0 })));
    assert_eq!(text("\u{1b}[31m红\u{1b}[0m").as_deref(), Ok("\u{1b}[31m红\u{1b}[0m"));
}

#[test]
fn letters_with_a_stray_zero_are_no_chinese() {
    assert_eq!(decode(b"abc\0def\n".to_vec()), Err(ParseError::Binary));
}

#[test]
fn what_is_wrong_with_the_bytes_is_said() {
    let mut torn = utf16("高考");
    torn.pop();
    let broken = "高考志愿".bytes().chain([0xff, 0xff]).collect();
    let early = [0xff].into_iter().chain("高考志愿".bytes()).collect();
    let mut cut: Vec<u8> = "高考志愿填报".into();
    cut.pop();
    let (gb, _, _) = GB18030.encode("院校,批次\n甲大学,本科批\n");
    let gb = [&gb[..], b"\x80\xff,1\n"].concat();
    for (bytes, expected) in [
        (broken, "is not UTF-8 text: its byte 12 (from 0; line 1) is wrong"),
        (early, "is not UTF-8 text: its byte 0 (from 0; line 1) is wrong"),
        (cut, "is not UTF-8 text: its byte 15 (from 0; line 1) is wrong"),
        (torn, "is not UTF-16LE text: its byte 4 (from 0; line 1) is wrong"),
        (gb, "is not gb18030 text: its byte 24 (from 0; line 3) is wrong"),
        (b"\xff\xfe\0\0\x9f\x4e\0\0".to_vec(), "is UTF-32 text, which is not read; save it as UTF-8"),
        (b"PK\x00\x01\xff".to_vec(), "is not text, although its name says so"),
        (b"PK\x00\x01".to_vec(), "is not text, although its name says so"),
    ] {
        let error = decode(bytes).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn a_message_that_is_not_utf8_comes_with_what_it_is_likely_to_be() {
    let utf8 = "Subject: x\n\n学费五千元。".as_bytes().to_vec();
    assert_eq!(mail_with_likely_encoding(utf8.clone()), utf8);
    let text = "Subject: x\n\n各位同学：本学期学费标准调整为五千元，请于九月一日前缴纳。";
    let (gb, _, _) = GB18030.encode(text);
    let told = mail_with_likely_encoding(gb.to_vec());
    assert!(told.starts_with(b"X-Qianfan-Encoding: gb18030; "));
    let (big5, _, _) =
        encoding_rs::BIG5.encode("Subject: x\n\n各位同學：本學期學費標準調整為五千元，請於九月一日前繳納。");
    let told = mail_with_likely_encoding(big5.to_vec());
    assert!(told.starts_with(b"X-Qianfan-Encoding: Big5; its text was read as Big5"));
}

#[test]
fn a_file_s_name_is_of_chinese_windows_unless_it_is_clearly_of_another_place() {
    for name in ["招生章程.txt", "学费.txt", "2025年招生计划（本科）.xlsx"] {
        assert_eq!(file_name(&encoding_rs::GBK.encode(name).0), name);
        assert_eq!(file_name(name.as_bytes()), name);
    }
    for (encoding, name) in
        [(BIG5, "學費標準調整說明與繳費期限.txt"), (SHIFT_JIS, "お支払い方法についてのご案内.txt")]
    {
        assert_eq!(file_name(&encoding.encode(name).0), name);
    }
}
