//! Tests of what fonts say about the characters they show.

use super::*;

#[test]
fn a_to_unicode_map_says_what_glyphs_show() {
    let map = "begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange \
               2 beginbfchar <0001> <9AD8> <0002> <8003> endbfchar 1 beginbfrange <0010> <0012> <4E00> endbfrange endcmap";
    let font = composite("Identity-H", "Identity").replace(">>]>>", ">>] /ToUnicode 4 0 R>>");
    let page = "BT /F 12 Tf 50 700 Td <0001000200100011> Tj ET";
    assert_eq!(texts(document(&font, &[stream("", map)], &[page])), ["高考一丁"]);
}

#[test]
fn predefined_maps_are_known() {
    let show = |text: String| format!("BT /F 12 Tf 50 700 Td {text} Tj ET");
    for (encoding, ordering, bytes) in [
        ("GBK-EUC-H", "GB1", gbk("招生章程（2024年）")),
        ("GBKp-EUC-H", "GB1", gbk("招生章程（2024年）")),
        ("GBK2K-H", "GB1", gbk("招生章程（2024年）")),
        ("UniGB-UCS2-H", "GB1", utf16("招生章程（2024年）")),
        ("UniGB-UTF16-H", "GB1", utf16("招生章程（2024年）")),
        ("UniCNS-UCS2-H", "CNS1", utf16("招生章程（2024年）")),
    ] {
        let read = texts(document(&composite(encoding, ordering), &[], &[&show(bytes)]));
        assert_eq!(read, ["招生章程（2024年）"], "{encoding}");
    }
    // The numbers of Adobe's collection for simplified Chinese: 中 is 4559, 毁 2030.
    let read = texts(document(&composite("Identity-H", "GB1"), &[], &[&show("<11cf07ee>".to_owned())]));
    assert_eq!(read, ["中毁"]);
}

#[test]
fn fonts_written_inline_are_told_apart() {
    let font = |names: &str| {
        format!("<</Type/Font /Subtype/Type1 /BaseFont/A /Encoding <</Differences [1 {names} 32 /space]>> >>")
    };
    let (male, fema) = (font("/five/zero/m/a/l/e"), font("/six/zero/f/e/m/a"));
    let show = "(\\003\\004\\005\\006 \\001\\002\\002\\002) Tj";
    let objects = |resources: &str, form_resources: &str| {
        vec![
            "<</Type/Catalog /Pages 2 0 R>>".to_owned(),
            // The second page inherits its resources, the third has other ones under the same name.
            format!(
                "<</Type/Pages /Kids [3 0 R 4 0 R 5 0 R] /Count 3 /MediaBox [0 0 595 842] /Resources <<{resources}>> >>"
            ),
            "<</Type/Page /Parent 2 0 R /Contents 6 0 R>>".to_owned(),
            "<</Type/Page /Parent 2 0 R /Contents 6 0 R>>".to_owned(),
            format!(
                "<</Type/Page /Parent 2 0 R /Contents 6 0 R /Resources <</Font <</F {fema} /G {male}>> /XObject <</X 7 0 R>> >> >>"
            ),
            stream("", &format!("BT /F 12 Tf 72 700 Td {show} ET BT /G 12 Tf 72 600 Td {show} ET /X Do")),
            stream(
                &format!("/Type/XObject /Subtype/Form /BBox [0 0 1 1] {form_resources}"),
                &format!("BT /F 12 Tf 72 500 Td {show} ET"),
            ),
        ]
    };
    let fonts = format!("/Font <</F {male} /G {fema}>> /XObject <</X 7 0 R>>");
    let own = format!("/Resources <</Font <</F {fema}>> >>");
    let pages = |form: [&'static str; 3]| {
        vec![
            "# 第1页",
            "male 5000",
            "fema 6000",
            form[0],
            "# 第2页",
            "male 5000",
            "fema 6000",
            form[1],
            "# 第3页",
            "fema 6000",
            "male 5000",
            form[2],
        ]
    };
    assert_eq!(texts(pdf(&objects(&fonts, &own))), pages(["fema 6000"; 3]));
    // A form without resources has those of its page.
    assert_eq!(texts(pdf(&objects(&fonts, ""))), pages(["male 5000", "male 5000", "fema 6000"]));
}

