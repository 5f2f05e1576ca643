"""Training on a large graphics card: three parts of under ten minutes, each leaving usable weights.

Part 1 makes the codec and the text encoder, part 2 goes through stills and films, part 3 finishes,
trains the upscaler and the refiner and evaluates. A part goes on where it stopped; on a machine
that has not seen the part before, it starts from that part's exported weights. Used by the command
line (`gpu`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import torch

from aiprod_studio.training.backbone import data, diffusing, text
from aiprod_studio.training.cache import Cache
from aiprod_studio.training.codec import clearing
from aiprod_studio.training.loop import Limits
from aiprod_studio.training.shapes import Machine, Shape
from aiprod_studio.training.shipping import card, export, judging
from aiprod_studio.training.shipping.shipped import Shipped
from aiprod_studio.training.shipping.unpack import unpack, unpack_refiner

Train = Callable[[Cache, Shape, Limits, Machine], object]


def _refined(cache: Cache, shape: Shape, limits: Limits, machine: Machine) -> None:
    from aiprod_studio.training.refiner import stage as refiner

    refiner.train(cache, shape, limits, machine)


PARTS: dict[int, dict[str, float]] = {
    1: {"text": 1.6, "codec": 5.4},
    2: {"images": 2.8, "video": 4.2},
    3: {"quality": 3.2, "upscaler": 0.6, "refiner": 1.2},
}
"""Minutes of each stage in a part of nine; the rest is for films, compiling and the evaluation."""
WHOLE = 9.0
STAGES: dict[str, Train] = {
    "text": text.train, "codec": clearing.polish, "images": diffusing.images,
    "video": diffusing.video, "quality": diffusing.quality, "upscaler": clearing.upscaler,
    "refiner": _refined,
}  # fmt: skip
STARTS = {
    2: (("vae", "text_encoder"), "images.safetensors"),
    3: (("vae", "text_encoder", "transformer"), "video.safetensors"),
}
"""What a part needs of the weights before it, and what their backbone counts as."""
FIRST_SHARDS = 2
"""Shards of each kind that must be there before training begins; the rest follows meanwhile."""
SHIPPED = Path("resources/models/starter")
WAITED = 240.0
"""Seconds after which missing films are an error."""


@dataclass(frozen=True)
class Wish:
    """How a part is run: where weights go and come from, limits, machine, how much is drawn.

    `refiner` is the folder whose refiner part 3 goes on with.
    """

    folder: Path
    start: Path
    minutes: float
    steps: int
    machine: Machine
    processes: int
    stills: int
    films: int
    prompts: int
    refiner: Path = SHIPPED


def run(cache: Cache, shape: Shape, part: int, wish: Wish) -> str:
    """Run one part and export what is trained; returns what it did.

    Raises:
        Refusal: the part before has not run, here or in `wish.start`.
    """
    torch.set_float32_matmul_precision("high")
    if part == 1:
        clearing.fit(cache, shape)
    else:
        _start(cache, shape, wish, *STARTS[part])
    if part == 3:
        unpack_refiner(cache, wish.refiner)
    try:
        with drawing(cache, shape, wish) if part > 1 else nullcontext():
            _train(cache, shape, part, wish)
    finally:  # what is trained is kept, even if a later stage fails
        manifest = export.export(cache, shape, wish.folder, partial=True)
    told = _judged(shape, wish) if part == 3 else ""
    note = card.card(cache, shape, manifest, told)
    (wish.folder / card.CARD).write_text(note, encoding="utf-8")
    files = ", ".join(entry["file"] for entry in manifest["files"])
    return f"part {part}: {files} in {wish.folder}\n{told}".strip()


def _start(cache: Cache, shape: Shape, wish: Wish, needed: tuple[str, ...], backbone: str) -> None:
    """Take over the weights of the part before where this machine did not make them."""
    if not cache.path(backbone).exists() or not cache.path(clearing.CODEC).exists():
        unpack(cache, shape, wish.start, needed, backbone)


def _train(cache: Cache, shape: Shape, part: int, wish: Wish) -> None:
    for stage, minutes in PARTS[part].items():
        limits = Limits(minutes * wish.minutes / WHOLE, wish.steps, gigabytes=60.0)
        STAGES[stage](cache, shape, limits, wish.machine)


@contextmanager
def drawing(cache: Cache, shape: Shape, wish: Wish) -> Iterator[None]:
    """Have stills and films drawn by other processes while training goes on; starts with a few."""
    with data.processes(wish.processes) as pool:
        begun = data.begin(pool, cache, shape, list(_jobs(cache, wish)))
        try:
            _await(cache, begun)
            yield
        finally:
            for each in begun:
                each.cancel()


def _jobs(cache: Cache, wish: Wish) -> Iterator[data.Job]:
    """The shards that are missing, a few of both kinds first."""
    stills = list(data.jobs("stills", wish.stills, cache))
    films = list(data.jobs("films", wish.films, cache))
    for kind in (stills, films):
        yield from kind[:FIRST_SHARDS]
    yield from stills[FIRST_SHARDS:]
    yield from films[FIRST_SHARDS:]


def _await(cache: Cache, begun: list[Future[None]]) -> None:
    """Wait until training has something to see; what went wrong in a process is raised here."""
    deadline = time.monotonic() + WAITED
    while not (cache.shards("stills") and cache.shards("films")):
        for each in begun:
            if each.done():
                each.result()
        if time.monotonic() > deadline:
            raise TimeoutError(f"no films were drawn into {cache.folder} in {WAITED:.0f} seconds")
        time.sleep(0.2)


def _judged(shape: Shape, wish: Wish) -> str:
    """Evaluate what was exported, on the same device."""
    asked = wish.prompts
    probes = judging.Probes(asked, asked // 2, asked // 4, asked // 16, 12 * asked)
    model = Shipped(wish.folder, device=wish.machine.device)
    out = wish.folder / "evaluation"
    judging.judge(model, shape, probes, out)
    return judging.kept(out, wish.folder)
