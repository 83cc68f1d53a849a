use super::*;

#[test]
fn stand_ins_are_read_as_what_they_look_like() {
    let read = |text: &str| -> String {
        text.chars().map(|c| spelled_out(c).unwrap_or_else(|| c.to_string())).collect()
    };
    assert_eq!(read("⽤⼾⾸⻚，⻝堂开⻔，⻅⻋⻓⻛⻢⻥⻩"), "用户首页，食堂开门，见车长风马鱼黄");
    assert_eq!(read("oﬃcial ﬁle ﬂow ︵第⼀章︶︒"), "official file flow （第一章）。");
    // Compatibility ideographs; those of the block that are characters of their own stay.
    assert_eq!(read("\u{f967}\u{f90a}\u{fa0e}"), "不金\u{fa0e}");
    let plain = "月 Ａ，①½ ㈱ ㎡ 㐀";
    assert_eq!(read(plain), plain);
    assert_eq!(RADICALS.chars().count(), 116);
    assert_eq!((ideograph('⺠'), ideograph('⻳'), ideograph('⺚')), ('民', '龟', '⺚'));
}
