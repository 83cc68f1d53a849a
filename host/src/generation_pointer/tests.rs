use super::*;

#[test]
fn a_pointer_is_read_as_it_was_written_and_nothing_else_is_one() {
    for pointer in [Pointer::default(), Pointer { generation: 12, is_closing: true }] {
        assert_eq!(Pointer::read(&pointer.text()), Some(pointer));
    }
    assert_eq!(Pointer::read("7"), Some(Pointer { generation: 7, is_closing: false }));
    for text in ["", "closing", "7 closed", "-1", "7 8"] {
        assert_eq!(Pointer::read(text), None, "{text}");
    }
}
