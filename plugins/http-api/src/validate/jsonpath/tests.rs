use serde_json::json;

use super::*;

#[test]
fn a_jsonpath_in_a_template_is_warned_of_with_what_shows_the_value() {
    for (config, key, path, mend) in [
        (json!({"result": "$.data.price"}), "result", "$.data.price", "write {{ response.data.price }}"),
        (
            json!({"result": "价格：$.data.price元。"}),
            "result",
            "$.data.price",
            "write {{ response.data.price }}",
        ),
        (
            json!({"result": "{{ question }}: $.rows[0]['p']"}),
            "result",
            "$.rows[0]['p']",
            "write {{ response.rows[0]['p'] }}",
        ),
        (json!({"title": "$['name']"}), "title", "$['name']", "write {{ response['name'] }}"),
        (
            json!({"extract": {"price": "$.data.price"}, "result": "$.data.price"}),
            "result",
            "$.data.price",
            "write {{ price }}",
        ),
        (
            json!({"result": "$.rows[*].name"}),
            "result",
            "$.rows[*].name",
            "name it in extract, such as value = \"$.rows[*].name\", and write {{ value }} here",
        ),
        (
            json!({"result": "$.数据"}),
            "result",
            "$.数据",
            "name it in extract, such as value = \"$.数据\", and write {{ value }} here",
        ),
        (json!({"refused": "失败：$.msg"}), "refused", "$.msg", "write {{ message }}"),
        (json!({"done": "$.status"}), "done", "$.status", "write {{ status }}"),
    ] {
        let expected = format!("holds the JSONPath `{path}`, which stays as it is in a template; {mend}");
        assert_eq!(warnings(&config), [(key.to_owned(), expected)], "{config}");
    }
}

#[test]
fn what_holds_a_dollar_sign_and_no_jsonpath_is_not_warned_of() {
    for config in [
        json!({"result": "票价 $5.00，折后 US$ 4.5"}),
        json!({"result": "共 ${{ response.price }}.x"}),
        json!({"result": "{{ response.price }}$. 完"}),
        json!({"result": "{{ '$.data' }}"}),
        json!({"url": "https://a.example/odata?$filter=x&$top=1"}),
        json!({"body": {"query": "query($id: ID!) { order(id: $id) { name } }"}}),
        json!({"body": "{\"$set\": {\"a\": {{ question }}}}"}),
        json!({"extract": {"price": "$.data.price"}, "success": {"path": "$.code", "message": "$.msg"}}),
        json!({"extract_arguments": ["(?P<x>a$)"], "empty": "$.x"}),
        json!({"body": {"jsonpath": "$.store.book"}, "query": {"path": "$.items[*]"}}),
        json!({"result": "用 jQuery $.get 取"}),
    ] {
        assert_eq!(warnings(&config), [], "{config}");
    }
}
