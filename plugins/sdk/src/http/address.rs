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
mod tests {
    use super::*;

    #[test]
    fn a_url_comes_apart() {
        let parts =
            |url| Address::parse(url).map(|a| (a.https, a.authority.clone(), a.path_and_query.clone()));
        let expect = |https, authority: &str, path: &str| Ok((https, authority.to_owned(), path.to_owned()));
        assert_eq!(parts("https://a.example/b?c=d#e"), expect(true, "a.example", "/b?c=d"));
        assert_eq!(parts("HTTP://127.0.0.1:80"), expect(false, "127.0.0.1:80", "/"));
        assert_eq!(parts("http://a.example?q=1"), expect(false, "a.example", "/?q=1"));
        assert_eq!(parts("http://[::1]:8080/x"), expect(false, "[::1]:8080", "/x"));
    }

    #[test]
    fn an_encoded_component_cannot_end_its_place() {
        assert_eq!(
            encode_component("高考 a&b=c/../d?#%"),
            "%E9%AB%98%E8%80%83%20a%26b%3Dc%2F..%2Fd%3F%23%25"
        );
        assert_eq!(encode_component("A-z_0.9~"), "A-z_0.9~");
    }

    #[test]
    fn what_cannot_be_sent_is_named() {
        for (url, why) in [
            ("a.example/b", "does not begin with"),
            ("ftp://a.example/", "neither http nor https"),
            ("http:///path", "names no host"),
            ("http://:80/", "names no host"),
            ("http://a.example/高考", "percent-encoded"),
            ("http://a.example/a b", "percent-encoded"),
            ("http://a.example/\r\nx: y", "percent-encoded"),
            ("http://user:word@a.example/", "user name"),
        ] {
            let error = Address::parse(url).expect_err(url);
            assert!(error.contains(why), "{url}: {error}");
        }
    }

    #[test]
    fn what_is_told_of_a_url_holds_neither_key_nor_question() {
        for (url, told) in [
            ("https://a.example/v1?key=geheim#geheim", "https://a.example/v1"),
            ("https://a.example?geheim", "https://a.example"),
            ("https://user:geheim@a.example:8443/v1", "https://…@a.example:8443/v1"),
            ("ftp://geheim@a.example", "ftp://…@a.example"),
            ("a.example/b?geheim", "a.example/b"),
        ] {
            assert_eq!(origin_and_path(url), told);
        }
        let long = "省".repeat(30_000);
        assert_eq!(origin_and_path(&format!("https://a.example/{long}")).chars().count(), SHOWN + 1);
        for url in [
            format!("https://a.example/?key=geheim&q={}", "%E7".repeat(30_000)),
            "https://geheim:geheim@a.example/".to_owned(),
            "https://a.example/?key=geheim&q=省".to_owned(),
            "nonsense?geheim".to_owned(),
        ] {
            let error = Address::parse(&url).expect_err("cannot be sent");
            assert!(!error.contains("geheim") && error.len() < 400, "{error}");
        }
    }
}
