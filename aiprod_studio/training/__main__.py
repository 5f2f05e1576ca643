"""`python -m aiprod_studio.training STAGE`: one command per stage of making the starter model.

Order: data, codec, text, images, video, upscaler, refiner, export; evaluate and sheet look at what
came of it.
`unpack` before `data` goes on from exported weights instead.
Every stage can be stopped and run again; it goes on from its state in the cache folder.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # before torch: its threads must not spin
os.environ.setdefault("GOMP_SPINCOUNT", "0")

STAGES = {
    "unpack": "fill the cache from exported weights, to go on training from them",
    "data": "fit the codec's linear part once, then render and encode stills and films",
    "codec": "train the clean-up of the codec's decoder",
    "text": "teach the text encoder the attributes that captions name",
    "images": "train the backbone on stills",
    "video": "go on with films and given frames",
    "quality": "go on with mostly whole films",
    "upscaler": "train the 2x upscaler",
    "refiner": "train the refiner of frames between keyframes",
    "gpu": "one of three parts of under ten minutes on a large graphics card",
    "export": "write the weights, manifest and tokenizer as the program ships them",
    "evaluate": "measure what the exported model makes, by rules with nothing learned",
    "companions": "measure the exported upscaler and refiner, for the card",
    "sheet": "draw a contact sheet of prompts chosen by rule",
    "choose": "make the quality weights the usual ones, if their evaluation allows it",
}
RATES = {"images": 1.5e-3, "video": 1.5e-3, "quality": 7.5e-4, "codec": 2e-3}
"""Highest learning rates of runs from nothing; to go on from trained weights, give less."""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    found = argparse.ArgumentParser(
        prog="python -m aiprod_studio.training", description="Make the starter model."
    )
    stages = found.add_subparsers(dest="stage", required=True, metavar="STAGE")
    for name, what in STAGES.items():
        stage = stages.add_parser(name, help=what, description=what)
        stage.add_argument("--cache", default="starter-cache", help="folder for data and states")
        stage.add_argument("--shape", default="base", choices=("base", "quality"))
        stage.add_argument("--minutes", type=float, default=10.0, help="stop after this time")
        stage.add_argument("--steps", type=int, default=1_000_000, help="stop after these steps")
        stage.add_argument("--threads", type=int, default=2, help="processor threads")
        _own(stage, name)
    return found


def _own(stage: argparse.ArgumentParser, name: str) -> None:
    """Options of one stage."""
    if name == "data":
        stage.set_defaults(minutes=60.0)
        stage.add_argument("--stills", type=int, default=48_000)
        stage.add_argument("--films", type=int, default=14_000)
        stage.add_argument("--part", type=int, default=0, help="which of several processes this is")
        stage.add_argument("--parts", type=int, default=1, help="how many processes share the work")
    if name == "gpu":
        _parts(stage)
    if name in ("text", "images", "video", "quality", "codec", "upscaler", "refiner"):
        stage.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
        stage.add_argument("--times", type=int, default=1, help="how many usual batches a step has")
        stage.add_argument("--compile", action="store_true", help="compile the backbone first")
    if name in RATES:
        stage.add_argument("--rate", type=float, default=RATES[name], help="highest learning rate")
    if name == "choose":
        stage.add_argument("--set", default="quality", choices=("base", "quality"))
    if name in ("unpack", "export", "choose"):
        stage.add_argument("--folder", default="resources/models/starter")
    if name == "export":
        stage.add_argument("--report", default="", help="folder of an evaluation of these weights")
    if name == "evaluate":
        stage.add_argument("--folder", default="resources/models/starter")
        stage.add_argument("--prompts", type=int, default=128)
        stage.add_argument("--pairs", type=int, default=64, help="minimal pairs; 0 for none")
        stage.add_argument("--given", type=int, default=32, help="films that begin with a picture")
        stage.add_argument("--diverse", type=int, default=8, help="prompts of the diversity probe")
        stage.add_argument("--nearest", type=int, default=1500, help="training scenes to compare")
        stage.add_argument("--out", default="evaluation")
        stage.add_argument("--beside", action="store_true", help="use a second process as well")
    if name == "companions":
        stage.add_argument("--folder", default="resources/models/starter")
        stage.add_argument("--scenes", type=int, default=24, help="whose frames are enlarged")
        stage.add_argument("--clips", type=int, default=24, help="of each kind, to fill between")
    if name == "sheet":
        stage.add_argument("--count", type=int, default=12)
        stage.add_argument("--frames", type=int, default=25, help="4n+1, or 1 for stills")
        stage.add_argument("--guidance", type=float, default=4.0)
        stage.add_argument("--out", default="sheet.png")


def _parts(stage: argparse.ArgumentParser) -> None:
    """Options of a part on a large graphics card."""
    stage.set_defaults(shape="quality", minutes=9.0, threads=8)
    stage.add_argument("--part", type=int, default=1, choices=(1, 2, 3))
    stage.add_argument("--device", default="cuda", choices=("cpu", "cuda"))
    stage.add_argument("--times", type=int, default=24, help="how many usual batches a step has")
    stage.add_argument("--compile", action=argparse.BooleanOptionalAction, default=True)
    stage.add_argument("--processes", type=int, default=14, help="that draw films meanwhile")
    stage.add_argument("--stills", type=int, default=96_000)
    stage.add_argument("--films", type=int, default=40_000)
    stage.add_argument("--prompts", type=int, default=128, help="of the evaluation")
    stage.add_argument("--folder", default="starter-quality", help="where the weights are written")
    stage.add_argument("--start", default="", help="weights of the part before, if elsewhere")
    stage.add_argument("--refiner", default="resources/models/starter", help="to go on with")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one stage; a refusal is one sentence and exit code 2."""
    chosen = parser().parse_args(arguments)
    from aiprod_studio.sdk.errors import Refusal
    from aiprod_studio.training import stages
    from aiprod_studio.training.loop import Failed

    try:
        print(stages.run(chosen))
    except (Refusal, Failed) as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
