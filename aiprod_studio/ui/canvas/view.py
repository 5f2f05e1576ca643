"""The canvas as the window sees it: one widget for one document.

The shell makes it, gives it states of nodes and hears of selections; everything an artist does in
it becomes commands on the document. It remembers nothing that is not in the document, but where it
looks and how deep it is in sub-graphs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QCursor, QImage, QKeyEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from aiprod_studio.graph import Document
from aiprod_studio.sdk import NodeSpec
from aiprod_studio.ui.canvas.commands import CanvasCommand, commands_of
from aiprod_studio.ui.canvas.depth import Depth
from aiprod_studio.ui.canvas.editor import Editor
from aiprod_studio.ui.canvas.empty import Empty
from aiprod_studio.ui.canvas.hovering import Hovering
from aiprod_studio.ui.canvas.looks import PLAIN, NodeLook
from aiprod_studio.ui.canvas.menu import menu_for
from aiprod_studio.ui.canvas.minimap import Minimap
from aiprod_studio.ui.canvas.offer import Offer
from aiprod_studio.ui.canvas.palette import DARK, Palette
from aiprod_studio.ui.canvas.projection import Projection
from aiprod_studio.ui.canvas.search_box import SearchBox
from aiprod_studio.ui.canvas.trail import Trail
from aiprod_studio.ui.canvas.viewer import Viewer
from aiprod_studio.ui.canvas.writing import Writing

EDGE = 12
TITLE_AREA = (4.0, 3.0)


class CanvasView(QWidget):
    """Shows and edits the graph of a document."""

    selection_changed = Signal(list)
    node_activated = Signal(str)
    asked_for_manual = Signal(str)
    refused = Signal(str)
    within_changed = Signal(str)
    hovered = Signal(str)
    """The mouse rests on this node, by its path; answer with `show_last`."""
    slot_wanted = Signal(int, str)
    """A digit was pressed: show that slot, or put this node (by its path) into it."""

    def __init__(
        self,
        document: Document,
        specs: Mapping[str, NodeSpec],
        parent: QWidget | None = None,
        palette: Palette = DARK,
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.palette_in_use = palette
        self._offer = Offer(specs)
        self._depth = Depth()
        self._looked = False
        self._wish: tuple[QPointF, str, str, str] = (QPointF(), "", "", "")
        self.viewer = Viewer(palette, self)
        self.projection = Projection(document, self.viewer.scene(), palette, self._follow)
        self.editor = Editor(self.projection, self.refused.emit)
        self.viewer.hold(self.projection, self.editor)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.viewer)
        self.minimap = Minimap(self.viewer, self)
        self.search_box = SearchBox(palette, self)
        self.writing = Writing(palette, self.viewer)
        self.trail = Trail(palette, self)
        self.empty = Empty(palette, self)
        self.hovering = Hovering(self.projection, self)
        self.setFocusProxy(self.viewer)
        self.setAccessibleName("Canvas")
        self.commands = commands_of(self)
        self._keys = _keys(self.commands)
        self._connect()

    def _connect(self) -> None:
        viewer = self.viewer
        viewer.scene().selectionChanged.connect(self._tell_selection)
        viewer.wants_node.connect(self._search_for)
        viewer.wants_text.connect(self._write)
        viewer.wants_menu.connect(self._open_menu)
        viewer.opened.connect(self._open)
        viewer.pressed.connect(self._press)
        viewer.refused.connect(self.refused)
        viewer.camera_moved.connect(self.minimap.update)
        viewer.over.connect(self.hovering.over)
        self.hovering.hovered.connect(lambda name: self.hovered.emit(self.path_of(name)))
        viewer.camera_moved.connect(self.writing.keep)
        self.search_box.chosen.connect(self._add_found)
        self.search_box.closed.connect(self._take_focus)
        self.writing.written.connect(self._written)
        self.trail.wanted.connect(self._go_out)

    # What the shell asks.

    @property
    def within(self) -> str:
        """The sub-graph that is shown, "" for the document's own graph."""
        return self.projection.within

    def bind(self, keys: Mapping[str, Iterable[str]]) -> None:
        """Take the artist's own keys, by the ids of commands; the others keep theirs."""
        given = commands_of(self)
        self.commands = tuple(
            replace(c, keys=tuple(keys[c.id])) if c.id in keys else c for c in given
        )
        self._keys = _keys(self.commands)

    def frame_all(self) -> None:
        """Show everything."""
        self.viewer.frame(self.projection.whole())

    def frame_selected(self) -> None:
        """Show what is chosen, or everything."""
        area = QRectF()
        for item in self.projection.items():
            if item.isSelected():
                area = area.united(item.area)
        self.viewer.frame(area if not area.isEmpty() else self.projection.whole())

    def actual_size(self) -> None:
        """Show one pixel for each canvas unit."""
        self.viewer.look_at(self.viewer.centre, 1.0)

    def select(self, names: Iterable[str]) -> None:
        """Choose nodes, and nothing else."""
        self.editor.choice.choose(set(names))

    def path_of(self, name: str) -> str:
        """Return the path of a node that is seen: its name, or `use/inner` in a sub-graph."""
        return self._depth.prefix + name

    def show_last(self, path: str, words: str, film: Sequence[QImage] = ()) -> None:
        """Tell what came out of a node last: in words for its tooltip, and as a film to play."""
        name = self.projection.seen_as(path)
        item = self.projection.nodes.get(name)
        if item is not None:
            item.last = words
            self.hovering.play(name, film)

    def show_slots(self, slots: Mapping[str, int]) -> None:
        """Show the viewer's digits on nodes, by path."""
        self.projection.show_slots(slots)

    def slot(self, digit: int) -> None:
        """Show a slot of the viewer; with a node chosen, put that into it."""
        chosen = self.editor.choice.nodes()
        self.slot_wanted.emit(digit, self.path_of(chosen[0]) if len(chosen) == 1 else "")

    def set_state(self, name: str, look: NodeLook) -> None:
        """Show how a node stands in the run, by its path."""
        self.projection.show_look(name, look)
        self.minimap.refresh()

    def clear_states(self) -> None:
        """Show all nodes as they are when nothing is known of them."""
        for name in list(self.projection.looks):
            self.projection.show_look(name, PLAIN)
        self.projection.looks.clear()
        self.minimap.refresh()

    def close(self) -> bool:
        """Stop following the document and let go of everything."""
        self.viewer.close_gestures()
        self.hovering.stop()
        self.viewer.scene().blockSignals(True)
        self.projection.close()
        return super().close()

    # What commands do.

    def search(self) -> None:
        """Open the search where the mouse is."""
        self._search_for(self._mouse(), "", "", "")

    def add_note(self) -> None:
        """Put a note where the mouse is, and write it."""
        self.editor.add_note(self._mouse())
        for name in self.editor.choice.notes():
            self._write("note", name)

    def copy(self) -> None:
        """Put what is chosen on the clipboard."""
        self.editor.copy()

    def cut(self) -> None:
        """Put what is chosen on the clipboard and remove it."""
        self.editor.copy()
        self.editor.remove()

    def paste(self, *, keep_links: bool) -> None:
        """Add what is on the clipboard where the mouse is."""
        self.editor.paste(self._mouse(), keep_links=keep_links)

    def rename(self) -> None:
        """Write the name of what is chosen."""
        choice = self.editor.choice
        for kind, names in (
            ("node", choice.nodes()), ("frame", choice.frames()), ("note", choice.notes()),
        ):  # fmt: skip
            if names:
                self._write(kind, names[0])
                return

    def ask_for_manual(self) -> None:
        """Ask for the manual page of the chosen node."""
        for name in self.editor.choice.nodes()[:1]:
            self.asked_for_manual.emit(self.projection.graph.nodes[name].type)

    def enter_chosen(self) -> None:
        """Show the inside of the chosen sub-graph."""
        for name in self.editor.choice.nodes()[:1]:
            self._open(name)

    def leave(self) -> None:
        """Show the graph around the sub-graph."""
        self._go_out(len(self._depth.steps) - 1)

    def some_chosen(self) -> bool:
        """Say whether anything is chosen."""
        return bool(self.viewer.scene().selectedItems())

    def nodes_chosen(self) -> bool:
        """Say whether nodes are chosen."""
        return bool(self.editor.choice.nodes())

    def several_chosen(self) -> bool:
        """Say whether more than one node is chosen."""
        return len(self.editor.choice.nodes()) > 1

    def many_chosen(self) -> bool:
        """Say whether more than two nodes are chosen."""
        return len(self.editor.choice.nodes()) > 2

    def one_chosen(self) -> bool:
        """Say whether exactly one thing is chosen."""
        return len(self.viewer.scene().selectedItems()) == 1

    def use_chosen(self) -> bool:
        """Say whether the use of a sub-graph is chosen."""
        nodes = self.projection.graph.nodes
        return any(nodes[name].subgraph is not None for name in self.editor.choice.nodes())

    # What the viewer says.

    def _follow(self) -> None:
        """Follow the projection; it is called while this is being made, too."""
        if "empty" in self.__dict__:
            self.viewer.close_gestures()
            self.minimap.refresh()
            self.show_emptiness()
            if self.projection.within != self._depth.within:
                self._depth.leave(0)
                self.trail.show_way([])
                self.within_changed.emit(self.within)

    def show_emptiness(self) -> None:
        """Say what to do while nothing is on the canvas."""
        self.empty.show_for(next(self.projection.items(), None) is not None)

    def _tell_selection(self) -> None:
        self.minimap.refresh()
        self.selection_changed.emit(self.editor.choice.nodes())

    def _mouse(self) -> QPointF:
        spot = self.viewer.viewport().mapFromGlobal(QCursor.pos())
        if self.viewer.viewport().rect().contains(spot):
            return QPointF(self.viewer.mapToScene(spot))
        return self.viewer.mouse or self.viewer.centre

    def _open(self, name: str) -> None:
        inside = self.projection.graph.nodes[name].subgraph
        if inside is not None and inside in self.document.subgraphs:
            self._depth.enter(name, inside)
            self._show_graph()
        else:
            self.node_activated.emit(name)

    def _go_out(self, keep: int) -> None:
        self._depth.leave(keep)
        self._show_graph()

    def _show_graph(self) -> None:
        self.hovering.stop()
        self.viewer.scene().clearSelection()
        self.projection.project(self._depth.within, self._depth.prefix)
        self.trail.show_way(self._depth.names())
        self.frame_all()
        self.within_changed.emit(self.within)

    def _press(self, event: QKeyEvent) -> None:
        command = self._keys.get(QKeySequence(event.keyCombination()).toString())
        if command is not None and command.enabled():
            event.accept()
            command.run()

    def _open_menu(self, place: QPoint, at: QPointF) -> None:
        menu = menu_for(self, at)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.viewer.mouse = at
        self._show_menu(menu, place)

    def _show_menu(self, menu: QMenu, place: QPoint) -> None:
        menu.popup(place)

    def _search_for(self, at: QPointF, side: str, node: str, socket: str) -> None:
        self._wish = (at, side, node, socket)
        entries, hint = self._offer.fitting(self.projection, side, node, socket)
        place = self.mapFromGlobal(self.viewer.viewport().mapToGlobal(self.viewer.mapFromScene(at)))
        self.search_box.open_at(place, entries, hint)

    def _add_found(self, node_type: str) -> None:
        at, side, node, socket = self._wish
        self._take_focus()
        if side:
            shift = QPointF(0 if side == "output" else -224, -40)
            self.editor.add_linked(node_type, at + shift, side, node, socket)
            return
        link = self.viewer.link_under(at)
        self.editor.add(node_type, at - QPointF(60, 20), link.link if link else None)

    def _write(self, kind: str, name: str) -> None:
        groups = self.projection.groups
        if kind == "note":
            note = groups.notes[name]
            self.writing.open_on(kind, name, note.note.text, note.area)
            return
        item = self.projection.nodes[name] if kind == "node" else groups.frames[name]
        area = QRectF(item.area.topLeft() + QPointF(*TITLE_AREA), item.area.size())
        self.writing.open_on(kind, name, name, area)

    def _written(self, kind: str, name: str, text: str) -> None:
        verbs: dict[str, Callable[[str, str], None]] = {
            "node": self.editor.rename_node,
            "frame": self.editor.rename_frame,
            "note": self.editor.write_note,
        }
        verbs[kind](name, text)

    def _take_focus(self) -> None:
        self.viewer.setFocus(Qt.FocusReason.OtherFocusReason)

    # Where things lie.

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        size, small = self.size(), self.minimap.size()
        self.minimap.move(
            size.width() - small.width() - EDGE, size.height() - small.height() - EDGE
        )
        self.minimap.setVisible(size.width() > 420 and size.height() > 320)
        self.minimap.raise_()
        self.trail.move(EDGE, EDGE)
        self.trail.raise_()
        self.show_emptiness()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._looked:
            self._looked = True
            self.frame_all()


def _keys(commands: Iterable[CanvasCommand]) -> dict[str, CanvasCommand]:
    return {QKeySequence(key).toString(): c for c in commands for key in c.keys}
