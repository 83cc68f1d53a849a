//! Documents made by code: small ones that say something, and ones that mean harm.

#![allow(dead_code, reason = "the host's own tests and those from outside each use a part")]

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A zip archive.
pub(crate) fn zip<B: AsRef<[u8]>>(files: &[(&str, B)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes.as_ref()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A packed tar archive.
pub(crate) fn tar_gz<B: AsRef<[u8]>>(files: &[(&str, B)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.as_ref().len() as u64);
        archive.append_data(&mut header, name, bytes.as_ref()).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

/// A Word document with this body.
pub(crate) fn docx(body: &str) -> Vec<u8> {
    let styles = r#"<w:styles><w:style w:styleId="1"><w:name w:val="heading 1"/></w:style></w:styles>"#;
    let body = format!("<w:document><w:body>{body}</w:body></w:document>");
    zip(&[("word/styles.xml", styles), ("word/document.xml", &body)])
}

/// A paragraph of a Word document.
pub(crate) fn paragraph(style: &str, text: &str) -> String {
    format!(r#"<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"#)
}

/// A workbook with one sheet of these rows; a cell is named where it stands, such as `B2`.
pub(crate) fn xlsx(sheet: &str, rows: &[&[(&str, &str)]]) -> Vec<u8> {
    let of = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relations = |kind: &str, target: &str| {
        format!(
            r#"<Relationships><Relationship Id="r1" Type="{of}/{kind}" Target="{target}"/></Relationships>"#
        )
    };
    let rows: String = rows
        .iter()
        .map(|row| {
            let cell = |(at, text): &(&str, &str)| {
                format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#)
            };
            format!("<row>{}</row>", row.iter().map(cell).collect::<String>())
        })
        .collect();
    let workbook = format!(
        r#"<workbook xmlns:r="{of}"><sheets><sheet name="{sheet}" sheetId="1" r:id="r1"/></sheets></workbook>"#
    );
    zip(&[
        ("_rels/.rels", relations("officeDocument", "xl/workbook.xml")),
        ("xl/workbook.xml", workbook),
        ("xl/_rels/workbook.xml.rels", relations("worksheet", "worksheets/1.xml")),
        ("xl/worksheets/1.xml", format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")),
    ])
}

/// A presentation of one slide.
pub(crate) fn pptx(text: &str) -> Vec<u8> {
    pptx_of(&[&format!("<p:sp><p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>")])
}

/// A presentation of slides with these shapes.
pub(crate) fn pptx_of(slides: &[&str]) -> Vec<u8> {
    let of = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let (mut relations, mut ids, mut files) = (String::new(), String::new(), Vec::new());
    for (slide, number) in slides.iter().zip(1..) {
        let target = format!("slides/{number}.xml");
        relations += &format!(r#"<Relationship Id="r{number}" Type="{of}/slide" Target="{target}"/>"#);
        ids += &format!(r#"<p:sldId id="{}" r:id="r{number}"/>"#, 255 + number);
        files.push((format!("ppt/{target}"), format!("<p:sld>{slide}</p:sld>")));
    }
    files.push(("ppt/presentation.xml".to_owned(), format!("<p:presentation>{ids}</p:presentation>")));
    let relations = format!("<Relationships>{relations}</Relationships>");
    files.push(("ppt/_rels/presentation.xml.rels".to_owned(), relations));
    zip(&files.iter().map(|(name, text)| (name.as_str(), text)).collect::<Vec<_>>())
}

/// A book of one page.
pub(crate) fn epub(text: &str) -> Vec<u8> {
    let list = r#"<package><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine></package>"#;
    zip(&[
        ("META-INF/container.xml", r#"<container><rootfile full-path="a.opf"/></container>"#),
        ("a.opf", list),
        ("a.xhtml", &format!("<html><body><p>{text}</p></body></html>")),
    ])
}

/// A PDF with a page for each text, in a font that is not embedded and a map that every reader knows.
pub(crate) fn pdf(pages: &[&str]) -> Vec<u8> {
    let programs: Vec<_> = pages
        .iter()
        .map(|text| {
            let (gbk, _, _) = encoding_rs::GBK.encode(text);
            let hex: String = gbk.iter().map(|byte| format!("{byte:02x}")).collect();
            ("", format!("BT /F 12 Tf 50 700 Td <{hex}> Tj ET").into_bytes())
        })
        .collect();
    pdf_of(&programs, &[])
}

/// A PDF whose pages draw with these programs, each under what its stream's dictionary adds; further
/// streams are the forms `X0`, `X1` and so on.
pub(crate) fn pdf_of(programs: &[(&str, Vec<u8>)], forms: &[String]) -> Vec<u8> {
    let font = "<</Type/Font /Subtype/Type0 /BaseFont/SimSun /Encoding/GBK-EUC-H /DescendantFonts [<</Type/Font \
                /Subtype/CIDFontType2 /CIDSystemInfo <</Registry (Adobe) /Ordering (GB1) /Supplement 2>> >>]>>";
    let first = 4 + forms.len();
    let kids: String = (0..programs.len()).map(|page| format!("{} 0 R ", first + page * 2)).collect();
    let names: String = (0..forms.len()).map(|form| format!("/X{form} {} 0 R ", 4 + form)).collect();
    let resources = format!("/Resources <</Font <</F 3 0 R>> /XObject <<{names}>> >>");
    let stream = |dictionary: &str, data: &[u8]| {
        let mut object = format!("<<{dictionary} /Length {}>>\nstream\n", data.len()).into_bytes();
        object.extend_from_slice(data);
        object.extend_from_slice(b"\nendstream");
        object
    };
    let mut objects = vec![
        b"<</Type/Catalog /Pages 2 0 R>>".to_vec(),
        format!("<</Type/Pages /Kids [{kids}] /Count {}>>", programs.len()).into_bytes(),
        font.as_bytes().to_vec(),
    ];
    for form in forms {
        objects.push(stream(&format!("/Subtype/Form {resources}"), form.as_bytes()));
    }
    for ((dictionary, program), number) in programs.iter().zip((first..).step_by(2)) {
        let page = format!("<</Type/Page /Parent 2 0 R {resources} /Contents {} 0 R>>", number + 1);
        objects.push(page.into_bytes());
        objects.push(stream(dictionary, program));
    }
    let mut file = b"%PDF-1.7\n".to_vec();
    for (object, number) in objects.iter().zip(1..) {
        file.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        file.extend_from_slice(object);
        file.extend_from_slice(b"\nendobj\n");
    }
    // Without a table of its objects: readers look for them.
    file.extend_from_slice(b"trailer <</Root 1 0 R>>\n%%EOF");
    file
}

/// Bytes as a PDF packs them.
pub(crate) fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}
