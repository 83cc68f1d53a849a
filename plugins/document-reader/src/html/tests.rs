use super::*;
use crate::bindings::exports::qianfan::reader::documents::Part;
use crate::output::shown;

#[test]
fn text_is_read_under_its_headings() {
    let document = read(
        "<html><head><title>招生网</title><script>var x='不要'</script></head><body><nav>首页</nav>\
         <h1>政策</h1><p>第一\n段<b>粗</b>。</p><p>第二段。</p><h2>时间</h2>\
         <table><tr><th>批次</th><th>日期</th></tr><tr><td><p>本科</p></td><td><div>7月</div></td></tr></table></body></html>"
            .as_bytes(),
    )
    .unwrap();
    assert_eq!(document.title.as_deref(), Some("招生网"));
    assert_eq!(shown(&document), ["# 政策", "第一 段粗。\n第二段。", "## 时间", "批次 | 日期", "本科 | 7月"]);
}

#[test]
fn nesting_does_not_overflow_the_stack_and_a_page_without_text_says_so() {
    let nested = |depth: usize| format!("{}底{}", "<div>".repeat(depth), "</div>".repeat(depth));
    assert_eq!(shown(&read(nested(500).as_bytes()).unwrap()), ["底"]);
    for deep in [nested(200_000), "<b>".repeat(20_000), "<table>".to_owned() + &"<div>".repeat(20_000)] {
        assert!(read(deep.as_bytes()).unwrap_err().contains("512 deep"));
    }
    let wide = "<p>段</p><br>".repeat(20_000);
    assert!(read(wide.as_bytes()).is_ok(), "length is not depth");
    assert_eq!(read(b"<script>1</script>").unwrap_err(), "holds no text");
}

/// The tables of a page: the rows that name columns, and all rows.
fn tables(page: &str) -> Vec<(Option<u32>, Vec<String>)> {
    let parts = read(page.as_bytes()).unwrap().parts;
    let table = |part| match part {
        Part::Table(table) => Some(table),
        _ => None,
    };
    let rows = |rows: Vec<Vec<String>>| rows.iter().map(|row| row.join(" | ")).collect();
    parts.into_iter().filter_map(table).map(|table| (table.header_rows, rows(table.rows))).collect()
}

#[test]
fn a_row_that_is_marked_below_others_names_the_columns_of_a_table_of_its_own() {
    let row = |cells: &str, tag: &str| {
        let cells: String = cells.split('|').map(|cell| format!("<{tag}>{cell}</{tag}>")).collect();
        format!("<tr>{cells}</tr>")
    };
    let table = |below: &str| {
        let first = row("线路|起点|终点", "th") + &row("一路|东站|西站", "td");
        tables(&format!(
            "<table><caption>公交</caption>{first}{below}{}</table>",
            row("一路|末站|五站", "td")
        ))
    };
    let line = "<tr><th colspan=3>时刻</th></tr>";
    let found = table(&(line.to_owned() + &row("线路|首班|末班", "th")));
    let rows = |rows: &[&str]| rows.iter().map(|row| (*row).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        found,
        [
            (Some(1), rows(&["线路 | 起点 | 终点", "一路 | 东站 | 西站"])),
            (Some(2), rows(&["时刻", "线路 | 首班 | 末班", "一路 | 末站 | 五站"])),
        ]
    );
    // A sum, a row of values, a group, the names said again, and a cell that goes on are none.
    for one in [
        row("合计|3|4", "th"),
        row("二路|南站|北站", "th"),
        row("郊区||", "th"),
        row("线路|起点|终点", "th"),
        line.to_owned(),
        format!("<tr><td rowspan=2>二路</td><td>北站</td><td>南站</td></tr>{}", row("东门|西门", "th")),
    ] {
        assert_eq!(table(&one).len(), 1, "{one}");
    }
    // Names for all columns but the first, and names of one kind with those above.
    for (head, one) in [("类别|本科|专科", "|硕士|博士"), ("星期一|星期二|星期三", "星期四|星期五|星期六")]
    {
        let page = |one: &str, tag: &str| {
            let rows = row(head, "th") + &row("甲|乙|丙", "td") + &row(one, tag) + &row("丁|戊|己", "td");
            tables(&format!("<table>{rows}</table>"))
        };
        let found = page(one, "th");
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!((found[1].0, &found[1].1[0]), (Some(1), &one.replace('|', " | ")));
        for (one, tag) in [(one, "td"), ("|5人|6人", "th"), ("|硕士|", "th"), ("星期日|闭馆中|星期六", "th")]
        {
            assert_eq!(page(one, tag).len(), 1, "{one}");
        }
    }
    // A row below which no other stands is none, and a first one that nothing marks may stand above the names.
    for rows in [
        row("线路|起点|终点", "th") + &row("一路|东站|西站", "td") + &row("线路|首班|末班", "th"),
        row("公交||单位：站", "td") + &row("线路|首班|末班", "th") + &row("一路|东站|西站", "td"),
    ] {
        assert_eq!(tables(&format!("<table>{rows}</table>")).len(), 1, "{rows}");
    }
}

