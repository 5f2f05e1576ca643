"""What each stage's command does: arguments in, one closing sentence out.

Called by the command line alone; heavy libraries are loaded here, after its environment is set.
"""

from __future__ import annotations

import json
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import torch

from aiprod_studio.training.backbone import data, diffusing, sampling, text
from aiprod_studio.training.cache import Cache
from aiprod_studio.training.codec import clearing
from aiprod_studio.training.loop import Limits
from aiprod_studio.training.shapes import SHAPES, Machine, Shape
from aiprod_studio.training.shipping import card as cards
from aiprod_studio.training.shipping import choosing, companions, judging, sheets, shipped, unpack
from aiprod_studio.training.shipping import export as exporting


def run(chosen: Namespace) -> str:
    """Run the stage that was chosen."""
    torch.set_num_threads(chosen.threads)
    return TABLE[chosen.stage](chosen, Cache(chosen.cache), SHAPES[chosen.shape])


def _limits(chosen: Namespace) -> Limits:
    return Limits(minutes=chosen.minutes, steps=chosen.steps)


def _machine(chosen: Namespace) -> Machine:
    return Machine(chosen.device, chosen.times, chosen.compile)


def _data(chosen: Namespace, cache: Cache, shape: Shape) -> str:
    clearing.fit(cache, shape)
    wanted = [
        job
        for kind, scenes in (("stills", chosen.stills), ("films", chosen.films))
        for job in data.jobs(kind, scenes, cache, chosen.part, chosen.parts)
    ]
    network = clearing.linear_codec(cache, shape)
    made, begun = 0, time.monotonic()
    for job in wanted:
        if made >= chosen.steps or time.monotonic() - begun > 60 * chosen.minutes:
            break
        data.make(cache, network, job)
        made += 1
    return f"{made} shards made in {cache.folder}"


def _unpack(chosen: Namespace, cache: Cache, shape: Shape) -> str:
    written = unpack.unpack(cache, shape, Path(chosen.folder))
    return f"into {cache.folder}: {', '.join(written) or 'nothing, it has all parts'}"


def _codec(chosen: Namespace, cache: Cache, shape: Shape) -> str:
    clearing.polish(cache, shape, _limits(chosen), _machine(chosen), chosen.rate)
    return f"round trip {clearing.round_trip(cache, shape):.2f} dB"


def _text(chosen: Namespace, cache: Cache, shape: Shape) -> str:
    scores = text.train(cache, shape, _limits(chosen), _machine(chosen))
    return "read from new captions: " + json.dumps(scores, sort_keys=True)


def _images(chosen: Namespace, cache: Cache, shape: Shape) -> str:
    diffusing.images(cache, shape, _limits(chosen), _machine(chosen), chosen.rate)
    return f"backbone in {cache.path('images.safetensors')}"


def _video(chosen: Namespace, cache: Cache, shape: Shape) -> str:
    diffusing.video(cache, shape, _limits(chosen), _machine(chosen), chosen.rate)
    return f"backbone in {cache.path('video.safetensors')}"


def _quality(chosen: Namespace, cache: Cache, shape: Shape) -> str:
    diffusing.quality(cache, shape, _limits(chosen), _machine(chosen), chosen.rate)
    return f"backbone in {cache.path('quality.safetensors')}"


def _gpu(chosen: Namespace, cache: Cache, shape: Shape) -> str:
    from aiprod_studio.training import gpu

    wish = gpu.Wish(
        Path(chosen.folder), Path(chosen.start or chosen.folder), chosen.minutes, chosen.steps,
        _machine(chosen), chosen.processes, chosen.stills, chosen.films, chosen.prompts,
        Path(chosen.refiner),
    )  # fmt: skip
    return gpu.run(cache, shape, chosen.part, wish)


def _upscaler(chosen: Namespace, cache: Cache, shape: Shape) -> str:
    clearing.upscaler(cache, shape, _limits(chosen), _machine(chosen))
    return f"upscaler in {cache.path(clearing.UPSCALER)}"


def _refiner(chosen: Namespace, cache: Cache, shape: Shape) -> str:
    from aiprod_studio.training.refiner import stage as refiner

    refiner.train(cache, shape, _limits(chosen), _machine(chosen))
    return f"refiner in {cache.path(refiner.REFINER)}"


def _export(chosen: Namespace, cache: Cache, shape: Shape) -> str:
    folder = Path(chosen.folder)
    manifest = exporting.export(cache, shape, folder)
    told = judging.kept(Path(chosen.report), folder) if chosen.report else ""
    text_of_card = cards.card(cache, shape, manifest, told, companions.kept(folder))
    (folder / cards.CARD).write_text(text_of_card, encoding="utf-8")
    total = sum(entry["bytes"] for entry in manifest["files"])
    return f"{len(manifest['files'])} files, {total / 2**20:.1f} MiB, in {folder}"


def _choose(chosen: Namespace, cache: Cache, shape: Shape) -> str:
    return f"the starter is now what is in {choosing.choose(Path(chosen.folder), chosen.set)}"


def _sheet(chosen: Namespace, cache: Cache, shape: Shape) -> str:
    texts = sheets.rule_prompts(chosen.count)
    wish = sampling.Wish(frames=chosen.frames, guidance=chosen.guidance)
    network, encoder = exporting.backbone(cache, shape), text.frozen(cache, shape)
    latents = sampling.generate(network, encoder, texts, range(len(texts)), wish)
    with torch.no_grad():
        films = clearing.stored_codec(cache, shape).decode(latents)
    sheet = sheets.drawn(sheets.pictures_of(films), texts, 8 if chosen.frames == 1 else 2)
    sheets.write(Path(chosen.out), sheet)
    return f"sheet of {len(texts)} prompts in {chosen.out}"


def _evaluate(chosen: Namespace, cache: Cache, shape: Shape) -> str:
    probes = judging.Probes(
        chosen.prompts, chosen.pairs, chosen.given, chosen.diverse, chosen.nearest
    )
    model, out = shipped.Shipped(Path(chosen.folder)), Path(chosen.out)
    return judging.judge(model, shape, probes, out, beside=chosen.beside)


def _companions(chosen: Namespace, cache: Cache, shape: Shape) -> str:
    return companions.measure(Path(chosen.folder), chosen.scenes, chosen.clips)


TABLE: dict[str, Callable[[Namespace, Cache, Shape], str]] = {
    "unpack": _unpack, "data": _data, "codec": _codec, "text": _text, "images": _images,
    "video": _video, "quality": _quality, "gpu": _gpu, "upscaler": _upscaler,
    "export": _export, "sheet": _sheet, "evaluate": _evaluate,
    "choose": _choose, "refiner": _refiner, "companions": _companions,
}  # fmt: skip
