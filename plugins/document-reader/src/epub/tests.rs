use std::io::Write;

use zip::write::SimpleFileOptions;

use super::*;
use crate::output::shown;

fn epub(pages: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut file = |name: &str, bytes: &[u8]| {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    };
    file(
        "META-INF/container.xml",
        br#"<container><rootfiles><rootfile full-path="OEBPS/a.opf"/></rootfiles></container>"#,
    );
    // A sheet is listed nowhere here.
    let listed = || pages.iter().filter(|(name, _)| !name.ends_with(".css"));
    let items: String = listed()
        .map(|(name, _)| format!(r#"<item id="{name}" href="t/{name}" media-type="application/xhtml+xml"/>"#))
        .collect();
    let spine: String = listed().rev().map(|(name, _)| format!(r#"<itemref idref="{name}"/>"#)).collect();
    let list = format!(
        r#"<package><metadata><dc:title>招生手册</dc:title></metadata><manifest>{items}<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/></manifest>
            <spine>{spine}<itemref idref="nav"/></spine></package>"#
    );
    file("OEBPS/a.opf", list.as_bytes());
    for (name, bytes) in pages {
        file(&format!("OEBPS/t/{}", unescaped(name)), bytes);
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn a_book_is_read_in_the_order_of_its_spine() {
    let second = "<html><head><title/></head><body><h2>时间</h2><p><a id=\"x\"/>七月。<a href=\"one.xhtml#x\">见上</a></p></body></html>";
    let first =
        "<html><head><title>页</title></head><body><h1>第一章</h1><p>正文<sup>2</sup>。</p></body></html>";
    let third = "<html><body><p>无题的一页。</p></body></html>";
    let document = read(epub(&[
        ("c.xhtml", third.as_bytes()),
        ("%E4%BA%8C.xhtml", second.as_bytes()),
        ("a.xhtml", first.as_bytes()),
    ]))
    .unwrap();
    assert_eq!(document.title.as_deref(), Some("招生手册"));
    assert_eq!(
        shown(&document),
        ["# 第一章", "正文²。", "# ", "## 时间", "七月。见上", "# ", "无题的一页。"]
    );
}

#[test]
fn what_cannot_be_read_says_why() {
    assert!(read(epub(&[("a.xhtml", &[0x8f, 0xff, 0x00])])).unwrap_err().contains("protected"));
    assert!(read(epub(&[("a.xhtml", b"<html/>")])).unwrap_err().contains("no text"));
    assert!(read(b"PK".to_vec()).unwrap_err().contains("not a valid epub file"));
}

#[test]
fn styles_within_a_page_and_beside_it_are_obeyed() {
    let body = "<body><p>价<b class=\"old\">199</b>99元</p><p class=\"h\">密</p></body></html>";
    let sheet = ".old{text-decoration:line-through} .h{display:none}";
    for head in [
        format!("<style>{sheet}</style>"),
        format!("<style type=\"text/css\"><![CDATA[\n{sheet}\n]]></style>"),
        "<link rel=\"stylesheet\" type=\"text/css\" href=\"../t/s%20heet.css\"/>".to_owned(),
    ] {
        let page = format!("<html><head><title/>{head}</head>{body}");
        let book = epub(&[("a.xhtml", page.as_bytes()), ("s%20heet.css", sheet.as_bytes())]);
        let document = read(book).unwrap();
        assert_eq!(shown(&document), ["价99元"], "{head}");
    }
    let page = format!("<html><head><link rel=\"stylesheet\" media=\"print\" href=\"s.css\"/></head>{body}");
    let document = read(epub(&[("a.xhtml", page.as_bytes()), ("s.css", sheet.as_bytes())])).unwrap();
    assert_eq!(shown(&document), ["价19999元\n密"]);
}
