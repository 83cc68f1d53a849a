//! Where a request goes: a URL in the parts `wasi:http` wants.

/// The longest URL that can be sent, in bytes.
const LONGEST: usize = u16::MAX as usize - 1;
/// How much of a URL is told, in characters.
const SHOWN: usize = 200;

/// An absolute `http` or `https` URL, taken apart. The fragment is never sent and so not here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Whether the scheme is `https`.
    pub https: bool,
    /// Host and, where given, port.
    pub authority: String,
    /// Begins with `/`.
    pub path_and_query: String,
}

impl Address {
    /// Takes a URL apart.
    ///
    /// # Errors
    ///
    /// What is wrong with the URL.
    pub fn parse(url: &str) -> Result<Self, String> {
        let shown = origin_and_path(url);
        if let Some(c) = url.chars().find(|c| !c.is_ascii_graphic() || "\"<>\\^`{|}".contains(*c)) {
            return Err(format!("the URL `{shown}` holds {c:?}, which must be percent-encoded"));
        }
        if url.len() > LONGEST {
            let length = url.len();
            return Err(format!("the URL `{shown}` is {length} bytes long; at most {LONGEST} can be sent"));
        }
        let (scheme, rest) = url
            .split_once("://")
            .ok_or_else(|| format!("the URL `{shown}` does not begin with http:// or https://"))?;
        let https = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            _ => return Err(format!("the URL `{shown}` is neither http nor https")),
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        if authority.is_empty() || authority.starts_with(':') {
            return Err(format!("the URL `{shown}` names no host"));
        }
        if authority.contains('@') {
            return Err(format!("the URL holds a user name before `@`: {shown}"));
        }
        let port = authority.rsplit_once(':').map(|(_, port)| port).filter(|port| !port.contains(']'));
        if let Some(port) = port.filter(|port| port.parse::<u16>().is_err()) {
            return Err(format!(
                "the URL `{shown}` has the port `{port}`, which is no number up to {}",
                u16::MAX
            ));
        }
        let path_and_query = if tail.starts_with('/') { tail.to_owned() } else { format!("/{tail}") };
        Ok(Self { https, authority: authority.to_owned(), path_and_query })
    }

    /// `scheme://authority`, as a grant names it.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("{}://{}", if self.https { "https" } else { "http" }, self.authority)
    }
}

/// What of a URL may be told: neither its query, where keys travel and questions stand, nor a user name.
/// A long path is cut.
#[must_use]
pub fn origin_and_path(url: &str) -> String {
    let told = url.split(['?', '#']).next().unwrap_or_default();
    let start = told.find("://").map_or(0, |at| at + 3);
    let (scheme, rest) = told.split_at(start);
    let end = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let authority = match authority.rsplit_once('@') {
        Some((_, host)) => format!("…@{host}"),
        None => authority.to_owned(),
    };
    let told = format!("{scheme}{authority}{path}");
    match told.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &told[..end]),
        None => told,
    }
}

/// Percent-encodes text as one component of a URL: everything but letters, digits and `-._~`, so that it
/// can stand in a path segment or a query value and end neither.
#[must_use]
pub fn encode_component(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let digit = |nibble: u8| char::from(b"0123456789ABCDEF"[usize::from(nibble)]);
            encoded.extend(['%', digit(byte >> 4), digit(byte & 0xF)]);
        }
    }
    encoded
}

#[cfg(test)]
mod tests;