#[test]
fn names_that_a_page_marks_beside_their_values_are_no_names_of_columns() {
    let pair = |name: &str, value: &str| format!("<tr><th>{name}</th><td>{value}</td></tr>");
    let form = pair("品牌", "小鹿") + &pair("容量", "300ml") + &pair("净重", "0.52kg");
    let two = "<tr><th>品牌</th><td>小鹿</td><th>型号</th><td>X1</td></tr>\
               <tr><th>容量</th><td>300ml</td><th>功率</th><td>70W</td></tr>";
    for (page, rows) in [
        (form.clone(), 3),
        (format!("<tr><th colspan=2>主体</th></tr>{form}"), 4),
        (format!("{form}<tr><th colspan=2>电源</th></tr>{}", pair("电压", "220V")), 5),
        (two.to_owned(), 2),
        (format!("{}<tr><th>擅长</th><td colspan=3>高血压</td></tr>", two), 3),
    ] {
        let found = tables(&format!("<table>{page}</table>"));
        assert_eq!((found.len(), found[0].0, found[0].1.len()), (1, Some(0), rows), "{page}");
    }
    // Names of columns, rows that begin with a name each, and a row that is not marked so.
    for (page, headers) in [
        ("<tr><th>型号</th><th>价格</th></tr>".to_owned() + &pair("甲", "5"), Some(1)),
        ("<thead><tr><th>型号</th><td>价格</td></tr></thead>".to_owned() + &pair("甲", "5"), Some(1)),
        ("<tr><td>型号</td><td>价格</td></tr>".to_owned() + &pair("甲", "5"), None),
        ("<tr><th>甲</th><td>5</td><td>6</td></tr><tr><th>乙</th><td>7</td><td>8</td></tr>".to_owned(), None),
        ("<tr><td>品牌</td><td>小鹿</td></tr><tr><td>容量</td><td>300ml</td></tr>".to_owned(), None),
    ] {
        assert_eq!(tables(&format!("<table>{page}</table>"))[0].0, headers, "{page}");
    }
}

#[test]
fn a_cell_over_rows_and_columns_is_said_in_each() {
    let page = "<table><caption>学费</caption><tr><td colspan=3>2025年</td></tr><tr><th>学院</th><th>专业</th><th>学费</th></tr>\
        <tr><td rowspan=2>信息</td><td>软件</td><td>5500</td></tr><tr><td>网络</td><td>5800</td></tr>\
        <tr><td>文学</td><td colspan=2>统一4600</td></tr></table>";
    let rows = [
        "2025年",
        "学院 | 专业 | 学费",
        "信息 | 软件 | 5500",
        "信息 | 网络 | 5800",
        "文学 | 统一4600 | 统一4600",
    ];
    assert_eq!(tables(page), [(Some(2), rows.map(str::to_owned).to_vec())]);
    let parts = read(page.as_bytes()).unwrap().parts;
    let [Part::Table(table)] = &parts[..] else { panic!("{parts:?}") };
    assert_eq!((&table.titles[..], table.rows[0].len()), (&["学费".to_owned()][..], 1));
}

#[test]
fn a_line_over_all_columns_is_a_row_of_one_cell_and_a_cell_that_stands_alone_is_none() {
    let page = "<table><tr><th>专业</th><th>学费</th></tr><tr><th colspan=2>本科</th></tr><tr><td>软件</td><td>5500</td></tr>\
        <tr><td>法学</td></tr></table>";
    let parts = read(page.as_bytes()).unwrap().parts;
    let [Part::Table(table)] = &parts[..] else { panic!("{parts:?}") };
    let widths: Vec<usize> = table.rows.iter().map(Vec::len).collect();
    assert_eq!((table.header_rows, &widths[..]), (Some(1), &[2, 1, 2, 2][..]));
}

