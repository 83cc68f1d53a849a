"""BM25 as the books have it, over characters and pairs of neighbouring characters (words where a script has spaces): what
a score has to be better than. Whole documents, k1 1.2, b 0.75, the corpus's mean length, no folding, no left-out words."""

import math
from array import array
from collections import Counter

K1, B = 1.2, 0.75


def terms(text: str) -> list[str]:
    out, word, before = [], "", ""
    for c in text.lower() + " ":
        unspaced = "\u3400" <= c <= "\u9fff" or "\u3041" <= c <= "\u30ff" or "\uac00" <= c <= "\ud7a3"
        if c.isalnum() and not unspaced:
            word += c
        elif word:
            out.append(word)
            word = ""
        if unspaced:
            out.append(c)
            if before:
                out.append(before + c)
        before = c if unspaced else ""
    return out


class PlainBm25:
    """An index over texts, which are known by their places."""

    def __init__(self, texts: list[str]):
        counted = [Counter(terms(text)) for text in texts]
        lengths = [sum(counts.values()) for counts in counted]
        usual = sum(lengths) / max(1, len(lengths))
        self.size = len(texts)
        self.postings: dict[str, tuple[array, array]] = {}
        for place, (counts, length) in enumerate(zip(counted, lengths)):
            for term, n in counts.items():
                places, weights = self.postings.setdefault(term, (array("l"), array("d")))
                places.append(place)
                weights.append(n * (K1 + 1) / (n + K1 * (1 - B + B * length / usual)))

    def rank(self, question: str, right: set[int]) -> int | None:
        """The rank, from 1, of the best right text; `None` where none has a word of the question."""
        scores: dict[int, float] = {}
        for term in set(terms(question)):
            places, weights = self.postings.get(term, ((), ()))
            idf = math.log(1 + (self.size - len(places) + 0.5) / (len(places) + 0.5))
            for place, weight in zip(places, weights):
                scores[place] = scores.get(place, 0.0) + idf * weight
        best = max((scores.get(place, 0.0) for place in right), default=0.0)
        if best == 0.0:
            return None
        return 1 + sum(1 for place, score in scores.items() if score > best and place not in right)
