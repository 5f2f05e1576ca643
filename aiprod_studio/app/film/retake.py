"""A span of a take made anew: its other frames stay, the new ones grow between those beside them.

`marked_span` says which frames of a shot are marked on a clip; the window calls `freeze_span` with
them and renders what it gives like any frozen shot. The take that comes
out counts as made for the same shot, so the shot stays fresh.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from aiprod_studio.app.film.filling import Pin, Values, filled, one_shot_node, overridden, result_of
from aiprod_studio.app.film.ground import Ground, graph_of
from aiprod_studio.app.film.shot_graph import (
    TARGET,
    Frozen,
    Layout,
    leading_to,
    pins_of,
    read_params,
    used,
    writer,
)
from aiprod_studio.sdk import Invalid, Missing, Refusal
from aiprod_studio.story.board import Board, Shot
from aiprod_studio.story.cut import Clip, Cut
from aiprod_studio.story.takes import Take

if TYPE_CHECKING:
    from aiprod_studio.graph import Document, Node

Span = tuple[int, int]
SOURCE, SPLICE = "take before", "splice"


@dataclass(frozen=True)
class Part:
    """Frames [start, stop) of a take's film are made anew within a window [at, at + frames)."""

    at: int
    frames: int
    start: int
    stop: int


def freeze_span(
    document: Document,
    board: Board,
    name: str,
    ground: Ground,
    start: int,
    stop: int,
    *,
    take: str = "",
    seed: int | None = None,
    prompt: str = "",
) -> Frozen:
    """Return the workflow that makes a span of a take anew.

    Args:
        document: the film.
        board: its board.
        name: the shot.
        ground: where the document lies.
        start: the first frame to be made anew, counted in the shot at the board's rate.
        stop: the frame after the last.
        take: the take; by default the one that plays.
        seed: by default the one after the take's own.
        prompt: other words for the span.

    Raises:
        Refusal: there is no take, its film is gone, the span is empty, or the graph is not fit.
    """
    from aiprod_studio.graph import Document as Whole
    from aiprod_studio.graph.graphs import Content, Graph

    scene, shot = board.find_shot(name)
    where = f"shot {scene.number}{shot.letter}"
    base = _base(shot, take, where, ground)
    content = graph_of(document, shot.workflow or board.workflow, ground, where)
    nodes = overridden(dict(content.root.nodes), shot.params, ground.specs, where)
    marker = one_shot_node(nodes, where)
    given = read_params(marker, ground)
    part = part_of(board, base, start, stop, given["step"], where)
    chosen = (base.recipe.seed or 0) + 1 if seed is None else seed
    values = Values(prompt or shot.prompt or given["text"], part.frames, chosen, base.rate)
    made = filled(nodes, marker.name, values, _pins(board, shot, base, part), ground.specs)
    made |= _source(base, part)
    result, _ = result_of(made, where)
    made[SPLICE] = _splice(result, part)
    made[TARGET] = writer(shot.name, (SPLICE, "video"), None)
    kept = leading_to(made, TARGET)
    whole = Whole(Content(Graph(kept.values()), used(content, kept)), ground.specs)
    total = base.head + base.frames + base.tail
    layout = Layout(base.rate, base.head, base.frames, total)
    number = f"{scene.number}{shot.letter}"
    frozen = Frozen(shot.name, number, shot.title, whole, layout, chosen)
    return replace(frozen, made_for=base.recipe.made_for or base.recipe.digest)


def marked_span(board: Board, cut: Cut, clip: Clip | None, start: int, stop: int) -> Span:
    """Return the frames of a shot, at the board's rate, that lie between in and out of a clip.

    Args:
        board: the board.
        cut: the cut.
        clip: the clip, None when there is none.
        start: in, a frame of the cut.
        stop: the frame behind out.

    Raises:
        Refusal: there is no clip of a shot between in and out.
    """
    known = {shot.name for _, shot in board.shots()}
    if clip is None or clip.source.kind != "shot" or clip.source.name not in known:
        why = "no clip that plays a shot lies between in and out"
        raise Refusal(Missing("retake", why, "Choose one, or put the playhead on it."))
    start, stop = max(start, clip.at), min(stop, clip.stop)
    if start >= stop:
        why = "no part of the clip lies between in and out"
        raise Refusal(Invalid("retake", why, "Mark a span of it with I and O."))
    first, last = (
        clip.source_time(frame, cut.rate).to(board.rate).value for frame in (start, stop)
    )
    return math.floor(first), math.ceil(last)


def _base(shot: Shot, name: str, where: str, ground: Ground) -> Take:
    take = shot.take(name)
    if take is None:
        raise Refusal(Missing(where, "it has no take to make a part of anew", "Render it first."))
    ground.locate(take.media)
    return take


def part_of(board: Board, take: Take, start: int, stop: int, step: int, where: str) -> Part:
    """Return which frames of a take's film are made anew, within which window.

    The window is at least a frame wider on each side where the take goes on, so that it begins and
    ends on frames that stay.

    Raises:
        Refusal: the span holds no frame of the take.
    """
    pace = take.rate / board.rate
    total = take.head + take.frames + take.tail
    first = max(0, take.head + math.floor(start * pace))
    last = min(total, take.head + math.ceil(stop * pace))
    if first >= last:
        why = f"frames {start} to {stop} hold nothing of its take"
        raise Refusal(Invalid(where, why, "Choose a range inside the shot."))
    wanted = min(total, last + 1) - max(0, first - 1)
    frames = -(-(wanted - 1) // step) * step + 1
    if frames > total:
        frames = (total - 1) // step * step + 1
    spare = frames - (last - first)
    at = max(0, min(first - spare // 2, total - frames))
    return Part(at, frames, max(first, at), min(last, at + frames))


def _pins(board: Board, shot: Shot, take: Take, part: Part) -> dict[int, Pin]:
    """Pin the frames that stay at both ends of the window, and the panels inside."""
    total = take.head + take.frames + take.tail
    layout = Layout(take.rate, take.head, take.frames, total)
    pins: dict[int, Pin] = {
        frame - part.at: image
        for frame, image in pins_of(board, shot, layout).items()
        if part.start <= frame < part.stop
    }
    if part.at < part.start:
        pins[0] = (f"{SOURCE} first", "image")
    if part.stop < part.at + part.frames:
        pins[part.frames - 1] = (f"{SOURCE} last", "image")
    return pins


def _source(take: Take, part: Part) -> dict[str, Node]:
    from aiprod_studio.graph import Node

    def frame(name: str, number: int) -> Node:
        inputs = {"video": (SOURCE, "video")}
        return Node(name, "story.frame", "1.0", {"frame": number}, inputs)

    film = Node(SOURCE, "files.load_video", "1.0", {"file": take.media})
    ends = (
        frame(f"{SOURCE} first", part.at),
        frame(f"{SOURCE} last", part.at + part.frames - 1),
    )
    return {node.name: node for node in (film, *ends)}


def _splice(result: tuple[str, str], part: Part) -> Node:
    from aiprod_studio.graph import Node

    params: dict[str, Any] = {"at": part.at, "start": part.start, "stop": part.stop}
    inputs = {"video": (SOURCE, "video"), "part": result}
    return Node(SPLICE, "story.splice", "1.0", params, inputs)
