"""Picture and sound together, on tiny LTX-2 checkpoints in the published layout."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from aiprod_studio.engine.cancel import CancelToken
from aiprod_studio.sdk import Conditioning, Latents, Refusal
from tests.models.conftest import parity_io
from tests.nodes.bench import Bench, Desk
from tests.nodes.test_text_to_video import StopAfter
from tests.nodes.workflows import node, text

LTX2 = "ltx-2-tiny"
SIZE = {"width": 64, "height": 64, "frames": 17, "rate": 24}


@pytest.fixture
def parts(ltx: Desk) -> Any:
    return ltx.call("models.load", model=LTX2)


@pytest.fixture
def words(ltx: Desk, parts: Any) -> Conditioning:
    found: Conditioning = ltx.call(
        "text.encode", "a red ball", parts.text_encoder, parts.connectors
    )
    return found


@pytest.fixture
def start(ltx: Desk, parts: Any) -> Latents:
    found: Latents = ltx.call("latents.empty", parts.vae, **SIZE, sound=True)
    return found


def sampled(ltx: Desk, parts: Any, words: Conditioning, start: Latents, **params: Any) -> Latents:
    chosen = {"steps": 2, "seed": 3, "guidance": 1.0, **params}
    found: Latents = ltx.call("sampling.dit", parts.dit, words, start, **chosen)
    return found


class Tone:
    """A tone of 440 Hz, in stereo."""

    sample_rate, channels = 24_000, 2

    def __init__(self, seconds: float, pitch: float = 440) -> None:
        self.sample_count, self.pitch = round(seconds * self.sample_rate), pitch

    def chunks(self, start: int = 0, stop: int | None = None) -> Any:
        places = np.arange(start, self.sample_count if stop is None else stop)
        wave = 0.5 * np.sin(2 * np.pi * self.pitch * places / self.sample_rate)
        yield np.stack([wave, wave]).astype(np.float32)


def test_the_connectors_make_contexts_of_picture_and_sound(words: Conditioning) -> None:
    assert words.embeddings.shape == words.extra["sound.embeddings"].shape == (1, 1024, 24)
    assert {"empty.embeddings", "empty.sound.embeddings", "empty.sound.mask"} <= words.extra.keys()


def test_words_of_a_family_with_connectors_need_them(ltx: Desk, parts: Any) -> None:
    with pytest.raises(Refusal, match="Link the connectors of the model that samples"):
        ltx.call("text.encode", "a ball", parts.text_encoder)


def test_sound_latents_lie_where_the_reference_puts_them() -> None:
    from aiprod_studio.diffusion.soundtracks import SoundGrid

    known = parity_io("v20")["audio_positions"]
    found = SoundGrid().positions(known.shape[2])
    torch.testing.assert_close(found, known[:1].float(), rtol=0, atol=1e-6)
    assert SoundGrid().count(121 / 24) == 126


def test_a_film_gets_sound_of_its_own_length(
    ltx: Desk, parts: Any, words: Conditioning, start: Latents
) -> None:
    assert start.sound is not None
    assert start.sound.samples.shape == (1, 18, 0)
    made = sampled(ltx, parts, words, start)
    assert made.sound is not None
    assert made.sound.samples.shape == (1, 18, 8)
    sound = ltx.call("audio.decode", made, parts.audio_vae, parts.vocoder)
    assert (sound.sample_rate, sound.channels) == (24_000, 2)
    assert sound.sample_count == pytest.approx(17 / 24 * 24_000, abs=1000)
    samples = np.concatenate(list(sound.chunks()), axis=1)
    assert 0 < np.abs(samples).max() <= 1


def test_one_step_is_what_the_network_says_for_both_streams(
    ltx: Desk, parts: Any, words: Conditioning, start: Latents
) -> None:
    from aiprod_studio.diffusion.joining import SOUND_SEED_OFFSET
    from aiprod_studio.diffusion.noise import SeededNoise
    from aiprod_studio.diffusion.soundtracks import SoundGrid
    from aiprod_studio.diffusion.tokens import Grid, pack, positions, unpack
    from aiprod_studio.models import Request, Stream, forward, load_component

    made = sampled(ltx, parts, words, start, sigmas="1, 0")
    network = load_component([f.path for f in parts.dit.files], "transformer", dtype=torch.float32)
    grid, shape = Grid.of(parts.dit.settings), (3, 2, 2)
    seen, heard = SeededNoise(3).of((1, 12, 4)), SeededNoise(3 + SOUND_SEED_OFFSET).of((1, 18, 8))
    sigma = torch.ones(1)
    streams = (
        Stream(seen, torch.ones(1, 12), positions(shape, grid, 24.0), words.embeddings, words.mask),
        Stream(heard, torch.ones(1, 18), SoundGrid().positions(18),
               words.extra["sound.embeddings"], words.extra["sound.mask"]),
    )  # fmt: skip
    with torch.inference_mode():
        velocity = forward(network, Request(streams[0], sigma, streams[1]))
    assert velocity.audio is not None
    assert made.sound is not None
    assert pack(torch.zeros(1, 4, *shape), grid).shape == seen.shape
    torch.testing.assert_close(made.samples, unpack(seen - velocity.video, shape, grid))
    torch.testing.assert_close(made.sound.samples, heard - velocity.audio)


def test_each_kind_of_guidance_changes_picture_and_sound(
    ltx: Desk, parts: Any, words: Conditioning, start: Latents
) -> None:
    plain = sampled(ltx, parts, words, start)
    for change in ({"guidance": 3.0}, {"stg": 1.0}, {"modality": 3.0}):
        led = sampled(ltx, parts, words, start, **change)
        assert not torch.equal(led.samples, plain.samples), change
        assert plain.sound is not None
        assert led.sound is not None
        assert not torch.equal(led.sound.samples, plain.sound.samples), change


def test_the_sound_may_be_led_more_strongly_than_the_picture(
    ltx: Desk, parts: Any, words: Conditioning, start: Latents
) -> None:
    one = sampled(ltx, parts, words, start, guidance=3.0, sigmas="1, 0")
    two = sampled(ltx, parts, words, start, guidance=3.0, sound_guidance=7.0, sigmas="1, 0")
    assert torch.equal(one.samples, two.samples)
    assert one.sound is not None
    assert two.sound is not None
    assert not torch.equal(one.sound.samples, two.sound.samples)


def test_a_model_without_sound_says_so(desk: Desk) -> None:
    vae = desk.call("models.load", model="starter").vae
    with pytest.raises(Refusal, match="this model makes pictures only"):
        desk.call("latents.empty", vae, width=64, height=48, frames=9, sound=True)


def test_decoding_sound_that_was_never_made_is_refused(
    ltx: Desk, parts: Any, words: Conditioning, start: Latents
) -> None:
    silent = replace(start, sound=None)
    made = sampled(ltx, parts, words, silent)
    for latents in (made, start):
        with pytest.raises(Refusal, match="there is no sound in the latents"):
            ltx.call("audio.decode", latents, parts.audio_vae, parts.vocoder)


def test_a_given_sound_comes_out_of_the_sampler_as_it_went_in(
    ltx: Desk, parts: Any, words: Conditioning, start: Latents
) -> None:
    heard = ltx.call("audio.encode", start, Tone(2.0), parts.audio_vae)
    assert heard.sound is not None
    assert heard.sound.samples.shape == (1, 18, 8)
    assert not heard.sound.mask.any()
    made = sampled(ltx, parts, words, heard)
    assert made.sound is not None
    assert torch.equal(made.sound.samples, heard.sound.samples)
    other = ltx.call("audio.encode", start, Tone(2.0, 3000), parts.audio_vae)
    assert not torch.equal(sampled(ltx, parts, words, other).samples, made.samples)


def test_what_a_short_sound_does_not_cover_is_made_anew(
    ltx: Desk, parts: Any, words: Conditioning, start: Latents
) -> None:
    heard = ltx.call("audio.encode", start, Tone(0.2), parts.audio_vae, at=0.2)
    assert heard.sound is not None
    free = heard.sound.mask.bool()
    assert free[:5].all()
    assert not free[5:9].any()
    assert free[-4:].all()
    made = sampled(ltx, parts, words, heard)
    assert made.sound is not None
    assert torch.equal(made.sound.samples[:, ~free], heard.sound.samples[:, ~free])
    assert (made.sound.samples[:, free] != 0).all()
    with pytest.raises(Refusal, match="the sound begins at 3 s, and the video is"):
        ltx.call("audio.encode", start, Tone(0.2), parts.audio_vae, at=3.0)


def test_the_spectrogram_hears_pitch_and_loudness(parts: Any) -> None:
    from aiprod_studio.models import load_component
    from aiprod_studio.models.codecs import spectrogram

    codec = load_component([f.path for f in parts.audio_vae.files], "audio_vae")
    time = torch.arange(16_000) / 16_000
    low, high = (0.5 * torch.sin(2 * torch.pi * pitch * time).expand(2, -1) for pitch in (300, 3e3))
    found = [spectrogram(codec, sound)[0, 0, 50] for sound in (low, high, high / 10)]
    assert found[0].shape == (16,)
    assert int(found[0].argmax()) < int(found[1].argmax())
    torch.testing.assert_close(found[1].max() - found[2].max(), torch.tensor(10.0).log())
    silence = spectrogram(codec, torch.zeros(2, 100))
    torch.testing.assert_close(silence.unique(), torch.tensor([1e-5]).log())


def film(seed: int = 7) -> str:
    links = {"model": "model.dit", "positive": "encode.conditioning", "start": "size.latents"}
    encode = {"text": "prompt.text", "model": "model.text_encoder",
              "connectors": "model.connectors"}  # fmt: skip
    made = {"latents": "sampler.latents", "vae": "model.audio_vae", "vocoder": "model.vocoder"}
    return text(
        {
            "model": node("models.load", model=LTX2),
            "prompt": node("text.prompt", text="a red ball"),
            "encode": node("text.encode", encode),
            "size": node("latents.empty", {"vae": "model.vae"}, **SIZE, sound=True),
            "sampler": node("sampling.dit", links, steps=6, seed=seed, sampler="ancestral"),
            "sound": node("audio.decode", made),
        }
    )


def test_a_cancelled_film_with_sound_goes_on_with_the_same_bytes(
    ltx_bench: Callable[[str], Bench],
) -> None:
    undisturbed, broken = ltx_bench("undisturbed"), ltx_bench("broken")
    assert not undisturbed.run(film(), target="sound").failed
    cancel = CancelToken()
    report = broken.run(film(), target="sound", events=StopAfter(cancel, 1), cancel=cancel)
    assert report.cancelled
    broken.run(film(), target="sound")
    found = [bench.value(film(), "sampler") for bench in (undisturbed, broken)]
    assert torch.equal(found[0].samples, found[1].samples)
    assert torch.equal(found[0].sound.samples, found[1].sound.samples)
    sounds = [bench.value(film(), "sound") for bench in (undisturbed, broken)]
    heard = [np.concatenate(list(sound.chunks()), axis=1) for sound in sounds]
    assert np.array_equal(heard[0], heard[1])
