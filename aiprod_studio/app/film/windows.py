"""Long shots in windows: each begins with the last frames of the one before, and is faded in.

`film_graph` builds a shot's graph here, once for each window. The frames that two windows share are
pinned at both ends to what the earlier window showed there, so both show the same moments and the
cross-fade over them leaves no seam.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aiprod_studio.app.film.filling import (
    PANELS,
    Pin,
    Source,
    Specs,
    Values,
    filled,
    result_of,
)
from aiprod_studio.sdk import Missing, Refusal

if TYPE_CHECKING:
    from aiprod_studio.graph import Node


@dataclass(frozen=True)
class Window:
    """Frames [start, stop) of a rendered shot; the first `shared` belong to the one before."""

    start: int
    stop: int
    shared: int = 0

    @property
    def frames(self) -> int:
        """How many frames are made at once."""
        return self.stop - self.start

    def owns(self, frame: int) -> bool:
        """Say whether a frame is new in this window."""
        return self.start + self.shared <= frame < self.stop


def windows_of(total: int, longest: int, overlap: int, step: int) -> tuple[Window, ...]:
    """Return windows of equal length over at least `total` frames.

    Args:
        total: frames to be made.
        longest: the most frames of a window; 0 for one window over all.
        overlap: frames that neighbours share.
        step: windows last step x n + 1 frames.
    """
    longest = (longest - 1) // step * step + 1
    if longest <= 1 or total <= longest:
        return (Window(0, total),)
    overlap = max(1, min(overlap, longest // 2))
    count = -(-(total - overlap) // (longest - overlap))
    length = -(-(total - overlap) // count) + overlap
    length = min(longest, -(-(length - 1) // step) * step + 1)
    starts = [index * (length - overlap) for index in range(count)]
    return tuple(Window(at, at + length, overlap if at else 0) for at in starts)


def built(
    nodes: Mapping[str, Node],
    marker: str,
    values: Values,
    pins: Mapping[int, Pin],
    windows: tuple[Window, ...],
    specs: Specs,
    where: str,
) -> tuple[dict[str, Node], Source, Source | None]:
    """Return a shot's graph, where its pictures come from, and its sound if that is apart.

    Raises:
        Refusal: the graph does not say what its result is, or cannot be made in windows.
    """
    if len(windows) == 1:
        made = filled(nodes, marker, values, pins, specs)
        return made, *result_of(made, where)
    _refuse_unpinnable(nodes, where)
    made, last, begun = {}, ("", ""), ("", "")
    for index, window in enumerate(windows):
        own = {frame - window.start: pin for frame, pin in pins.items() if window.owns(frame)}
        if index:
            own |= _carried(made, begun, index, window)
        each = replace(values, frames=window.frames, seed=values.seed + index)
        part = _named(filled(nodes, marker, each, own, specs), index, made)
        result, _ = result_of(part, where)
        begun = first_video(part, result, specs)
        made |= part
        last = _join(made, last, result, index, window) if index else result
    return made, last, None


def _refuse_unpinnable(nodes: Mapping[str, Node], where: str) -> None:
    if not any(node.type == PANELS and node.mode == "active" for node in nodes.values()):
        why = "it is longer than a window of its graph, which has no node Pin Panels"
        remedy = "Add Pin Panels ahead of the sampler, so that a window can follow another."
        raise Refusal(Missing(where, why, remedy))


def _carried(made: dict[str, Node], video: Source, index: int, window: Window) -> dict[int, Source]:
    """Add nodes that take the shared frames from the window before, and return them as pins."""
    from aiprod_studio.graph import Node

    pins: dict[int, Source] = {}
    for frame in sorted({0, window.shared - 1}):
        name = f"window {index + 1} frame {frame}"
        params = {"frame": frame - window.shared}
        made[name] = Node(name, "story.frame", "1.0", params, {"video": video})
        pins[frame] = (name, "image")
    return pins


def _named(part: dict[str, Node], index: int, made: Mapping[str, Node]) -> dict[str, Node]:
    """Return the nodes of a window under names of their own."""
    if not index:
        return part
    names = {name: f"{name} window {index + 1}" for name in part}
    return {
        names[name]: replace(
            node,
            name=names[name],
            inputs={key: (names.get(at, at), out) for key, (at, out) in node.inputs.items()},
        )
        for name, node in part.items()
    }


def _join(
    made: dict[str, Node], first: Source, second: Source, index: int, window: Window
) -> Source:
    from aiprod_studio.graph import Node

    name = f"join {index}"
    inputs = {"first": first, "second": second}
    made[name] = Node(name, "story.join", "1.0", {"overlap": window.shared}, inputs)
    return name, "video"


def first_video(nodes: Mapping[str, Node], result: Source, specs: Specs) -> Source:
    """Return the earliest video on the way to a result: what was sampled, before it is enlarged."""
    while True:
        node = nodes.get(result[0])
        spec = specs.get(node.type) if node else None
        inner = [
            node.inputs[socket.name]
            for socket in (spec.inputs if spec else ())
            if node is not None and socket.type == "video" and socket.name in node.inputs
        ]
        if len(inner) != 1:
            return result
        result = inner[0]