#[test]
fn a_break_ends_no_row_and_a_span_ends_with_its_section() {
    let page = "<table><thead><tr><td>校区</td><td>电话</td></tr></thead>\
        <tbody><tr><td rowspan=0>东<br>（本部）</td><td>1<p>2</p></td></tr><tr><td>3</td></tr></tbody>\
        <tbody><tr><td>西</td><td>4</td></tr><tr><td>校区</td><td>电话</td></tr></tbody></table>";
    let rows = ["校区 | 电话", "东\n（本部） | 1\n2", "东\n（本部） | 3", "西 | 4"];
    assert_eq!(tables(page), [(Some(1), rows.map(str::to_owned).to_vec())]);
}

#[test]
fn two_rows_of_names_are_one() {
    let header = "<tr><td rowspan=2>院校<td colspan=2>分数<td rowspan=2>备注<tr><td>最低<td>最高";
    let rows = "<tr><td rowspan=2>甲<td>600<td>650<td><tr><td>590<td>640<td>征集";
    let names = "院校 | 分数 最低 | 分数 最高 | 备注";
    let expected = [names, "甲 | 600 | 650 | ", "甲 | 590 | 640 | 征集"].map(str::to_owned).to_vec();
    assert_eq!(tables(&format!("<table>{header}{rows}</table>")), [(Some(1), expected.clone())]);
    assert_eq!(tables(&format!("<table><thead>{header}</thead>{rows}</table>")), [(Some(1), expected)]);
}

#[test]
fn a_table_of_nothing_but_names_says_nothing_of_its_header() {
    let page = "<table><tr><th>姓名<th>电话<tr><th>张三<th>010-1</table>";
    assert_eq!(tables(page), [(None, vec!["姓名 | 电话".to_owned(), "张三 | 010-1".to_owned()])]);
    let page = "<table><tr><th>学费<br>（元）<th>年<tr><td>5500<td>4</table>";
    assert_eq!(tables(page)[0].1[0], "学费 （元） | 年");
}

#[test]
fn a_table_that_sets_the_page_is_no_table_and_one_in_a_cell_keeps_its_names() {
    let layout = "<table><tr><td><h2>左</h2><p>甲</p></td><td><table><tr><td>项</td><td>值</td></tr><tr><td>乙</td><td>1</td></tr>\
        </table></td></tr></table>";
    assert_eq!(shown(&read(layout.as_bytes()).unwrap()), ["## 左", "甲", "项 | 值", "乙 | 1"]);
    let nested = "<table><tr><th>学院</th><th>专业</th></tr><tr><td>信息</td><td><table><tr><td>名</td><td>学费</td></tr>\
        <tr><td>软件</td><td>5500</td></tr></table></td></tr></table>";
    assert_eq!(tables(nested)[0].1[1], "信息 | 名: 软件; 学费: 5500");
}

#[test]
fn a_form_in_a_cell_is_its_rows_and_a_table_in_it_has_names() {
    let nested = |rows: &[&str]| {
        let rows: Vec<String> =
            rows.iter().map(|row| format!("<tr><td>{row}</tr>").replace('|', "<td>")).collect();
        tables(&format!(
            "<table><tr><th>岗位<th>要求<tr><td>教师<td><table>{}</table></table>",
            rows.concat()
        ))[0]
            .1[1]
            .clone()
    };
    assert_eq!(
        nested(&["学历|本科", "年龄|35岁以下", "专业|师范类"]),
        "教师 | 学历 | 本科\n年龄 | 35岁以下\n专业 | 师范类"
    );
    assert_eq!(nested(&["岗位|教师", "人数|5"]), "教师 | 岗位 | 教师\n人数 | 5");
    assert_eq!(nested(&["费用|全额", "补贴|无"]), "教师 | 费用 | 全额\n补贴 | 无");
    for (rows, wanted) in [
        (
            &["名|学费（元）", "软件|5500", "法学|4800"][..],
            "名: 软件; 学费（元）: 5500\n名: 法学; 学费（元）: 4800",
        ),
        (
            &["专业|学费（元）", "软件|5500", "法学|免"],
            "专业: 软件; 学费（元）: 5500\n专业: 法学; 学费（元）: 免",
        ),
        (&["时间|价格", "周一|￥50", "周二|约60"], "时间: 周一; 价格: ￥50\n时间: 周二; 价格: 约60"),
        (&["专业|学制", "软件|四年", "护理|三年半"], "专业: 软件; 学制: 四年\n专业: 护理; 学制: 三年半"),
        (&["专业|人数|学制", "软件|60|四年"], "专业: 软件; 人数: 60; 学制: 四年"),
    ] {
        assert_eq!(nested(rows), format!("教师 | {wanted}"));
    }
    assert_eq!(nested(&["专业|学制", "软件|全日制"]), "教师 | 专业 | 学制\n软件 | 全日制");
    assert_eq!(nested(&["<b>项目|<b>内容", "甲|乙"]), "教师 | 项目: 甲; 内容: 乙");
    let marked = "<table><tr><th>岗位<th>要求<tr><td>教师<td><table><tr><th>学历<th>专业<tr><td>本科<td>软件</table></table>";
    assert_eq!(tables(marked)[0].1[1], "教师 | 学历: 本科; 专业: 软件");
}

