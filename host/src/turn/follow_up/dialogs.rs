//! Dialogs in Chinese, and what is searched for their last question.

use super::*;

/// User and assistant in turn, the question last.
fn searched(dialog: &[&str]) -> Option<String> {
    let (question, history) = dialog.split_last().unwrap();
    let roles = [Role::User, Role::Assistant].into_iter().cycle();
    let history: Vec<Message> =
        history.iter().zip(roles).map(|(text, role)| Message::text(role, *text)).collect();
    rewrite(&history, question).map(|rewrite| rewrite.text)
}

/// Each line: what was asked, the answers left out, and what must be searched.
const FOLLOW_UPS: &[(&[&str], &str)] = &[
    // Names only what is asked for.
    (&["北京大学怎么样？", "那费用呢？"], "北京大学的费用"),
    (&["北京大学的分数线是多少？", "学费呢"], "北京大学的学费"),
    (&["请问强基计划怎么报名？", "那报名条件呢？"], "强基计划的报名条件"),
    (&["什么是平行志愿？", "那优点呢"], "平行志愿的优点"),
    (&["怎么申请助学贷款", "以及需要的材料呢"], "申请助学贷款的材料"),
    (&["介绍一下清华大学", "学费"], "清华大学的学费"),
    (&["北京大学学费多少", "那么住宿费呢？"], "北京大学的住宿费"),
    // A question word is as long as it can be: 怎么办理, 咋样才能.
    (&["怎么办理护照", "需要什么材料"], "护照需要什么材料"),
    (&["如何办理居住证", "要多久"], "居住证要多久"),
    (&["咋样才能开通国际漫游", "费用呢"], "开通国际漫游的费用"),
    // Names another thing or value.
    (&["钢琴课多少钱", "结他课呢"], "结他课多少钱"),
    (&["手机银行怎么转账", "转他行呢"], "手机银行怎么转账 转他行"),
    (&["北京大学的学费是多少？", "清华大学呢？"], "清华大学的学费是多少"),
    (&["什么是平行志愿？", "那顺序志愿呢？"], "什么是顺序志愿"),
    (&["年假有几天？", "病假呢？"], "病假有几天"),
    (&["李白是哪个朝代的？", "那杜甫呢？"], "杜甫是哪个朝代的"),
    (&["上海落户条件是什么？", "深圳呢？"], "深圳落户条件是什么"),
    (&["武汉大学在湖北的录取分数线", "那湖南呢"], "武汉大学在湖南的录取分数线"),
    (&["营业执照怎么办理？", "个体户呢？"], "营业执照怎么办理 个体户"),
    (&["2024年河南的分数线是多少？", "那2023年呢？"], "2023年河南的分数线是多少"),
    (&["2024年河南的分数线是多少？", "广东呢"], "2024年广东的分数线是多少"),
    (&["2024年清华大学的录取分数线是多少", "上海呢"], "2024年清华大学在上海的录取分数线是多少"),
    (&["2024年清华大学的录取分数线是多少", "上海呢", "北京呢"], "2024年清华大学在北京的录取分数线是多少"),
    (&["2024年清华大学的录取分数线是多少", "上海考生呢"], "2024年上海考生清华大学的录取分数线是多少"),
    (&["2024年高考时间是什么时候", "上海呢"], "2024年上海高考时间是什么时候"),
    (&["专科怎么报名", "本科呢？"], "本科怎么报名"),
    (&["北京大学的学费是多少", "研究生呢？"], "北京大学研究生的学费是多少"),
    (&["北京大学的分数线是多少", "去年呢？"], "去年北京大学的分数线是多少"),
    (&["北京大学有计算机专业吗", "数学呢"], "北京大学有计算机专业吗 数学"),
    (&["高考怎么入场", "如果没带身份证呢？"], "高考怎么入场 没带身份证"),
    // Words that refer.
    (&["北京大学怎么样", "它的学费是多少？"], "北京大学的学费是多少"),
    (&["强基计划是什么", "这个怎么报名？"], "强基计划怎么报名"),
    (&["北京大学的学费是多少", "这个怎么交？"], "北京大学的学费怎么交"),
    (&["郑州大学在哪", "该校有哪些专业？"], "郑州大学有哪些专业"),
    (&["计算机科学专业怎么样", "这个专业好就业吗"], "计算机科学专业好就业吗"),
    (&["平行志愿和顺序志愿有什么区别？", "前者怎么填？"], "平行志愿怎么填"),
    (&["平行志愿和顺序志愿有什么区别？", "那后者呢？"], "顺序志愿"),
    (&["国家专项计划是什么", "哪些人可以报这个计划"], "哪些人可以报国家专项计划"),
    (&["征集志愿是什么意思", "如何填报它"], "如何填报征集志愿"),
    // Short, and without a subject.
    (&["强基计划是什么？", "怎么报名？"], "强基计划怎么报名"),
    (&["强基计划是什么？", "需要什么条件"], "强基计划需要什么条件"),
    (&["怎么申请助学贷款？", "那要多久？"], "申请助学贷款要多久"),
    (&["怎么申请退学？", "那怎么报名？"], "申请退学怎么报名"),
    (&["怎么申请退学？", "材料有哪些？"], "申请退学的材料有哪些"),
    (&["怎么申请助学贷款？", "需要担保人吗"], "申请助学贷款需要担保人吗"),
    (&["北京大学怎么样？", "那食堂呢？"], "北京大学的食堂"),
    (&["北京大学怎么样？", "专业有哪些？"], "北京大学的专业有哪些"),
    (&["能不能转专业", "什么时候？"], "转专业什么时候"),
    (&["北京大学怎么样", "学费是多少？"], "北京大学的学费是多少"),
    (&["北京大学怎么样", "有奖学金吗？"], "北京大学有奖学金吗"),
    (&["北京大学怎么样", "还有什么要求？"], "北京大学有什么要求"),
    (&["注册会计师考试怎么样", "难吗？"], "注册会计师考试难吗"),
    (&["有哪些加分政策", "怎么申请"], "加分政策怎么申请"),
    (&["注销账号怎么操作", "为什么？"], "注销账号为什么"),
    (&["员工怎么申请年假？", "需要提前多久？"], "员工怎么申请年假 需要提前多久"),
    (&["什么是投档线？", "那和录取线有什么区别？"], "投档线和录取线有什么区别"),
    // Traditional Chinese.
    (&["北京大學怎麼樣？", "那費用呢？"], "北京大学的费用"),
    (&["強基計劃是什麼？", "這個怎麼報名？"], "强基计划怎么报名"),
    // More of the same.
    (&["强基计划有什么要求？", "还有吗？"], "强基计划有什么要求"),
    // Chains.
    (&["北京大学怎么样？", "那费用呢？", "怎么交？"], "北京大学的费用怎么交"),
    (&["北京大学的学费是多少？", "清华大学呢？", "那住宿费呢？"], "清华大学的住宿费"),
    (&["2024年河南的分数线是多少？", "广东呢？", "2023年呢？"], "2023年广东的分数线是多少"),
    (&["北京大学怎么样？", "谢谢", "那费用呢？"], "北京大学的费用"),
    (&["北京大学怎么样？", "什么是平行志愿？", "那优点呢？"], "平行志愿的优点"),
];

