"""Picture and sound as one tensor: nothing is lost, held parts stay, each stream is led alone."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from aiprod_studio.diffusion.conditioning import lay
from aiprod_studio.diffusion.denoising import Denoiser, Guides, Pass, Words
from aiprod_studio.diffusion.guidance import Guidance
from aiprod_studio.diffusion.joining import Scene
from aiprod_studio.diffusion.samplers import SAMPLERS
from aiprod_studio.diffusion.sampling import sample
from aiprod_studio.diffusion.schedules import Chosen
from aiprod_studio.diffusion.soundtracks import SoundGrid, lay_sound
from aiprod_studio.diffusion.tokens import Grid
from aiprod_studio.sdk import Keyframe, Reference, Refusal, SoundTrack

GRID = Grid()


def scene(
    frames: int = 17, times: int = 6, *, kept: int = 0, batch: int = 1, silent: bool = False
) -> Scene:
    """A small scene of which the first `kept` latent frames and times stay as they are."""
    latents = torch.randn(batch, 3, (frames - 1) // 8 + 1, 2, 2, generator=seeded())
    mask = torch.ones(1, 1, latents.shape[2], 1, 1)
    mask[:, :, :kept] = 0
    picture = lay(latents, (), GRID, frames, 24.0, mask=mask if kept else None)
    if silent:
        return Scene(picture)
    heard = torch.ones(times)
    heard[:kept] = 0
    track = SoundTrack(torch.randn(1, times, 5, generator=seeded()), heard if kept else None)
    return Scene(picture, lay_sound(track, SoundGrid(), 5, batch, "cpu"))


def seeded() -> torch.Generator:
    return torch.Generator().manual_seed(1)


@given(st.integers(0, 4), st.integers(1, 9), st.integers(1, 3))
def test_what_is_joined_comes_apart_as_it_was(more: int, times: int, batch: int) -> None:
    made = scene(1 + 8 * more, times, batch=batch)
    assert made.sound is not None
    picture, sound = made.picture.tokens, made.sound.tokens
    seen, heard = made.split(made.join(picture, sound))
    assert torch.equal(seen, picture)
    assert heard is not None
    assert torch.equal(heard, sound)


def test_the_pictures_noise_is_the_same_with_and_without_sound() -> None:
    alone = scene(silent=True).start(7, 1.0)
    seen, heard = scene().split(scene().start(7, 1.0))
    assert torch.equal(seen, alone)
    assert heard is not None
    assert float(heard.std()) > 0.5


def toy(given: Pass) -> tuple[torch.Tensor, torch.Tensor | None]:
    """A network that takes half of what it sees for clean; words, skips, isolation shift it."""
    shift = float(given.words.seen.mean()) + 0.1 * len(given.skip) + 0.3 * given.isolate

    def velocity(tokens: torch.Tensor, sigmas: torch.Tensor) -> torch.Tensor:
        return (tokens - (0.5 * tokens + shift)) / sigmas[..., None].clamp_min(1e-6)

    assert given.sound is None or given.sound_sigmas is not None
    heard = None if given.sound is None else velocity(given.sound, given.sound_sigmas)  # type: ignore[arg-type]
    return velocity(given.picture, given.picture_sigmas), heard


def words(level: float) -> Words:
    return Words(torch.full((1, 2, 3), level), torch.ones(1, 2))


@pytest.mark.parametrize("name", SAMPLERS)
def test_every_sampler_keeps_what_stays_in_both_streams(name: str) -> None:
    made = scene(kept=2)
    assert made.sound is not None
    guides = Guides(Guidance(cfg=2.0), Guidance(cfg=4.0), words(0.2), words(0.0))
    denoiser = Denoiser(toy, made, guides)
    levels = Chosen(5, "shifted", 2.0).levels({}, made.picture.own)
    joined = made.start(3, 1.0)
    for step in sample(SAMPLERS[name], denoiser, joined, levels, hold=made.hold):
        joined = step.latents
    seen, heard = made.split(joined)
    assert torch.equal(seen[:, :8], made.picture.tokens[:, :8])
    assert not torch.isclose(seen[:, 8:], made.picture.tokens[:, 8:]).all()
    assert heard is not None
    assert torch.equal(heard[:, :2], made.sound.tokens[:, :2])
    assert (heard[:, 2:] != made.sound.tokens[:, 2:]).all()


def test_each_stream_is_guided_by_its_own_strength() -> None:
    made = scene()
    guides = Guides(Guidance(), Guidance(cfg=3.0, stg=1.0, stg_blocks=(0,), modality=2.0),
                    words(0.2), words(0.0))  # fmt: skip
    assert guides.passes == 4
    joined = made.start(3, 1.0)
    seen, heard = made.split(Denoiser(toy, made, guides)(joined, 1.0).clean)
    before, sound = made.split(joined)
    torch.testing.assert_close(seen, 0.5 * before + 0.2)
    assert heard is not None
    assert sound is not None
    torch.testing.assert_close(heard, 0.5 * sound + 0.2 + 2 * 0.2 - 0.1 - 0.3)


def test_only_the_passes_that_are_needed_are_run() -> None:
    made, runs = scene(), list[Pass]()

    def counted(given: Pass) -> Any:
        runs.append(given)
        return toy(given)

    for guidance, expected in ((Guidance(), 1), (Guidance(cfg=2), 2), (Guidance(modality=2), 2)):
        runs.clear()
        guides = Guides(guidance, Guidance(), words(0.2), words(0.0))
        Denoiser(counted, made, guides)(made.start(3, 1.0), 1.0)
        assert len(runs) == guides.passes == expected


def test_guidance_with_nothing_to_lead_away_from_is_refused() -> None:
    with pytest.raises(Refusal, match="Link one, or set guidance to 1"):
        Guides(Guidance(cfg=2), Guidance(), words(0.2)).check()
    Guides(Guidance(), Guidance(), words(0.2)).check()


def test_a_sound_of_another_codec_is_refused() -> None:
    with pytest.raises(Refusal, match="the sound has 5 channels, the model makes 8"):
        lay_sound(SoundTrack(torch.zeros(1, 4, 5)), SoundGrid(), 8, 1, "cpu")


def test_masks_and_references_of_the_wrong_size_are_refused() -> None:
    latents = torch.zeros(1, 3, 3, 2, 2)
    with pytest.raises(Refusal, match="does not cover latents"):
        lay(latents, (), GRID, 17, 24.0, mask=torch.ones(1, 1, 4, 1, 1))
    for shape, scale in (((1, 3, 4, 2, 2), 1), ((1, 3, 3, 2, 2), 2)):
        reference = Reference(torch.zeros(shape), 1.0, scale)
        with pytest.raises(Refusal, match="do not fit the video's"):
            lay(latents, (), GRID, 17, 24.0, references=(reference,))


def test_keyframes_mask_and_references_lie_together() -> None:
    latents, mask = torch.ones(1, 3, 3, 2, 2), torch.ones(1, 1, 3, 1, 1)
    mask[:, :, 1] = 0
    canvas = lay(
        latents, (Keyframe(torch.full((1, 3, 1, 2, 2), 5.0), 9),), GRID, 17, 24.0, mask=mask,
        references=(Reference(torch.full((1, 3, 2, 2, 2), 7.0), 0.5),),
    )  # fmt: skip
    assert canvas.mask[0, :, 0].tolist() == [1] * 4 + [0] * 4 + [1] * 4 + [0] * 4 + [0.5] * 8
    assert canvas.clean[0, :, 0].tolist() == [1] * 12 + [5] * 4 + [7] * 8
    assert canvas.latents(canvas.tokens).shape == latents.shape
    assert canvas.positions[0, 0, 12].tolist() == pytest.approx([9 / 24, 10 / 24])


def test_the_shift_follows_the_anchor_or_the_size_as_asked() -> None:
    settings = {"schedule": "ltx2", "shift_tokens": 4096}
    anchored = [Chosen(8).levels(settings, tokens) for tokens in (1024, 6144)]
    assert torch.equal(*anchored)
    sized = [Chosen(8, "ltx2-by-size").levels(settings, tokens) for tokens in (1024, 4096)]
    assert not torch.equal(*sized)
    assert torch.equal(sized[1], anchored[0])
