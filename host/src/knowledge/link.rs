//! A link is where a reader finds a document: it is clicked by people who trust the answer it stands below.

/// Schemes that run or show what the link itself holds, or reach into the reader's own machine.
const REFUSED: [&str; 8] =
    ["about", "blob", "data", "file", "filesystem", "javascript", "vbscript", "view-source"];

/// The scheme of a link that no reader may be given; `None` of any other, also of one without a scheme.
pub fn refused_scheme(url: &str) -> Option<&'static str> {
    // Browsers pass over these, wherever they stand in a scheme.
    let plain = url.chars().filter(|c| !c.is_control() && !c.is_whitespace());
    let mut scheme = String::new();
    for character in plain {
        match character {
            ':' => return REFUSED.iter().copied().find(|refused| *refused == scheme),
            '/' | '?' | '#' => return None,
            other => scheme.push(other.to_ascii_lowercase()),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_in_a_browser_is_no_link() {
        for (url, expected) in [
            ("javascript:alert(1)", Some("javascript")),
            (" JaVa\tScript\n:alert(1)", Some("javascript")),
            ("\u{1}data:text/html,<script>", Some("data")),
            ("VBSCRIPT:x", Some("vbscript")),
            ("file:///etc/passwd", Some("file")),
            ("view-source:https://a.example", Some("view-source")),
            ("https://a.example/?x=javascript:1", None),
            ("/帮助/javascript:1", None),
            ("a.html#data:1", None),
            ("weixin://dl/chat", None),
            ("mailto:a@b.example", None),
            ("javascript", None),
            ("", None),
        ] {
            assert_eq!(refused_scheme(url), expected, "{url:?}");
        }
    }
}