/// Stand by themselves, or refer to nothing that could be named.
const LEFT_ALONE: &[&[&str]] = &[
    // Who is meant has just been named; 那 stands for 哪; 他行 is another bank.
    &["护照怎么办", "我妈妈她可以代办吗"],
    &["看感冒挂什么科", "北京那个医院最好"],
    &["游乐园几点开门", "入口在那里"],
    &["手机银行怎么转账", "他行卡可以吗"],
    // Nothing came before.
    &["那费用呢？"],
    &["这个软件怎么安装？"],
    &["它的学费是多少"],
    // Words that only begin like one that refers.
    &["意大利有哪些城市？", "那不勒斯在哪里？"],
    &["强基计划是什么？", "其他专业有哪些？"],
    &["西藏有哪些地区？", "那曲的海拔是多少？"],
    &["北京大学怎么样？", "本科和专科有什么区别？"],
    // Another subject, named.
    &["北京大学怎么样？", "清华大学的学费是多少？"],
    &["北京大学怎么样？", "那清华大学的学费是多少？"],
    &["什么是平行志愿？", "怎么收藏院校？"],
    &["什么是平行志愿？", "什么是强基计划？"],
    &["平行志愿怎么投档？", "如何导出志愿表？"],
    &["平行志愿怎么投档？", "清华大学"],
    &["清华大学怎么样？", "北京大学和它的附属医院在哪里？"],
    &["红烧肉怎么做？", "这个软件怎么安装？"],
    // A subject of its own, or another thing to do.
    &["怎么申请退学？", "食堂几点开门"],
    &["北京大学怎么样？", "食堂几点开门"],
    &["怎么申请退学？", "图书馆在哪"],
    &["北京大学怎么样？", "图书馆在哪？"],
    &["怎么申请退学？", "宿舍有空调吗"],
    &["北京大学怎么样？", "宿舍有空调吗？"],
    &["怎么申请退学？", "怎么报名？"],
    &["如何注销账号", "什么时候报名"],
    &["怎么申请退学？", "有食堂吗"],
    &["怎么申请退学？", "奖学金有多少"],
    // Nothing is asked, or the assistant itself is.
    &["北京大学怎么样？", "好的，谢谢！"],
    &["北京大学怎么样？", "谢谢"],
    &["北京大学怎么样？", "你是谁？"],
    &["你是谁？", "怎么收费？"],
    // Long.
    &["北京大学怎么样？", "这个问题我想换一个说法：河南考生六百分能不能报考北京大学的医学部？"],
];