#[test]
fn a_first_row_that_alone_is_set_in_bold_names_the_columns() {
    let bold = |cells: &str| {
        let cells: String = cells.split('|').map(|cell| format!("<td><b>{cell}</b></td>")).collect();
        format!("<tr>{cells}</tr>")
    };
    let light = |rows: &[&str]| -> String {
        rows.iter().map(|row| format!("<tr><td>{row}</tr>").replace('|', "<td>")).collect()
    };
    let headers = |rows: String| tables(&format!("<table>{rows}</table>"))[0].0;
    for rows in [
        bold("菜名|口味|联系电话") + &light(&["烧鱼|甜|老王", "烤鸭|咸|老李"]),
        // Bold names of rows, and a group.
        bold("菜名|口味|联系电话") + &light(&["<b>烧鱼</b>|甜|老王", "<b>素菜</b>||", "豆腐|淡|老李"]),
        bold("部门|联系电话") + &light(&["财务处|62", "教务处|63"]),
        "<tr><td colspan=3><b>菜单</b></tr>".to_owned()
            + &bold("菜名|口味|联系电话").replace("<b>", "<p><strong>").replace("</b>", "</strong></p>")
            + &light(&["烧鱼|甜|老王"]),
    ] {
        let lines = u32::from(rows.contains("colspan"));
        assert_eq!(headers(rows.clone()), Some(lines + 1), "{rows}");
    }
    // Names that are not usual may be values: 一等奖 | 张三 | 北京大学. Rows that are bold as well, values, a row with a gap or a merged cell, one partly light, and the first of a form.
    for rows in [
        bold("菜名|口味|联系电话") + &bold("烧鱼|甜|老王") + &light(&["烤鸭|咸|老李"]),
        bold("一等奖|张三|北京大学") + &light(&["二等奖|李四|清华大学"]),
        bold("烧鱼|48|老王") + &light(&["烤鸭|50|老李"]),
        bold("甲大学|600分|一本") + &light(&["乙大学|550分|二本"]),
        bold("烧鱼|甜|老王") + &light(&["烤鸭|甜|老李"]),
        bold("编制：甲|单位：元|2025年") + &light(&["菜名|口味|联系电话", "烤鸭|甜|老李"]),
        bold("菜名||联系电话") + &light(&["烤鸭|咸|老李"]),
        "<tr><td><b>菜名</b><td colspan=2><b>价格</b></tr>".to_owned() + &light(&["|大份|小份", "烤鸭|9|5"]),
        light(&["<b>菜名</b>|<b>口</b>味|<b>联系电话</b>", "烤鸭|咸|老李"]),
        bold("姓名|张三") + &light(&["籍贯|汉口", "学历|本科"]),
        bold("菜名|口味|联系电话"),
    ] {
        let page = format!("<table>{rows}</table><table><tr><td>甲<td>乙<tr><td>丙<td>丁</table>");
        assert_eq!(tables(&page)[0].0, None, "{rows}");
    }
}

