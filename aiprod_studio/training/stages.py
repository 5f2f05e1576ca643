"""What each stage's command does: arguments in, one closing sentence out.

Called by the command line alone; heavy libraries are loaded here, after its environment is set.
"""

from __future__ import annotations

import json
import time
from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path

import torch

from aiprod_studio.training import card as cards
from aiprod_studio.training import (
    clearing,
    codec,
    data,
    diffusing,
    sampling,
    sheets,
    shipped,
    text,
    weights,
)
from aiprod_studio.training import export as exporting
from aiprod_studio.training.cache import Cache
from aiprod_studio.training.loop import Limits
from aiprod_studio.training.shapes import SHAPES, Machine, Shape


def run(chosen: Namespace) -> str:
    """Run the stage that was chosen."""
    torch.set_num_threads(chosen.threads)
    return TABLE[chosen.stage](chosen, Cache(chosen.cache), SHAPES[chosen.shape])


def _limits(chosen: Namespace) -> Limits:
    return Limits(minutes=chosen.minutes, steps=chosen.steps)


def _machine(chosen: Namespace) -> Machine:
    return Machine(chosen.device, chosen.times, chosen.compile)


def _data(chosen: Namespace, cache: Cache, shape: Shape) -> str:
    path = cache.path(clearing.CODEC)
    if not path.exists():
        weights.save(path, codec.fitted(shape).state_dict(), {"shape": shape.name})
    network = clearing.stored_codec(cache, shape)
    made, begun = 0, time.monotonic()
    for kind, scenes, each in (
        ("stills", chosen.stills, data.STILLS), ("films", chosen.films, data.FILMS),
    ):  # fmt: skip
        shards = -(-scenes // each)
        for job in data.jobs(kind, shards, chosen.part, chosen.parts, cache):
            if made >= chosen.steps or time.monotonic() - begun > 60 * chosen.minutes:
                break
            data.make(cache, network, job)
            made += 1
    return f"{made} shards made in {cache.folder}"


def _codec(chosen: Namespace, cache: Cache, shape: Shape) -> str:
    clearing.polish(cache, shape, _limits(chosen), _machine(chosen))
    return f"round trip {clearing.round_trip(cache, shape):.2f} dB"


def _text(chosen: Namespace, cache: Cache, shape: Shape) -> str:
    scores = text.train(cache, shape, _limits(chosen), _machine(chosen))
    return "read from new captions: " + json.dumps(scores, sort_keys=True)


def _images(chosen: Namespace, cache: Cache, shape: Shape) -> str:
    diffusing.images(cache, shape, _limits(chosen), _machine(chosen))
    return f"backbone in {cache.path('images.safetensors')}"


def _video(chosen: Namespace, cache: Cache, shape: Shape) -> str:
    diffusing.video(cache, shape, _limits(chosen), _machine(chosen))
    return f"backbone in {cache.path('video.safetensors')}"


def _upscaler(chosen: Namespace, cache: Cache, shape: Shape) -> str:
    clearing.upscaler(cache, shape, _limits(chosen), _machine(chosen))
    return f"upscaler in {cache.path(clearing.UPSCALER)}"


def _export(chosen: Namespace, cache: Cache, shape: Shape) -> str:
    manifest = exporting.export(cache, shape, Path(chosen.folder))
    report = Path(chosen.report)
    told = report.read_text(encoding="utf-8") if report.is_file() else ""
    text_of_card = cards.card(cache, shape, manifest, told)
    (Path(chosen.folder) / cards.CARD).write_text(text_of_card, encoding="utf-8")
    total = sum(entry["bytes"] for entry in manifest["files"])
    return f"{len(manifest['files'])} parts, {total / 2**20:.1f} MiB, in {chosen.folder}"


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
    from aiprod_studio.training import evaluation

    model = shipped.Shipped(Path(chosen.folder))
    out = Path(chosen.out)
    out.mkdir(parents=True, exist_ok=True)
    found = evaluation.evaluate(
        model.generate, model.round_trip, model.files, prompts=chosen.prompts,
        minimal_pairs=chosen.pairs, diverse_prompts=chosen.diverse,
        training_scenes=chosen.nearest, sheet=out / "sheet.png",
    )  # fmt: skip
    (out / "report.json").write_text(found.json() + "\n", encoding="utf-8")
    gates = _gates(found.gates(shape.name).results)
    (out / "report.md").write_text(found.table() + "\n\n" + gates + "\n", encoding="utf-8")
    return found.table() + "\n\n" + gates


def _gates(results: Mapping[str, tuple[float, float, bool]]) -> str:
    """The limits as a Markdown table."""
    lines = ["| gate | reached | wanted | |", "|---|---|---|---|"]
    for name, (value, limit, passed) in results.items():
        lines.append(f"| {name} | {value:.2f} | {limit:.2f} | {'yes' if passed else 'no'} |")
    return "\n".join(lines)


TABLE: dict[str, Callable[[Namespace, Cache, Shape], str]] = {
    "data": _data, "codec": _codec, "text": _text, "images": _images, "video": _video,
    "upscaler": _upscaler, "export": _export, "sheet": _sheet, "evaluate": _evaluate,
}  # fmt: skip
