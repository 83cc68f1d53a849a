use super::*;
use crate::message::Role;

#[test]
fn what_a_refusal_repeats_of_the_request_is_taken_out_of_its_words() {
    let asked = |text: &str| [Message::text(Role::User, text)];
    for (words, text, left) in [
        ("unsupported content: 排队要多久", "排队要多久", "unsupported content:  "),
        ("content '限流' is not allowed", "限流", "content ' ' is not allowed"),
        ("bad 'a排队吗', got: a排队吗", "a排队吗", "bad ' ', got:  "),
        // It was cut, and its line breaks were escaped.
        (
            r"bad: 请问系统繁忙时我应该怎么办\n余额",
            "请问系统繁忙时我应该怎么办\n余额不足怎么办",
            r"bad: \n余额",
        ),
        // A word that both happen to say.
        ("触发限流，请稍后再试", "限流", "触发限流，请稍后再试"),
        ("系统繁忙，请稍后再试", "系统繁忙怎么办", "系统繁忙，请稍后再试"),
        ("no", "", "no"),
        // The endpoint's own, which somebody asked about or was told of in the prompt.
        ("系统繁忙，请稍后再试", "系统繁忙", "系统繁忙，请稍后再试"),
        ("Error: 系统繁忙，请稍后再试", "系统繁忙", "Error: 系统繁忙，请稍后再试"),
        ("错误：“系统繁忙，请稍后再试”", "说系统繁忙，请稍后再试时致电客服", "错误：“系统繁忙，请稍后再试”"),
        ("The server is overloaded", "If the server is overloaded, say so", "The server is overloaded"),
        ("upstream: 系统繁忙，请稍后再试", "系统繁忙", "upstream: 系统繁忙，请稍后再试"),
        ("Sorry. 系统繁忙", "系统繁忙", "Sorry. 系统繁忙"),
        // What it quotes of the request is not, and neither is what it names.
        ("不支持的输入“系统繁忙”", "系统繁忙", "不支持的输入“ ”"),
        ("content not allowed: input=系统繁忙", "系统繁忙", "content not allowed: input= "),
    ] {
        assert_eq!(without_echo(words, &asked(text)), left, "{words}");
    }
    assert_eq!(before_echo("[{'msg': 'no', 'input': '限流'}]"), "[{'msg': 'no', ");
    assert_eq!(before_echo("no [type=string_type, input_value='限流']"), "no [type=string_type, ");
    assert_eq!(before_echo("no"), "no");
}
