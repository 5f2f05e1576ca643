"""The top of the window: tabs of documents, and below them workspaces, plan and Run."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QTabBar,
    QToolButton,
    QWidget,
)

from aiprod_studio.app.jobs.messages import Sheet
from aiprod_studio.ui.actions import ActionRegistry
from aiprod_studio.ui.actions.menus import action_button, fill_menu
from aiprod_studio.ui.queue.plan_words import summary
from aiprod_studio.ui.shell.page import WORKSPACES, Workspace
from aiprod_studio.ui.theme import current, icon
from aiprod_studio.ui.theme.pieces import dress, push_button, set_role

TITLES: dict[Workspace, tuple[str, str]] = {
    "board": ("Board", "clapperboard"), "graph": ("Graph", "workflow"), "edit": ("Edit", "film"),
}  # fmt: skip


class DocumentTabs(QTabBar):
    """One tab for the start page and one for each document."""

    close_wanted = Signal(int)
    new_wanted = Signal()
    menu_wanted = Signal(int, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDocumentMode(True)
        self.setExpanding(False)
        self.setMovable(False)
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setUsesScrollButtons(True)
        self.setAccessibleName("Documents")
        self.addTab(icon("house", "text_dim"), "Start")

    def add(self, title: str) -> int:
        """Add a document's tab; return its place."""
        place = self.addTab(title)
        close = QToolButton(self)
        close.setIcon(icon("x", "text_faint"))
        side = current().px(14)
        close.setIconSize(icon("x").actualSize(close.iconSize()).scaled(
            side, side, Qt.AspectRatioMode.KeepAspectRatio))  # fmt: skip
        close.setToolTip("Close  (Ctrl+W)")
        close.setAccessibleName(f"Close {title}")
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(lambda: self._close(close))
        self.setTabButton(place, QTabBar.ButtonPosition.RightSide, close)
        return place

    def show_title(self, place: int, title: str, *, unsaved: bool, path: str) -> None:
        """Show a document's title; a dot says that it holds unsaved changes."""
        self.setTabText(place, f"{title}  •" if unsaved else title)
        self.setTabToolTip(place, path + ("\nUnsaved changes" if unsaved else ""))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Close with the middle button; offer more with the right one."""
        place = self.tabAt(event.position().toPoint())
        if place > 0 and event.button() == Qt.MouseButton.MiddleButton:
            self.close_wanted.emit(place)
        elif place > 0 and event.button() == Qt.MouseButton.RightButton:
            self.menu_wanted.emit(place, event.globalPosition().toPoint())
        else:
            super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Make a new document with a double click beside the tabs."""
        if self.tabAt(event.position().toPoint()) < 0:
            self.new_wanted.emit()
        else:
            super().mouseDoubleClickEvent(event)

    def _close(self, button: QToolButton) -> None:
        place = self.tabAt(QPoint(button.geometry().center()))
        if place > 0:
            self.close_wanted.emit(place)


class WorkspaceSwitch(QWidget):
    """Board, Graph, Edit: one is down."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self.buttons: dict[Workspace, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().space(1))
        for number, name in enumerate(WORKSPACES, 1):
            title, picture = TITLES[name]
            button = push_button(title, self, kind="flat", tip=f"{title}  (Ctrl+{number})")
            button.setIcon(icon(picture, "text_dim"))
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, name=name: self.chosen.emit(name))
            self._group.addButton(button)
            self.buttons[name] = button
            row.addWidget(button)
        self.setAccessibleName("Workspace")

    def show_workspace(self, name: Workspace) -> None:
        """Show which one is down."""
        self.buttons[name].setChecked(True)


class Toolbar(QWidget):
    """The row below the tabs."""

    def __init__(self, registry: ActionRegistry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current()
        self._registry = registry
        dress(self, "bar")
        self.setFixedHeight(theme.px(44))
        self.switch = WorkspaceSwitch(self)
        self.plan = push_button("", self, kind="flat", tip="Show the plan")
        self.plan.clicked.connect(lambda: registry.run("run.plan"))
        self.run = push_button(
            "Run", self, kind="primary", picture="play", tip="Run the whole workflow  (Ctrl+R)"
        )
        self.run.clicked.connect(lambda: registry.run("run.all"))
        self.more = QToolButton(self)
        self.more.setIcon(icon("chevron-down"))
        self.more.setToolTip("More ways to run")
        self.more.setAccessibleName("More ways to run")
        self.more.clicked.connect(self._open_more)
        self._left = [
            action_button(found, self)
            for name in ("edit.undo", "edit.redo")
            if (found := registry.get(name)) is not None
        ]
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.space(2), 0, theme.space(3), 0)
        row.setSpacing(theme.space(1))
        for button in self._left:
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.switch)
        row.addStretch(1)
        self.plan.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        for part in (self.plan, self.run, self.more):
            row.addWidget(part)
            policy = part.sizePolicy()
            policy.setRetainSizeWhenHidden(True)  # the switch stays in the middle
            part.setSizePolicy(policy)

    def show_workspace(self, name: Workspace) -> None:
        """Show which workspace is seen; Board and Edit bring their own button for rendering."""
        self.switch.show_workspace(name)
        for part in (self.plan, self.run, self.more):
            part.setVisible(name == "graph")

    def show_plan(self, sheet: Sheet | None, *, live: bool = False) -> None:
        """Show the plan of the document in a few words; `live` when every change runs."""
        self.run.setText("Live" if live else "Run")
        self.run.setIcon(icon("zap" if live else "play", "accent_text"))
        self.plan.setText("Planning…" if sheet is None else summary(sheet))
        troubled = sheet is not None and bool(sheet.problems or sheet.short)
        picture, token = ("triangle-alert", "warn") if troubled else ("list-checks", "text_dim")
        self.plan.setIcon(icon(picture, token))
        set_role(self.plan, "troubled", troubled)

    def _open_more(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fill_menu(
            menu, self._registry,
            ("run.all", "graph.run_to_here", "graph.run_fresh", "run.fresh", "-", "run.on_change",
             "run.plan", "-", "queue.pause", "run.cancel"),
        )  # fmt: skip
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))
