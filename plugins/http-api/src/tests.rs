use qianfan_plugin::json;

use super::*;

pub(crate) fn config(text: &str) -> Config {
    json::config(text).expect("a configuration")
}

pub(crate) fn turn(question: &str, arguments: Option<&str>) -> Turn {
    Turn {
        id: "1".to_owned(),
        app: "gaokao".to_owned(),
        question: question.to_owned(),
        search_text: question.to_owned(),
        history: Vec::new(),
        variables: vec![("province".to_owned(), "河南".to_owned())],
        arguments: arguments.map(str::to_owned),
    }
}

#[test]
fn what_a_turn_lacks_is_told_to_whoever_can_mend_it() {
    let config = config(r#"{"url":"http://a.example/{{ arguments.year }}"}"#);
    let stop = |arguments| {
        let turn = turn("分数线", arguments);
        let context = Context::of(&turn, &config).expect("a context");
        let problem = request::build(&config, &context).expect_err("no year");
        stopped(problem)
    };
    for arguments in [None, Some("{}")] {
        let told = stop(arguments);
        let names = |text: &str| text.contains("the argument `year`") && text.contains("`url`");
        assert!(matches!(&told, Failure::InvalidArguments(text) if names(text)), "{told:?}");
    }
}

#[test]
fn every_key_of_the_schema_is_a_key_of_the_configuration() {
    let schema: serde_json::Value = serde_json::from_str(&HttpApi::describe().config_schema).expect("JSON");
    let example = &schema["examples"][0];
    let keys: Vec<_> = schema["properties"].as_object().expect("an object").keys().collect();
    let shown: Vec<_> = example.as_object().expect("an object").keys().collect();
    assert_eq!(keys, shown);
    serde_json::from_value::<Config>(example.clone()).expect("a configuration");
}
