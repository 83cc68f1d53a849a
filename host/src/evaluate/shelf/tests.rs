use super::*;

#[test]
fn a_shelf_is_named_after_its_file() {
    for (path, name) in
        [("a/cmrc2018-dev.json", "cmrc2018-dev"), ("答案.tsv", "corpus"), ("x y.jsonl.gz", "x-y")]
    {
        assert_eq!(shelf_name(Path::new(path)), name);
    }
}
