"""A shot as a graph of its own: the workflow that would render it, with everything filled in.

`filming` freezes a shot when it asks whether a take is fresh and when it renders one. The shot's
words, length, seed and panels take the places that the nodes Shot, Pin Panels and Take hold for
them; what does not lead to the take is left out. What comes out is a plain workflow: it runs
anywhere, and running it again gives the same frames.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from aiprod_studio.app.film.filling import Pin, Values, one_shot_node, overridden
from aiprod_studio.app.film.ground import Ground, graph_of
from aiprod_studio.app.film.windows import Window, built, windows_of
from aiprod_studio.sdk import Invalid, Refusal
from aiprod_studio.story.board import Board, Shot

if TYPE_CHECKING:
    from aiprod_studio.graph import Document, Node
    from aiprod_studio.graph.graphs import Content as Holder

TARGET = "take"
"""The node of a frozen graph that writes the take."""
FORMAT = "prores_4444"
"""Takes are kept so that every frame can be reached at once and other programs can open them."""


@dataclass(frozen=True)
class Layout:
    """How long a shot is rendered, in frames of `rate`: handle, shot, handle.

    `total` is what the graph makes; the tail takes what a model's step makes longer.
    """

    rate: Fraction
    head: int
    frames: int
    total: int

    @property
    def tail(self) -> int:
        """Spare frames after the shot."""
        return self.total - self.head - self.frames


@dataclass(frozen=True)
class Frozen:
    """A shot's workflow with everything filled in; `target` is the node that writes the take.

    `made_for` is the digest of the shot's own recipe when this one makes only a part of it anew.
    """

    shot: str
    number: str
    title: str
    document: Document
    layout: Layout
    seed: int
    target: str = TARGET
    made_for: str = ""

    @property
    def recipe_graph(self) -> dict[str, Any]:
        """The workflow as plain JSON."""
        from aiprod_studio import graph

        found: dict[str, Any] = json.loads(graph.dumps(self.document))
        return found


@dataclass(frozen=True)
class Wish:
    """What is asked of a graph: values, lengths, and pictures by the frame they stand at."""

    values: Values
    layout: Layout
    windows: tuple[Window, ...]
    pins: Mapping[int, Pin]


def freeze(
    document: Document, board: Board, name: str, ground: Ground, seed: int | None = None
) -> Frozen:
    """Return the workflow that renders a shot.

    Args:
        document: the film.
        board: its board.
        name: the shot.
        ground: where the document lies.
        seed: in place of the shot's own.

    Raises:
        Refusal: the shot lasts no frame, its graph is missing or has no Shot node, or what the shot
            overrides is not there.
    """
    from aiprod_studio.graph import Document as Whole
    from aiprod_studio.graph.graphs import Content, Graph

    scene, shot = board.find_shot(name)
    where = f"shot {scene.number}{shot.letter}"
    content = graph_of(document, shot.workflow or board.workflow, ground, where)
    nodes = overridden(dict(content.root.nodes), shot.params, ground.specs, where)
    marker = one_shot_node(nodes, where)
    wish = _wish(board, shot, marker, ground, where, seed)
    made, result, audio = built(
        nodes, marker.name, wish.values, wish.pins, wish.windows, ground.specs, where
    )
    made[TARGET] = writer(shot.name, result, audio)
    kept = leading_to(made, TARGET)
    whole = Whole(Content(Graph(kept.values()), used(content, kept)), ground.specs)
    number = f"{scene.number}{shot.letter}"
    return Frozen(shot.name, number, shot.title, whole, wish.layout, wish.values.seed)


def _wish(
    board: Board, shot: Shot, marker: Node, ground: Ground, where: str, seed: int | None
) -> Wish:
    if shot.length < 1:
        why = "it lasts no frame, so there is nothing to render"
        raise Refusal(Invalid(where, why, "Give one of its panels a duration."))
    values = read_params(marker, ground)
    layout = layout_of(board, shot, values["rate"], values["step"])
    windows = windows_of(layout.total, values["window"], values["overlap"], values["step"])
    layout = replace(layout, total=windows[-1].stop)
    chosen = next(given for given in (seed, shot.seed, values["seed"]) if given is not None)
    text = shot.prompt or values["text"] or _action(shot)
    asked = Values(text, layout.total, chosen, layout.rate)
    return Wish(asked, layout, windows, pins_of(board, shot, layout))


def layout_of(board: Board, shot: Shot, rate: Fraction, step: int) -> Layout:
    """Return the lengths of a shot in frames of a graph's rate, rounded up to step x n + 1."""
    pace = rate / board.rate
    head, frames = math.ceil(shot.handles * pace), max(1, math.ceil(shot.length * pace))
    total = 2 * head + frames
    return Layout(rate, head, frames, -(-(total - 1) // step) * step + 1)


def pins_of(board: Board, shot: Shot, layout: Layout) -> dict[int, Pin]:
    """Return the pictures of a shot by the frame of the rendered film at which they stand."""
    pins: dict[int, Pin] = {}
    start = 0
    for panel in shot.panels:
        at = layout.head + math.floor(start * layout.rate / board.rate)
        if panel.image and panel.frames > 0 and at < layout.total:
            pins[at] = panel.image
        start += panel.frames
    if shot.comes_from and layout.head:
        pins[layout.head - 1] = shot.comes_from
    if shot.goes_to and layout.head + layout.frames < layout.total:
        pins[layout.head + layout.frames] = shot.goes_to
    return dict(sorted(pins.items()))


def read_params(node: Node, ground: Ground) -> dict[str, Any]:
    """Return a node's parameters as its function would get them."""
    spec = ground.specs[node.type]
    return {p.name: p.read(node.params.get(p.name, p.default)) for p in spec.params}


def _action(shot: Shot) -> str:
    return " ".join(panel.action.strip() for panel in shot.panels if panel.action.strip())


def writer(name: str, result: tuple[str, str], audio: tuple[str, str] | None) -> Node:
    """Return the node that writes a take's file; `name` is what the file is called."""
    from aiprod_studio.graph import Node

    inputs = {"video": result} | ({"audio": audio} if audio else {})
    params = {"name": name, "format": FORMAT}
    return Node(TARGET, "files.save_video", "1.0", params, inputs)


def leading_to(nodes: Mapping[str, Node], target: str) -> dict[str, Node]:
    """Return a node and all that it reads from, directly or not, in the order of `nodes`."""
    wanted, waiting = {target}, [target]
    while waiting:
        node = nodes.get(waiting.pop())
        for source, _ in node.inputs.values() if node else ():
            if source not in wanted:
                wanted.add(source)
                waiting.append(source)
    return {name: node for name, node in nodes.items() if name in wanted}


def used(content: Holder, nodes: Mapping[str, Node]) -> dict[str, Any]:
    """Return the sub-graphs that nodes use, directly or not."""
    found: dict[str, Any] = {}
    waiting = [node.subgraph for node in nodes.values()]
    while waiting:
        name = waiting.pop()
        if name is None or name in found or name not in content.subgraphs:
            continue
        found[name] = content.subgraphs[name]
        waiting += [node.subgraph for node in found[name].nodes.values()]
    return found
