"""What there is to render: for each shot its graph, or the reason why there is none.

`film_rendering` carries the errands out. Here it is decided which shots are rendered, which takes
are made again from their recipes, and which are left alone; nothing runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from aiprod_studio.app.film.filming import ShotState, frozen_take, seed_of
from aiprod_studio.app.film.ground import Ground
from aiprod_studio.app.film.shot_graph import Frozen, freeze
from aiprod_studio.app.opened import Wishes
from aiprod_studio.app.packs import Registry
from aiprod_studio.app.places import Places
from aiprod_studio.app.settings import Settings
from aiprod_studio.app.terminal import progress
from aiprod_studio.app.terminal.film_report import Outcome, ShotReport
from aiprod_studio.sdk import Problem, Refusal
from aiprod_studio.story.board import Board
from aiprod_studio.story.takes import Take

if TYPE_CHECKING:
    from aiprod_studio.graph import Document, FlatGraph


@dataclass(frozen=True)
class Stage:
    """What renders need beside the document: its file, nodes, folders, wishes, who watches."""

    path: Path
    ground: Ground
    registry: Registry
    places: Places
    settings: Settings
    wishes: Wishes
    display: progress.Display


@dataclass
class Errand:
    """One shot to be rendered, or one take to be made again."""

    frozen: Frozen
    nodes: dict[str, str]
    flat: FlatGraph
    take: Take | None = None
    seconds: float = 0.0
    problems: tuple[Problem, ...] = ()

    @property
    def target(self) -> str:
        """The node that writes its film, in the graph of all errands."""
        return self.nodes[self.frozen.target]


def errands_for(
    document: Document,
    board: Board,
    chosen: Sequence[ShotState],
    stage: Stage,
    fresh: bool,
    seed: int | None,
) -> tuple[list[Errand], dict[str, ShotReport]]:
    """Return what has to be rendered, and reports on the shots that will not be."""
    errands: list[Errand] = []
    reports: dict[str, ShotReport] = {}
    for state in chosen:
        _, shot = board.find_shot(state.name)
        take = shot.take()
        lost = take if take is not None and take.name in state.missing else None
        if state.state == "fresh" and not fresh and seed in (None, seed_of(shot)):
            reports[state.name] = reported(state, "fresh", media=take.media if take else "")
            continue
        if state.state == "locked" and lost is None:
            reports[state.name] = reported(state, "locked", media=take.media if take else "")
            continue
        try:
            errands.append(_errand(document, board, state, stage, lost, seed))
        except Refusal as refusal:
            reports[state.name] = reported(state, "failed", problems=refusal.problems)
    return errands, reports


def _errand(
    document: Document,
    board: Board,
    state: ShotState,
    stage: Stage,
    lost: Take | None,
    seed: int | None,
) -> Errand:
    from aiprod_studio import graph

    _, shot = board.find_shot(state.name)
    again = lost is not None and (state.state == "locked" or _still_right(lost, state.digest))
    if again and lost is not None:
        frozen = frozen_take(lost, state.name, state.number, stage.ground)
    else:
        chosen = seed_of(shot) if seed is None else seed
        frozen = freeze(document, board, state.name, stage.ground, chosen)
    flat = graph.flatten(frozen.document, stage.ground.specs)
    names = {name: f"{state.number} {name}" for name in flat.nodes}
    return Errand(frozen, names, flat, lost if again else None)


def _still_right(take: Take, digest: str) -> bool:
    return digest in (take.recipe.digest, take.recipe.made_for)


def side_by_side(errands: Sequence[Errand]) -> FlatGraph:
    """Return the graphs of all errands as one; each node is named after its shot."""
    from aiprod_studio.graph import FlatGraph

    nodes = {
        errand.nodes[name]: replace(
            node,
            name=errand.nodes[name],
            inputs={key: (errand.nodes[at], out) for key, (at, out) in node.inputs.items()},
        )
        for errand in errands
        for name, node in errand.flat.nodes.items()
    }
    return FlatGraph(nodes)


def about(errand: Errand, problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Return the problems that name a node of a shot."""
    names = [repr(name) for name in errand.nodes.values()]
    return tuple(p for p in problems if any(name in p.where for name in names))


def reported(
    state: ShotState,
    outcome: Outcome,
    seconds: float = 0.0,
    media: str = "",
    problems: tuple[Problem, ...] = (),
) -> ShotReport:
    """Return a report on a shot."""
    return ShotReport(state.name, state.number, outcome, seconds, media, tuple(problems))
