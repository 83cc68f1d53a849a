use super::*;

#[test]
fn what_was_written_is_there_and_hardly_anything_else() {
    let seen = SeenNames::new();
    assert!(seen.may_hold("not known yet"));
    let connection = Connection::open_in_memory().unwrap();
    let tables = "CREATE TABLE state (conversation TEXT); CREATE TABLE names (name TEXT);
                      INSERT INTO state VALUES ('kept'); INSERT INTO names VALUES ('named');";
    connection.execute_batch(tables).unwrap();
    seen.load(&connection).unwrap();
    (0..10_000).for_each(|number| seen.note(&format!("noted{number}")));
    assert!(seen.may_hold("kept") && seen.may_hold("named"));
    assert!((0..10_000).all(|number| seen.may_hold(&format!("noted{number}"))));
    let others = (0..10_000).filter(|number| seen.may_hold(&format!("other{number}"))).count();
    assert!(others < 10, "{others}");
}
