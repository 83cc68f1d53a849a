//! Images: where they may be loaded from, and how one is read from a stream.

use qianfan_plugin::Passage;
use serde::Deserialize;

use crate::character::is_invisible;

/// Images of one answer that are looked for in the sources; the others become links. Each is a search
/// through all of their text.
const MOST_LOOKED_UP: usize = 200;

/// Places in one source where an URL is looked at.
const MOST_PLACES: usize = 16;

/// Longest image, from its bracket on, in bytes; a longer one is no image.
const LONGEST: usize = 4096;

/// Which images stay images. A reader's browser loads them without being asked, so an URL that the
/// model made up could carry anything of the conversation to anybody.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "\"none\", \"sources\" or a list of hosts")]
pub(crate) enum Images {
    Named(Named),
    /// Those from these hosts, by https.
    Hosts(Vec<String>),
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Named {
    None,
    /// Images whose URL stands in a source.
    Sources,
}

impl Default for Images {
    fn default() -> Self {
        Self::Named(Named::Sources)
    }
}

/// Tells of each image whether it may stay.
#[derive(Debug)]
pub(crate) struct Allowed {
    images: Images,
    /// Texts and URLs of the sources, where they decide.
    texts: Vec<String>,
    left: usize,
}

impl Allowed {
    pub(crate) fn new(images: Images, sources: &mut [Passage]) -> Self {
        let texts = if matches!(images, Images::Named(Named::Sources)) {
            let texts = sources.iter_mut().map(|source| std::mem::take(&mut source.text));
            let mut texts: Vec<String> = texts.collect();
            texts.extend(sources.iter().filter_map(|source| source.url.clone()));
            texts
        } else {
            Vec::new()
        };
        Self { images, texts, left: MOST_LOOKED_UP }
    }

    fn admit(&mut self, url: &str) -> bool {
        let Some((scheme, rest)) = url.split_once("://") else { return false };
        let (https, http) = (scheme.eq_ignore_ascii_case("https"), scheme.eq_ignore_ascii_case("http"));
        match &self.images {
            Images::Named(Named::None) => false,
            Images::Hosts(hosts) => {
                let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
                https && hosts.iter().any(|known| known.eq_ignore_ascii_case(host))
            }
            Images::Named(Named::Sources) => {
                if !(https || http) || self.left == 0 {
                    return false;
                }
                self.left -= 1;
                self.texts.iter().any(|text| names(text, url))
            }
        }
    }
}

/// Whether a text has this URL, and not only a longer one that begins like it: the length at which it is
/// cut off would tell something too.
fn names(text: &str, url: &str) -> bool {
    let goes_on = |c: char| c.is_ascii_alphanumeric() || "-_~/?#@&=+%$:".contains(c);
    let alone = |(at, _): (usize, &str)| {
        // A full stop may end a sentence or go on.
        let after = text[at + url.len()..].trim_start_matches(['.', ',', ';', '!']);
        !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric()) && !after.starts_with(goes_on)
    };
    text.match_indices(url).take(MOST_PLACES).any(alone)
}

/// What may be an image, from the bracket after its exclamation mark on. Only the plain form is one:
/// where another bracket, code, a tag or an escape is in it, it is text.
#[derive(Debug, Default)]
pub(crate) struct Image {
    text: String,
    part: Part,
    /// Where the URL begins.
    url: usize,
    /// Where it ends.
    url_end: usize,
}

#[derive(Debug, Default)]
enum Part {
    #[default]
    Alt,
    /// After the bracket that ends it.
    Closed,
    /// In the URL, with so many parentheses open.
    Url(usize),
    AfterUrl,
    Title(char),
    AfterTitle,
}

/// What became of an image with one more character.
pub(crate) enum ImageStep {
    Open,
    /// It is whole, with the character.
    Whole,
    /// It is no image; the character was not taken.
    Broken,
}

impl Image {
    pub(crate) fn push(&mut self, c: char) -> ImageStep {
        if self.text.len() >= LONGEST || "\n[`<\\".contains(c) {
            return ImageStep::Broken;
        }
        let part = match (&self.part, c) {
            (Part::Alt, ']') => Part::Closed,
            (Part::Alt, '!') => return ImageStep::Broken,
            (Part::Alt, _) => Part::Alt,
            (Part::Closed, '(') => {
                self.url = self.text.len() + 1;
                Part::Url(0)
            }
            (Part::Closed, _) => return ImageStep::Broken,
            (Part::Url(0), ')') | (Part::AfterUrl | Part::AfterTitle, ')') => {
                if matches!(self.part, Part::Url(_)) {
                    self.url_end = self.text.len();
                }
                self.text.push(c);
                return ImageStep::Whole;
            }
            (Part::Url(open), '(') => Part::Url(open + 1),
            (Part::Url(open), ')') => Part::Url(open - 1),
            (Part::Url(0), ' ') if self.text.len() > self.url => {
                self.url_end = self.text.len();
                Part::AfterUrl
            }
            (Part::Url(_), c) if is_invisible(c) || "]>\"'".contains(c) => return ImageStep::Broken,
            (Part::Url(open), _) => Part::Url(*open),
            (Part::AfterUrl, ' ') => Part::AfterUrl,
            (Part::AfterTitle, ' ') => Part::AfterTitle,
            (Part::AfterUrl, '"' | '\'') => Part::Title(c),
            (Part::AfterUrl | Part::AfterTitle, _) => return ImageStep::Broken,
            (Part::Title(quote), c) if c == *quote => Part::AfterTitle,
            (Part::Title(_), ']' | '>') => return ImageStep::Broken,
            (Part::Title(quote), _) => Part::Title(*quote),
        };
        self.part = part;
        self.text.push(c);
        ImageStep::Open
    }

    /// What was taken, without the opening bracket.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it says nothing of what is on it.
    pub(crate) fn is_unnamed(&self) -> bool {
        self.text.split(']').next().unwrap_or_default().trim().is_empty()
    }

    /// Whether a whole image may stay one.
    pub(crate) fn may_stay(&self, allowed: &mut Allowed) -> bool {
        self.text.get(self.url..self.url_end).is_some_and(|url| allowed.admit(url))
    }
}