#[test]
fn follow_ups_are_searched_with_what_they_refer_to() {
    let mut wrong = Vec::new();
    for (questions, expected) in FOLLOW_UPS {
        let found = searched(&with_answers(questions));
        if found.as_deref() != Some(*expected) {
            wrong.push(format!("{questions:?}\n  wanted {expected}\n  found  {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn questions_that_stand_by_themselves_stay_as_they_are() {
    let mut wrong = Vec::new();
    for questions in LEFT_ALONE {
        if let Some(found) = searched(&with_answers(questions)) {
            wrong.push(format!("{questions:?} became {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The questions, each but the last with an answer that asks nothing.
fn with_answers<'a>(questions: &[&'a str]) -> Vec<&'a str> {
    let mut dialog: Vec<&str> = questions.iter().flat_map(|question| [*question, "答案如下。"]).collect();
    dialog.pop();
    dialog
}

#[test]
fn the_answer_to_a_question_back_belongs_to_what_was_asked() {
    for (dialog, expected) in [
        (&["分数线", "哪个省？\n1. 河南\n2. 广东", "河南"][..], Some("河南分数线")),
        (&["分数线", "哪个省？\n1. 河南\n2. 广东", "2"], Some("广东分数线")),
        (&["分数线", "哪个省？\n1. 河南\n2. 广东", "第二个"], Some("广东分数线")),
        (
            &["北京大学的分数线是多少", "请问您是哪个省的考生？", "我是河南的"],
            Some("北京大学在河南的分数线是多少"),
        ),
        (&["怎么办理退款", "请问是什么商品？", "虚拟商品"], Some("怎么办理退款 虚拟商品")),
        (&["分数线", "哪个省？", "河南", "以下是分数线。", "那广东呢？"], Some("广东分数线")),
        // An offer of help is no question back, and another question is no answer to one.
        (&["北京大学怎么样？", "很好。请问还有什么可以帮您？", "平行志愿"], None),
        (&["分数线", "哪个省？", "什么是平行志愿？"], None),
        (&["北京大学怎么样？", "很好。请问还有什么可以帮您？", "学费"], Some("北京大学的学费")),
    ] {
        assert_eq!(searched(dialog).as_deref(), expected, "{dialog:?}");
    }
}

#[test]
fn a_program_is_meant_only_where_one_was_spoken_of() {
    let asked = ["WPS怎么收费？", "WPS是一款办公软件，基础版免费。", "这个软件怎么安装？"];
    assert_eq!(searched(&asked).as_deref(), Some("WPS怎么安装"));
}

#[test]
fn a_model_is_asked_only_where_something_may_be_missing() {
    let history = [Message::text(Role::User, "北京大学怎么样？"), Message::text(Role::Assistant, "很好。")];
    for (question, expected) in [
        ("那费用呢？", true),
        ("清华", true),
        ("那清华大学计算机专业的学费是多少？", true),
        ("谢谢", false),
        ("清华大学计算机专业的学费是多少？", false),
    ] {
        assert_eq!(may_follow_up(&history, question), expected, "{question}");
    }
    assert!(!may_follow_up(&[], "那费用呢？"));
}

#[test]
fn hostile_text_is_no_trouble() {
    let long = "那".repeat(10_000);
    let odd = [
        "",
        "？？？",
        "的",
        "那",
        "呢",
        "他",
        "这",
        "2024",
        "的的的",
        "那的呢",
        "\u{200b}",
        "é",
        "如果",
        "其",
        "20",
        &long,
    ];
    for first in odd {
        for second in odd {
            for third in odd {
                _ = searched(&[first, second, third]);
                _ = searched(&with_answers(&[first, second, third]));
            }
        }
    }
}
