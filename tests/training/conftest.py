"""A tiny shape of the starter and a cache with a few scenes, made once for the room's tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from aiprod_studio.models.networks.patch_autoencoder import PatchAutoencoder
from aiprod_studio.training import weights
from aiprod_studio.training.backbone import data
from aiprod_studio.training.cache import Cache
from aiprod_studio.training.codec import patches
from aiprod_studio.training.shapes import BASE, Shape


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny() -> Shape:
    return replace(
        BASE, still_channels=12, change_channels=4, polish_width=8, polish_depth=1, text_width=32,
        text_layers=1, heads=1, layers=1, upscaler_width=8, upscaler_depth=1,
    )  # fmt: skip


@pytest.fixture(scope="session")
def fitted(tiny: Shape) -> PatchAutoencoder:
    return patches.fitted(tiny, stills=40, films=4)


@pytest.fixture(scope="session")
def cache(tiny: Shape, fitted: PatchAutoencoder, tmp_path_factory: pytest.TempPathFactory) -> Cache:
    made = Cache(tmp_path_factory.mktemp("starter"))
    weights.save(made.path("codec.safetensors"), fitted.state_dict(), {"shape": tiny.name})
    for kind, scenes in (("stills", 12), ("films", 6)):
        data.make(made, fitted, data.Job(kind, 0, scenes))
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "starter"
