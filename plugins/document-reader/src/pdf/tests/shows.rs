//! What of a page shows, and what stands for what it draws.

use super::*;

const HELVETICA: &str = "<</Type/Font /Subtype/Type1 /BaseFont/Helvetica /Encoding/WinAnsiEncoding>>";

fn line(y: u32, text: &str) -> String {
    format!("BT /F 10 Tf 50 {y} Td ({text}) Tj ET ")
}

/// A document of one page with this program; `catalog`, `page` and `properties` are more entries of each.
fn page(program: &str, [catalog, page, properties]: [&str; 3], more: &[String]) -> Vec<u8> {
    let mut objects = vec![
        format!("<</Type/Catalog /Pages 2 0 R {catalog}>>"),
        "<</Type/Pages /Kids [4 0 R] /Count 1>>".to_owned(),
        HELVETICA.to_owned(),
        format!(
            "<</Type/Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R {page} \
             /Resources <</Font <</F 3 0 R>> {properties}>> >>"
        ),
        stream("", program),
    ];
    objects.extend_from_slice(more);
    pdf(&objects)
}

#[test]
fn layers_that_are_off_are_left_out_and_told() {
    let program =
        ["/OC /Old BDC ", &line(700, "old 4000"), "EMC /OC /New BDC ", &line(680, "new 5500"), "EMC"]
            .concat();
    let off = "/OCProperties <</OCGs [6 0 R 7 0 R] /D <</OFF [6 0 R]>> >>";
    let properties = "/Properties <</Old 6 0 R /New 7 0 R>>";
    let layers = ["<</Type/OCG /Name (old)>>".to_owned(), "<</Type/OCG /Name (new)>>".to_owned()];
    let document = read(page(&program, [off, "", properties], &layers)).unwrap();
    assert_eq!(shown(&document), ["new 5500"]);
    assert!(
        document.notes[0].contains("hidden") && document.notes[0].contains("“old 4000"),
        "{:?}",
        document.notes
    );
    // All are off but one, and something belongs to both.
    let base = "/OCProperties <</OCGs [6 0 R 7 0 R] /D <</BaseState/OFF /ON [7 0 R]>> >>";
    let several =
        ["/OC /Both BDC ", &line(660, "both"), "EMC /OC /Old BDC ", &line(640, "old"), "EMC"].concat();
    let properties = "/Properties <</Old 6 0 R /Both <</Type/OCMD /OCGs [6 0 R 7 0 R]>> >>";
    assert_eq!(texts(page(&several, [base, "", properties], &layers)), ["both"]);
}

#[test]
fn what_lies_outside_the_clip_or_the_page_is_left_out_and_told() {
    let program = [
        "q 40 660 300 60 re W n ",
        &line(700, "within"),
        &line(600, "clipped"),
        "Q ",
        &line(580, "free"),
        &line(20, "cut off"),
    ]
    .concat();
    let document = read(page(&program, ["", "/CropBox [0 100 595 842]", ""], &[])).unwrap();
    assert_eq!(shown(&document), ["within", "free"]);
    assert!(document.notes[0].contains("“clippedcut off”"), "{:?}", document.notes);
}

#[test]
fn what_is_struck_by_a_rule_or_a_reviewer_is_left_out_and_told() {
    let font = "/F 10 Tf";
    // The rule lies on the price; the one of a table goes past the text, and the underline below it.
    let program = format!(
        "BT {font} 50 700 Td (Price 4000 now 5500) Tj ET 80 703 20.5 0.6 re f \
         BT {font} 50 650 Td (Kept 1) Tj ET 40 653 300 0.6 re f BT {font} 50 600 Td (Kept 2) Tj ET 50 598.5 30 0.6 re f \
         BT {font} 50 550 Td (Gone) Tj ET"
    );
    let annotation = "/Annots [<</Type/Annot /Subtype/StrikeOut /Rect [50 548 80 560] /QuadPoints [48 560 80 560 48 547 80 547]>>]";
    let document = read(page(&program, ["", annotation, ""], &[])).unwrap();
    assert_eq!(shown(&document), ["Price now 5500", "Kept 1", "Kept 2"]);
    assert!(
        document.notes[0].contains("struck out") && document.notes[0].contains("4000"),
        "{:?}",
        document.notes
    );
}

