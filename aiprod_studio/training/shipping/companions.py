"""Measures what stands beside the backbone: the 2x upscaler and the refiner between keyframes.

Held-out scenes and sprites that no training saw, through the exported files. Used by the command
line (`companions`); the card tells the numbers as long as the files are the ones measured.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from aiprod_studio.diffusion.refiner.metrics import psnr
from aiprod_studio.diffusion.refiner.trained import Trained
from aiprod_studio.models import load_component
from aiprod_studio.training import world
from aiprod_studio.training.refiner import measuring
from aiprod_studio.training.shipping import sheets, shipped

REPORT = "companions.json"
MEASURED = ("vae", "upscaler", "refiner")
"""What the names of the files begin with that the numbers are of."""
EVERY = 6
"""Each so many frames of a film is enlarged."""
Picture = NDArray[np.uint8]


def measure(folder: Path, scenes: int, clips: int) -> str:
    """Measure the exported upscaler and refiner; writes the report, returns it as Markdown.

    Args:
        folder: the exported model.
        scenes: held-out scenes whose frames are enlarged.
        clips: held-out scenes, and as many sprite films, that are filled between keyframes.
    """
    network = load_component([folder / "refiner.safetensors"], "refiner", dtype=torch.float32)
    ways = measuring.fillers(Trained(network, "cpu", torch.float32))
    told = "\n\n".join([_enlarged(folder, scenes), _between(ways, clips)])
    report = {"files": _hashes(folder), "told": told}
    (folder / REPORT).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return told


def kept(folder: Path) -> str:
    """The last report of a folder; empty if there is none or the files are others by now."""
    path = folder / REPORT
    if not path.is_file():
        return ""
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return str(report["told"]) if report["files"] == _hashes(folder) else ""


def _hashes(folder: Path) -> dict[str, str]:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return {e["file"]: e["sha256"] for e in manifest["files"] if e["file"].startswith(MEASURED)}


def _between(ways: dict[str, measuring.Filler], clips: int) -> str:
    rows = measuring.measured(ways, measuring.clips(clips))
    head = f"{clips} held-out scenes and {clips} sprite films, keyframes 12, 6 and 3 frames apart:"
    return f"{head}\n\n{measuring.table(rows)}"


def _enlarged(folder: Path, scenes: int) -> str:
    """Twice the size, learned and bicubic, behind the codec and of pictures drawn small."""
    paths = sorted(folder.glob("*.safetensors"))
    network = load_component(paths, "latent_upsampler", dtype=torch.float32)
    codec = load_component(paths, "video_vae", dtype=torch.float32)
    found: dict[tuple[str, str], list[float]] = {}
    for seed in range(scenes):
        truth, small = _films(world.scene(seed, "held_out"))
        given = {"a round trip of the codec": shipped.round_trip(codec, small),
                 "the scene drawn small": small,
                 "the large scene, its areas averaged": _averaged(truth)}  # fmt: skip
        for (what, film), (way, larger) in _each(given, {"learned": network, "bicubic": _bicubic}):
            made = (_twice(larger, frame) for frame in film[::EVERY])
            scores = [psnr(m, t) for m, t in zip(made, truth[::EVERY], strict=True)]
            found.setdefault((what, way), []).extend(scores)
    return _table(found, scenes)


def _films(scene: world.Scene) -> tuple[Picture, Picture]:
    """A scene at twice the world's size, and at its own."""
    large = scene.render(width=2 * world.WIDTH, height=2 * world.HEIGHT).frames
    return large, scene.render().frames


def _each(
    given: dict[str, Picture], ways: dict[str, Callable[..., Any]]
) -> list[tuple[tuple[str, Picture], tuple[str, Callable[..., Any]]]]:
    return [(film, way) for film in given.items() for way in ways.items()]


def _averaged(film: Picture) -> Picture:
    size = (film.shape[2] // 2, film.shape[1] // 2)
    return np.stack([cv2.resize(f, size, interpolation=cv2.INTER_AREA) for f in film]).astype("u1")


def _bicubic(frames: torch.Tensor) -> torch.Tensor:
    return functional.interpolate(frames, scale_factor=2, mode="bicubic").clamp(-1, 1)


@torch.no_grad()
def _twice(larger: Callable[[torch.Tensor], torch.Tensor], frame: Picture) -> Picture:
    made = larger(torch.from_numpy(frame).float().div(127.5).sub(1).movedim(-1, 0)[None])
    picture: Picture = sheets.pictures_of(made[:, :, None])[0, 0]
    return picture


def _table(found: dict[tuple[str, str], list[float]], scenes: int) -> str:
    lines = [f"Twice the size, {scenes} held-out scenes, PSNR against the scene drawn large:", "",
             "| from | learned | bicubic |", "|---|---|---|"]  # fmt: skip
    kinds: Sequence[str] = list(dict.fromkeys(what for what, _ in found))
    for what in kinds:
        values = (f"{float(np.mean(found[what, way])):.2f}" for way in ("learned", "bicubic"))
        lines.append(f"| {what} | {' | '.join(values)} |")
    return "\n".join(lines)
