use crate::config::text::ReadableText;

/// The values that a text is read as, and what is said of it.
fn read(text: &str) -> (toml::Table, Vec<String>) {
    let read = ReadableText::of(text.as_bytes());
    let said = |problem: crate::problem::Problem| format!("{} {problem}", problem.line.unwrap_or_default());
    (read.toml.parse().unwrap(), read.problems.into_iter().map(said).collect())
}

#[test]
fn a_statement_is_read_as_what_it_was_meant_to_be_and_the_mend_is_told() {
    for (text, meant, said) in [
        (
            "listen = 127.0.0.1:80",
            "listen = '127.0.0.1:80'",
            "has a text without quotes; write listen = \"127.0.0.1:80\"",
        ),
        ("t = 30s", "t = '30s'", "write t = \"30s\""),
        ("open = True", "open = true", "`True` is not a value of TOML; write open = true"),
        ("open = no", "open = false", "write open = false"),
        ("x = { b = True }", "x = { b = true }", "`True` is not a value of TOML; write true"),
        ("x = { a = 1, b = FALSE }", "x = { a = 1, b = false }", "write false"),
        ("x = { b = 57% }", "x = { b = 0.57 }", "write 0.57"),
        ("x = [true, False]", "x = [true, false]", "`False` is not a value of TOML; write false"),
        ("x = [{ y = [TRUE] }]", "x = [{ y = [true] }]", "write true"),
        ("x = [\"a\", on]", "x = ['a', 'on']", "write \"on\""),
        ("x = 57%", "x = 0.57", "write x = 0.57"),
        ("x => 5", "x = 5", "has `=>`; write x = and the value"),
        ("x := 0.5", "x = 0.5", "has `:=`; write x = and the value"),
        ("x 5", "x = 5", "has no `=`; write x = 5"),
        ("x = ''政策''", "x = '政策'", "has a text that goes on behind its quotes; write x = \"政策\""),
        ("x = 'it's'", "x = \"it's\"", "write x = \"it's\""),
        (
            "x = 'http://a/v1\"",
            "x = 'http://a/v1'",
            "begins with `'` and ends with `\"`; write \"http://a/v1\"",
        ),
        ("x = .5", "x = 0.5", "write x = 0.5"),
        ("x = 05", "x = 5", "write x = 5"),
        ("x = 1,5", "x = 1.5", "write x = 1.5"),
        ("x = 10,000", "x = 10000", "write x = 10000"),
        ("x = 0,004", "x = 0.004", "write x = 0.004"),
        ("x = 0,5", "x = 0.5", "write x = 0.5"),
        ("x = 1,234,567", "x = 1234567", "write x = 1234567"),
        ("x = 1,234.5", "x = 1234.5", "write x = 1234.5"),
        ("{\nx = 1", "x = 1", "1 has `{` alone in its line, which belongs to nothing; remove it"),
        ("x = 1\n{\ny = 2", "x = 1\ny = 2", "2 has `{` alone in its line"),
        ("x = 1\n}", "x = 1", "2 has `}` alone in its line"),
        ("x = [\n1,\n]\n]", "x = [1]", "4 has `]` alone in its line"),
        ("x = \"open", "x = 'open'", "has a text that begins with `\"` and does not end; write \" behind it"),
        ("x == 1", "x = 1", "has `==`; write one `=`"),
        ("x \"a\"", "x = 'a'", "has no `=`; write x = \"a\""),
        ("x: \"a\"", "x = 'a'", "has `:` where TOML wants `=`; write key = value"),
        ("x：“a”", "x = 'a'", "`：` where TOML wants `=`"),
        ("\"x\": \"a\"", "x = 'a'", "has `:` where TOML wants `=`"),
        ("x = \"a\",", "x = 'a'", "ends with `,`"),
        ("x = \"a\";", "x = 'a'", "ends with `;`"),
        ("x = 1 // 一", "x = 1", "has a comment that does not begin with `#`"),
        ("-- 注释\nx = 1", "x = 1", "has a comment that does not begin with `#`"),
        (
            "x = \"C:\\plugins\\my.wasm\"",
            "x = 'C:\\plugins\\my.wasm'",
            "between single quotes: 'C:\\plugins\\my.wasm'",
        ),
        ("x = [\"a\", \"b\"", "x = ['a', 'b']", "opens a list with `[` that is not closed; write `]`"),
        ("x = [\n  \"a\",\n", "x = ['a']", "1 opens a list with `[`"),
        ("x = { y = [1 }", "x = { y = [1] }", "opens a list with `[`"),
        ("x = { y = 1", "x = { y = 1 }", "opens a table with `{` that is not closed; write `}`"),
        ("x = [1]]", "x = [1]", "has a `]` that closes nothing"),
        ("x = [\"a\" \"b\"]", "x = ['a', 'b']", "has no `,` behind \"a\""),
        ("x = { y = \"a\" z = 1 }", "x = { y = 'a', z = 1 }", "has no `,` behind \"a\""),
        ("x = [a, \"b\"]", "x = ['a', 'b']", "has a text without quotes; write \"a\""),
        ("x = { y = a }", "x = { y = 'a' }", "has a text without quotes; write \"a\""),
        ("x = ${NAME}", "x = '${NAME}'", "has a text without quotes; write x = \"${NAME}\""),
        ("x = ${HOST:-a b}:80/v1", "x = '${HOST:-a b}:80/v1'", "write x = \"${HOST:-a b}:80/v1\""),
        ("x = [${NAME}, 'b']", "x = ['${NAME}', 'b']", "has a text without quotes; write \"${NAME}\""),
        ("x = { y = ${NAME} }", "x = { y = '${NAME}' }", "has a text without quotes; write \"${NAME}\""),
        ("x = a$b", "x = 'a$b'", "has a text without quotes; write x = \"a$b\""),
        ("x = { y: 1 }", "x = { y = 1 }", "has `:` where TOML wants `=`"),
        ("x = \"\"\"open\n[b]\ny = 2", "x = 'open'\n[b]\ny = 2", "begins a text of several lines"),
        ("x = 1\u{200b}", "x = 1", "has an invisible character (U+200B); delete it"),
    ] {
        let (read, told) = read(&format!("{text}\n[next]\nz = 1\n"));
        let expected: toml::Table = format!("{meant}\n[next]\nz = 1\n").parse().unwrap();
        assert_eq!(read, expected, "{text}: {told:?}");
        assert!(told.len() == 1 && told[0].contains(said), "{text}: {told:?}");
    }
}

