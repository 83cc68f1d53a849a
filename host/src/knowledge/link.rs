//! A link is where a reader finds a document: it is clicked by people who trust the answer it stands below. So it leads to a page of
//! the web, or to one of the site it is shown on; all else would be run or opened by the reader's own machine.

/// Schemes of pages.
const PAGES: [&str; 2] = ["http", "https"];
/// Characters of a scheme that a message repeats.
const MAX_SCHEME: usize = 32;

/// The scheme of a link that no reader may be given; `None` where it leads to a page, or has no scheme.
pub fn refused_scheme(url: &str) -> Option<String> {
    // Browsers ignore such characters anywhere in a scheme, so they must not hide one here.
    let plain = url.chars().filter(|c| !c.is_control() && !c.is_whitespace());
    let mut scheme = String::new();
    for character in plain {
        match character {
            ':' => return (!scheme.is_empty() && !PAGES.contains(&scheme.as_str())).then_some(scheme),
            'a'..='z' | 'A'..='Z' => scheme.push(character.to_ascii_lowercase()),
            '0'..='9' | '+' | '-' | '.' if !scheme.is_empty() => scheme.push(character),
            // What has other characters there is a path.
            _ => return None,
        }
        if scheme.len() > MAX_SCHEME {
            return Some(scheme);
        }
    }
    None
}

#[cfg(test)]
mod tests;
