"""Pictures pinned to the first, the last and any other frame."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from aiprod_studio.sdk import VAE, Image, Latents, Refusal
from tests.nodes.bench import Desk

Pixels = np.ndarray


@pytest.fixture
def vae(desk: Desk) -> VAE:
    return desk.call("models.load", model="starter").vae


@pytest.fixture
def empty(desk: Desk, vae: VAE) -> Latents:
    return desk.call("latents.empty", vae, width=64, height=48, frames=9)


def encoded(desk: Desk, vae: VAE, pixels: Pixels) -> torch.Tensor:
    """Encode the middle of a picture at 64 x 48, by hand."""
    from aiprod_studio.media import resize_pixels

    fitted = torch.tensor(resize_pixels(pixels, 64, 48, "crop")).float() / 127.5 - 1
    with desk.run.use(vae) as codec:
        return codec.encode(fitted.permute(2, 0, 1)[None, :, None])


def sampled(desk: Desk, start: Latents, **params: object) -> Latents:
    model = desk.call("models.load", model="starter")
    words = desk.call("text.encode", "a red ball", model.text_encoder)
    chosen = {"steps": 4, "seed": 3, **params}
    return desk.call("sampling.dit", model.dit, words, start, **chosen)


def test_a_first_frame_stays_exactly_as_its_picture_was_encoded(
    desk: Desk, vae: VAE, empty: Latents, picture: Pixels
) -> None:
    start = desk.call("latents.first_frame", empty, Image(picture), vae)
    assert [keyframe.frame for keyframe in start.keyframes] == [0]
    made = sampled(desk, start)
    expected = encoded(desk, vae, picture)
    assert made.samples.shape == empty.samples.shape
    torch.testing.assert_close(made.samples[:, :, :1], expected)
    assert not torch.allclose(made.samples[:, :, 1:2], expected)
    assert made.keyframes == ()
    assert not made.empty


def test_a_last_frame_leads_the_video_and_leaves_no_token_behind(
    desk: Desk, vae: VAE, empty: Latents, picture: Pixels
) -> None:
    start = desk.call("latents.last_frame", empty, Image(picture), vae)
    assert [keyframe.frame for keyframe in start.keyframes] == [8]
    made, plain = sampled(desk, start), sampled(desk, empty)
    assert made.samples.shape == plain.samples.shape
    assert not torch.equal(made.samples, plain.samples)


def test_a_keyframe_at_frame_0_is_a_first_frame(
    desk: Desk, vae: VAE, empty: Latents, picture: Pixels
) -> None:
    one = desk.call("latents.keyframe", empty, Image(picture), vae, frame=0)
    other = desk.call("latents.first_frame", empty, Image(picture), vae)
    assert torch.equal(sampled(desk, one).samples, sampled(desk, other).samples)


def test_several_keyframes_are_kept_in_order_and_a_second_one_replaces_the_first(
    desk: Desk, vae: VAE, empty: Latents, picture: Pixels
) -> None:
    start = desk.call("latents.last_frame", empty, Image(picture), vae)
    start = desk.call("latents.keyframe", start, Image(picture), vae, frame=4, strength=0.5)
    start = desk.call("latents.first_frame", start, Image(picture), vae)
    again = desk.call("latents.last_frame", start, Image(255 - picture), vae)
    assert [keyframe.frame for keyframe in again.keyframes] == [0, 4, 8]
    assert not torch.equal(again.keyframes[2].latents, start.keyframes[2].latents)
    assert "frame 8 had a picture already" in desk.said()[-1]
    assert torch.isfinite(sampled(desk, again).samples).all()


def test_a_weaker_first_frame_may_change(
    desk: Desk, vae: VAE, empty: Latents, picture: Pixels
) -> None:
    strong = sampled(desk, desk.call("latents.first_frame", empty, Image(picture), vae))
    start = desk.call("latents.first_frame", empty, Image(picture), vae, strength=0.5)
    weak = sampled(desk, start)
    assert not torch.equal(weak.samples[:, :, 0], strong.samples[:, :, 0])


def test_a_picture_with_transparency_is_laid_on_paper(
    desk: Desk, vae: VAE, empty: Latents, picture: Pixels
) -> None:
    clear = np.dstack([picture, np.zeros(picture.shape[:2], np.uint8)])
    start = desk.call("latents.first_frame", empty, Image(clear), vae)
    white = encoded(desk, vae, np.full_like(picture, 255))
    torch.testing.assert_close(start.keyframes[0].latents, white)


def test_a_frame_that_is_not_in_the_video_is_refused(
    desk: Desk, vae: VAE, empty: Latents, picture: Pixels
) -> None:
    with pytest.raises(Refusal, match="frame 9 is not in the video, whose frames are 0 to 8"):
        desk.call("latents.keyframe", empty, Image(picture), vae, frame=9)


def test_a_keyframe_does_not_change_the_noise_of_the_video(
    desk: Desk, vae: VAE, empty: Latents, picture: Pixels
) -> None:
    """A guide of no strength at all is noise itself: the video begins the same."""
    start = desk.call("latents.last_frame", empty, Image(picture), vae)
    one = sampled(desk, start, steps=1, guidance=1)
    other = sampled(desk, empty, steps=1, guidance=1)
    assert float((one.samples - other.samples).abs().max()) < float(other.samples.abs().max())


def test_a_keyframe_that_is_not_looked_at_changes_nothing(
    desk: Desk, vae: VAE, empty: Latents, picture: Pixels
) -> None:
    plain = sampled(desk, empty)
    for share, same in ((0.0, True), (0.5, False)):
        start = desk.call("latents.keyframe", empty, Image(picture), vae, frame=4, attention=share)
        made = sampled(desk, start)
        assert torch.allclose(made.samples, plain.samples, atol=1e-4) is same
