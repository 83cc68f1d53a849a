//! A contributor by its names, built for an interface of another form: its turn has two fields.

wit_bindgen::generate!({
    inline: "
        package qianfan:plugin@0.1.0;

        interface types {
            type json = string;
            record description {
                name: string,
                version: string,
                summary: string,
                model-summary: string,
                config-schema: json,
                arguments-schema: json,
            }
            record turn {
                id: string,
                question: string,
            }
        }

        interface describe {
            use types.{description};
            describe: func() -> description;
        }

        interface contribute {
            use types.{turn, json};
            contribute: func(turn: turn, config: json) -> result<string, string>;
        }

        world contributor {
            export describe;
            export contribute;
        }
    ",
    world: "contributor",
});

use exports::qianfan::plugin::{contribute, describe};

struct OtherShape;
export!(OtherShape);

impl describe::Guest for OtherShape {
    fn describe() -> describe::Description {
        describe::Description {
            name: "other-shape".to_owned(),
            version: "0.1.0".to_owned(),
            summary: String::new(),
            model_summary: String::new(),
            config_schema: "{}".to_owned(),
            arguments_schema: "{}".to_owned(),
        }
    }
}

impl contribute::Guest for OtherShape {
    fn contribute(turn: contribute::Turn, _: String) -> Result<String, String> {
        Ok(turn.question)
    }
}
