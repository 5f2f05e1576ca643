"""The viewer: what a node gave, played, looked at closely, and compared with anything else.

The window puts one beside the canvas. It reads results in threads, shows previews of a running
node, and changes no document.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from aiprod_studio.app.jobs.messages import Ended
from aiprod_studio.app.session.results import Result
from aiprod_studio.engine.events import StepDone, StepFailed, StepPreview
from aiprod_studio.graph.facts import Fact, NodeRenamed
from aiprod_studio.sdk import Problem
from aiprod_studio.ui.actions import Action
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.viewer.bar import Bar
from aiprod_studio.ui.viewer.commands import fill_compare, fill_more, press, viewer_actions
from aiprod_studio.ui.viewer.comparing import Comparing
from aiprod_studio.ui.viewer.opening import Opened, open_path, open_result
from aiprod_studio.ui.viewer.past import Past
from aiprod_studio.ui.viewer.player import Player
from aiprod_studio.ui.viewer.screen import Screen
from aiprod_studio.ui.viewer.sides import OtherSide
from aiprod_studio.ui.viewer.source import ArrayFrames, Frames
from aiprod_studio.ui.viewer.transport import Transport

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array

NOTHING = "Choose a node that has been run, and see here what it gave."
PATIENCE = 200
"""Milliseconds after which reading is said."""
SLOTS = range(1, 10)


class ViewerPanel(QWidget):
    """Shows results of a document's nodes."""

    shown_changed = Signal()
    """Another node, another result or another comparison is shown."""

    def __init__(self, editing: Editing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editing = editing
        self.node, self.result = "", None  # type: str, Result | None
        self._title = ""
        self.slots: dict[int, str] = {}
        self.past = Past()
        self._ticket = 0
        self._closed = False
        self._previewing = False
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Viewer")
        self.player = Player(parent=self)
        self.picture = Screen(self)
        self.side = OtherSide(self.player, self.picture, self)
        self.comparing = Comparing(editing, self.side, self.picture, self)
        self.bar = Bar(self)
        self.transport = Transport(self.player, self)
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(PATIENCE)
        self._slow.timeout.connect(lambda: self.picture.show_words("Reading…"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.picture, 1)
        layout.addWidget(self.transport)
        self.setFocusProxy(self.picture)
        self._connect()
        self.picture.show_words(NOTHING)

    def _connect(self) -> None:
        editing, screen = self.editing, self.picture
        self.player.frame_ready.connect(self._show_frame)
        self.player.failed.connect(self._stumble)
        screen.clicked.connect(self.player.toggle)
        screen.pixel.connect(self.bar.show_pixel)
        screen.view_changed.connect(self._show_bar)
        self.bar.compare_menu.aboutToShow.connect(lambda: fill_compare(self))
        self.bar.more_menu.aboutToShow.connect(lambda: fill_more(self))
        self.bar.comparison_wanted.connect(self.comparing.choose)
        self.bar.compare_ended.connect(self.comparing.end)
        self.comparing.changed.connect(self._show_bar)
        self.comparing.opened.connect(self.shown_changed)
        editing.node_looks_changed.connect(self._follow_looks)
        editing.changed.connect(self._follow)

    # What it shows.

    def show_node(self, name: str, output: str = "") -> None:
        """Show what a node gave last; words when it gave nothing yet."""
        result = self.editing.result_of(name, output)
        self._previewing = False
        if result is not None and result == self.result and name == self.node:
            return
        self.node = name
        if result is None:
            self._show_nothing(f"{name} has not been run yet." if name else NOTHING)
            return
        self.past.note(result)
        self.show_result(result)

    def show_result(self, result: Result) -> None:
        """Show a result, of now or of an earlier run."""
        again = self.result is not None and self.result.node == result.node
        self.result = result
        self._ticket += 1
        ticket = self._ticket
        self._slow.start()
        self.editing.studio.later(
            lambda: open_result(result),
            lambda opened: self._take(ticket, opened, again),
            lambda problem: self._refuse(ticket, problem),
            owner=self,
        )
        self._show_bar()

    def show_frames(self, source: Frames | None, title: str = "", facts: str = "") -> None:
        """Show frames that belong to no node."""
        self._ticket += 1
        self._slow.stop()
        self.node, self.result, self._title = "", None, title
        self.bar.show_title(title, facts)
        self.picture.show_words("" if source else NOTHING)
        self.player.set_source(source)
        if source is None:
            self.picture.show_frame(None)
        self._show_zoom()

    def show_file(self, file: object) -> None:
        """Show a picture, a film or a sound of the disk, by its path."""
        path = Path(str(file))
        self.node, self.result, self._title = "", None, path.name
        self._ticket += 1
        ticket = self._ticket
        self._slow.start()
        self.bar.show_title(path.name, "")
        self.editing.studio.later(
            lambda: open_path(path),
            lambda opened: self._take(ticket, opened, False),
            lambda problem: self._refuse(ticket, problem),
            owner=self,
        )

    def compare(self, one: str, other: str) -> None:
        """Show two nodes, with a wipe between them."""
        self.show_node(one)
        result = self.editing.result_of(other)
        if result is not None:
            self.comparing.begin(result)

    def put_in_slot(self, slot: int, node: str) -> None:
        """Keep a node under a digit and show it."""
        self.slots[slot] = node
        self.show_node(node)

    def show_slot(self, slot: int) -> None:
        """Show the node that is kept under a digit."""
        if slot in self.slots:
            self.show_node(self.slots[slot])

    def take(self, event: object) -> None:
        """Take an event of a job: previews of the shown node are played while it works."""
        if isinstance(event, StepPreview) and event.node == self.node:
            self._preview(event.frames)
        elif isinstance(event, StepDone | StepFailed) and event.node == self.node:
            self._previewing = False
        elif isinstance(event, Ended) and self._previewing:
            self.show_node(self.node)  # the run ended before the node had given anything

    # What can be done in it.

    @property
    def actions_here(self) -> tuple[Action, ...]:
        """The commands of the viewer; their keys work where it has the focus."""
        return viewer_actions(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.transport.press(event):
            return
        digit = event.text()
        if digit.isdigit() and int(digit) in SLOTS and not event.modifiers():
            self.show_slot(int(digit))
            return
        if not press(self, event):
            super().keyPressEvent(event)

    def close(self) -> bool:
        """Stop playing, let go of files and of the document."""
        if not self._closed:
            self._closed = True
            self.editing.node_looks_changed.disconnect(self._follow_looks)
            self.editing.changed.disconnect(self._follow)
            self._slow.stop()
            self.comparing.close()
            self.player.close()
        return super().close()

    # Inside.

    def _take(self, ticket: int, opened: Opened, again: bool) -> None:
        if ticket != self._ticket or self._closed:
            return
        self._slow.stop()
        if opened.frames is None:
            self._show_words(opened.words)
        else:
            self.picture.show_words("")
            self.player.set_source(opened.frames, keep=again)
        self.bar.show_facts(opened.facts)
        self.shown_changed.emit()

    def _refuse(self, ticket: int, problem: Problem) -> None:
        if ticket == self._ticket and not self._closed:
            self._slow.stop()
            self._show_words(str(problem))

    def _stumble(self, problem: object) -> None:
        self.picture.show_words(str(problem))

    def _show_nothing(self, words: str) -> None:
        self._ticket += 1
        self._slow.stop()
        self.result = None
        self._show_words(words)
        self._show_bar()

    def _show_words(self, words: str) -> None:
        self.player.set_source(None)
        self.picture.show_frame(None)
        self.picture.show_words(words)

    def _show_frame(self, index: int, frame: object) -> None:
        self.picture.show_frame(cast("UInt8Array", frame))

    def _preview(self, frames: UInt8Array) -> None:
        """Show the work so far; a film of several frames is played in a loop."""
        self._ticket += 1
        self._slow.stop()
        playing = self.player.playing
        first = not self._previewing
        self._previewing, self.result = True, None
        self.picture.show_words("")
        self.player.set_source(ArrayFrames(frames, self.player.rate), keep=not first)
        if self.player.count > 1 and (first or playing) and not self.player.playing:
            self.player.play()
        self._show_bar()

    def _follow_looks(self, names: list[str]) -> None:
        for name in names:
            result = self.editing.result_of(name)
            if result is not None and not result.stale:
                self.past.note(result)
        if self.node in names and not self._previewing:
            result = self.editing.result_of(self.node)
            if result is not None and (self.result is None or result.key != self.result.key):
                self.show_result(result)
            elif result is not None and result != self.result:
                self.result = result
                self._show_bar()

    def _follow(self, facts: list[Fact]) -> None:
        for fact in facts:
            if isinstance(fact, NodeRenamed) and not fact.within:
                self.past.renamed(fact.old, fact.new)
                self.comparing.renamed(fact.old, fact.new)
                self.slots = {n: fact.new if v == fact.old else v for n, v in self.slots.items()}
                if self.node == fact.old:
                    self.node = fact.new
                    self._show_bar()

    def _show_bar(self) -> None:
        result = self.result
        title = self.node or (result.node if result else self._title)
        note = "running" if self._previewing else "older" if result and result.stale else ""
        self.bar.show_title(title, note=note)
        self._show_zoom()
        words = self.comparing.words(result)
        self.bar.show_comparison(words, self.picture.comparison)
        self.picture.name(title, words)

    def _show_zoom(self) -> None:
        zoom = self.picture.lens.zoom
        self.bar.show_zoom("Fit" if zoom is None else f"{zoom:.0%}")
