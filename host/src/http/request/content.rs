//! The content of a message as clients write it: a text, or parts with images among them.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::text_in;
use crate::message::Part;

/// Parts of one message's content.
const MAX_PARTS: usize = 10_000;
/// Images of one message.
const MAX_IMAGES: usize = 64;

/// A text, or a list of parts. Their texts are put together as they come.
#[derive(Default)]
pub(super) struct Content {
    pub(super) text: String,
    /// The parts, where there is an image among them.
    pub(super) parts: Vec<Part>,
}

/// What stands in the text of a message that holds nothing but images.
pub(super) const ONLY_IMAGES: &str = "[图片]";

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parts;

        impl<'de> Visitor<'de> for Parts {
            type Value = Content;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text or a list of parts")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Content, E> {
                Ok(Content { text: text.to_owned(), parts: Vec::new() })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Content, A::Error> {
                let mut content = Content::default();
                let (mut count, mut images) = (0, 0);
                while let Some(part) = list.next_element::<WrittenPart>()? {
                    count += 1;
                    if count > MAX_PARTS {
                        return Err(A::Error::custom(format_args!(
                            "holds more than {MAX_PARTS} parts; send the text in fewer"
                        )));
                    }
                    let part = part.checked().map_err(A::Error::custom)?;
                    images += usize::from(matches!(part, Part::Image(_)));
                    if images > MAX_IMAGES {
                        return Err(A::Error::custom(format_args!("holds more than {MAX_IMAGES} images")));
                    }
                    if let Part::Text(text) = &part {
                        content.text.push_str(text);
                    }
                    // Texts alone are one text.
                    if images > 0 || content.parts.is_empty() {
                        content.parts.push(part);
                    } else if let (Some(Part::Text(last)), Part::Text(text)) =
                        (content.parts.last_mut(), part)
                    {
                        last.push_str(&text);
                    }
                }
                if images == 0 {
                    content.parts.clear();
                }
                content.text.shrink_to_fit();
                Ok(content)
            }
        }

        deserializer.deserialize_any(Parts)
    }
}

#[derive(Deserialize)]
#[serde(expecting = "a part such as {\"type\": \"text\", \"text\": \"…\"}")]
struct WrittenPart {
    #[serde(rename = "type")]
    kind: Option<String>,
    text: Option<String>,
    refusal: Option<String>,
    image_url: Option<Box<RawValue>>,
}

impl WrittenPart {
    fn checked(self) -> Result<Part, String> {
        match (self.kind.as_deref(), self.text, self.refusal, self.image_url) {
            (Some("text"), Some(text), ..) | (Some("refusal"), _, Some(text), _) => Ok(Part::Text(text)),
            (Some("image_url"), _, _, Some(image)) if has_url(&image) => Ok(Part::Image(image.into())),
            (Some("image_url"), ..) => {
                Err("an image needs `image_url`: {\"url\": \"https://…\"} or {\"url\": \"data:image/png;base64,…\"}".into())
            }
            (kind, ..) => {
                let kind = kind.unwrap_or("none");
                Err(format!(
                    "content of the type `{kind}` is not served; send `text`, or `image_url` where the model takes images"
                ))
            }
        }
    }
}

/// Whether an image says where it is.
fn has_url(image: &RawValue) -> bool {
    #[derive(Deserialize)]
    struct Object {
        url: String,
    }
    let is_url = |url: &str| {
        ["http://", "https://", "data:image/"]
            .iter()
            .any(|scheme| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
    };
    let object = serde_json::from_str::<Object>(image.get()).ok().map(|image| image.url);
    object.or_else(|| text_in(image)).is_some_and(|url| is_url(&url))
}
