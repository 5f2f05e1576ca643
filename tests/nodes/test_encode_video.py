"""A finished video becomes latents that decode to it again and can be changed."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
import torch

from aiprod_studio.media import StillVideo
from aiprod_studio.sdk import Refusal
from tests.nodes.bench import Desk


class Pictures(StillVideo):
    """A film of given frames."""

    def __init__(self, pictures: np.ndarray) -> None:
        super().__init__(pictures[0], len(pictures), Fraction(12))
        self._pictures = pictures

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[np.ndarray]:
        return iter(self._pictures[start:stop])


def film(width: int, height: int, frames: int) -> StillVideo:
    return StillVideo(np.full((height, width, 3), 90, np.uint8), frames, Fraction(12))


def test_a_video_of_a_right_size_is_encoded_as_it_is(desk: Desk) -> None:
    vae = desk.call("models.load", model="starter").vae
    found = desk.call("latents.encode", film(64, 48, 9), vae)
    with desk.run.use(vae) as codec:
        expected = codec.encode(torch.full((1, 3, 9, 48, 64), 90 / 127.5 - 1))
    torch.testing.assert_close(found.samples, expected)
    assert not found.empty
    assert (found.width, found.height, found.frames, found.rate) == (64, 48, 9, 12)
    assert desk.said() == []
    again = desk.call("decode.video", found, vae)
    assert again.frame_count == 9


def test_another_size_is_brought_to_the_nearest_and_the_rest_of_its_frames_left_out(
    desk: Desk,
) -> None:
    vae = desk.call("models.load", model="starter").vae
    found = desk.call("latents.encode", film(70, 50, 12), vae)
    assert (found.width, found.height, found.frames) == (64, 48, 9)
    assert desk.said() == ["taken as 64 x 48, 9 frames"]


def test_a_film_that_is_encoded_in_tiles_is_the_same_film(desk: Desk) -> None:
    vae = desk.call("models.load", model="starter").vae
    pictures = np.random.default_rng(3).integers(0, 255, (25, 96, 128, 3)).astype(np.uint8)
    moving = Pictures(pictures)
    whole = desk.call("latents.encode", moving, vae)
    tiled = desk.call("latents.encode", moving, vae, tile=64, tile_frames=17)
    torch.testing.assert_close(tiled.samples, whole.samples, atol=1e-4, rtol=0)
    assert tiled.samples.shape == whole.samples.shape


def test_a_video_too_short_for_the_model_is_refused(desk: Desk) -> None:
    vae = desk.call("models.load", model="starter").vae
    settings = dict(vae.settings, frame_offset=0)
    with pytest.raises(Refusal, match="3 frames are fewer than the model takes, 4"):
        desk.call(
            "latents.encode", film(64, 48, 3), type(vae)(**{**vars(vae), "settings": settings})
        )