#[test]
fn what_stands_right_above_a_table_is_a_text_with_all_its_lines() {
    let table = "<table><tr><td>项目<td>金额<tr><td>学费<td>5500</table>";
    let above = |page: &str| {
        let document = read(format!("<p>前文。</p>{page}{table}").as_bytes()).unwrap();
        let mut shown = shown(&document);
        shown.truncate(shown.len() - 2);
        shown
    };
    for (page, wanted) in [
        ("<p>活动时间为<br>9月1日</p>", &["前文。", "活动时间为\n9月1日"][..]),
        ("<p>后文。</p><p>收费标准</p>", &["前文。\n后文。", "收费标准"]),
        ("后文。<br><br>收费<b>标准</b>", &["前文。\n后文。", "\n收费标准"]),
        ("<ul><li>甲<ul><li>乙</ul><li>丙</ul>", &["前文。", "甲\n乙\n丙"]),
        ("<ul><li>甲</ul>收费标准", &["前文。\n甲", "收费标准"]),
        ("<ul><li>甲<li>收费标准", &["前文。\n甲", "收费标准"]),
        ("<dl><dt>周一<dd>八点<dt>周日<dd>闭馆</dl>", &["前文。", "周一\n八点", "周日\n闭馆"]),
        ("<details><summary>收费</summary>标准</details>", &["前文。", "收费", "标准"]),
    ] {
        assert_eq!(above(page), wanted, "{page}");
    }
    // A cell's blocks say nothing of what stands below its table, and a block that a link goes on behind is cut nowhere.
    let linked = above(&format!("{table}甲<a href='https://a.cn'><p>乙</p></a>丙"));
    assert_eq!(linked.last().unwrap(), "乙 (https://a.cn)丙");
}

#[test]
fn heights_links_ticks_numbers_and_pictures_are_said() {
    for (page, expected) in [
        ("100m<sup>2</sup>，10<sup>-<b>5</b></sup>，H<sub>2</sub>O", "100m²，10⁻⁵，H₂O"),
        ("<a href='https://a.cn/b'>点这里</a>。<a href='#x'>目录</a>", "点这里 (https://a.cn/b)。目录"),
        ("<base href='https://a.cn/x/'><a href='f.docx'>表</a>", "表 (https://a.cn/x/f.docx)"),
        ("<input type=checkbox checked>是<input type=radio>否", "☑是☐否"),
        ("<img src=a.png alt='登录、填表'><img alt=''><img alt='a.png'>", "[登录、填表]"),
        ("<ol start=3><li>甲<li>乙</ol><ul><li>丙</ul>", "3. 甲\n4. 乙\n丙"),
        ("<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>元", "$\\frac{1}{2}$元"),
        ("<ruby>京<rp>(</rp><rt>jīng</rt><rp>)</rp></ruby>", "京(jīng)"),
    ] {
        assert_eq!(shown(&read(page.as_bytes()).unwrap()), [expected], "{page}");
    }
}

#[test]
fn what_a_page_hides_or_strikes_out_is_left_out_and_told() {
    let page = "<style>p{color:red}/* x */.off, #no{display:none} @media print{.on{display:none}}</style>\
        <p>可见<p class=on>也可见<p hidden>甲<p style='display: none'>乙<p class='a off'>丙<p id=no>丁<input type=hidden value=戊>\
        <p>报名费<del>二百元</del><span style='text-decoration:line-through'>三百元</span>一百元\
        <table><tr><th>项<th>值<tr hidden><td>密<td>1<tr><td>公<td>2</table>";
    let document = read(page.as_bytes()).unwrap();
    assert_eq!(shown(&document), ["可见\n也可见", "报名费一百元", "项 | 值", "公 | 2"]);
    let notes = document.notes.join("\n");
    assert!(notes.contains("“甲乙丙丁密1”") && notes.contains("“二百元三百元”"), "{notes}");
}

