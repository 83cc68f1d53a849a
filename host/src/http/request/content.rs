//! The content of a message as clients write it: a text, or parts with images among them.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::text::text_in;
use crate::message::MessagePart;
use crate::texts;

/// Parts of one message's content.
const MAX_PARTS: usize = 10_000;
/// Images of one message.
const MAX_IMAGES: usize = 64;

/// A text, or a list of parts. Their texts are put together as they come.
#[derive(Default)]
pub(super) struct MessageContent {
    pub(super) text: String,
    /// The parts, where there is an image among them.
    pub(super) parts: Vec<MessagePart>,
    /// The type of a part that nobody can read; a note stands in its place.
    pub(super) unread: Option<String>,
    /// What its parts are called that hold thoughts, with the fields they lie in: none of them goes on.
    pub(super) thoughts: BTreeSet<&'static str>,
}

impl<'de> Deserialize<'de> for MessageContent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PartsVisitor;

        impl<'de> Visitor<'de> for PartsVisitor {
            type Value = MessageContent;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text or a list of parts")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<MessageContent, E> {
                Ok(MessageContent { text: text.to_owned(), ..MessageContent::default() })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<MessageContent, A::Error> {
                let mut content = MessageContent::default();
                let (mut count, mut images) = (0, 0);
                while let Some(part) = list.next_element::<WrittenPart>()? {
                    count += 1;
                    if count > MAX_PARTS {
                        return Err(A::Error::custom(format_args!(
                            "holds more than {MAX_PARTS} parts; send the text in fewer"
                        )));
                    }
                    let part = match part.checked().map_err(A::Error::custom)? {
                        ReadPart::Part(part) => part,
                        ReadPart::Thought(name) => {
                            content.thoughts.insert(name);
                            continue;
                        }
                        ReadPart::Unread(kind) => {
                            let note = MessagePart::Text(texts::part_left_out(&kind));
                            content.unread.get_or_insert(kind);
                            note
                        }
                    };
                    images += usize::from(matches!(part, MessagePart::Image(_)));
                    if images > MAX_IMAGES {
                        return Err(A::Error::custom(format_args!("holds more than {MAX_IMAGES} images")));
                    }
                    if let MessagePart::Text(text) = &part {
                        content.text.push_str(text);
                    }
                    // Texts alone are one text.
                    if images > 0 || content.parts.is_empty() {
                        content.parts.push(part);
                    } else if let (Some(MessagePart::Text(last)), MessagePart::Text(text)) =
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

        deserializer.deserialize_any(PartsVisitor)
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

/// What a part is.
enum ReadPart {
    Part(MessagePart),
    /// What a model thought, which no model is told again: the part's name.
    Thought(&'static str),
    /// A part of another type, which is named.
    Unread(String),
}

/// Characters of a type's name that are repeated.
const LONGEST_TYPE: usize = 40;

/// Why a question with such a part is refused.
pub(super) fn not_served(place: usize, kind: &str) -> String {
    format!(
        "[{place}].content: content of the type `{kind}` is not served; send `text`, or `image_url` where the model takes images"
    )
}

impl WrittenPart {
    fn checked(self) -> Result<ReadPart, String> {
        match (self.kind.as_deref(), self.text, self.refusal, self.image_url) {
            (Some("text"), Some(text), ..) | (Some("refusal"), _, Some(text), _) => {
                Ok(ReadPart::Part(MessagePart::Text(text)))
            }
            (Some("image_url"), _, _, Some(image)) if has_url(&image) => {
                Ok(ReadPart::Part(MessagePart::Image(image.into())))
            }
            (Some("image_url"), ..) => {
                Err("an image needs `image_url`: {\"url\": \"https://…\"} or {\"url\": \"data:image/png;base64,…\"}".into())
            }
            (Some("thinking"), ..) => Ok(ReadPart::Thought("messages.content.thinking")),
            (Some("redacted_thinking"), ..) => Ok(ReadPart::Thought("messages.content.redacted_thinking")),
            (Some("reasoning"), ..) => Ok(ReadPart::Thought("messages.content.reasoning")),
            (Some("text"), ..) => Err("a part of the type `text` needs `text`".into()),
            (Some("refusal"), ..) => Err("a part of the type `refusal` needs `refusal`".into()),
            (Some(kind), ..) => Ok(ReadPart::Unread(kind.chars().take(LONGEST_TYPE).collect())),
            (None, ..) => Err("a part of the content needs a `type`, such as `text`".into()),
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
