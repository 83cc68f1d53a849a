use super::*;

fn row(text: &str) -> StringRecord {
    text.split(',').collect()
}

#[test]
fn numbers_are_put_together_where_there_is_one_way() {
    let names = ["项目", "上年", "本年"].map(str::to_owned);
    let rows = [row("设备,1,234,5,678"), row("会议,900,800")];
    let mut widths = RowWidths::new(&names, &rows, Some(b','));
    let mended = |widths: &mut RowWidths, text: &str| {
        widths.mend(&row(text), 2).map(|row| row.iter().map(str::to_owned).collect::<Vec<_>>().join("|"))
    };
    for (text, wanted) in [
        ("设备,1,234,5,678", Some("设备|1,234|5,678")),
        ("设备,1,234,567.80,5", Some("设备|1,234,567.80|5")),
        ("设备,-1,234,5,", Some("设备|-1,234|5")),
        ("设备,12,345,678", None),
        ("设备,进口,1,5", None),
        ("设备,1,5", None),
    ] {
        assert_eq!(mended(&mut widths, text).as_deref(), wanted, "{text}");
    }
    assert_eq!(widths.long.told.len(), 2);
    // In more ways than one they stand without names, and so does what fits no column; one more cell that says something does not.
    for (text, is_shifted) in
        [("设备,1,300,900", true), ("设备,进口,1,5", true), ("设备,1,5,待定", false), ("设备,1,300", false)]
    {
        assert_eq!(widths.is_shifted(&row(text), &[false, true, true]), is_shifted, "{text}");
    }
    let mut by_bars = RowWidths::new(&names, &rows, Some(b'|'));
    assert!(by_bars.mend(&row("设备,1,234,5"), 2).is_none());
}
