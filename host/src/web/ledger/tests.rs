use super::*;

const DAY: u64 = 24 * 3600;

fn page(url: &str, number: Option<usize>, bytes: u64) -> LedgerPage {
    let file = number.map(|number| LedgerFile {
        number,
        bytes,
        name: Some("章程.pdf".to_owned()),
        format: Some(Format::Pdf),
        validators: Validators::default(),
        content: None,
        sent_to: None,
    });
    LedgerPage { url: url.to_owned(), asked_at: 10, file }
}

#[tokio::test]
async fn what_is_whole_and_of_the_same_recipe_is_taken_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = FetchLedger::open(folder.path(), "甲", 10).await.unwrap();
    assert_eq!((ledger.next_number(), ledger.next_number()), (0, 1));
    for (number, text) in [(0, "abc"), (1, "ab")] {
        std::fs::write(ledger.path(number), text).unwrap();
    }
    ledger.note(&page("https://a.cn/0", Some(0), 3)).await.unwrap();
    // Its file was cut off.
    ledger.note(&page("https://a.cn/1", Some(1), 3)).await.unwrap();
    ledger.note(&page("https://a.cn/2", None, 0)).await.unwrap();
    assert_eq!(pages_fetched(folder.path()), 3);
    let torn = std::fs::read_to_string(folder.path().join(LEDGER)).unwrap() + "{\"url\":\"https://a.cn/3";
    std::fs::write(folder.path().join(LEDGER), torn).unwrap();

    let mut again = FetchLedger::open(folder.path(), "甲", 20).await.unwrap();
    assert_eq!(again.take("https://a.cn/0").unwrap().file.unwrap().name.as_deref(), Some("章程.pdf"));
    assert!(again.take("https://a.cn/0").is_none(), "once");
    assert!(again.take("https://a.cn/1").is_none());
    assert!(again.take("https://a.cn/2").unwrap().file.is_none());
    assert_eq!((again.next_number(), pages_fetched(folder.path())), (1, 2));

    let mut late = FetchLedger::open(folder.path(), "甲", 20 + DAY).await.unwrap();
    assert!(late.take("https://a.cn/0").is_none());
    ledger.note(&page("https://a.cn/0", Some(0), 3)).await.unwrap();
    let mut other = FetchLedger::open(folder.path(), "乙", 20).await.unwrap();
    assert!(other.take("https://a.cn/0").is_none());
}