#[test]
fn a_table_keeps_its_keys_whatever_its_header_lacks() {
    for (header, path, said) in [
        ("[a.b", "a.b", Some("write [a.b] alone in its line")),
        ("[a.b]]", "a.b", Some("write [a.b] alone in its line")),
        ("[a.b] x", "a.b", Some("write [a.b] alone in its line")),
        ("[a,b]", "a.b", Some("write [a.b] alone in its line")),
        ("[a/b]", "a.b", Some("write [a.b] alone in its line")),
        ("[a:b]", "a.b", Some("write [a.b] alone in its line")),
        // What is wrong with the name is said where names are checked.
        ("[a.小助手]", "a.小助手", None),
        ("[a.my shop] # 店", "a.my shop", None),
    ] {
        let (read, told) = read(&format!("{header}\nx = 1\n[c]\ny = 2\n"));
        let (outer, inner) = path.split_once('.').unwrap();
        assert_eq!(read[outer][inner]["x"], 1.into(), "{header}: {told:?}");
        assert_eq!(read["c"]["y"], 2.into(), "{header}");
        assert_eq!(told.len(), usize::from(said.is_some()), "{header}: {told:?}");
        assert!(said.is_none_or(|said| told[0].contains(said)), "{header}: {told:?}");
    }
    let (read, told) = read("[[a]\nx = 1\n[[a]]\nx = 2\n");
    assert_eq!((read["a"].as_array().unwrap().len(), told.len()), (2, 1), "{told:?}");
}

