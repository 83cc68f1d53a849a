use super::*;

fn rows(text: &str) -> Vec<StringRecord> {
    text.lines().map(|line| line.split(',').collect()).collect()
}

#[test]
fn tables_beside_one_another_are_told_from_one_with_an_empty_column() {
    for (text, wanted) in [
        ("姓名,电话,,姓名,电话\n张三,010,,李四,020\n王五,030,,赵六,040", 2),
        ("名单\n姓名,学号,,姓名,学号,,姓名,学号\n张三,1,,李四,2,,王五,3", 3),
        ("专业,计划数,,校区,电话\n软件,60,,东校区,010\n法学,40,,西校区,020\n会计,30,,,", 2),
        ("专业,计划数,,校区,电话\n软件,60,,东校区,010\n法学,40,,西校区,020", 0),
        ("姓名,电话,,备注,说明\n张三,010,,兼职,\n李四,020,,,\n王五,030,,全职,长期", 0),
        ("表一,,,表二,\n专业,学费,,楼栋,费用\n软件,5500,,一号楼,1200", 2),
        ("姓名,,电话\n张三,,010", 0),
    ] {
        assert_eq!(blocks(&rows(text)).map_or(0, |blocks| blocks.len()), wanted, "{text}");
    }
}
