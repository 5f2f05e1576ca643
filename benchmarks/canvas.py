"""How fast the canvas is: opening, panning, framing, asking whether a link is legal.

Run `python benchmarks/canvas.py [NODES]`; it works offscreen and prints one line per limit of the
design. The graph has diamonds, so that a walk of all ways upstream would never end.
"""

from __future__ import annotations

import itertools
import os
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from aiprod_studio.app.packs import Registry, load_packs
from aiprod_studio.app.places import shipped
from aiprod_studio.graph import Document
from aiprod_studio.graph.commands import AddNode, Connect
from aiprod_studio.ui.canvas import CanvasView, NodeLook

CHAIN = "flow.maths"


def registry() -> Registry:
    """Return the nodes that ship with the program."""
    return load_packs(shipped("nodes"), shipped("nodes") / "none", {})


def diamonds(count: int, found: Registry) -> Document:
    """Return a document of so many nodes, each but the first reading twice from the one before."""
    document = Document(specs=found.specs)
    output = found.specs[CHAIN].outputs[0].name
    first, second = "a", "b"
    commands: list[AddNode | Connect] = []
    for place in range(count):
        pos = (float(place % 25 * 280), float(place // 25 * 220))
        commands.append(AddNode(CHAIN, f"n{place}", pos=pos))
        if place:
            before = f"n{place - 1}"
            commands += (
                Connect(before, output, f"n{place}", first),
                Connect(before, output, f"n{place}", second),
            )
    document.do(*commands)
    return document


class Times(NamedTuple):
    """Milliseconds of one call: of processor time, and by the clock of a busy machine."""

    processor: float
    clock: float


def timed(act: Callable[[], object], times: int = 1) -> Times:
    """Return what one of several calls takes, the best of three rounds."""
    rounds = []
    for _ in range(3 if times > 1 else 1):
        start, used = time.perf_counter(), time.process_time()
        for _ in range(times):
            act()
        spent = (time.process_time() - used, time.perf_counter() - start)
        rounds.append(Times(*(part / times * 1000 for part in spent)))
    return min(rounds)


def report(words: str, found: Times, limit: float) -> bool:
    """Print a line; say whether the processor time is within the limit."""
    fine = found.processor <= limit
    print(
        f"{'ok  ' if fine else 'SLOW'} {words:<32}{found.processor:9.2f} ms processor"
        f"{found.clock:9.2f} ms clock  (limit {limit:g})"
    )
    return fine


def playing(view: CanvasView) -> Callable[[], None]:
    """Return what shows the next picture of a film on a node that is seen."""
    pictures = [QImage(256, 192, QImage.Format.Format_RGB32) for _ in range(8)]
    for number, picture in enumerate(pictures):
        picture.fill(number * 30)
    item = view.projection.nodes["n0"]
    view.viewer.look_at(item.area.center(), 1.0)
    view.set_state(item.name, NodeLook(thumbnail=pictures[0]))
    item.show_film(pictures)
    moments = itertools.count(1)

    def show() -> None:
        item.show_moment(next(moments))
        view.viewer.viewport().repaint()

    return show


def measure(count: int) -> bool:
    """Print all lines for a graph of so many nodes; say whether all are within their limits."""
    app = QApplication.instance() or QApplication([])
    found = registry()
    document = diamonds(count, found)
    views: list[CanvasView] = []

    def open_view() -> None:
        view = CanvasView(document, found.specs)
        view.resize(1600, 900)
        view.show()
        app.processEvents()
        views.append(view)

    limit = 2000 if count <= 500 else 8000
    fine = [report(f"open {count} nodes", timed(open_view), limit)]
    view = views[0]
    way = [1.0]

    def pan() -> None:
        way[0] = -way[0] if abs(view.viewer.centre.x()) > 4000 else way[0]
        view.viewer.pan(QPointF(7 * way[0] / view.viewer.zoom, 2 * way[0] / view.viewer.zoom))
        view.viewer.viewport().repaint()

    view.viewer.look_at(QPointF(2500, 1500), 1.0)
    pan()
    fine.append(report("pan at 100 %", timed(pan, 30), 16))
    fine.append(report("frame all", timed(lambda: (view.frame_all(), app.processEvents())), 1000))
    pan()
    everything = 40 if count <= 500 else 250
    fine.append(report("pan with everything visible", timed(pan, 20), everything))
    play = playing(view)
    play()
    fine.append(report("next picture of a node's film", timed(play, 20), 8))
    output, socket = found.specs[CHAIN].outputs[0].name, found.specs[CHAIN].sockets[0].name
    link = Connect(f"n{count - 1}", output, "n0", socket)
    assert document.why_not(link) is not None
    fine.append(report("is a link legal", timed(lambda: document.why_not(link), 50), 1))
    view.close()
    return all(fine)


if __name__ == "__main__":
    counts = [int(word) for word in sys.argv[1:]] or [400, 500, 2000]
    results = [measure(count) for count in counts]
    sys.exit(0 if all(results) else 1)
