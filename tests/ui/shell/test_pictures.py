"""The window looks as it did when somebody last looked: new screenshots against kept ones.

After a change that is meant: `python -m aiprod_studio.dev shots`, look at the pictures, keep them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aiprod_studio.dev.scenes import SCENES
from aiprod_studio.dev.shots import COMBINATIONS, take_in_process

KEPT = Path(__file__).parents[2] / "pictures"
BLOCK = 8
"""Pixels are compared in blocks of so many, so that edges of letters do not count."""
MEAN, FAR, SHARE = 4.0, 40.0, 0.02
"""The mean difference of blocks, and how many may differ by more, of 255."""


def blocks(file: Path) -> np.ndarray:
    image = Image.open(file).convert("RGB")
    size = (max(1, image.width // BLOCK), max(1, image.height // BLOCK))
    return np.asarray(image.resize(size, Image.Resampling.BOX)).astype(np.int16)


def test_every_scene_is_kept_in_every_look() -> None:
    wanted = {f"{s}-{theme}-{scale}00.png" for s in SCENES for theme, scale in COMBINATIONS}
    assert wanted <= {file.name for file in KEPT.glob("*.png")}


@pytest.mark.slow
@pytest.mark.parametrize(("theme", "scale"), [("dark", 1), ("light", 2)])
def test_the_window_looks_as_it_was_kept(tmp_path: Path, theme: str, scale: int) -> None:
    assert take_in_process(tmp_path, theme, scale) == 0
    changed = []
    for name in SCENES:
        file = f"{name}-{theme}-{scale}00.png"
        new, old = blocks(tmp_path / file), blocks(KEPT / file)
        if new.shape != old.shape:
            changed.append(f"{file}: {new.shape[1::-1]} instead of {old.shape[1::-1]} blocks")
            continue
        difference = np.abs(new - old).max(axis=2)
        far = float((difference > FAR).mean())
        if difference.mean() > MEAN or far > SHARE:
            changed.append(f"{file}: mean {difference.mean():.1f}, far {far:.1%}")
    assert not changed, "\n".join(changed)
