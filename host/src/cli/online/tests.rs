use super::*;

#[test]
fn an_answer_is_one_object_or_a_stream_of_them() {
    for (body, is_good) in [
        ("{\"choices\":[{\"index\":0}]}", true),
        (
            ": ping\n\ndata: {\"choices\":[]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"你\"}}]}\n\ndata: [DONE]\n\n",
            true,
        ),
        ("event: message\r\ndata:{\"choices\":[{}]}\r\n\r\n", true),
        ("data: {\"error\":{\"message\":\"没有这个模型\"}}\n\ndata: [DONE]\n\n", false),
        ("{\"choices\":[]}", false),
        ("<html></html>", false),
        ("", false),
    ] {
        assert_eq!(holds(body.as_bytes(), "/choices/0"), is_good, "{body}");
    }
}