#[test]
fn text_that_stands_for_glyphs_is_what_they_say() {
    let program = [
        "/Span <</ActualText (5500 yuan)>> BDC BT /F 10 Tf 50 700 Td (xx) Tj (yy) Tj ET EMC ",
        "BT /F 10 Tf 72 700 Td (a year) Tj ET /P BMC ",
        &line(600, "plain"),
        "EMC /Span <</ActualText ()>> BDC ",
        &line(500, "decoration"),
        "EMC",
    ]
    .concat();
    assert_eq!(texts(page(&program, ["", "", ""], &[])), ["5500 yuan a year", "plain"]);
}

#[test]
fn pages_without_text_attached_files_and_forms_of_adobe_are_told() {
    let font = composite("GBK-EUC-H", "GB1");
    let text = |text: &str| format!("BT /F 10 Tf 50 700 Td {} Tj ET", gbk(text));
    let picture = stream(
        "/Type/XObject /Subtype/Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace/DeviceGray",
        "x",
    );
    let pages = [&*text("第一页。"), "q 595 0 0 842 0 0 cm /X Do Q", &*text("第三页。"), ""];
    let document = read(document(&font, &[picture], &pages)).unwrap();
    assert_eq!(document.notes, ["There is no text on page 2, only pictures: run OCR, or it is not found"]);

    let attached = "/Names <</EmbeddedFiles <</Names [(a) <</Type/Filespec /F (a.xlsx)>>]>> >>";
    let document = read(page(&line(700, "see there"), [attached, "", ""], &[])).unwrap();
    assert_eq!(document.notes, ["Attached files are not read: “a.xlsx”; save them and import each"]);

    let form = "/AcroForm <</XFA [] /Fields []>>";
    assert!(read(page(&line(700, "Please wait"), [form, "", ""], &[])).unwrap_err().contains("XFA"));
}

#[test]
fn upright_lines_are_read_from_top_to_bottom_and_from_right_to_left() {
    let glyphs = |x: u32, text: &str| -> String {
        (0..)
            .zip(text.chars())
            .map(|(at, c)| format!("BT /F 10 Tf {x} {} Td {} Tj ET ", 700 - 10 * at, gbk(&c.to_string())))
            .collect()
    };
    let program = [glyphs(400, "床前明月光，疑是地上霜。"), glyphs(380, "举头望明月，低头思故乡。")].concat();
    assert_eq!(
        texts(document(&composite("GBK-EUC-H", "GB1"), &[], &[&program])).concat(),
        "床前明月光，疑是地上霜。举头望明月，低头思故乡。"
    );
}

#[test]
fn hyphens_that_belong_to_words_stay() {
    let program =
        ["about the infor-", "mation of e-mail and state-of-", "the-art services for 5-", "10 yuan"];
    let program: String = (0..).zip(program).map(|(at, text)| line(700 - 12 * at, text)).collect();
    assert_eq!(
        texts(page(&program, ["", "", ""], &[])),
        ["about the information of e-mail and state-of-the-art services for 5-10 yuan"]
    );
}

#[test]
fn radicals_and_ligatures_are_what_they_are_read_as() {
    let font = composite("UniGB-UCS2-H", "GB1");
    let map = stream(
        "",
        "begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange 3 beginbfchar <0001> <2f64> <0002> <2edd> <0003> <fb03> endbfchar endcmap",
    );
    let font = font.replace("/DescendantFonts", "/ToUnicode 4 0 R /DescendantFonts");
    let program = "BT /F 10 Tf 50 700 Td <000100020003> Tj ET";
    assert_eq!(texts(document(&font, &[map], &[program])), ["用食ffi"]);
}
