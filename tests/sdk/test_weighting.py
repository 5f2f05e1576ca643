"""Weights in prompts: what is a weight, what is only brackets, and where the words end up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiprod_studio.sdk import weighted


def test_weights_are_taken_out_and_their_words_are_found_again() -> None:
    found = weighted("a (red ball:1.2) rolls over (green hills:0.5)")
    assert found.plain == "a red ball rolls over green hills"
    assert [(found.plain[a:b], w) for a, b, w in found.pieces] == [
        ("red ball", 1.2), ("green hills", 0.5),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["", "a red ball", "(at dawn)", "ratio (16:9", "scene 3: (night)", "(a:b)", "(:)"]
)
def test_other_brackets_and_colons_stay_as_they_are(text: str) -> None:
    assert weighted(text) == (text, ())


@given(st.text(alphabet="ab (:1.2)\n", max_size=60))
def test_any_text_keeps_its_words_in_order(text: str) -> None:
    found = weighted(text)
    assert len(found.plain) <= len(text)
    for begin, end, weight in found.pieces:
        assert 0 <= begin <= end <= len(found.plain)
        assert weight >= 0
