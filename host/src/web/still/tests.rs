use super::*;

fn of(page: &str) -> String {
    String::from_utf8(still(page.into())).unwrap()
}

#[test]
fn what_nobody_reads_is_left_out_and_all_else_stays_to_the_byte() {
    for (page, kept) in [
        ("<p>a</p><!-- 12:01:07 --><p>b</p>", "<p>a</p><p>b</p>"),
        ("<!--><p>a</p>", "<p>a</p>"),
        ("<SCRIPT nonce='x'>if (a < b) { s = '<!--' }</script ><p>a</p>", "<p>a</p>"),
        ("<input type=\"hidden\" name=t value='a>b'><input name=q>", "<input name=q>"),
        ("<a title='<!-- no comment'>a</a><p>-->b</p>", "<a title='<!-- no comment'>a</a><p>-->b</p>"),
        ("<textarea><!-- text --></textarea>", "<textarea><!-- text --></textarea>"),
        ("<title>a <script> b</title><p>c</p>", "<title>a <script> b</title><p>c</p>"),
        ("1 < 2 <3> <scripture>a</scripture>", "1 < 2 <3> <scripture>a</scripture>"),
        ("<script-x>a</script-x><script>'</scripts>'</script>", "<script-x>a</script-x>"),
        ("<p>a</p><!-- never closed <p>b</p>", "<p>a</p><!-- never closed <p>b</p>"),
        ("<script>never closed <p>b</p>", "<script>never closed <p>b</p>"),
        ("<p>a</p><a href='never closed", "<p>a</p><a href='never closed"),
        ("", ""),
    ] {
        assert_eq!(of(page), kept, "{page}");
    }
    let (gbk, _, _) = encoding_rs::GBK.encode("<p>镕基</p><!-- 时间 --><p>俞</p>");
    let (kept, _, _) = encoding_rs::GBK.encode("<p>镕基</p><p>俞</p>");
    assert_eq!(still(gbk.into_owned()), kept.into_owned());
}

#[test]
fn a_page_that_means_harm_takes_no_more_time_than_it_is_long() {
    for piece in ["<script>", "<!--", "<a href='", "<title>", "<"] {
        let page = piece.repeat((1 << 20) / piece.len());
        assert_eq!(of(&page), page, "{piece}");
    }
}
