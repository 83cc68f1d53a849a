use super::*;

#[test]
fn numbers_are_written_as_their_format_says() {
    for (number, format, expected) in [
        (1, "chineseCounting", "一"),
        (10, "chineseCountingThousand", "十"),
        (21, "chineseCountingThousand", "二十一"),
        (101, "chineseCountingThousand", "一百零一"),
        (110, "taiwaneseCountingThousand", "一百一十"),
        (1005, "japaneseCounting", "一千零五"),
        (20_300, "chineseCountingThousand", "二万零三百"),
        (105, "ideographDigital", "一〇五"),
        (12, "chineseLegalSimplified", "壹拾贰"),
        (3, "ideographLegalTraditional", "參"),
        (2, "ideographTraditional", "乙"),
        (12, "ideographZodiac", "亥"),
        (9, "decimalEnclosedCircleChinese", "⑨"),
        (22, "decimalEnclosedCircle", "㉒"),
        (3, "decimalEnclosedParen", "⑶"),
        (4, "decimalFullWidth", "４"),
        (14, "upperRoman", "XIV"),
        (28, "lowerLetter", "bb"),
        (7, "decimalZero", "07"),
        (22, "ordinal", "22nd"),
        (5, "unheard of", "5"),
    ] {
        assert_eq!(written(number, format), expected, "{number} {format}");
    }
}
