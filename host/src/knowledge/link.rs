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
mod tests;
