"""Going on from exported weights: the cache then holds what the stages would have left."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from aiprod_studio.sdk.errors import Refusal
from aiprod_studio.training import weights
from aiprod_studio.training.backbone import text
from aiprod_studio.training.cache import Cache
from aiprod_studio.training.codec import clearing
from aiprod_studio.training.refiner import stage
from aiprod_studio.training.shapes import BASE, Shape
from aiprod_studio.training.shipping import export
from aiprod_studio.training.shipping.unpack import unpack

SHIPPED = Path(__file__).parents[3] / "resources" / "models" / "starter"


@pytest.fixture
def filled(tmp_path: Path) -> Cache:
    cache = Cache(tmp_path / "cache")
    unpack(cache, BASE, SHIPPED)
    return cache


def test_every_part_is_there_and_is_what_is_shipped(filled: Cache) -> None:
    shipped = weights.tensors(SHIPPED / "transformer.safetensors")
    kept = weights.tensors(filled.path("images.safetensors"))
    assert kept.keys() == shipped.keys()
    for name, tensor in kept.items():
        assert tensor.dtype == torch.float32
        assert torch.equal(tensor.bfloat16(), shipped[name]), name
    assert text.frozen(filled, BASE).config.d_model == BASE.text_width
    assert clearing.linear_codec(filled, BASE).scale.numel() == BASE.channels
    assert filled.path(clearing.UPSCALER).exists()
    refiner, rate = stage.begun(filled)
    assert rate == stage.GOING_ON
    shipped = weights.tensors(SHIPPED / "refiner.safetensors")
    for name, tensor in refiner.state_dict().items():
        assert torch.equal(tensor.bfloat16(), shipped[name]), name


def test_the_unpacked_weights_export_to_the_same_files(filled: Cache, folder: Path) -> None:
    export.export(filled, BASE, folder)
    for stem in ("transformer", "text_encoder", "upscaler", "refiner"):
        name = f"{stem}.safetensors"
        one, other = weights.tensors(folder / name), weights.tensors(SHIPPED / name)
        assert one.keys() == other.keys()
        assert all(torch.equal(one[each], other[each]) for each in one), name


def test_what_the_cache_has_stays(filled: Cache) -> None:
    filled.path("text.safetensors").unlink()
    before = filled.path("images.safetensors").stat().st_mtime_ns
    assert unpack(filled, BASE, SHIPPED) == ["text.safetensors"]
    assert filled.path("images.safetensors").stat().st_mtime_ns == before


def test_latents_of_two_codecs_do_not_mix(filled: Cache) -> None:
    path = filled.path(clearing.CODEC)
    kept = weights.tensors(path)
    weights.save(path, kept | {"still_basis": kept["still_basis"] * 1.01}, {})
    with pytest.raises(Refusal, match="do not mix"):
        unpack(filled, BASE, SHIPPED)


def test_weights_of_another_shape_are_refused(tmp_path: Path, tiny: Shape) -> None:
    with pytest.raises(Refusal, match=r"this shape has .*--shape"):
        unpack(Cache(tmp_path), tiny, SHIPPED)
    assert not list(tmp_path.iterdir())


def test_a_clean_up_of_another_size_is_left_for_training(tmp_path: Path) -> None:
    wider = replace(BASE, polish_width=BASE.polish_width + 8)
    written = unpack(Cache(tmp_path), wider, SHIPPED)
    assert "codec.safetensors" in written
    assert "polished-codec.safetensors" not in written


def test_a_folder_without_weights_says_what_to_name(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="exported starter model"):
        unpack(Cache(tmp_path / "cache"), BASE, tmp_path)
