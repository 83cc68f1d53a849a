//! What `wit-bindgen` makes of `wit/`.
//!
//! Both published worlds export `describe`, and one crate can hold the generated export of an interface
//! only once. So the worlds are generated in parts, which the linker puts together again: a contributor
//! is `describing` with `contributing`, a formatter `describing` with `formatting`. All parts share the
//! types of `contributing`.
#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    reason = "generated code that crosses the component boundary; wit/ documents it"
)]

pub mod contributing {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "package qianfan:sdk-contributing;
            world contributing {
                import qianfan:plugin/knowledge@0.1.0;
                import qianfan:plugin/state@0.1.0;
                import qianfan:plugin/log@0.1.0;
                import wasi:http/outgoing-handler@0.2.0;
                export qianfan:plugin/contribute@0.1.0;
            }",
        world: "qianfan:sdk-contributing/contributing",
        generate_all,
        generate_unused_types: true,
        pub_export_macro: true,
        export_macro_name: "export_contributing",
        additional_derives: [PartialEq],
        additional_derives_ignore: ["stream-error"],
    });
}

pub mod describing {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "package qianfan:sdk-describing;
            world describing {
                export qianfan:plugin/describe@0.1.0;
            }",
        world: "qianfan:sdk-describing/describing",
        with: {
            "qianfan:plugin/types@0.1.0": crate::bindings::types,
        },
        pub_export_macro: true,
        export_macro_name: "export_describing",
    });
}

pub mod formatting {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "package qianfan:sdk-formatting;
            world formatting {
                export qianfan:plugin/format@0.1.0;
            }",
        world: "qianfan:sdk-formatting/formatting",
        with: {
            "qianfan:plugin/types@0.1.0": crate::bindings::types,
        },
        pub_export_macro: true,
        export_macro_name: "export_formatting",
    });
}

/// Between the host and the components in its binary; no part of the published interface.
pub mod validating {
    wit_bindgen::generate!({
        inline: "package qianfan:bundled@0.1.0;
            interface validate {
                /// Keys of the configuration, and what is wrong with each.
                validate: func(config: string) -> list<tuple<string, string>>;
                /// Keys of the configuration, and what works and may surprise about each.
                warn: func(config: string) -> list<tuple<string, string>>;
            }
            world validating {
                export validate;
            }",
        world: "qianfan:bundled/validating@0.1.0",
        pub_export_macro: true,
        export_macro_name: "export_validating",
    });
}

pub(crate) use contributing::qianfan::plugin::{knowledge, log, state, types};
pub(crate) use contributing::wasi;
