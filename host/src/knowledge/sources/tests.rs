use super::*;

fn found(table: &str) -> Vec<(String, String)> {
    let settings: WebSourceSettings = toml::from_str(table).unwrap();
    settings.problems().into_iter().map(|problem| (problem.key, problem.message)).collect()
}

#[test]
fn a_table_that_fetches_something_is_right() {
    for table in [
        "urls = [\"https://a.cn/招生.html\"]",
        "sitemap = \"https://a.cn/sitemap.xml\"\nevery = \"6h\"\ninclude = [\"/zs/*\", \"https://b.cn/*\"]\nexclude = [\"*.zip\"]",
        "urls = [\"http://a.cn\"]\nmetadata = { province = \"广东\" }",
    ] {
        assert_eq!(found(table), [], "{table}");
    }
}

#[test]
fn what_fetches_nothing_or_cannot_be_told_is_refused_with_the_mend() {
    let sitemap = "sitemap = \"https://a.cn/sitemap.xml\"\n";
    for (table, key, said) in [
        (String::new(), "", "names nothing to fetch"),
        ("urls = [\"www.a.cn/faq.html\"]".into(), "urls[0]", "is not a URL"),
        ("urls = [\"ftp://a.cn/faq.html\"]".into(), "urls[0]", "http(s)"),
        ("sitemap = \"https://me:hunter2@a.cn/s.xml\"".into(), "sitemap", "remove it"),
        (format!("{sitemap}every = \"0s\""), "every", "between 1s and 366d"),
        (format!("{sitemap}max_documents = 0"), "max_documents", "between 1 and 10000"),
        (format!("{sitemap}include = [\"zs/*\"]"), "include[0]", "\"/zs/*\""),
        ("urls = [\"https://a.cn\"]\nexclude = [\"/x\"]".into(), "exclude", "there is none"),
        (format!("{sitemap}metadata = {{ \"a b=\" = \"x\" }}"), "metadata", ""),
    ] {
        let problems = found(&table);
        let [(at, message)] = problems.as_slice() else { panic!("{table}: {problems:?}") };
        assert_eq!(at, key, "{table}");
        assert!(message.contains(said) && !message.contains("hunter2"), "{table}: {message}");
    }
}
