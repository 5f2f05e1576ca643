"""Tiled decode equals decoding at once wherever tiles overlap by the decoder's reach."""

from __future__ import annotations

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as some

from aiprod_studio.diffusion.tiles import Axis, Cut, lengths
from aiprod_studio.diffusion.tiling import cut_for, decoded, encoded
from aiprod_studio.diffusion.tokens import Grid
from aiprod_studio.models.networks.patch_autoencoder import PatchAutoencoder
from aiprod_studio.sdk import Cancelled, Refusal

SMALL = Grid(time=2, space=4)


class Local(torch.nn.Module):
    """A causal-layout decoder with a reach of one latent each way."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.mix = torch.nn.Conv3d(4, 6, 3, padding=1)
        self.out = torch.nn.Conv3d(6, 3 * 2 * 16, 1)

    def forward(self, latents: torch.Tensor) -> torch.Tensor:
        cells = torch.tanh(self.out(torch.tanh(self.mix(latents))))
        batch, _, f, h, w = cells.shape
        cut = cells.reshape(batch, 3, 2, 4, 4, f, h, w).permute(0, 1, 5, 2, 6, 3, 7, 4)
        return cut.reshape(batch, 3, f * 2, h * 4, w * 4)[:, :, 1:]


def joined(latents: torch.Tensor, decode: object, grid: Grid, cut: Cut) -> torch.Tensor:
    return torch.cat(list(decoded(latents, decode, grid, cut)), dim=2)  # type: ignore[arg-type]


@settings(max_examples=40, deadline=None)
@given(
    shape=some.tuples(some.integers(1, 9), some.integers(1, 9), some.integers(1, 9)),
    tile=some.integers(1, 7),
    blend=some.integers(0, 2),
)
def test_tiles_with_margins_of_the_reach_equal_the_whole(
    shape: tuple[int, int, int], tile: int, blend: int
) -> None:
    decoder = Local()
    latents = torch.randn(1, 4, *shape, generator=torch.Generator().manual_seed(1))
    # A tile's first latent is decoded as one frame, so time needs a margin of two here.
    cut = Cut(Axis(tile, 2, blend), Axis(tile, 1, blend), Axis(tile, 1, blend))
    with torch.inference_mode():
        whole = decoder(latents)
    torch.testing.assert_close(joined(latents, decoder, SMALL, cut), whole, atol=1e-5, rtol=0)


@settings(max_examples=200, deadline=None)
@given(
    length=some.integers(1, 200),
    tile=some.integers(1, 60),
    margin=some.integers(0, 5),
    blend=some.integers(0, 5),
)
def test_every_latent_is_covered_by_one_tile_or_blended_by_two(
    length: int, tile: int, margin: int, blend: int
) -> None:
    axis = Axis(tile, margin, blend)
    tiles = axis.cut(length)
    assert tiles[0].rise == 0
    assert tiles[-1].none == length
    for one, other in itertools.pairwise(tiles):
        assert (other.rise, other.full) == (one.fall, one.none)
        assert one.full <= one.fall
        assert one.end - one.none == margin == other.rise - other.start
    assert all(tile.end - tile.start <= max(axis.tile, axis.least) for tile in tiles)


@pytest.mark.parametrize("frames", [1, 5, 25, 49])
def test_the_starters_codec_decodes_alike_whole_and_in_tiles(frames: int) -> None:
    torch.manual_seed(0)
    codec = PatchAutoencoder(still_channels=6, change_channels=4, polish_width=8, polish_depth=1)
    for parameter in codec.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    torch.nn.init.ones_(codec.scale)
    grid = Grid(time=4, space=16)
    latents = torch.randn(1, 10, *grid.latent_shape(160, 96, frames))
    cut = cut_for(grid, 112, 17, codec.reach, 0)
    with torch.inference_mode():
        whole = codec.decode(latents)
    assert cut.count(grid.latent_shape(160, 96, frames)) > 1
    error = (joined(latents, codec.decode, grid, cut) - whole).abs().max()
    assert float(error) < 1 / 255 / 100


def test_frames_come_in_order_a_stretch_at_a_time() -> None:
    latents = torch.randn(1, 4, 12, 3, 3)
    cut = Cut(Axis(6, 1, 1), Axis(99), Axis(99))
    chunks = list(decoded(latents, Local(), SMALL, cut))
    assert len(chunks) == len(cut.time.cut(12)) > 2
    assert sum(chunk.shape[2] for chunk in chunks) == 23
    assert max(chunk.shape[2] for chunk in chunks) < 12


def test_cancelling_between_tiles_stops_the_decode() -> None:
    seen = []

    def stop(done: int, total: int) -> None:
        seen.append((done, total))
        if done == 2:
            raise Cancelled

    cut = Cut(Axis(99), Axis(4, 1, 1), Axis(4, 1, 1))
    with pytest.raises(Cancelled):
        list(decoded(torch.randn(1, 4, 2, 8, 8), Local(), SMALL, cut, stop))
    assert [done for done, _ in seen] == [1, 2]


def test_a_decoder_of_another_scale_is_refused() -> None:
    frames = decoded(torch.randn(1, 4, 2, 3, 3), Local(), Grid(), Cut(*[Axis(9)] * 3))
    with pytest.raises(Refusal, match="The VAE does not belong to these latents"):
        next(frames)


def test_lengths_worth_trying_fall_and_each_gives_another_number_of_tiles() -> None:
    for length in (1, 4, 16, 38, 200):
        axis = Axis(1 << 30, 1, 1)
        found = lengths(axis, length)
        assert found[0] == length
        assert found == sorted(set(found), reverse=True)
        counts = [len(Axis(tile, 1, 1).cut(length)) for tile in found]
        assert counts == sorted(set(counts))
        assert all(tile >= min(length, axis.least) for tile in found)
    assert lengths(Axis(6, 1, 1), 38)[0] == 6


class Seeing(torch.nn.Module):
    """A causal-layout encoder with a reach of one latent each way."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.enter = torch.nn.Conv3d(3 * 2 * 16, 6, 1)
        self.mix = torch.nn.Conv3d(6, 4, 3, padding=1)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        led = torch.cat([pixels[:, :, :1], pixels], dim=2)
        batch, _, frames, height, width = led.shape
        cut = led.reshape(batch, 3, frames // 2, 2, height // 4, 4, width // 4, 4)
        cells = cut.permute(0, 1, 3, 5, 7, 2, 4, 6).flatten(1, 4)
        return self.mix(torch.tanh(self.enter(cells)))


@settings(max_examples=40, deadline=None)
@given(
    shape=some.tuples(some.integers(1, 9), some.integers(1, 9), some.integers(1, 9)),
    tile=some.integers(1, 7),
    blend=some.integers(0, 2),
)
def test_encoding_in_tiles_with_margins_of_the_reach_equals_the_whole(
    shape: tuple[int, int, int], tile: int, blend: int
) -> None:
    encoder = Seeing()
    frames, rows, columns = shape
    pixels = torch.randn(
        1, 3, 2 * frames - 1, 4 * rows, 4 * columns, generator=torch.Generator().manual_seed(1)
    )
    cut = Cut(Axis(tile, 2, blend), Axis(tile, 1, blend), Axis(tile, 1, blend))
    with torch.inference_mode():
        whole = encoder(pixels)
    found = encoded(pixels, encoder, SMALL, cut)
    assert found.shape == whole.shape
    torch.testing.assert_close(found, whole, atol=1e-5, rtol=0)


def test_an_encoder_is_given_no_more_than_a_tile() -> None:
    encoder, seen = Seeing(), []

    def encode(part: torch.Tensor) -> torch.Tensor:
        seen.append(tuple(part.shape[2:]))
        return encoder(part)

    cut = Cut(Axis(5, 1, 1), Axis(5, 1, 1), Axis(5, 1, 1))
    told: list[tuple[int, int]] = []
    pixels = torch.randn(1, 3, 23, 48, 32)
    encoded(pixels, encode, SMALL, cut, on_tile=lambda done, total: told.append((done, total)))
    assert len(seen) == cut.count((12, 12, 8)) == told[-1][0] == told[-1][1] > 8
    assert max(seen) <= (9, 20, 20)


def test_the_starters_codec_encodes_alike_whole_and_in_tiles() -> None:
    torch.manual_seed(0)
    codec = PatchAutoencoder(still_channels=6, change_channels=4, polish_width=8, polish_depth=1)
    for parameter in codec.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    torch.nn.init.ones_(codec.scale)
    grid = Grid(time=4, space=16)
    pixels = torch.rand(1, 3, 25, 160, 96) * 2 - 1
    cut = cut_for(grid, 80, 17, 1, 1)
    with torch.inference_mode():
        whole = codec.encode(pixels)
    assert cut.count(grid.latent_shape(96, 160, 25)) > 1
    torch.testing.assert_close(encoded(pixels, codec.encode, grid, cut), whole, atol=1e-4, rtol=0)


def test_an_encoder_of_another_scale_is_refused() -> None:
    cut = Cut(Axis(5, 1, 1), Axis(5, 1, 1), Axis(5, 1, 1))
    with pytest.raises(Refusal, match="The VAE does not belong to this size"):
        encoded(torch.randn(1, 3, 97, 256, 256), Seeing(), Grid(), cut)
