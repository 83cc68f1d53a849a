use super::*;

#[test]
fn the_texts_that_are_not_utf8_are_found_behind_what_they_are_sent_in() {
    let gbk = encoding_rs::GBK.encode("学费五千元。").0.into_owned();
    let coded = base64::engine::general_purpose::STANDARD.encode(&gbk);
    let quoted: String = gbk.iter().map(|byte| format!("={byte:02X}")).collect();
    for (transfer, body) in [("base64", format!("{coded}\r\n")), ("Quoted-Printable", quoted + "=\r\n")] {
        let message = format!(
            "Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n学费\r\n\
             --b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: {transfer}\r\n\r\n{body}\
             --b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n/9j/4AAQ\r\n--b--\r\n"
        );
        assert_eq!(not_utf8(message.as_bytes()), gbk, "{transfer}");
    }
    assert_eq!(not_utf8(&[b"Subject: x\n\n", &gbk[..]].concat()), gbk);
}
