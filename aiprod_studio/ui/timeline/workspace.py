"""The Edit workspace: shots, viewer and what is chosen above the timeline.

The shell shows it for an open document. It wires the parts: the document's film goes down to them,
their wishes become edits, renders and signals to the shell. It keeps nothing of the film itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QSplitter, QVBoxLayout, QWidget

from aiprod_studio.graph.facts import SectionSet
from aiprod_studio.story.cut import Clip
from aiprod_studio.story.sections import STORY, TIMELINE
from aiprod_studio.ui.actions import Action
from aiprod_studio.ui.footage.errands import Errands
from aiprod_studio.ui.footage.program import PLAYBACK, Program
from aiprod_studio.ui.footage.renders import renders_of
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.timeline.bringing import Bringing
from aiprod_studio.ui.timeline.commands import actions_of
from aiprod_studio.ui.timeline.deeds.editing import Deeds
from aiprod_studio.ui.timeline.deeds.filling import GapDeeds
from aiprod_studio.ui.timeline.deeds.going import Going
from aiprod_studio.ui.timeline.deeds.laying import Laying
from aiprod_studio.ui.timeline.deeds.places import PlaceDeeds
from aiprod_studio.ui.timeline.deeds.takes import TakeDeeds
from aiprod_studio.ui.timeline.keys import KeyTable
from aiprod_studio.ui.timeline.menus import clip_menu, shots_menu
from aiprod_studio.ui.timeline.panels.clip_panel import Chosen, ClipPanel
from aiprod_studio.ui.timeline.panels.shot_list import ShotList
from aiprod_studio.ui.timeline.state import State
from aiprod_studio.ui.timeline.toolbar import ToolBar
from aiprod_studio.ui.timeline.tracks.view import TimelineView

if TYPE_CHECKING:
    from aiprod_studio.ui.editing import Editing


class EditWorkspace(QWidget):
    """The Edit workspace of one document."""

    graph_wanted = Signal(str)
    """Open the graph that a shot renders through."""

    def __init__(self, editing: Editing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editing = editing
        self.state = State(self)
        self.renders = renders_of(editing)
        ground = self.renders.ground()
        self.errands = Errands(ground.folder, ground.locate, self)
        copies = editing.places.cache / PLAYBACK
        self.program = Program(ground.folder, ground.locate, self, copies)
        self.shots = ShotList(self.errands, self)
        self.panel = ClipPanel(self.state, self.errands, self)
        self.view = TimelineView(self.state, self.errands, self)
        self.deeds = Deeds(editing, self.state)
        self.going = Going(self.state, self.program)
        self.laying = Laying(self.deeds, self.shots)
        self.takes, self.places = TakeDeeds(self), PlaceDeeds(self)
        self.gaps = GapDeeds(self)
        self.bringing = Bringing(editing, self.state, self.laying, self.view.tracks)
        self.actions_by_id: dict[str, Action] = {}
        self.actions_here: tuple[Action, ...] = ()
        self._make_actions()
        self.toolbar = ToolBar(self.actions_by_id, self.state, self)
        self._fitted = False
        self._seeking = False
        self._closed = False
        self._fresh = QTimer(self, singleShot=True, interval=0)
        self._fresh.timeout.connect(self._show_looks)
        self.setAccessibleName("Edit workspace")
        self._lay_out()
        self._connect()
        self._show_film()

    def _make_actions(self) -> None:
        self.actions_here = actions_of(self)
        self.actions_by_id = {action.id: action for action in self.actions_here}
        self.bind({})

    def _lay_out(self) -> None:
        theme = current()
        self.upper = QSplitter(Qt.Orientation.Horizontal, self)
        for part in (self.shots, self.program, self.panel):
            self.upper.addWidget(part)
        self.upper.setStretchFactor(1, 1)
        self.upper.setSizes([theme.px(240), theme.px(800), theme.px(300)])
        self.upper.setChildrenCollapsible(True)
        lower = QWidget(self)
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addWidget(self.toolbar)
        below.addWidget(self.view, 1)
        self.whole = QSplitter(Qt.Orientation.Vertical, self)
        self.whole.addWidget(self.upper)
        self.whole.addWidget(lower)
        self.whole.setSizes([theme.px(440), theme.px(380)])
        self.whole.setCollapsible(1, False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.whole)

    def _connect(self) -> None:
        state, editing, tracks = self.state, self.editing, self.view.tracks
        editing.changed.connect(self._take_facts)
        editing.path_changed.connect(self._moved)
        state.wanted.connect(self._do)
        state.refused.connect(editing.refused)
        state.told.connect(editing.said)
        state.sought.connect(self._seek)
        state.chosen_changed.connect(self._show_chosen)
        state.draft_changed.connect(self._show_draft)
        state.marks_changed.connect(self._range)
        self.program.frame_changed.connect(self._played)
        self.program.player.state_changed.connect(self._range)
        self.renders.changed.connect(self._fresh.start)
        tracks.opened.connect(self.takes.open_clip)
        tracks.menu_wanted.connect(self._menu)
        self.view.ruler.marker_opened.connect(self.places.edit_marker)
        self.shots.opened.connect(self.graph_wanted)
        self.shots.menu_wanted.connect(self._shots_menu)
        panel = self.panel
        panel.wanted.connect(lambda edit: editing.do_story(edit))
        panel.compared.connect(self.takes.compare)
        panel.render_wanted.connect(lambda shot, more: self.renders.render([shot], another=more))
        panel.stop_wanted.connect(self.renders.cancel)
        panel.graph_wanted.connect(self.graph_wanted)
        panel.fill_wanted.connect(self.gaps.fill)
        panel.find_wanted.connect(self.bringing.find)
        self.errands.trouble_changed.connect(self._show_chosen)
        panel.left.connect(self.view.tracks.setFocus)
        panel.close_gap_wanted.connect(self.deeds.ripple_remove)

    def close(self) -> bool:
        """Let go of threads, files and the document."""
        if self._closed:
            return super().close()
        self._closed = True
        self._fresh.stop()
        self.editing.changed.disconnect(self._take_facts)
        self.editing.path_changed.disconnect(self._moved)
        self.renders.changed.disconnect(self._fresh.start)
        self.renders.close()
        self.program.close_all()
        self.errands.close()
        return super().close()

    # The film comes down.

    def _take_facts(self, facts: list[object]) -> None:
        sections = {fact.section for fact in facts if isinstance(fact, SectionSet)}
        if sections & {STORY, TIMELINE}:
            self._show_film()

    def _show_film(self) -> None:
        board, cut = self.editing.board(), self.editing.cut()
        looks = self.renders.looks()
        self.state.show_film(board, cut, looks)
        self.shots.show_shots(board, looks)
        self.program.show_film(board, cut)
        self._show_chosen()

    def _show_looks(self) -> None:
        looks = self.renders.looks()
        self.state.show_looks(looks)
        self.state.show_live(self.renders.live)
        self.shots.show_shots(self.editing.board(), looks)
        self._show_chosen()

    def _show_chosen(self) -> None:
        self.panel.show_chosen(self.chosen())

    def chosen(self) -> Chosen | None:
        """Return what the panel shows: the only chosen clip, of linked ones the picture."""
        names = self.state.chosen
        found = [(t, c) for t, c in self.state.cut.clips() if c.name in names]
        links = {clip.link for _, clip in found}
        if not found or (len(found) > 1 and (len(links) > 1 or "" in links)):
            return None
        track, clip = min(found, key=lambda pair: pair[0].kind == "audio")
        shot = self.shot_of(clip)
        look = self.state.shots.get(clip.source.name) if shot else None
        problems = self.renders.problems(clip.source.name) if shot else ()
        return Chosen(track, clip, self.state.strips.shots.get(shot), look, problems)

    def shot_of(self, clip: Clip) -> str:
        """Return the shot that a clip plays, "" for none."""
        known = clip.source.kind == "shot" and clip.source.name in self.state.strips.shots
        return clip.source.name if known else ""

    def _moved(self) -> None:
        ground = self.renders.ground()
        self.errands.renew(ground.folder, ground.locate)
        self.program.refresh(ground.folder, ground.locate)

    # Wishes go up.

    def _do(self, edits: Any, title: str) -> None:
        self.editing.do_story(*edits, title=title)

    def _seek(self, frame: int) -> None:
        self._seeking = True
        self.program.seek(frame)
        self._seeking = False

    def _played(self, frame: int) -> None:
        if self._seeking:
            return
        self.state.set_playhead(frame)
        if self.program.player.playing:
            scale = self.state.scale
            self.state.look(scale.showing(frame, self.state.width))

    def _show_draft(self) -> None:
        draft = self.state.draft
        if draft is not None and draft.frame is not None:
            self.program.peek(draft.cut, draft.frame)
        else:
            self.program.end_peek()

    def _range(self) -> None:
        """While the loop is on, play only between in and out."""
        player, span = self.program.player, self.state.span
        last = max(player.count - 1, 0)
        wanted = (span[0], span[1] - 1) if span is not None and player.loop else (0, last)
        wanted = (min(wanted[0], last), min(wanted[1], last))
        if player.source is not None and player.range != wanted and not player.playing:
            player.set_range(*wanted)

    def toggle_play(self) -> None:
        """Play from the playhead, or pause."""
        self.program.player.toggle()

    # Keys and menus.

    def bind(self, own: Mapping[str, tuple[str, ...]]) -> None:
        """Take the artist's own keys, by the ids of actions."""
        self._keys = KeyTable(self.actions_here, own)

    def event(self, event: QEvent) -> bool:
        """Claim the workspace's keys before the window's shortcuts see them."""
        asked = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if asked and self._keys.find(event) is not None:  # type: ignore[arg-type]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what the key stands for."""
        action = self._keys.find(event)
        if action is None:
            super().keyPressEvent(event)
        elif action.enabled():
            action.run()

    def changeEvent(self, event: QEvent) -> None:
        """Back in the window, files that could not be read may be there."""
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.errands.try_again()
        super().changeEvent(event)

    def _menu(self, at: QPoint, hit: Any) -> None:
        self.show_menu(clip_menu(self, hit), at)

    def _shots_menu(self, at: QPoint) -> None:
        self.show_menu(shots_menu(self), at)

    def show_menu(self, menu: QMenu, at: QPoint) -> None:
        """Show a menu and forget it when it is closed."""
        menu.exec(at)
        menu.deleteLater()

    def showEvent(self, event: QShowEvent) -> None:
        """Show the whole film the first time, and take the keyboard."""
        super().showEvent(event)
        if not self._fitted:
            self._fitted = True
            QTimer.singleShot(0, self, self.state.fit)
        self.view.tracks.setFocus()

    def export(self) -> None:
        """Open the dialog that writes the film."""
        from aiprod_studio.ui.timeline.export.dialog import ExportDialog

        ExportDialog(self.editing, self, self.state.span).open()
