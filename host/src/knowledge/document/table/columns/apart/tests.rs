use crate::knowledge::document::{Block, delimited};

/// Each row below what stands above it.
fn read(text: &str) -> Vec<String> {
    let shown = |block: &Block| match block {
        Block::Prose { headings, text, .. } => format!("{}|{}", headings.join(">"), text.replace('\n', "/")),
        Block::Question { question, .. } => question.clone(),
    };
    delimited::parse(text).unwrap().blocks.iter().map(shown).collect()
}

#[test]
fn rows_below_an_empty_one_with_numbers_like_those_above_are_rows() {
    for (above, below, expected) in [
        (
            "班次,发车,到达\nK1,08:00,09:00\nK2,10:00,11:00\n",
            "K3,14:00,15:00\nK4,停运,\n",
            ["|班次: K3/发车: 14:00/到达: 15:00", "|班次: K4/发车: 停运"],
        ),
        (
            "班次,发车,到达\nK1,08:00,09:00\nK2,10:00,11:00\n",
            "K3,停运,停运\nK4,16:00,17:00\n",
            ["|班次: K3/发车: 停运/到达: 停运", "|班次: K4/发车: 16:00/到达: 17:00"],
        ),
        (
            "币种,买入,卖出\n美元,7.10,7.12\n",
            "日元,0.048,0.049\n卢布,暂停,暂停\n",
            ["|币种: 日元/买入: 0.048/卖出: 0.049", "|币种: 卢布/买入: 暂停/卖出: 暂停"],
        ),
        (
            "尺码,胸围,身高\nS,80,160\nM,84,165\n",
            "L,88,170\n均码,不限,不限\n",
            ["|尺码: L/胸围: 88/身高: 170", "|尺码: 均码/胸围: 不限/身高: 不限"],
        ),
        (
            "姓名,语文,数学\n张三,90,95\n李四,80,85\n",
            "王五,缺考,70\n赵六,60,免考\n",
            ["|姓名: 王五/语文: 缺考/数学: 70", "|姓名: 赵六/语文: 60/数学: 免考"],
        ),
        (
            "菜名,单位,价格\n白菜,斤,3\n土豆,斤,4\n",
            "龙虾,只,时价\n鲈鱼,条,30\n",
            ["|菜名: 龙虾/单位: 只/价格: 时价", "|菜名: 鲈鱼/单位: 条/价格: 30"],
        ),
        (
            "名称,规格,价格\n苹果,5斤,12.5\n香蕉,3斤,3\n",
            "合计,,15.5\n说明：价格含税,,\n",
            ["|合计/价格: 15.5", "|说明：价格含税"],
        ),
    ] {
        for gap in ["\n", ",,\n"] {
            let shown = read(&format!("{above}{gap}{below}"));
            assert_eq!(shown[shown.len() - 2..], expected, "{above}{gap}{below}");
        }
    }
}

#[test]
fn names_below_an_empty_row_name_the_columns_of_another_table() {
    for (text, last) in [
        // Names that count, with a usual name before them or without.
        ("商品,数量,价格\n鞋,5,80\n帽,6,20\n\n尺码,36,38\n皮鞋,有,缺\n", "|尺码: 皮鞋/36: 有/38: 缺"),
        ("商品,数量,价格\n鞋,5,80\n帽,6,20\n\n鞋类,36,37\n皮鞋,有,缺\n", "|鞋类: 皮鞋/36: 有/37: 缺"),
        // Numbers of another shape than those above.
        ("商品,数量,价格\n鞋,5,80\n帽,6,20\n\n店铺,1月,3月\n东店,开,关\n", "|店铺: 东店/1月: 开/3月: 关"),
        ("商品,数量,价格\n鞋,5,80\n帽,6,20\n\n门店,2023,2024\n东店,90,95\n", "|门店: 东店/2023: 90/2024: 95"),
        // A name that begins as what stands for a number does.
        ("项目,价格\n血常规,20\n透视,180\n\n方案,免赔额\n甲,1000\n乙,2000\n", "|方案: 乙/免赔额: 2000"),
    ] {
        assert_eq!(read(text).pop().unwrap(), last, "{text}");
    }
}
