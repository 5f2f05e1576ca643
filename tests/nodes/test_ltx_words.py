"""What text encoders and heads can do beside encoding: write a prompt out, guess a length."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from aiprod_studio.sdk import Model, Refusal, SourceFile
from tests.nodes.bench import Desk

LTX2, LTX25 = "ltx-2-tiny", "ltx-2.5-tiny-transformer"


def spoilt(model: Model, folder: Path, mark: str, value: float | None = None) -> Any:
    """Return a part whose tensors with this mark hold one value, by default the largest."""
    path = model.files[0].path
    with safe_open(path, "pt") as file:
        facts = file.metadata()
    state = load_file(path)
    assert any(mark in name for name in state)
    for name in state:
        if mark in name:
            most = torch.finfo(state[name].dtype).max
            state[name] = torch.full_like(state[name], most if value is None else value)
    path = folder / mark / "spoilt.safetensors"
    path.parent.mkdir()
    save_file(state, path, facts)
    files = (SourceFile(path, "spoilt"), *model.files[1:])
    return replace(model, files=files)


def test_the_encoder_writes_the_same_words_again_for_the_same_seed(ltx: Desk) -> None:
    encoder = ltx.call("models.load", model=LTX2).text_encoder
    told = [ltx.call("text.write_out", "a red ball", encoder, longest=6, seed=s) for s in (1, 1, 2)]
    assert told[0] == told[1]
    assert told[0] != told[2]
    assert 0 < len(told[0].split()) <= 6
    assert ltx.said()[0] == f"wrote: {told[0]}"


def test_writing_token_by_token_agrees_with_reading_it_whole(ltx_shelf: Path) -> None:
    from aiprod_studio.models import load_component
    from aiprod_studio.models.prompts import tokenizer_of
    from aiprod_studio.models.writing import answer

    folder = ltx_shelf / "ltx2" / "text_encoders"
    encoder: Any = load_component(
        [folder / "gemma_3_tiny.safetensors", folder / "tokenizer.json"], "text_encoder",
        dtype=torch.float32,
    )  # fmt: skip
    tokenizer = tokenizer_of(encoder)
    ids = list(tokenizer.encode("a red ball").ids)
    asked = len(ids)
    with torch.inference_mode():
        for _ in range(5):
            state = encoder(input_ids=torch.tensor([ids])).last_hidden_state[0, -1]
            ids.append(int((encoder.embed_tokens.weight @ state).argmax()))
            if tokenizer.id_to_token(ids[-1]) == "</s>":
                break
    expected = tokenizer.decode([i for i in ids[asked:] if tokenizer.id_to_token(i) != "</s>"])
    assert answer(encoder, "a red ball", longest=5, temperature=0) == expected.strip()


def test_answers_are_cleaned_of_what_language_models_put_around_them() -> None:
    from aiprod_studio.models.writing import cleaned

    assert cleaned("**\u201cA boat\u201d \u2014 it\u2019s red. ") == "A boat\" - it's red."
    assert cleaned("...") == ""


@pytest.mark.parametrize("name", [LTX25, "ltxv-tiny-0.9.5"])
def test_encoders_that_cannot_write_say_so(ltx: Desk, name: str) -> None:
    encoder = ltx.call("models.load", model=name).text_encoder
    with pytest.raises(Refusal, match=r"was not trained to write\. Use Gemma 3"):
        ltx.call("text.write_out", "a red ball", encoder)
    with pytest.raises(Refusal, match="the idea is empty"):
        ltx.call("text.write_out", "  ", encoder)


def test_the_duration_head_says_how_long_a_shot_should_be(ltx: Desk) -> None:
    parts = ltx.call("models.load", model=LTX25)
    words = ltx.call("text.encode", "a red ball", parts.text_encoder, parts.connectors)
    with_head = parts.duration_head
    free = ltx.call("text.duration", words, with_head, rate=24, least=0.1, most=60.0)
    assert (free.frames - 1) % 8 == 0
    assert free.seconds == free.frames / 24
    long = ltx.call("text.duration", words, with_head, rate=24, least=5.0, most=6.0)
    assert long.frames == 121
    short = ltx.call("text.duration", words, with_head, rate=24, least=0.1, most=0.5)
    assert short.frames <= 12


def test_the_head_agrees_with_the_published_class(ltx: Desk) -> None:
    from aiprod_studio.models import load_component

    parts = ltx.call("models.load", model=LTX25)
    words = ltx.call("text.encode", "a red ball", parts.text_encoder, parts.connectors)
    head: Any = load_component([f.path for f in parts.duration_head.files], "duration_head")
    for least, most in ((1.0, 20.0), (2.0, 3.0), (0.1, 0.4)):
        expected = head.predict_num_frames(
            words.embeddings, words.extra["sound.embeddings"], frame_rate=24,
            temporal_compression_ratio=8, min_seconds=least, max_seconds=most,
        )  # fmt: skip
        found = ltx.call("text.duration", words, parts.duration_head, least=least, most=most)
        assert found.frames == expected


def test_models_without_a_head_and_words_of_other_models_are_refused(ltx: Desk) -> None:
    older, newer = (ltx.call("models.load", model=name) for name in (LTX2, LTX25))
    words = ltx.call("text.encode", "a ball", older.text_encoder, older.connectors)
    with pytest.raises(Refusal, match=r"no duration head\. It comes with LTX-2\.5"):
        ltx.call("text.duration", words, older.duration_head)
    with pytest.raises(Refusal, match="Link the words of the same model"):
        ltx.call("text.duration", words, newer.duration_head)


def test_weights_that_are_no_numbers_are_named_when_they_are_read(
    ltx: Desk, tmp_path: Path
) -> None:
    parts = ltx.call("models.load", model=LTX2)
    words = ltx.call("text.encode", "a ball", parts.text_encoder, parts.connectors)
    start = ltx.call("latents.empty", parts.vae, width=64, height=64, frames=9)
    name = "transformer_blocks.1.attn1.to_q.weight"
    dit = spoilt(parts.dit, tmp_path, name, torch.nan)
    with pytest.raises(Refusal, match=rf"spoilt\.safetensors.*{name}.*no numbers"):
        ltx.call("sampling.dit", dit, words, start, steps=2)


def test_weights_that_overflow_are_named_and_nothing_is_rendered(ltx: Desk, tmp_path: Path) -> None:
    parts = ltx.call("models.load", model=LTX2)
    encoder = spoilt(parts.text_encoder, tmp_path, "layers.1.mlp")
    with pytest.raises(Refusal, match=r"the text encoder \(spoilt\.safetensors"):
        ltx.call("text.encode", "a ball", encoder, parts.connectors)
    words = ltx.call("text.encode", "a ball", parts.text_encoder, parts.connectors)
    start = ltx.call("latents.empty", parts.vae, width=64, height=64, frames=9, sound=True)
    dit = spoilt(parts.dit, tmp_path, "transformer_blocks.1.ff.net")
    with pytest.raises(Refusal, match=r"the transformer \(spoilt\.safetensors\) gives values"):
        ltx.call("sampling.dit", dit, words, start, steps=2)
    made = ltx.call("sampling.dit", parts.dit, words, start, steps=2)
    for name, mark in (("vae", "vae.decoder.up_blocks"), ("vocoder", "vocoder.conv_pre")):
        parts = parts._replace(**{name: spoilt(getattr(parts, name), tmp_path, mark)})
    with pytest.raises(Refusal, match=r"the codec \(spoilt\.safetensors\) gives values"):
        ltx.call("decode.video", made, parts.vae)
    with pytest.raises(Refusal, match=r"the vocoder \(spoilt\.safetensors\) gives values"):
        ltx.call("audio.decode", made, parts.audio_vae, parts.vocoder)


@pytest.mark.parametrize("name", [LTX2, LTX25, "ltxv-tiny-0.9.5"])
def test_weighted_words_count_more_in_every_family(ltx: Desk, name: str) -> None:
    parts = ltx.call("models.load", model=name)
    connectors = parts.connectors if parts.connectors.files else None

    def found(prompt: str) -> torch.Tensor:
        words = ltx.call("text.encode", prompt, parts.text_encoder, connectors)
        made: torch.Tensor = words.embeddings
        return made

    plain, led = found("a red ball"), found("a (red:1.5) ball")
    assert plain.shape == led.shape
    changed = (plain != led).any(-1)[0].nonzero().flatten().tolist()
    assert changed == [1]
    torch.testing.assert_close(led[:, 1], plain[:, 1] * 1.5)
