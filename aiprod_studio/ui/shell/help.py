"""Help in dialogs: the manual of the nodes, and what this program is."""

from __future__ import annotations

import importlib
import importlib.util

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QMessageBox, QTextBrowser, QVBoxLayout, QWidget

from aiprod_studio import __version__
from aiprod_studio.sdk import NodeSpec
from aiprod_studio.ui.studio import Studio
from aiprod_studio.ui.theme import current

ABOUT = (
    "Films from storyboards, on the card you have.\n\nIcons: Lucide (ISC). Type: Inter (SIL OFL). "
    "Films are read and written by FFmpeg."
)


def open_manual(parent: QWidget, studio: Studio, node_type: str) -> QDialog:
    """Open the manual, at a node's page if one is named."""
    module = "aiprod_studio.ui.manual"
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle("Manual of the nodes")
    dialog.resize(current().px(860), current().px(640))
    column = QVBoxLayout(dialog)
    column.setContentsMargins(0, 0, 0, 0)
    page: QWidget | None = None
    if importlib.util.find_spec(module) is not None:
        maker = getattr(importlib.import_module(module), "ManualPanel", None)
        if maker is not None:
            page = maker(studio.specs)
            show = getattr(page, "show_node", None)
            if node_type and show is not None:
                show(node_type)
    if page is None:
        browser = QTextBrowser()
        browser.setMarkdown(_pages(studio, node_type))
        page = browser
    column.addWidget(page)
    dialog.open()
    return dialog


def show_about(parent: QWidget) -> None:
    """Say what this program is."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle("About")
    box.setText(f"<b>AIPROD Studio</b> {__version__}")
    box.setInformativeText(ABOUT)
    box.open()


def _pages(studio: Studio, node_type: str) -> str:
    spec = studio.specs.get(node_type)
    specs = [spec] if spec is not None else sorted(studio.specs.values(), key=lambda s: s.type)
    return "\n\n".join(map(_page, specs))


def _page(spec: NodeSpec) -> str:
    lines = [f"# {spec.title}", f"`{spec.type}`", "", spec.doc]
    lines += [f"- **{item.name}**: {item.doc or item.type}" for item in spec.inputs]
    lines += [f"- *{item.name}*: {item.doc or item.kind}" for item in spec.params]
    return "\n".join(lines)
