use super::*;

const SCHEMA: &str = "CREATE TABLE a (x, y, z);";
const STEPS: [&str; 2] = ["ALTER TABLE a ADD COLUMN y;", "ALTER TABLE a ADD COLUMN z;"];

fn columns(connection: &Connection) -> i64 {
    connection.query_row("SELECT count(*) FROM pragma_table_info('a')", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_new_file_and_one_of_each_version_come_to_the_same_tables() {
    for made in
        ["", "CREATE TABLE a (x); PRAGMA user_version = 1", "CREATE TABLE a (x, y); PRAGMA user_version = 2"]
    {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(made).unwrap();
        for _ in 0..2 {
            bring_up_to_date(&mut connection, SCHEMA, &STEPS).unwrap();
            assert_eq!((columns(&connection), version(&connection).unwrap()), (3, 3), "{made}");
        }
    }
}

#[test]
fn a_step_that_fails_leaves_the_file_as_it_was_and_a_newer_file_is_refused() {
    let mut connection = Connection::open_in_memory().unwrap();
    connection.execute_batch("CREATE TABLE a (x); PRAGMA user_version = 1").unwrap();
    let steps = [STEPS[0], "nonsense"];
    assert!(matches!(bring_up_to_date(&mut connection, SCHEMA, &steps), Err(TablesError::Sqlite(_))));
    assert_eq!((columns(&connection), version(&connection).unwrap()), (1, 1));
    connection.pragma_update(None, "user_version", 99).unwrap();
    let error = bring_up_to_date(&mut connection, SCHEMA, &STEPS).unwrap_err().to_string();
    assert!(error.contains("newer qianfan-host (tables 99, this one knows 3)"), "{error}");
}
