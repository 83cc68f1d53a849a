use std::io::Write;

use zip::write::SimpleFileOptions;

use super::*;
use crate::output::shown;

const OF: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A presentation of these slides, with more files.
fn pptx(slides: &[&str], files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut file = |name: &str, text: &str| {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    };
    let (mut list, mut relations) = (String::new(), String::new());
    // The order is the presentation's, not that of the names.
    for (number, slide) in slides.iter().enumerate() {
        let name = slides.len() - number;
        list += &format!(r#"<p:sldId id="{}" r:id="r{number}"/>"#, 256 + number);
        relations +=
            &format!(r#"<Relationship Id="r{number}" Type="{OF}/slide" Target="slides/slide{name}.xml"/>"#);
        file(&format!("ppt/slides/slide{name}.xml"), slide);
    }
    file(
        "ppt/presentation.xml",
        &format!("<p:presentation><p:sldIdLst>{list}</p:sldIdLst></p:presentation>"),
    );
    file("ppt/_rels/presentation.xml.rels", &format!("<Relationships>{relations}</Relationships>"));
    for (name, text) in files {
        file(name, text);
    }
    archive.finish().unwrap().into_inner()
}

fn shape(role: &str, paragraphs: &str) -> String {
    let role =
        if role.is_empty() { String::new() } else { format!(r#"<p:nvPr><p:ph type="{role}"/></p:nvPr>"#) };
    format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"1\" name=\"x\"/>{role}</p:nvSpPr><p:txBody>{paragraphs}</p:txBody></p:sp>"
    )
}

fn paragraph(text: &str) -> String {
    format!("<a:p><a:r><a:rPr/><a:t>{text}</a:t></a:r></a:p>")
}

#[test]
fn slides_are_headings_with_what_stands_on_them() {
    let numbered = |text: &str| {
        format!(r#"<a:p><a:pPr><a:buAutoNum type="arabicPeriod"/></a:pPr><a:r><a:t>{text}</a:t></a:r></a:p>"#)
    };
    let run = |about: &str, text: &str| format!("<a:r><a:rPr {about}/><a:t>{text}</a:t></a:r>");
    let first = format!(
        "<p:sld>{}{}{}</p:sld>",
        shape(
            "",
            &format!(
                "<a:p>{}{}{}</a:p>",
                run("", "面积100m"),
                run(r#"baseline="30000""#, "2"),
                run(r#"strike="sngStrike""#, "旧")
            )
        ),
        shape("title", &paragraph("招生简介")),
        shape("sldNum", &paragraph("1")),
    );
    let cell =
        |about: &str, text: &str| format!("<a:tc {about}><a:txBody>{}</a:txBody></a:tc>", paragraph(text));
    let table = format!(
        r#"<p:graphicFrame><a:tbl><a:tblPr firstRow="1"/><a:tr>{}{}</a:tr><a:tr>{}{}</a:tr><a:tr>{}{}</a:tr></a:tbl></p:graphicFrame>"#,
        cell("", "学院"),
        cell("", "学费"),
        cell(r#"rowSpan="2""#, "信息"),
        cell("", "5500"),
        cell(r#"vMerge="1""#, ""),
        cell("", "5800"),
    );
    let second = format!(
        "<p:sld>{}{table}<p:pic><p:nvPicPr><p:cNvPr id=\"2\" name=\"图\" descr=\"流程：登录、填表\"/></p:nvPicPr></p:pic></p:sld>",
        shape("body", &[numbered("登录"), numbered("填表")].concat())
    );
    let hidden = format!(r#"<p:sld show="0">{}</p:sld>"#, shape("title", &paragraph("内部")));
    let notes = format!(
        "<p:notes>{}{}</p:notes>",
        shape("body", &paragraph("先问好。")),
        shape("sldNum", &paragraph("2"))
    );
    let relations = format!(
        r#"<Relationships><Relationship Id="r1" Type="{OF}/notesSlide" Target="../notesSlides/n.xml"/></Relationships>"#
    );
    let bytes = pptx(
        &[&first, &second, &hidden],
        &[("ppt/slides/_rels/slide2.xml.rels", &relations), ("ppt/notesSlides/n.xml", &notes)],
    );
    let document = read(bytes).unwrap();
    assert_eq!(document.title.as_deref(), Some("招生简介"));
    assert_eq!(
        shown(&document),
        [
            "# 招生简介",
            "面积100m²",
            "# 第2页",
            "1. 登录\n2. 填表",
            "学院 | 学费",
            "信息 | 5500",
            "信息 | 5800",
            "[流程：登录、填表]",
            "备注：先问好。",
        ]
    );
    let notes = document.notes.join("\n");
    assert!(notes.contains("Hidden slides were left out: 3.") && notes.contains("“旧”"), "{notes}");
}

#[test]
fn slides_that_say_nothing_are_told() {
    assert!(read(pptx(&["<p:sld><p:pic/></p:sld>"], &[])).unwrap_err().contains("pictures"));
    assert!(read(pptx(&["<p:sld><a></p:sld>"], &[])).unwrap_err().contains("damaged"));
    assert!(read(b"hello".to_vec()).unwrap_err().contains("not a valid pptx file"));
}
