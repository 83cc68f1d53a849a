use super::*;

#[test]
fn defaults_stand_in_and_what_is_not_set_is_refused() {
    assert_eq!(expanded("a${QIANFAN_SURELY_UNSET:-b}c").unwrap(), "abc");
    let error = expanded("${QIANFAN_SURELY_UNSET} ${QIANFAN_UNSET_TOO}").unwrap_err();
    assert!(error.contains("`QIANFAN_SURELY_UNSET`, `QIANFAN_UNSET_TOO` are not set"), "{error}");
    assert!(expanded("${x").unwrap_err().contains("not closed"));
    for text in ["${}", "${a b}", "${a=b}", "${中}"] {
        assert!(expanded(text).unwrap_err().contains("not the name"), "{text}");
    }
}

#[test]
fn a_key_that_a_variable_leaves_empty_is_left_out_where_it_may_be() {
    let text = "[models.m]\nappid = \"${QIANFAN_SURELY_UNSET:-}\"\nmodel = \"${QIANFAN_SURELY_UNSET:-}\"\n\
                    [models.n]\nappid = \"\"\n[models.o]\nappid = \"${QIANFAN_SURELY_UNSET:-应用}\"\n\
                    [server]\nadmin_key_env = \"${QIANFAN_SURELY_UNSET:-}\"\n";
    let mut root = Value::Table(text.parse().unwrap());
    leave_out(&mut root);
    let models = &root["models"];
    assert!(models["m"].get("appid").is_none() && models["m"].get("model").is_some(), "{root}");
    assert!(models["n"].get("appid").is_some() && models["o"].get("appid").is_some(), "{root}");
    assert!(root["server"].get("admin_key_env").is_some(), "{root}");
}

#[test]
fn where_a_name_is_wanted_the_value_is_not_put_in() {
    for (key, text, name) in [
        ("models.m.api_key_env", "${HOME}", Some("HOME")),
        ("secrets.k.env", " ${HOME} ", Some("HOME")),
        ("models.m.api_key_env", "${WHICH:-HOME}", None),
        ("plugins.p.config.env", "${HOME}", None),
        ("models.m.api_key_env", "HOME", None),
    ] {
        assert_eq!(named(key, text).as_deref(), name, "{key} {text}");
    }
}

#[test]
fn a_second_dollar_sign_makes_it_text() {
    assert_eq!(expanded("价格 $${PRICE} 元").unwrap(), "价格 ${PRICE} 元");
    assert_eq!(expanded("$${a").unwrap(), "${a");
    assert_eq!(expanded("$5 $$ {x} $").unwrap(), "$5 $$ {x} $");
    assert_eq!(names("${A}/${B:-c} $${D} ${E"), ["A", "B"]);
    assert_eq!(expanded("$${A}${QIANFAN_SURELY_UNSET:-b}").unwrap(), "${A}b");
    assert_eq!(named_only("x ${A:-geheim}/${B} $${C}").unwrap(), "x ${A}/${B} ${C}");
    assert_eq!(named_only("$${C} ${"), None);
}
