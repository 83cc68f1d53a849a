//! Bundled plugin: a custom API described by configuration. The request is made from templates, the
//! response read by JSONPath, and what is found shaped by a markdown template.

mod config;
mod envelope;
mod extract;
mod names;
mod number;
mod page;
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
mod tests;
