//! A page is what a browser shows: the login of a gateway, a site's start page, and not what an API answers.

/// Characters of a page's title that are told.
const LONGEST_TITLE: usize = 60;
/// How a page begins, whatever it is called.
const BEGINS: [&str; 4] = ["<!doctype html", "<html", "<head", "<body"];

/// Whether a body that is not JSON is a page. Some call plain words and XML `text/html`, and some call a page plain text.
pub(crate) fn is_in(text: &str, content_type: Option<&str>) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let is_called_so =
        content_type.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/html"));
    let is_markup = text.starts_with('<') && !text.starts_with("<?xml");
    let begins = |start: &str| text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    is_called_so && is_markup || BEGINS.into_iter().any(begins)
}

/// What the page calls itself, in one line.
pub(crate) fn title(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let opened = lower.find("<title")?;
    let from = opened + lower[opened..].find('>')? + 1;
    let to = from + lower[from..].find('<')?;
    let title = text[from..to].split_whitespace().collect::<Vec<_>>().join(" ");
    let title: String = title.chars().filter(|c| !c.is_control()).take(LONGEST_TITLE).collect();
    (!title.is_empty()).then_some(title)
}