#[test]
fn characters_that_no_font_names_are_told() {
    let more = [composite("Identity-H", "Identity")];
    let page = format!(
        "BT /F 10 Tf 50 700 Td {} Tj /X 10 Tf 0 -20 Td <00010002> Tj /None 10 Tf (ab) Tj ET",
        gbk("学费如下，请看清楚。")
    );
    let bytes = document(&composite("GBK-EUC-H", "GB1"), &more, &[&page]);
    let bytes = String::from_utf8(bytes).unwrap().replace("/F 3 0 R", "/F 3 0 R /X 4 0 R");
    let document = read(bytes.into_bytes()).unwrap();
    assert_eq!(shown(&document), ["学费如下，请看清楚。"]);
    assert!(document.notes[0].starts_with("4 characters on page 1 are left out"), "{:?}", document.notes);
}

#[test]
fn codes_are_characters_where_a_font_says_so_by_a_name() {
    let font = composite("Identity-H", "Identity").replace(">>]>>", ">>] /ToUnicode/Identity-H>>");
    let page = format!("BT /F 12 Tf 50 700 Td {} Tj ET", utf16("招生章程"));
    assert_eq!(texts(document(&font, &[], &[&page])), ["招生章程"]);
}

/// A font program with nothing but the table from characters to glyphs: 高 is 1 and 考 is 2.
fn program() -> Vec<u8> {
    let mut cmap = vec![0, 0, 0, 1, 0, 3, 0, 1, 0, 0, 0, 12];
    // Format 4, of two segments: U+8003 and U+9AD8.
    for number in [4_u16, 48, 0, 6, 0, 0, 0, 0x8003, 0x9ad8, 0xffff, 0, 0x8003, 0x9ad8, 0xffff] {
        cmap.extend(number.to_be_bytes());
    }
    for delta in [2_u16.wrapping_sub(0x8003), 1_u16.wrapping_sub(0x9ad8), 1, 0, 0, 0] {
        cmap.extend(delta.to_be_bytes());
    }
    let mut font = vec![0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    font.extend(b"cmap\0\0\0\0");
    font.extend(28_u32.to_be_bytes());
    font.extend((cmap.len() as u32).to_be_bytes());
    [font, cmap].concat()
}

#[test]
fn an_embedded_font_tells_what_its_glyphs_show() {
    let data: String = program().iter().map(|byte| format!("{byte:02x}")).collect();
    let more = [stream("/Filter/ASCIIHexDecode", &data)];
    let font = composite("Identity-H", "Identity")
        .replace("/CIDSystemInfo", "/FontDescriptor <</FontFile2 4 0 R>> /CIDSystemInfo");
    let page = "BT /F 12 Tf 50 700 Td <00010002> Tj ET";
    assert_eq!(texts(document(&font, &more, &[page])), ["高考"]);

    let font = "<</Type/Font /Subtype/TrueType /BaseFont/A /FontDescriptor <</FontFile2 4 0 R>> \
                /Encoding <</Differences [65 /g1 /g2 /a97 /uni4E2D /u20000]>> >>";
    assert_eq!(texts(document(font, &more, &["BT /F 12 Tf 50 700 Td (ABCDE) Tj ET"])), ["高考a中𠀀"]);
}

#[test]
fn a_type_1_program_names_the_glyphs_of_its_codes() {
    let program = "%!PS-AdobeFont-1.0: CMR10 /Encoding 256 array 0 1 255 {1 index exch /.notdef put} for \
                   dup 12 /fi put dup 123 /endash put readonly def currentfile eexec";
    let font = "<</Type/Font /Subtype/Type1 /BaseFont/CMR10 /FontDescriptor <</FontFile 4 0 R>> >>";
    let page = "BT /F 12 Tf 50 700 Td (2003{2009 de\\014ned) Tj ET";
    assert_eq!(texts(document(font, &[stream("", program)], &[page])), ["2003–2009 deﬁned"]);
}
