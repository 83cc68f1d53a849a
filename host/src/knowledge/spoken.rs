//! Spoken words are those of regions and of chat, which the written language has others for. An embedder that has read
//! little of them finds nothing near 边度; as 哪里 it is understood.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Each with the written one, in Simplified characters: Cantonese, Wu, Sichuan and northern speech, chat.
#[rustfmt::skip]
const SPOKEN: &str =
    "唔该=请问 唔使=不用 唔=不 冇=没有 木有=没有 莫得=没有 边度=哪里 边个=谁 边位=谁 边日=哪天 边间=哪家 点样=怎么 点解=为什么 点算=怎么办 \
     点办=怎么办 乜嘢=什么 乜野=什么 乜=什么 咩=什么 几钱=多少钱 几钿=多少钱 几耐=多久 嘅=的 喺=在 哋=们 咗=了 佢=他 睇=看 搵=找 \
     畀=给 俾=给 攞=取 嚟=来 嗰=那 咁=这么 而家=现在 听日=明天 返工=上班 收工=下班 啷个=怎么 得行=可以 得唔得=可以吗 \
     肿么=怎么 神马=什么 晓得=知道 侬=你 俺=我 咱=我 啥辰光=什么时候 搁哪=在哪 嘛时候=什么时候 咋=怎么 \
     啥子=什么 啥=什么";

/// Spoken words with their written forms, grouped by first character and ordered from long to short.
static WRITTEN: LazyLock<HashMap<char, Vec<(&str, &str)>>> = LazyLock::new(|| {
    let mut words: HashMap<char, Vec<_>> = HashMap::new();
    for (spoken, written) in SPOKEN.split_whitespace().filter_map(|pair| pair.split_once('=')) {
        words.entry(spoken.chars().next().unwrap_or_default()).or_default().push((spoken, written));
    }
    words.values_mut().for_each(|words| words.sort_by_key(|(spoken, _)| std::cmp::Reverse(spoken.len())));
    words
});

/// The text with written words for spoken ones. It is Simplified.
pub(super) fn written(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| WRITTEN.contains_key(&c)) {
        return Cow::Borrowed(text);
    }
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let words = WRITTEN.get(&c).into_iter().flatten();
        let (step, written) = match words.copied().find(|(spoken, _)| rest.starts_with(spoken)) {
            Some((spoken, written)) => (spoken.len(), written),
            None => (c.len_utf8(), &rest[..c.len_utf8()]),
        };
        made.push_str(written);
        rest = &rest[step..];
    }
    Cow::Owned(made)
}

#[cfg(test)]
mod tests;
