"""What is dropped onto the window or pasted into it: files become nodes, workflows open.

Files are looked at and copied in threads; then one undo step adds the nodes where they were
dropped. Pasted pictures are kept as files beside the document first.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QPointF, Signal
from PySide6.QtGui import QImage

from aiprod_studio.app.session.drops import NODES, Dropped, examine
from aiprod_studio.app.session.files import bring_in
from aiprod_studio.graph.commands import AddNode
from aiprod_studio.graph.names import free_name
from aiprod_studio.graph.specs import Specs
from aiprod_studio.sdk import Invalid, Problem, Refusal
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.studio import Studio

STEP = 220.0
"""Distance of nodes that come from one drop."""


@dataclass(frozen=True)
class Brought:
    """What became of dropped files: (kind, value for the node, name for it), and what could not."""

    nodes: tuple[tuple[str, str, str], ...] = ()
    workflows: tuple[Dropped, ...] = ()
    boards: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()
    model_folders: tuple[str, ...] = ()


class Drops(QObject):
    """Takes drops for the window."""

    workflow_found = Signal(object)
    """A workflow to open: `Dropped`."""
    board_found = Signal(object)
    """A board to import: its path."""
    refused = Signal(object)

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio

    def files_of(self, data: QMimeData) -> list[Path]:
        """Return the files on this machine that a drag or the clipboard names."""
        return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]

    def takes(self, data: QMimeData) -> bool:
        """Say whether anything in a drag can be taken."""
        return bool(self.files_of(data)) or data.hasImage()

    def drop(
        self, data: QMimeData, editing: Editing | None, at: QPointF | None, within: str = ""
    ) -> bool:
        """Take a drag or the clipboard; False when there is nothing in it for us."""
        files = self.files_of(data)
        if files:
            self.take_files(files, editing, at, within)
            return True
        if data.hasImage() and editing is not None:
            image = QImage(data.imageData())
            self._take_image(image, editing, at, within)
            return True
        return False

    def take_files(
        self, files: Sequence[Path], editing: Editing | None, at: QPointF | None, within: str = ""
    ) -> None:
        """Look at files in a thread, then make nodes of them or open them."""
        folder = editing.folder if editing is not None else None
        assets = editing.assets if editing is not None else None
        known = self._studio.settings.model_folders

        def done(brought: Brought) -> None:
            self._take(brought, editing, at, within)

        self._studio.later(
            lambda: bring(files, folder, assets, known, self._studio.specs), done,
            self.refused.emit,
            owner=editing or self,
        )  # fmt: skip

    def _take(
        self, brought: Brought, editing: Editing | None, at: QPointF | None, within: str
    ) -> None:
        for problem in brought.problems:
            self.refused.emit(problem)
        for dropped in brought.workflows:
            self.workflow_found.emit(dropped)
        for board in brought.boards:
            self.board_found.emit(board)
        if brought.model_folders:
            self._allow(brought.model_folders)
        if editing is not None and brought.nodes:
            self._add(brought, editing, at or QPointF(), within)

    def _add(self, brought: Brought, editing: Editing, at: QPointF, within: str) -> None:
        taken = set(editing.document.graph(within).nodes)
        commands = []
        for number, (kind, value, wish) in enumerate(brought.nodes):
            node_type, param = NODES[kind]
            if node_type not in editing.specs:
                why = f"no node for {kind} files is installed"
                self.refused.emit(Invalid(f"file {value}", why, "Switch its pack on."))
                continue
            name = free_name(wish, taken)
            taken.add(name)
            place = (round(at.x()), round(at.y() + number * STEP))
            commands.append(
                AddNode(node_type, name, params={param: value}, pos=place, within=within)
            )
        if commands:
            editing.do(*commands, title="Drop files")

    def _allow(self, folders: Sequence[str]) -> None:
        """Let models be read from the folders that they were dropped from."""
        from dataclasses import replace

        settings = self._studio.settings
        known = dict.fromkeys((*settings.model_folders, *folders))
        self._studio.decide(replace(settings, model_folders=tuple(known)))

    def _take_image(self, image: QImage, editing: Editing, at: QPointF | None, within: str) -> None:
        """Keep a pasted picture as a file beside the document, then take that."""
        file = editing.assets / "media" / f"pasted_{time.strftime('%Y%m%d_%H%M%S')}.png"

        def write() -> Brought:
            file.parent.mkdir(parents=True, exist_ok=True)
            if not image.save(str(file), "PNG"):
                why = "the pasted picture cannot be written"
                raise Refusal(Invalid(f"file {file}", why, "Check space and permissions."))
            return bring([file], editing.folder, editing.assets, ())

        self._studio.later(
            write, lambda brought: self._take(brought, editing, at, within), self.refused.emit,
            owner=editing,
        )  # fmt: skip


def bring(
    files: Sequence[Path],
    folder: Path | None,
    assets: Path | None,
    model_folders: Sequence[str],
    specs: Specs | None = None,
) -> Brought:
    """Look at files and copy what is needed beside a document; `folder` None only looks."""
    nodes: list[tuple[str, str, str]] = []
    workflows: list[Dropped] = []
    boards: list[Path] = []
    problems: list[Problem] = []
    new_folders: list[str] = []
    for path in files:
        try:
            found = examine(path, specs)
            if found.text:
                workflows.append(found)
            elif found.kind == "board":
                boards.append(path)
            elif folder is None or assets is None:
                why = "there is no document that it could go into"
                raise Refusal(Invalid(f"file {path.name}", why, "Open or make one first."))
            elif found.kind in ("model", "lora"):
                nodes.append((found.kind, path.stem, found.kind))
                parent = str(path.resolve().parent)
                if not any(Path(parent).is_relative_to(known) for known in model_folders):
                    new_folders.append(parent)
            else:
                nodes.append((found.kind, bring_in(path, folder, assets), _name(path)))
        except Refusal as refusal:
            problems += refusal.problems
    return Brought(
        tuple(nodes), tuple(workflows), tuple(boards), tuple(problems), tuple(new_folders)
    )


def _name(path: Path) -> str:
    """Return a node's name for a file: its letters and digits."""
    kept = "".join(c if c.isalnum() else "_" for c in path.stem).strip("_").lower()
    return kept[:40] or "picture"
