//! Bundled plugin: a custom API described by configuration. The request is made from templates, the
//! response read by JSONPath, and what is found shaped by a markdown template.

mod config;
mod extract;
mod names;
mod number;
mod reply;
mod request;
mod retry;
mod template;
mod text;
mod validate;

use config::Config;
use qianfan_plugin::{Contribution, Contributor, Description, Failure, Turn};
use template::{Context, Problem};

struct HttpApi;

qianfan_plugin::export_contributor!(HttpApi);
qianfan_plugin::export_validation!(HttpApi);

impl Contributor for HttpApi {
    type Config = Config;

    fn describe() -> Description {
        Description {
            model_summary: "Calls an API. What it knows and which arguments it takes is for the operator \
                            to say, in the app's configuration."
                .to_owned(),
            config_schema: include_str!("config.schema.json").to_owned(),
            // One component serves every API: which arguments there are is known to the configuration
            // only, and a missing one is refused when a template needs it.
            arguments_schema: r#"{"type":"object"}"#.to_owned(),
            ..Description::new(
                "http-api",
                env!("CARGO_PKG_VERSION"),
                "Calls an API described by configuration",
            )
        }
    }

    fn contribute(turn: Turn, config: Config) -> Result<Contribution, Failure> {
        let by_model = turn.arguments.is_some();
        let mut context = Context::of(&turn, &config)?;
        let request = match request::build(&config, &context) {
            Ok(request) => request,
            Err(problem) => return Err(stopped(problem)),
        };
        let (response, digits) = text::decoded(retry::send(&request)?, &request.url)?;
        digits.put(&mut context.0);
        reply::read(&response, &request.url, &config, &context, by_model)
    }
}

/// What a template that cannot be rendered means. Whoever has left a value out may add it: a model its argument, the
/// client a variable, the user what the question does not say. A broken template is the operator's to mend.
fn stopped(problem: Problem) -> Failure {
    match problem {
        Problem::Missing(text) => Failure::InvalidArguments(text),
        Problem::Broken(text) => Failure::InvalidConfig(text),
    }
}

#[cfg(test)]
mod tests {
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
        let schema: serde_json::Value =
            serde_json::from_str(&HttpApi::describe().config_schema).expect("JSON");
        let example = &schema["examples"][0];
        let keys: Vec<_> = schema["properties"].as_object().expect("an object").keys().collect();
        let shown: Vec<_> = example.as_object().expect("an object").keys().collect();
        assert_eq!(keys, shown);
        serde_json::from_value::<Config>(example.clone()).expect("a configuration");
    }
}
