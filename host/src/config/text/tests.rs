use super::*;

fn read(text: &str) -> (toml::Table, Vec<(usize, String)>, Vec<String>) {
    let text = ReadableText::of(text.as_bytes());
    let problems = text.problems.into_iter().map(|problem| (problem.line.unwrap(), problem.message));
    (text.toml.parse().unwrap(), problems.collect(), text.lost)
}

#[test]
fn quotes_and_signs_of_a_chinese_input_method_are_named_and_the_rest_is_read() {
    let text = "[models.up]\nbase_url = “http://a”\nmodel＝‘m’\nlist = [“甲”，「乙」]\n# “注释”\nok = \"说“你好”\"\nend = \"x”\n";
    let (table, problems, lost) = read(text);
    let up = &table["models"]["up"];
    assert_eq!((up["base_url"].as_str(), up["model"].as_str()), (Some("http://a"), Some("m")));
    assert_eq!((up["ok"].as_str(), up["end"].as_str()), (Some("说“你好”"), Some("x")));
    assert_eq!(up["list"].as_array().unwrap().len(), 2);
    assert_eq!(problems.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 3, 4, 7]);
    assert!(problems[0].1.contains("`“` where TOML wants `\"`"), "{problems:?}");
    assert!(lost.is_empty());
    // What is valid stays as it is.
    let (table, problems, _) = read("a = \"说“你好”，１\"\n");
    assert_eq!((table["a"].as_str(), problems.len()), (Some("说“你好”，１"), 0));
}

#[test]
fn one_broken_statement_takes_nothing_else_with_it() {
    for (text, line, lost) in [
        ("[a]\nx = \ny = 1\n[b]\nz = 2\n", 2, "a.x"),
        ("[a]\nx = [1,\n 2\ny = 1\n[b]\nz = 2\n", 2, ""),
        ("[a]\nx = \"open\ny = 1\n[b]\nz = 2\n", 2, ""),
        ("[a]\nx = hello world\ny = 1\n[b]\nz = 2\n", 2, ""),
        ("[a]\ny = 1\ny = 2\n[b]\nz = 2\n", 3, ""),
        ("[a]\nno sign\ny = 1\n[b]\nz = 2\n", 2, ""),
        ("[a]\ny = 1\n[b]\nz = 2\n[[c]]\nd = 1\n[[c]]\nd =\n", 8, "c[1].d"),
    ] {
        let (table, problems, gone) = read(text);
        assert_eq!(problems.len(), 1, "{text}: {problems:?}");
        assert_eq!(problems[0].0, line, "{text}: {problems:?}");
        assert_eq!((&table["a"]["y"], &table["b"]["z"]), (&1.into(), &2.into()), "{text}");
        assert_eq!(gone.first().map_or("", |key| key), lost, "{text}");
    }
}

#[test]
fn several_broken_lines_are_several_problems() {
    let (table, problems, _) = read("[a]\nx = \nq = 1\ny == 2\n[b\nz = 2\n[c]\nk = 1\n");
    assert_eq!(problems.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4, 5], "{problems:?}");
    assert_eq!(table["c"]["k"], 1.into());
}

#[test]
fn what_windows_saves_is_recognised() {
    let (gbk, ..) = GB18030.encode("# 配置\n[a]\nx = \"中文\"\n");
    let text = ReadableText::of(&gbk);
    assert_eq!(text.toml.parse::<toml::Table>().unwrap()["a"]["x"].as_str(), Some("中文"));
    assert!(text.problems[0].message.contains("GBK"), "{:?}", text.problems);
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain("x = 1\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let text = ReadableText::of(&utf16);
    assert_eq!(text.toml, "x = 1\n");
    assert!(text.problems[0].message.contains("UTF-16"));
    let text = ReadableText::of(b"\xef\xbb\xbfx = 1\n");
    assert!(text.problems.is_empty() && text.toml == "x = 1\n");
    // No panic, whatever the bytes are.
    for bytes in [&b"\xff\xff[["[..], b"= = =", b"[", b"\"", b"[a]\n[[a]]\n", b"\x00"] {
        _ = ReadableText::of(bytes).toml.parse::<toml::Table>().unwrap();
    }
}