#[test]
fn what_stands_twice_is_told_with_the_first_place() {
    let (read, told) = read("[a]\nx = 1\nx = 2\n[b]\n[a] # 又\ny = 3\nx = 4\n[[c]]\n[a]\nz = 5\n");
    assert_eq!(
        told,
        [
            "3 `a.x` is there already, in line 2; keep one of the two",
            "5 [a] is there already, in line 1; write both as one table, or give one another name",
            "9 [a] is there already, in line 1; write both as one table, or give one another name",
        ]
    );
    // All of them are there to be looked at; the reader of the values joins them.
    let again = super::AGAIN;
    assert_eq!(read["a"]["x"], 1.into());
    assert_eq!(read[&format!("a{again}")]["y"], 3.into());
    assert_eq!(read[&format!("a{again}{again}")]["z"], 5.into());
}

#[test]
fn a_list_beside_a_table_of_its_name_is_told_with_the_header_to_write() {
    let (_, told) = read("[plugins.x]\na = 1\n[[plugins]]\nname = \"a\"\n");
    assert_eq!(told, ["3 [[plugins]] is there already, in line 1; write a table for each: [plugins.NAME]"]);
}

#[test]
fn a_second_plugin_of_an_app_is_told_as_an_entry_of_a_list() {
    for (first, second, third) in [
        ("[apps.a.plugins]", "[apps.a.plugins] # 又", ""),
        ("[apps.a.plugins]", "[apps.a.plugins]", "[apps.a.plugins]\nplugin = \"z\""),
        ("[apps.a.plugins]", "[[apps.a.plugins]]", "[[apps.a.plugins]]\nplugin = \"z\""),
        ("[[apps.a.plugins]]", "[apps.a.plugins]", ""),
        // Quotes and blanks make no other name.
        ("[apps.a.plugins]", "[apps.\"a\".plugins]", ""),
        ("[apps.\"a\".plugins]", "[ apps . 'a' . plugins ]", "[[apps.a.\"plugins\"]]\nplugin = \"z\""),
    ] {
        let (read, told) = read(&format!("{first}\nplugin = \"x\"\n{second}\nplugin = \"y\"\n{third}\n"));
        let expected = "3 [apps.a.plugins] is there already, in line 1; write [[apps.a.plugins]] for each";
        assert_eq!(told, [expected], "{first} {second} {third}");
        // All of them are there to be looked at.
        let plugins = read["apps"]["a"]["plugins"].as_array().unwrap();
        assert_eq!(plugins.len(), 2 + usize::from(!third.is_empty()), "{first} {second} {third}");
    }
    // A dot within quotes separates no names.
    let (read, told) = read("[apps.a]\nx = 1\n['apps'.\"a\"]\ny = 2\n[\"apps.a\"]\nz = 3\n");
    assert_eq!(
        told,
        ["3 [apps.a] is there already, in line 1; write both as one table, or give one another name"]
    );
    assert_eq!(read["apps.a"]["z"], 3.into());
    let (_, told) = self::read("[apps.a]\nplugins = []\n[apps.a.plugins]\nplugin = \"x\"\n");
    assert_eq!(told, ["3 [apps.a.plugins] is there already, in line 2; keep one of the two"]);
}

#[test]
fn what_nobody_can_repair_is_told_and_left_out() {
    for (text, said) in [
        ("x =", "has no value; write one behind the `=`"),
        ("x = null", "TOML has no null; remove the line"),
        ("no sign", "it has no `=`"),
        ("x = \"a\u{1}b\"", "has an invisible character (U+0001); delete it"),
    ] {
        let (read, told) = read(&format!("{text}\n[next]\nz = 1\n"));
        assert_eq!(read.keys().collect::<Vec<_>>(), ["next"], "{text}: {told:?}");
        assert!(told.len() == 1 && told[0].contains(said), "{text}: {told:?}");
    }
}

#[test]
fn another_format_is_recognised_and_told_once() {
    for (text, format) in [
        ("{\n  \"models\": {\n    \"main\": { \"model\": \"x\" }\n  }\n}\n", "is JSON, not TOML"),
        ("# 配置\nmodels:\n  main:\n    model: x\n", "is YAML, not TOML"),
    ] {
        let (read, told) = read(text);
        assert!(read.is_empty() && told.len() == 1 && told[0].contains(format), "{told:?}");
    }
}
