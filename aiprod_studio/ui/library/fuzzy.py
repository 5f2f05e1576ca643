"""Finding node types by a few letters: `ks` finds "K Sampler" before "Masks".

Library and canvas search share it. It knows specs and nothing of Qt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from aiprod_studio.sdk import NodeSpec
from aiprod_studio.ui.library.elsewhere import CALLED

START, WORD, RUN, GAP = 12, 8, 5, 1
CALLED_SO = 180
"""What a name from elsewhere counts: less than a piece of the own title or type."""


@dataclass(frozen=True)
class Entry:
    """A node type that can be found."""

    type: str
    title: str
    category: str
    about: str
    also: str = ""
    """What it is called elsewhere, words in small letters."""


def entry_of(spec: NodeSpec) -> Entry:
    """Return what is searched of a spec."""
    about = spec.doc.strip().splitlines()[0] if spec.doc.strip() else ""
    return Entry(spec.type, spec.title, spec.category, about, CALLED.get(spec.type, ""))


def found(entries: Iterable[Entry], query: str) -> list[Entry]:
    """Return the entries that match every word of the query, best first; all for none."""
    words = query.lower().split()
    if not words:
        return sorted(entries, key=lambda e: (e.category, e.title.lower()))
    ranked: list[tuple[int, str, Entry]] = []
    for entry in entries:
        scores = [_best(entry, word) for word in words]
        if all(scores):
            ranked.append((-sum(scores), entry.title.lower(), entry))
    return [entry for _, _, entry in sorted(ranked, key=lambda item: item[:2])]


def score(query: str, text: str) -> int:
    """Return how well letters are found in order in a text; 0 for not at all.

    Whole pieces count more than scattered letters, beginnings of words more than their middles.
    """
    low, wanted = text.lower(), query.lower()
    if not wanted:
        return 1
    piece = low.find(wanted)
    if piece >= 0:
        at_word = piece == 0 or not low[piece - 1].isalnum()
        return 100 + len(wanted) * RUN + (START if piece == 0 else WORD if at_word else 0)
    return _scattered(low, wanted)


def _scattered(text: str, wanted: str) -> int:
    total, place, last = 0, 0, -2
    for letter in wanted:
        at = _next(text, letter, place)
        if at < 0:
            return 0
        starts = at == 0 or not text[at - 1].isalnum()
        total += START if starts else RUN if at == last + 1 else GAP
        last, place = at, at + 1
    spread = last - text.find(wanted[0])
    return total if spread <= 3 * len(wanted) + 8 else 0


def _next(text: str, letter: str, place: int) -> int:
    """Return where a letter comes next, at the beginning of a word if there is one soon."""
    plain = text.find(letter, place)
    word = re.search(rf"(?<![a-z0-9]){re.escape(letter)}", text[place:])
    if plain < 0 or word is None:
        return plain
    return place + word.start()


def _best(entry: Entry, word: str) -> int:
    titled = score(word, entry.title) * 3
    typed = score(word, entry.type) * 2
    about = score(word, entry.about) if word in entry.about.lower() else 0
    called = any(one.startswith(word) for one in entry.also.split())
    return max(titled, typed, about, CALLED_SO if called else 0)
