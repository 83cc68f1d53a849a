use serde_json::json;

use super::*;

#[test]
fn elements_are_fields_and_what_is_no_document_is_none() {
    let text = "<?xml version=\"1.0\"?>\n<a:xml x='1'><c><![CDATA[FAIL]]></c> <d><e>a &amp; b</e><f/></d><c>2</c></a:xml>";
    assert_eq!(fields(text), Some(json!({"c": "FAIL", "d": {"e": "a & b"}})));
    assert_eq!(fields("<ok>FAIL</ok>"), Some(json!("FAIL")));
    for wrong in ["FAIL", "<a>", "<a></b>", "", "{}", &"<a>".repeat(9999)] {
        assert_eq!(fields(wrong), None, "{wrong:.20}");
    }
}
