use super::*;
use crate::trace::store::costs_table;

#[test]
fn a_day_is_written_in_one_way() {
    let days = ["2026-11-26", "0000-01-01", "9999-12-31", "2024-02-29", "2000-02-29"];
    assert!(days.into_iter().all(CostQuery::is_day));
    for wrong in [
        "",
        "2026-11",
        "2026-13-01",
        "2026-00-01",
        "2026-01-32",
        "2026-02-31",
        "2026-02-29",
        "2100-02-29",
        "2026-04-31",
        "2026-01-00",
        "26-01-01",
        "2026-1-1",
        "+026-01-01",
        "2026-01-01-",
        "今天",
    ] {
        assert!(!CostQuery::is_day(wrong), "{wrong}");
    }
}

#[test]
fn a_clock_far_ahead_deletes_no_costs_and_the_table_stays_small() {
    let table = Connection::open_in_memory().unwrap();
    table.execute_batch("CREATE TABLE traces (cost REAL)").unwrap();
    table.execute_batch(costs_table::TABLE).unwrap();
    let spend = |days: &str| {
        let rows = format!(
            "WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < 899) INSERT INTO costs SELECT \
             date('2020-01-01', n || ' days'), app, 'answer', 'm', 1, 0, 1, 1, 0, 0, 0.5 \
             FROM n, (SELECT 'a' AS app UNION SELECT 'b') WHERE {days}"
        );
        table.execute_batch(&rows).unwrap();
        table.execute(costs_table::FORGET, []).unwrap();
        let count = "SELECT count(DISTINCT day), min(day) FROM costs";
        table
            .query_row(count, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Option<String>>(1)?)))
            .unwrap()
    };
    assert_eq!(spend("n < 0"), (0, None));
    // Long ago by whatever clock this runs under.
    assert_eq!(spend("n < 10"), (10, Some("2020-01-01".into())));
    assert_eq!(spend("n = 899"), (11, Some("2020-01-01".into())), "one turn far ahead deletes nothing");
    assert_eq!(spend("n BETWEEN 10 AND 798"), (800, Some("2020-01-01".into())));
    assert_eq!(spend("n BETWEEN 799 AND 898"), (800, Some("2020-04-10".into())));
}