#[test]
fn a_page_s_own_styles_hide_and_strike_as_a_browser_obeys_them() {
    let page =
        |styles: &str, body: &str| shown(&read(format!("<style>{styles}</style>{body}").as_bytes()).unwrap());
    let price = "<div class='price big'><p>月费<span class='old-price x'>199</span>99元</p></div>";
    for styles in [
        ".old-price{text-decoration:line-through}",
        ".price .old-price { color:#999; text-decoration: line-through; }",
        "/* .a{ */ em, div.price.big > p span.old-price{TEXT-DECORATION-LINE: Line-Through !important}",
        "@media screen{.old-price{text-decoration:1px line-through red}}",
        "span[class~='x']{display:none}",
        ".price :not(p){display:none}",
        ".x{display:inline} .old-price{display:none}",
        "<!-- .x.old-price{display:none} --> .x{display:block}",
    ] {
        assert_eq!(page(styles, price), ["月费99元"], "{styles}");
    }
    for styles in [
        ".old-price:hover, .old-price::before{display:none}",
        ".other .old-price{text-decoration:line-through}",
        "@media print{.old-price{display:none}}",
        "@media screen and (max-width:9px){.old-price{display:none}}",
        ".old-price{display:none} .price .old-price{display:inline}",
        ".old-price{text-decoration:line-through} .x{text-decoration:none}",
        ".price{ .a { color:red; text-decoration:line-through } }",
    ] {
        assert_eq!(page(styles, price), ["月费19999元"], "{styles}");
    }
    let shows = "<p class=off style='display:block'>甲<p class=off>乙";
    assert_eq!(page(".off{display:none}", shows), ["甲"]);
    let document =
        read(format!("<style>.price .x{{text-decoration:line-through}}</style>{price}").as_bytes()).unwrap();
    assert!(
        document.notes.join("").contains("struck out in the document was left out (3 characters: “199”)")
    );
}

#[test]
fn headings_without_text_below_them_are_text() {
    let page = "<h1>电话：010-1</h1><h2>地址：201</h2>";
    assert_eq!(shown(&read(page.as_bytes()).unwrap()), ["# 电话：010-1", "## 地址：201", "地址：201"]);
}

#[test]
fn spans_cost_no_more_than_a_document_may() {
    let wide = format!("<table>{}</table>", "<tr><td colspan=1000 rowspan=65534>远<td>近".repeat(3000));
    assert!(read(wide.as_bytes()).unwrap_err().contains("cells"));
}

#[test]
fn a_note_s_number_is_no_part_of_the_number_before_it() {
    let page = "<p>计划600<a epub:type=\"noteref\" href=\"#n\">1</a>人，分数500<a role=\"doc-noteref\" href=\"#m\">2</a>。</p>";
    assert_eq!(shown(&read(page.as_bytes()).unwrap()), ["计划600¹人，分数500²。"]);
}

#[test]
fn terms_and_summaries_that_ask_are_headings_of_what_they_show() {
    let page = "<h1>常见问题</h1><dl><dt>怎么退货？<dd>七天内。<dd>寄回。<dt>学制<dd>四年</dl><p>后文。</p>\
        <details><summary>运费<b>谁付？</b></summary><p>卖家。</p></details><p>完。</p>\
        <table><tr><td><details><summary>多久？</summary>三天。</details></td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>";
    assert_eq!(
        shown(&read(page.as_bytes()).unwrap()),
        [
            "# 常见问题",
            "######## 怎么退货？",
            "七天内。\n寄回。",
            "######## ",
            "学制\n四年\n后文。",
            "######## 运费谁付？",
            "卖家。",
            "######## ",
            "完。",
            "多久？\n三天。 | b",
            "c | d",
        ]
    );
}

#[test]
fn a_rule_and_a_second_break_leave_an_empty_line() {
    for (page, expected) in [
        ("<p>甲</p><hr><p>乙</p>", "甲\n\n乙"),
        ("甲<br>乙<br><br>丙", "甲\n乙\n\n丙"),
        ("<p>甲<br></p><p>乙</p>", "甲\n乙"),
        ("<br><br>甲<hr><hr>", "甲"),
    ] {
        assert_eq!(shown(&read(page.as_bytes()).unwrap()), [expected], "{page}");
    }
}

#[test]
fn terms_and_summaries_ask_without_a_question_mark_too() {
    let page = "<dl><dt>如何退款</dt><dd>申请。</dd><dt>运费由谁承担</dt><dd>卖家。</dd><dt>发票</dt><dd>电子。</dd></dl>\
                <details><summary>How do I pay</summary>Online.</details>";
    let document = read(page.as_bytes()).unwrap();
    assert_eq!(
        shown(&document),
        [
            "######## 如何退款",
            "申请。",
            "######## 运费由谁承担",
            "卖家。",
            "######## ",
            "发票\n电子。",
            "######## How do I pay",
            "Online.",
            "######## "
        ]
    );
}
