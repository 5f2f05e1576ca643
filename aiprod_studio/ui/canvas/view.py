"""The canvas as the window sees it: one widget for one document.

The shell makes it, gives it states of nodes and hears of selections; everything an artist does in
it becomes commands on the document. It remembers nothing that is not in the document, but where it
looks and how deep it is in sub-graphs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QCursor, QImage, QKeyEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from aiprod_studio.graph import Document
from aiprod_studio.sdk import NodeSpec
from aiprod_studio.ui.canvas.commands import CanvasCommand, commands_of
from aiprod_studio.ui.canvas.editor import Editor
from aiprod_studio.ui.canvas.empty import Empty
from aiprod_studio.ui.canvas.hovering import Hovering
from aiprod_studio.ui.canvas.looks import PLAIN, NodeLook
from aiprod_studio.ui.canvas.menu import menu_for
from aiprod_studio.ui.canvas.minimap import Minimap
from aiprod_studio.ui.canvas.naming import Naming
from aiprod_studio.ui.canvas.palette import DARK, Palette
from aiprod_studio.ui.canvas.projection import Projection
from aiprod_studio.ui.canvas.search_box import SearchBox
from aiprod_studio.ui.canvas.searching import Searching
from aiprod_studio.ui.canvas.trail import Trail
from aiprod_studio.ui.canvas.viewer import Viewer
from aiprod_studio.ui.canvas.walking import Walking
from aiprod_studio.ui.canvas.writing import Writing

EDGE = 12


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
        self._looked = False
        self.viewer = Viewer(palette, self)
        self.projection = Projection(document, self.viewer.scene(), palette, self._follow)
        self.editor = Editor(self.projection, self.refused.emit)
        self.viewer.hold(self.projection, self.editor)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.viewer)
        self.minimap = Minimap(self.viewer, self)
        self.search_box = SearchBox(palette, self)
        self.searching = Searching(self.search_box, self.viewer, self.editor, specs)
        self.writing = Writing(palette, self.viewer)
        self.trail = Trail(palette, self)
        self.walking = Walking(self.editor, self.trail)
        self.naming = Naming(self.writing, self.editor, self.walking.rename)
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
        viewer.wants_node.connect(self.searching.begin)
        viewer.wants_text.connect(self.naming.begin)
        viewer.wants_menu.connect(self._open_menu)
        viewer.opened.connect(self._open)
        viewer.pressed.connect(self._press)
        viewer.refused.connect(self.refused)
        viewer.camera_moved.connect(self.minimap.update)
        viewer.over.connect(self.hovering.over)
        self.hovering.hovered.connect(lambda name: self.hovered.emit(self.path_of(name)))
        viewer.camera_moved.connect(self.writing.keep)
        self.search_box.closed.connect(self._take_focus)
        self.walking.left.connect(self._leave_graph)
        self.walking.arrived.connect(self._show_graph)

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
        return self.walking.prefix + name

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
        self.searching.begin(self._mouse(), "", "", "")

    def add_in_view(self, node_type: str) -> None:
        """Add a node in the middle of what is seen, beside what is there."""
        self.editor.add(node_type, self.editor.placing.free_spot(self.viewer.centre))

    def add_note(self) -> None:
        """Put a note where the mouse is, and write it."""
        self.editor.add_note(self._mouse())
        self.naming.begin_chosen()

    def paste(self, *, keep_links: bool) -> None:
        """Add what is on the clipboard where the mouse is."""
        self.editor.paste(self._mouse(), keep_links=keep_links)

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
        self.walking.go_out()

    def inside(self) -> bool:
        """Say whether a sub-graph is shown."""
        return bool(self.within)

    def nodes_chosen(self) -> bool:
        """Say whether nodes are chosen."""
        return self.editor.choice.any_node()

    # What the viewer says.

    def _follow(self) -> None:
        """Follow the projection; it is called while this is being made, too."""
        if "empty" in self.__dict__:
            self.viewer.close_gestures()
            self.minimap.refresh()
            self.show_emptiness()
            if self.walking.put_out():
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
        if not self.walking.go_in(name):
            self.node_activated.emit(name)

    def _leave_graph(self) -> None:
        self.hovering.stop()
        self.viewer.scene().clearSelection()

    def _show_graph(self) -> None:
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
