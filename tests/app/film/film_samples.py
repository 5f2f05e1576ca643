"""A small film for tests: three shots of the starter model, tiny and with a single step each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from PIL import Image

from aiprod_studio import graph
from aiprod_studio.app.film import filming
from aiprod_studio.app.opened import Wishes
from aiprod_studio.app.packs import registry
from aiprod_studio.app.places import user_places
from aiprod_studio.app.settings import Settings
from aiprod_studio.app.terminal import progress
from aiprod_studio.app.terminal.film_errands import Stage
from aiprod_studio.app.terminal.film_rendering import Rendered, render
from aiprod_studio.graph.commands import SetSection
from aiprod_studio.story import sections
from aiprod_studio.story.assembling import first_cut
from aiprod_studio.story.board import Board, Panel, Scene, Shot
from aiprod_studio.story.edits import BoardEdit

RATE = Fraction(24)
COLOURS = {"a": (200, 60, 40), "b": (60, 160, 60), "c": (40, 80, 200)}


def nodes(**shot: Any) -> dict[str, Any]:
    """The graph that the shots share: words, length, seed and panels come from the board."""
    wishes = {"rate": 12, "step": 4, "frames": 5, **shot}
    return {
        "shot": {"type": "story.shot", "params": wishes},
        "model": {"type": "models.load"},
        "encode": {
            "type": "text.encode",
            "inputs": {"text": "shot.prompt", "model": "model.text_encoder"},
        },
        "size": {
            "type": "latents.empty",
            "params": {"width": 32, "height": 32, "frames": 5, "rate": 12},
            "inputs": {"vae": "model.vae", "frames": "shot.frames", "rate": "shot.rate"},
        },
        "panels": {
            "type": "story.panels",
            "inputs": {"latents": "size.latents", "vae": "model.vae"},
        },
        "sampler": {
            "type": "sampling.dit",
            "params": {"steps": 1, "guidance": 1.0},
            "inputs": {
                "model": "model.dit",
                "positive": "encode.conditioning",
                "start": "panels.latents",
                "seed": "shot.seed",
            },
        },
        "decode": {
            "type": "decode.video",
            "inputs": {"latents": "sampler.latents", "vae": "model.vae"},
        },
        "take": {"type": "story.take", "inputs": {"video": "decode.video"}},
    }


def board(frames: int = 10, handles: int = 4) -> Board:
    """Two scenes, three shots of one panel each."""

    def shot(number: int, letter: str, picture: str, prompt: str) -> Shot:
        panel = Panel(f"panel-{number}", f"{picture}.png", frames)
        return Shot(
            f"shot-{number}", letter, prompt=prompt, seed=number, handles=handles, panels=(panel,)
        )

    one = (shot(1, "A", "a", "a red ball rolls"), shot(2, "B", "b", "a green car drives"))
    two = (shot(3, "A", "c", "a blue fish swims"),)
    return Board(
        RATE,
        "Three Colours",
        serial=9,
        scenes=(Scene("scene-1", "1", shots=one), Scene("scene-2", "2", shots=two)),
    )


@dataclass
class Project:
    """A film's file in a folder of its own, with its panels beside it."""

    path: Path
    document: graph.Document

    @property
    def ground(self) -> filming.Ground:
        assets = graph.assets_folder(self.path)
        return filming.ground(self.path.parent, assets, registry().specs, Settings())

    @property
    def board(self) -> Board:
        return filming.board_of(self.document)

    def states(self) -> dict[str, str]:
        return {s.number: s.state for s in filming.shots(self.document, self.ground)}

    def edit(self, edit: BoardEdit) -> None:
        section = sections.dump_board(edit.apply(self.board))
        self.document.do(SetSection("story", section))

    def render(self, **wishes: Any) -> Rendered:
        places = user_places()
        stage = Stage(
            self.path,
            self.ground,
            registry(),
            places,
            Settings(),
            Wishes(device="cpu"),
            progress.Silence(),
        )
        return render(self.document, stage, **wishes)

    def media(self, number: str) -> Path:
        take = self.board.numbered(number).take()
        assert take is not None
        return self.path.parent / take.media

    def save(self) -> Path:
        graph.save(self.document, self.path)
        return self.path


def project(
    folder: Path, made: Board | None = None, graph_nodes: dict[str, Any] | None = None
) -> Project:
    """Write a film and its panels into a new folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, colour in COLOURS.items():
        Image.new("RGB", (64, 48), colour).save(folder / f"{name}.png")
    made = made or board()
    raw = {
        "format": "aiprod-workflow",
        "version": 1,
        "nodes": graph_nodes or nodes(),
        "story": sections.dump_board(made),
        "timeline": sections.dump_cut(first_cut(made)),
    }
    loaded = graph.loads(json.dumps(raw), registry().specs)
    assert loaded.document is not None, loaded.problems
    path = folder / "film.json"
    graph.save(loaded.document, path)
    return Project(path, loaded.document)
