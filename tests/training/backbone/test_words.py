"""The tokenizer: the world's words whole, others known to be unknown."""

from __future__ import annotations

from aiprod_studio.training import world
from aiprod_studio.training.backbone.words import END, UNKNOWN, tokenizer


def test_every_caption_is_understood() -> None:
    words = tokenizer(world.WORDS)
    for seed in range(300):
        found = words.encode(world.scene(seed).caption(seed)).tokens
        assert UNKNOWN not in found
        assert found[-1] == END


def test_capitals_accents_and_marks_do_not_matter() -> None:
    words = tokenizer(world.WORDS)
    assert words.encode("A RED boat, at séa.").ids == words.encode("a red boat , at sea .").ids


def test_strange_words_become_the_unknown_token_where_they_stand() -> None:
    found = tokenizer(world.WORDS).encode("a red dragon in Москва")
    strange = [span for token, span in zip(found.tokens, found.offsets, strict=True)
               if token == UNKNOWN]  # fmt: skip
    assert ["a red dragon in Москва"[a:b] for a, b in strange] == ["dragon", "Москва"]


def test_an_empty_prompt_is_the_end_token() -> None:
    assert tokenizer(world.WORDS).encode("").tokens == [END]
