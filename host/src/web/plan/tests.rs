use super::*;

fn wants(table: &str, url: &str) -> bool {
    let settings: WebSourceSettings = toml::from_str(table).unwrap();
    Plan::of_source("a", &settings, &FetchOrder::default()).unwrap().wants(&Url::parse(url).unwrap())
}

#[test]
fn patterns_choose_among_pages_as_people_write_them() {
    let table = "include = [\"/招生/*\", \"https://b.cn/*\"]\nexclude = [\"*/print/*\", \"*?*page=*\"]";
    for (url, expected) in [
        ("https://a.cn/招生/1.html", true),
        ("https://a.cn/%E6%8B%9B%E7%94%9F/1.html", true),
        ("https://a.cn/x/招生/1.html", false),
        ("https://a.cn/招生/print/1.html", false),
        ("https://a.cn/招生/1.html?page=2", false),
        ("https://b.cn/x", true),
        ("https://a.cn/x", false),
    ] {
        assert_eq!(wants(table, url), expected, "{url}");
    }
    assert!(wants("", "https://a.cn/x"));
}
