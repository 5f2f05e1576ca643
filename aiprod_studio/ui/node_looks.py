"""How the nodes of one document look on the canvas: states, previews and thumbnails as `NodeLook`s.

`Editing` owns one. Pictures are read in threads and kept small; a preview of a running step stands
until its result is there.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from aiprod_studio.app.session.states import NodeState, cost_shown
from aiprod_studio.engine.events import StepPreview
from aiprod_studio.ui.canvas.looks import NodeLook

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array
    from aiprod_studio.ui.editing import Editing

PACE = 50
"""Milliseconds between two repaints of nodes; previews come faster than eyes want them."""
SIDE = 256
KEPT = 600
"""Thumbnails that are kept at most."""
ORDER = ("running", "error", "stale", "cached", "")


class NodeLooks(QObject):
    """Makes looks of states."""

    changed = Signal(list)
    """Names of nodes that look different now."""

    def __init__(self, editing: Editing) -> None:
        super().__init__(editing)
        self._editing = editing
        self._pictures: OrderedDict[str, QImage] = OrderedDict()
        self._asked: set[str] = set()
        self._previews: dict[str, QImage] = {}
        self._shown: dict[str, str] = {}
        self._waiting: dict[str, None] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PACE)
        self._timer.timeout.connect(self._tell)

    def all(self) -> Mapping[str, NodeLook]:
        """Return the looks of all nodes, uses of sub-graphs included."""
        names = dict.fromkeys(self._editing.document.nodes)
        names |= dict.fromkeys(self._editing.states.all())
        return {name: self.of(name) for name in names}

    def of(self, name: str) -> NodeLook:
        """Return the look of a node."""
        state = self._state(name)
        return NodeLook(
            progress=state.progress,
            badge=state.standing,
            cost=cost_shown(state.cost),
            eta=time_shown(state.seconds_left),
            thumbnail=self._picture(name, state),
            message=state.message,
        )

    def take(self, event: object) -> None:
        """Take a preview out of the events of a job."""
        if isinstance(event, StepPreview):
            self._previews[event.node] = qimage(first_frame(event.frames))
            self.refresh({event.node})

    def refresh(self, names: set[str]) -> None:
        """Say soon that nodes look different."""
        for name in names:
            self._waiting[name] = None
            if "/" in name:
                self._waiting[name.partition("/")[0]] = None
        if not self._timer.isActive():
            self._timer.start()

    def close(self) -> None:
        """Say nothing more."""
        self._timer.stop()

    def _tell(self) -> None:
        names = list(self._waiting)
        self._waiting.clear()
        self.changed.emit(names)

    def _state(self, name: str) -> NodeState:
        """Return the state of a node; that of a sub-graph's use sums up what is inside."""
        states = self._editing.states
        node = self._editing.document.nodes.get(name)
        if node is None or node.subgraph is None:
            return states[name]
        inside = [state for key, state in states.all().items() if key.startswith(f"{name}/")]
        if not inside:
            return states[name]
        return summed(inside)

    def _picture(self, name: str, state: NodeState) -> QImage | None:
        if state.standing == "running" and name in self._previews:
            return self._previews[name]
        if not state.key:
            return self._previews.get(name)
        found = self._pictures.get(state.key)
        if found is not None:
            self._previews.pop(name, None)
            self._pictures.move_to_end(state.key)
            return found
        self._ask(name, state.key)
        # What was seen last stays until the new picture is there, so that nothing flickers.
        return self._previews.get(name) or self._pictures.get(self._shown.get(name, ""))

    def _ask(self, name: str, key: str) -> None:
        if key in self._asked:
            return
        result = self._editing.result_of(name)
        if result is None or result.kind not in ("video", "image", "file"):
            return
        self._asked.add(key)
        self._editing.studio.later(
            lambda: result.thumbnail(SIDE),
            lambda pixels: self._take(name, key, pixels),
            lambda _: self._asked.discard(key),
            owner=self,
        )

    def _take(self, name: str, key: str, pixels: UInt8Array | None) -> None:
        if pixels is None:
            return
        self._pictures[key] = qimage(pixels)
        self._shown[name] = key
        while len(self._pictures) > KEPT:
            old, _ = self._pictures.popitem(last=False)
            self._asked.discard(old)
        self.refresh({name})


def summed(states: list[NodeState]) -> NodeState:
    """Return one state for several: the most urgent standing, the progress of all."""
    standings = {state.standing for state in states}
    standing = next(word for word in ORDER if word in standings)
    running = [state.progress for state in states if state.progress is not None]
    messages = [state.message for state in states if state.message]
    done = sum(1.0 for state in states if state.standing == "cached") + sum(running)
    return NodeState(
        standing=standing,
        progress=done / len(states) if running else None,
        cost=max(state.cost for state in states),
        message=messages[0] if messages else "",
    )


def first_frame(frames: UInt8Array) -> UInt8Array:
    """Return a picture, or of a film the frame in the middle."""
    return frames[len(frames) // 2] if frames.ndim == 4 else frames


def qimage(pixels: UInt8Array) -> QImage:
    """Return pixels, uint8 (height, width, 3) RGB, as a picture of its own."""
    import numpy as np

    pixels = np.ascontiguousarray(pixels[..., :3])
    height, width = pixels.shape[:2]
    view = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return view.copy()


def time_shown(seconds: float | None) -> str:
    """Return a time left: "12 s", "3 min", "1 h 20 min"; "" for unknown."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
