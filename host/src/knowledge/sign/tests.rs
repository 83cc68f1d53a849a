use crate::knowledge::terms::question_key;

#[test]
fn a_key_has_words_for_the_signs_of_a_number() {
    for (text, key) in [
        ("满50%可以退吗？", "满百分之50可以退吗"),
        ("满５０ ％可以退吗", "满百分之50可以退吗"),
        ("满百分之50%可以退吗", "满百分之50可以退吗"),
        ("20%-30%的首付", "百分之20百分之30的首付"),
        ("违约金是3‰吗", "违约金是千分之3吗"),
        ("空调调到26℃", "空调调到26度"),
        ("转45°", "转45度"),
        ("充￥50送什么", "充50元送什么"),
        ("充¥ 1,000.00送什么", "充1000元送什么"),
        ("充￥50元送什么", "充50元送什么"),
        ("满$50包邮吗", "满50美元包邮吗"),
        ("满$50美金包邮吗", "满50美金包邮吗"),
        ("满€50包邮吗", "满50欧元包邮吗"),
        ("￥50-100的有吗", "50100的有吗"),
        // Another sign stands before it, or it stands in a word.
        ("充HK$50送什么", "充hk50送什么"),
        ("a20%b", "a20b"),
        ("%怎么打", "怎么打"),
        ("$怎么打", "怎么打"),
        ("满100，50%可以退吗", "满100百分之50可以退吗"),
    ] {
        assert_eq!(question_key(text).as_deref(), Some(key), "{text}");
    }
}

#[test]
fn a_point_stays_where_it_makes_a_fraction() {
    for (text, key) in [
        ("9.9元包邮吗", "9.9元包邮吗"),
        ("1.50倍工资", "1.5倍工资"),
        ("利率3.5%", "利率百分之3.5"),
        ("利率5.0%", "利率百分之5"),
        ("2.5 kg的", "2.5kg的"),
        ("10.0元", "10元"),
        // A time, a date, two exams, a share of the price, a version, an address, a number before a heading.
        ("9.30开门吗", "930开门吗"),
        ("5.1放假吗", "51放假吗"),
        ("4.6级什么时候考", "46级什么时候考"),
        ("打8.5折吗", "打85折吗"),
        ("升级到2.0.1怎么弄", "升级到201怎么弄"),
        ("192.168.1.1打不开", "19216811打不开"),
        ("1.怎么退款", "1怎么退款"),
        ("win8.1pro", "win81pro"),
    ] {
        assert_eq!(question_key(text).as_deref(), Some(key), "{text}");
    }
}

#[test]
fn a_name_may_end_in_signs() {
    for (text, key) in [
        ("C++怎么学", "cpp怎么学"),
        ("c＃怎么学", "csharp怎么学"),
        ("C怎么学", "c怎么学"),
        ("C/C++怎么学", "ccpp怎么学"),
        ("abc++怎么学", "abc怎么学"),
        ("3#楼在哪里", "3楼在哪里"),
    ] {
        assert_eq!(question_key(text).as_deref(), Some(key), "{text}");
    }
}
