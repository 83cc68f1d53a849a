use super::*;

#[test]
fn only_one_whole_short_line_is_used() {
    let ended = |reason: &str| Ending { finish_reason: reason.into(), ..Ending::default() };
    let text = |said: &str| usable(said, &ended("stop")).ok();
    assert_eq!(text(" 北京大学的费用是多少？\n").as_deref(), Some("北京大学的费用是多少？"));
    assert_eq!(text("改写后的问题：“北京大学的费用”").as_deref(), Some("北京大学的费用"));
    for wrong in ["", "  \n", "？？", "第一行\n第二行", &"长".repeat(121)] {
        assert_eq!(text(wrong), None, "{wrong}");
    }
    assert!(usable("北京大学的费", &ended("length")).is_err());
}

#[test]
fn the_model_is_told_the_end_of_the_conversation() {
    let mut history: Vec<Message> = (0..9).map(|i| Message::text(Role::User, format!("第{i}问"))).collect();
    history.push(Message::text(Role::Tool, "工具的话"));
    history.push(Message::text(Role::Assistant, "长".repeat(5000)));
    let told = told(&history, "那费用呢？");
    assert!(told.contains("第8问") && !told.contains("第3问") && !told.contains("工具"), "{told}");
    assert!(told.ends_with("最后的问题：那费用呢？\n改写后的问题：") && told.len() < 2000, "{told}");
}
