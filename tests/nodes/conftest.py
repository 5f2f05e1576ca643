"""Fixtures of the nodes' tests: a tiny starter, a bench, and graphs for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.nodes import published, shelf, tiny
from tests.nodes.bench import Bench, Desk


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.make(tmp_path_factory.mktemp("models") / "starter")


@pytest.fixture
def new_bench(tmp_path: Path, starter: Path) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(name: str = "store") -> Bench:
        made.append(Bench(tmp_path, starter, name))
        return made[-1]

    yield make
    for bench in made:
        bench.close()


@pytest.fixture
def bench(new_bench: Callable[..., Bench]) -> Bench:
    return new_bench()


@pytest.fixture
def picture() -> np.ndarray:
    """A smooth picture, taller than the videos of these tests."""
    rows, columns = np.mgrid[0:120, 0:100]
    return np.stack([rows * 2, columns * 2, 255 - rows * 2], axis=-1).astype(np.uint8)


@pytest.fixture
def desk(tmp_path: Path, starter: Path) -> Desk:
    return Desk(tmp_path, starter)


@pytest.fixture(scope="session")
def ltx_shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny checkpoints of LTX-2, 2.5, LTX-Video and Wan, each with all its parts."""
    folder = tmp_path_factory.mktemp("shelf")
    published.ltx2(folder / "ltx2")
    published.ltx25(folder / "ltx25")
    published.ltx_video(folder / "ltxv")
    published.wan(folder / "wan")
    return folder


@pytest.fixture
def ltx(tmp_path: Path, ltx_shelf: Path) -> Desk:
    return shelf.desk(tmp_path, ltx_shelf)


@pytest.fixture
def ltx_bench(tmp_path: Path, ltx_shelf: Path) -> Iterator[Callable[[str], Bench]]:
    made: list[Bench] = []

    def make(name: str) -> Bench:
        made.append(shelf.bench(tmp_path, ltx_shelf, name))
        return made[-1]

    yield make
    for each in made:
        each.close()
