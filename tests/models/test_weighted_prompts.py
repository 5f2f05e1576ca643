"""Weighted words lean on the encoder's output, and only they do."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from aiprod_studio.models import encode, load_component
from aiprod_studio.models.tokenizers import SentencePieces


def test_only_the_words_in_brackets_weigh_more(tiny_starter: Path) -> None:
    encoder = load_component([tiny_starter], "text_encoder", dtype=torch.float32)
    plain = encode(encoder, "a red ball rolls")
    heavy = encode(encoder, "a (red ball:1.5) rolls")
    assert heavy.pieces == plain.pieces
    ratio = heavy.embeddings / plain.embeddings
    torch.testing.assert_close(ratio[0, 1:3], torch.full_like(ratio[0, 1:3], 1.5))
    torch.testing.assert_close(heavy.embeddings[0, [0, 3]], plain.embeddings[0, [0, 3]])


def test_a_prompt_without_weights_is_encoded_as_ever(tiny_starter: Path) -> None:
    encoder = load_component([tiny_starter], "text_encoder", dtype=torch.float32)
    one, other = encode(encoder, "a red ball"), encode(encoder, "a red (ball:1)")
    assert torch.equal(one.embeddings, other.embeddings)


@pytest.mark.parametrize("begins", [True, False])
def test_pieces_of_words_are_found_where_they_lie(begins: bool, tmp_path: Path) -> None:
    import sentencepiece

    text = tmp_path / "text.txt"
    text.write_text("a red ball rolls over green hills\n" * 50, encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(tmp_path / "m"), vocab_size=40, minloglevel=2,
        hard_vocab_limit=False,
    )  # fmt: skip
    model = sentencepiece.SentencePieceProcessor(model_file=str(tmp_path / "m.model"))
    found = SentencePieces(model, begins).encode("a red ball")
    assert len(found.offsets) == len(found.ids)
    marked = found.offsets[0] if begins else found.offsets[-1]
    assert marked == (0, 0)
    words = "".join("a red ball"[start:end] for start, end in found.offsets)
    assert words.replace(" ", "") == "aredball"
