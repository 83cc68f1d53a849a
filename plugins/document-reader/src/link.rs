//! A link's target is said behind its text: `点击这里 (https://…)`.

/// Longest target that is said; longer ones are made for programs.
const MAX_TARGET: usize = 1000;

/// What is added to a link's text; `None` where the text says it already, or where nobody could follow it.
pub(crate) fn said(text: &str, target: &str) -> Option<String> {
    let (text, target) = (text.trim(), target.trim());
    let followed =
        |scheme: &&str| target.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    if text.is_empty()
        || target.is_empty()
        || target.len() > MAX_TARGET
        || target.contains(char::is_whitespace)
        || target.starts_with('#')
        || ["javascript:", "data:", "file:", "vbscript:", "about:", "blob:", "cid:"].iter().any(followed)
    {
        return None;
    }
    let bare = |text: &str| {
        let text = text.to_lowercase();
        let text = ["mailto:", "tel:", "https://", "http://"]
            .iter()
            .find_map(|scheme| text.strip_prefix(scheme))
            .unwrap_or(&text);
        text.split('?').next().unwrap_or_default().trim_end_matches('/').replace([' ', '-'], "")
    };
    let target = target.strip_prefix("mailto:").or(target.strip_prefix("tel:")).unwrap_or(target);
    (!bare(text).contains(&bare(target))).then(|| format!(" ({target})"))
}

/// A target as it stands on the page of this address.
pub(crate) fn absolute(target: &str, page: Option<&str>) -> String {
    let target = target.trim();
    let has_scheme = target.split(['/', '?', '#']).next().is_some_and(|start| start.contains(':'));
    let Some((scheme, rest)) = page.and_then(|page| page.split_once("://")).filter(|_| !has_scheme) else {
        return target.to_owned();
    };
    if target.starts_with('#') || target.is_empty() {
        return target.to_owned();
    }
    if let Some(host) = target.strip_prefix("//") {
        return format!("{scheme}://{host}");
    }
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if target.starts_with('/') {
        return format!("{scheme}://{host}{target}");
    }
    let mut folders: Vec<&str> = path.rsplit_once('/').map_or("", |(folder, _)| folder).split('/').collect();
    folders.retain(|folder| !folder.is_empty());
    let mut target = target;
    loop {
        if let Some(rest) = target.strip_prefix("../") {
            folders.pop();
            target = rest;
        } else if let Some(rest) = target.strip_prefix("./") {
            target = rest;
        } else {
            break;
        }
    }
    folders.push(target);
    format!("{scheme}://{host}/{}", folders.join("/"))
}

#[cfg(test)]
mod tests;
