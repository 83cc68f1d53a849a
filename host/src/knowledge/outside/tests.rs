use super::*;

#[test]
fn a_web_page_is_no_answer() {
    let login = "<html><body>gateway login</body></html>";
    let in_json = serde_json::json!({ "markdown": login }).to_string();
    for (body, is_declared_page) in
        [(login, false), ("\u{feff}\n<!DOCTYPE HTML><p>", false), ("# 登录", true), (in_json.as_str(), false)]
    {
        let refused = answered(body.as_bytes().to_vec(), is_declared_page).unwrap_err();
        assert!(refused.contains("HTML page"), "{body}: {refused}");
    }
    for body in [
        "# 章程\n\n<table><tr><td>1</table>",
        "<html><body><table><tr><td>1</td></tr></table></body></html>\n\n# 章程",
    ] {
        assert_eq!(answered(body.as_bytes().to_vec(), false).unwrap(), body.as_bytes());
    }
    assert_eq!(answered(br##"{"text": "# a"}"##.to_vec(), true).unwrap(), b"# a", "JSON is what it says");
    assert!(answered(b"{}".to_vec(), false).unwrap_err().contains("no `markdown`"));
}

#[test]
fn a_list_is_no_answer_and_a_link_is_one() {
    for body in [r##"[{"markdown": "# a"}]"##, r##"["# a"]"##, " [\n]"] {
        assert!(answered(body.as_bytes().to_vec(), false).unwrap_err().contains("a list"), "{body}");
    }
    let body = "[章程](https://example.org)\n";
    assert_eq!(answered(body.as_bytes().to_vec(), false).unwrap(), body.as_bytes());
}

#[test]
fn the_fence_that_models_put_around_their_markdown_is_taken_off() {
    let fenced = "```markdown\n# 一\n\n```python\nx = 1\n```\n\n甲\n```\n\n```md\n# 二\n```\n";
    let plain = "# 一\n\n```python\nx = 1\n```\n\n甲\n\n# 二\n";
    let in_json = serde_json::json!({ "markdown": fenced }).to_string();
    for body in [fenced, in_json.as_str()] {
        assert_eq!(answered(body.as_bytes().to_vec(), false).unwrap(), plain.as_bytes());
    }
    for body in ["说明：\n\n```markdown\n# 一\n```\n", "```\n# 一\n```\n"] {
        assert_eq!(answered(body.as_bytes().to_vec(), false).unwrap(), body.as_bytes(), "that is code");
    }
}
