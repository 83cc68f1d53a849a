use super::*;

fn guessed(bytes: &[u8]) -> Option<&'static Encoding> {
    guess(bytes).map(|guess| guess.encoding)
}

#[test]
fn short_texts_of_each_encoding_are_told_apart() {
    let simplified = "录取通知书将于七月寄出，请考生留意。学费每年五千元。";
    let traditional = "錄取通知書將於七月寄出，請考生留意。學費每年五千元。";
    let japanese = "入学試験の日程は七月一日です。受験料はコンビニで支払えます。";
    let korean = "입학 시험 일정은 칠월 일일입니다. 등록금은 온라인으로 납부합니다.";
    for (text, encoding) in [
        (simplified, GB18030),
        ("学费", GB18030),
        ("姓名,电话\n张三,010", GB18030),
        ("高考报名", GB18030),
        ("操场安排", GB18030),
        ("饭卡充值", GB18030),
        ("嵊泗县滕王阁", GB18030),
        ("价格：100€起", GB18030),
        ("蛋糕店", GB18030),
        ("姓名,学号\n尤燚,16796\n", GB18030),
        ("冯燚娟,59833", GB18030),
        ("秦垚", GB18030),
        ("串联电路和并联电路的区别", GB18030),
        (traditional, GB18030),
        (traditional, BIG5),
        ("學費,五千元", BIG5),
        ("報名", BIG5),
        ("宿舍電話", BIG5),
        ("台灣大學", BIG5),
        ("甲午戰爭", BIG5),
        (japanese, SHIFT_JIS),
        ("受験料のお知らせ", SHIFT_JIS),
        (japanese, EUC_JP),
        ("受験料のお知らせ", EUC_JP),
        (korean, EUC_KR),
        ("입학 안내", EUC_KR),
        ("등록금,기숙사", EUC_KR),
    ] {
        let (bytes, used, failed) = encoding.encode(text);
        assert!(used == encoding && !failed);
        assert_eq!(guessed(&bytes), Some(encoding), "{text}");
    }
    for text in [
        "Größe und Gebühren für Prüfungen über fünf Jahre",
        "Café",
        "Müller, Straße 5",
        "Ärger",
        "naïve “quotes” — 5€",
        "Õkman,AL,,33.7\n",
    ] {
        let (bytes, _, _) = WINDOWS_1252.encode(text);
        assert_eq!(guessed(&bytes), Some(WINDOWS_1252), "{text}");
    }
    let (russian, _, _) = encoding_rs::WINDOWS_1251.encode("Правила приёма в университет");
    assert_eq!(guessed(&russian), Some(encoding_rs::WINDOWS_1251));
    let (turkish, _, _) = encoding_rs::WINDOWS_1254.encode("Türkçe şöyle");
    assert_eq!(guessed(&turkish), Some(encoding_rs::WINDOWS_1254));
    assert_eq!(guessed(b"plain"), None);
    assert_eq!(guessed(&"高考".as_bytes()[..5]), Some(UTF_8), "a broken one is named as what it was");
}

#[test]
fn what_may_be_another_encoding_is_told() {
    let (bytes, _, _) = EUC_KR.encode("학교");
    assert_eq!(guess(&bytes), Some(Guess { encoding: EUC_KR, rival: Some(GB18030) }));
    let (bytes, _, _) = GB18030.encode("录取通知书");
    assert_eq!(guess(&bytes), Some(Guess { encoding: GB18030, rival: None }));
}

#[test]
fn chinese_may_be_utf8_by_chance() {
    assert_eq!(by_chance("plain"), None);
    for text in ["25°C", "café", "A·B", "Приём", "Größe über", "±5%", "naïve – no"] {
        assert_eq!(by_chance(text), None, "{text}");
    }
    for (text, encoding) in
        [("系统", GB18030), ("通知", GB18030), ("学员预约", GB18030), ("统一,10\n", GB18030), ("小写", UTF_8)]
    {
        let (bytes, _, _) = GB18030.encode(text);
        let valid = std::str::from_utf8(&bytes).expect(text);
        let guess = by_chance(valid).unwrap_or_else(|| panic!("{text} reads {valid}"));
        assert_eq!((guess.encoding, guess.rival.is_some()), (encoding, true), "{text} reads {valid}");
    }
}

#[test]
fn utf16_needs_no_mark() {
    for text in ["录取分数线查询", "錄取通知書", "尼布楚条约", "嵊泗県靈隱寺鼋頭渚"]
    {
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!((guessed(&little), guessed(&big)), (Some(UTF_16LE), Some(UTF_16BE)), "{text}");
    }
    for text in ["name,score\n甲大学,600\n", "plain words", "3000平方米", "嵊泗,滕\n鼋,1\n"] {
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!((utf16(&little), utf16(&big)), (Some(UTF_16LE), Some(UTF_16BE)), "{text}");
    }
    for other in [&b"PK\x00\x01\xff\x00"[..], b"abc\x00def", b"name\x00value\x00"] {
        assert_eq!(utf16(other), None, "{other:?}");
    }
}
