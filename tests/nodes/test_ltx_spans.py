"""What a sampler keeps: retakes, extensions, references, and two stages, on tiny checkpoints."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch

from aiprod_studio.sdk import Conditioning, Image, Latents, Refusal
from tests.nodes.bench import Desk
from tests.nodes.test_ltx_sound import Tone

LTX2 = "ltx-2-tiny"
GUIDED = 4
"""Tokens of a picture of 64 x 64."""


class Film:
    """Squares that move, at 64 x 64 and 24 frames a second."""

    width = height = 64
    rate, audio = Fraction(24), None

    def __init__(self, count: int) -> None:
        self.frame_count = count

    def frames(self, start: int = 0, stop: int | None = None) -> Any:
        for index in range(start, self.frame_count if stop is None else stop):
            frame = np.full((64, 64, 3), 40, np.uint8)
            frame[16:48, index : index + 16] = (200, 30 + index, 90)
            yield frame


@pytest.fixture
def parts(ltx: Desk) -> Any:
    return ltx.call("models.load", model=LTX2)


@pytest.fixture
def words(ltx: Desk, parts: Any) -> Conditioning:
    found: Conditioning = ltx.call("text.encode", "a ball", parts.text_encoder, parts.connectors)
    return found


def sampled(ltx: Desk, parts: Any, words: Conditioning, start: Latents, **params: Any) -> Latents:
    chosen = {"steps": 2, "seed": 3, "guidance": 1.0, **params}
    found: Latents = ltx.call("sampling.dit", parts.dit, words, start, **chosen)
    return found


@pytest.mark.parametrize(
    ("first", "last", "latents", "span"),
    [(0, 0, [0], (0, 0)), (1, 8, [1], (1, 8)), (8, 9, [1, 2], (1, 16)), (17, 99, [3, 4], (17, 32))],
)
def test_a_retake_covers_the_latents_that_hold_its_frames(
    ltx: Desk, parts: Any, first: int, last: int, latents: list[int], span: tuple[int, int]
) -> None:
    film = ltx.call("latents.encode", Film(33), parts.vae)
    ltx.said()
    found = ltx.call("latents.retake", film, parts.vae, first=first, last=last)
    assert found.mask.flatten().nonzero().flatten().tolist() == latents
    assert ltx.said() == [f"made anew: both, frames {span[0]} to {span[1]}"]


@pytest.mark.parametrize("what", ["both", "picture", "sound"])
def test_a_retake_keeps_everything_else_bit_by_bit(
    ltx: Desk, parts: Any, words: Conditioning, what: str
) -> None:
    film = ltx.call("latents.encode", Film(33), parts.vae)
    film = ltx.call("audio.encode", film, Tone(33 / 24), parts.audio_vae)
    start = ltx.call("latents.retake", film, parts.vae, first=9, last=16, what=what)
    made = sampled(ltx, parts, words, start)
    same = (made.samples == film.samples).flatten(3).all(-1)[0].all(0)
    assert same.tolist() == [True, True, what == "sound", True, True]
    assert made.sound is not None
    assert film.sound is not None
    heard = (made.sound.samples == film.sound.samples).all(-1)[0]
    begin, end = 9 / 24 * 25, 17 / 24 * 25
    assert heard[: int(begin) - 1].all()
    assert heard[int(end) + 2 :].all()
    assert bool(heard[int(begin) + 1 : int(end)].any()) == (what == "picture")
    assert made.mask is None


def test_a_retake_without_film_span_or_sound_is_refused(ltx: Desk, parts: Any) -> None:
    film = ltx.call("latents.encode", Film(33), parts.vae)
    with pytest.raises(Refusal, match="frames 40 to 50 are not in a film of 33"):
        ltx.call("latents.retake", film, parts.vae, first=40, last=50)
    with pytest.raises(Refusal, match="there is no sound in the latents"):
        ltx.call("latents.retake", film, parts.vae, first=0, last=8, what="sound")
    empty = ltx.call("latents.empty", parts.vae, width=64, height=64, frames=9)
    with pytest.raises(Refusal, match="there is no film in the latents"):
        ltx.call("latents.retake", empty, parts.vae, first=0, last=8)


@pytest.mark.parametrize(("before", "after"), [(0, 16), (8, 0), (16, 8)])
def test_an_extended_film_stays_as_it_is(
    ltx: Desk, parts: Any, words: Conditioning, before: int, after: int
) -> None:
    start = ltx.call("latents.extend", Film(17), parts.vae, before=before, after=after)
    assert start.frames == 17 + before + after
    assert start.samples.shape[2] == (start.frames - 1) // 8 + 1
    kept = ~start.mask.flatten().bool()
    assert int(kept.sum()) == (2 if before else 3)
    assert [pin.frame for pin in start.keyframes] == ([before] if before else [])
    made = sampled(ltx, parts, words, start)
    assert torch.equal(made.samples[:, :, kept], start.samples[:, :, kept])
    assert (made.samples[:, :, ~kept] != 0).all()


def test_a_film_moved_back_is_encoded_as_it_would_be_inside_a_film(ltx: Desk, parts: Any) -> None:
    start = ltx.call("latents.extend", Film(17), parts.vae, before=16, after=0)
    own = ltx.call("latents.encode", Film(17), parts.vae)
    assert not torch.equal(start.samples[:, :, 3:], own.samples[:, :, 1:])
    near = (start.samples[:, :, 3:] - own.samples[:, :, 1:]).abs().mean()
    assert float(near) < float(own.samples.std())
    assert torch.allclose(start.keyframes[0].latents, own.samples[:, :, :1], atol=1e-4)


def test_lengths_that_no_latent_has_are_refused(ltx: Desk, parts: Any) -> None:
    with pytest.raises(Refusal, match=r"no multiple of 8, the frames of a latent\. Choose 8 or 16"):
        ltx.call("latents.extend", Film(17), parts.vae, before=0, after=12)
    with pytest.raises(Refusal, match="nothing is to be added"):
        ltx.call("latents.extend", Film(17), parts.vae, before=0, after=0)
    with pytest.raises(Refusal, match="fewer than are needed"):
        ltx.call("latents.extend", Film(5), parts.vae, before=0, after=8)


def test_a_reference_leads_the_film_from_beside_it(
    ltx: Desk, parts: Any, words: Conditioning
) -> None:
    from aiprod_studio.diffusion.conditioning import lay
    from aiprod_studio.diffusion.tokens import Grid

    start = ltx.call("latents.empty", parts.vae, width=64, height=64, frames=17)
    led = ltx.call("latents.reference", start, Film(30), parts.vae)
    plain, made = sampled(ltx, parts, words, start), sampled(ltx, parts, words, led)
    assert ltx.said()[-1] == "the start has a reference video, which only an IC-LoRA can follow"
    assert made.samples.shape == plain.samples.shape
    assert not torch.equal(made.samples, plain.samples)
    grid = Grid.of(parts.vae.settings)
    canvas = lay(led.samples, (), grid, 17, 24.0, references=led.references)
    own = canvas.own
    assert canvas.tokens.shape[1] == 2 * own
    assert torch.equal(canvas.positions[:, :, own:], canvas.positions[:, :, :own])
    assert not canvas.mask[:, own:].any()


def test_a_reference_that_is_not_looked_at_changes_nothing_and_half_of_it_something(
    ltx: Desk, parts: Any, words: Conditioning
) -> None:
    start = ltx.call("latents.empty", parts.vae, width=64, height=64, frames=17)
    made = {}
    for share in (1.0, 0.5, 0.0):
        led = ltx.call("latents.reference", start, Film(17), parts.vae, attention=share)
        made[share] = sampled(ltx, parts, words, led).samples
    plain = sampled(ltx, parts, words, start).samples
    torch.testing.assert_close(made[0.0], plain, rtol=1e-4, atol=1e-5)
    assert not torch.allclose(made[0.5], plain, atol=1e-3)
    assert not torch.allclose(made[0.5], made[1.0], atol=1e-4)


def test_a_small_reference_lies_over_the_same_picture(ltx: Desk, parts: Any) -> None:
    from aiprod_studio.diffusion.conditioning import lay
    from aiprod_studio.diffusion.tokens import Grid

    start = ltx.call("latents.empty", parts.vae, width=64, height=64, frames=17)
    led = ltx.call("latents.reference", start, Film(9), parts.vae, scale=2, strength=0.7)
    assert led.references[0].latents.shape == (1, 4, 2, 1, 1)
    canvas = lay(led.samples, (), Grid.of(parts.vae.settings), 17, 24.0, references=led.references)
    assert canvas.positions[0, 1:, canvas.own].tolist() == [[0.0, 64.0], [0.0, 64.0]]
    torch.testing.assert_close(canvas.mask[:, canvas.own :], torch.full((1, 2, 1), 0.3))
    assert ltx.said()[-1] == "the reference leads the first 9 of 17 frames"
    with pytest.raises(Refusal, match="Choose sides that are multiples of 96"):
        ltx.call("latents.reference", start, Film(9), parts.vae, scale=3)


def test_two_stages_and_the_temporal_upscaler_keep_the_sound(
    ltx: Desk, parts: Any, words: Conditioning
) -> None:
    start = ltx.call("latents.empty", parts.vae, width=64, height=64, frames=17, rate=24,
                     sound=True)  # fmt: skip
    first = sampled(ltx, parts, words, start)
    for name, size, frames, rate in (
        ("ltx-2-spatial-upscaler-x2-1.0", 128, 17, 24),
        ("ltx-2-temporal-upscaler-x2-1.0", 64, 33, 48),
    ):
        upscaler = ltx.call("models.load", model=name).upscaler
        large = ltx.call("upscale.latents", first, upscaler, parts.vae)
        assert (large.width, large.height, large.frames, large.rate) == (size, size, frames, rate)
        assert large.sound is first.sound
        second = sampled(ltx, parts, words, large, schedule="distilled-refine")
        assert second.samples.shape == large.samples.shape
        assert second.sound is not None
        assert not torch.equal(second.sound.samples, first.sound.samples)  # type: ignore[union-attr]


def test_a_picture_is_kept_beside_guides_and_sound(
    ltx: Desk, parts: Any, words: Conditioning
) -> None:
    start = ltx.call("latents.empty", parts.vae, width=64, height=64, frames=17, sound=True)
    picture = Image(next(Film(1).frames()))
    start = ltx.call("latents.first_frame", start, picture, parts.vae)
    start = ltx.call("latents.keyframe", start, picture, parts.vae, frame=9)
    made = sampled(ltx, parts, words, start, sampler="res_2s")
    torch.testing.assert_close(made.samples[:, :, :1], start.keyframes[0].latents)
    assert made.keyframes == ()


def test_generations_are_not_mixed(ltx: Desk, parts: Any, words: Conditioning) -> None:
    newer = ltx.call("models.load", model="ltx-2.5-tiny-transformer")
    start = ltx.call("latents.empty", newer.vae, width=64, height=64, frames=9)
    with pytest.raises(Refusal, match=r"are of generation 2\.5, the model is of 2\.0"):
        sampled(ltx, parts, words, start)
    upscaler = ltx.call("models.load", model="ltx-2-spatial-upscaler-x2-1.0").upscaler
    with pytest.raises(Refusal, match=r"generation 2\.5, the upscaler is for 2\.0"):
        ltx.call("upscale.latents", replace(start, empty=False), upscaler, newer.vae)
    own = ltx.call("latents.empty", parts.vae, width=64, height=64, frames=9)
    other = ltx.call("text.encode", "a ball", newer.text_encoder, newer.connectors)
    with pytest.raises(Refusal, match="Link the text encoder of this model"):
        sampled(ltx, parts, other, own)


def test_connectors_of_another_encoder_are_refused(ltx: Desk, parts: Any) -> None:
    wide = replace(parts.text_encoder, family="wan")
    with pytest.raises(Refusal, match="the connectors are of 'ltx2'"):
        ltx.call("text.encode", "a ball", wide, parts.connectors)
