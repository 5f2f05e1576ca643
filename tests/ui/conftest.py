"""A studio in a folder of its own, and documents open in it, for tests of the window."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_PREFERRED_BINDING", "PySide6")

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from aiprod_studio.app.packs import Registry, load_packs
from aiprod_studio.app.places import Places, shipped
from aiprod_studio.app.settings import Settings
from aiprod_studio.graph import Document, loads
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.studio import Studio


@pytest.fixture(scope="session")
def registry() -> Registry:
    """All nodes that ship with the program."""
    return load_packs(shipped("nodes"), Path("none"), {})


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """The user's folders, empty."""
    return Places(tmp_path / "data", tmp_path / "cache")


@pytest.fixture
def studio(qapp: QApplication, places: Places, registry: Registry) -> Iterator[Studio]:
    """The program, without its window."""
    studio = Studio(places, Settings(), registry)
    yield studio
    studio.close()
    studio.deleteLater()


@pytest.fixture
def open_document(studio: Studio) -> Iterator[Callable[..., Editing]]:
    """Open a document, or the text of one; all are closed at the end."""
    opened: list[Editing] = []

    def open_one(document: Document | str | None = None, path: Path | None = None) -> Editing:
        if isinstance(document, str):
            document = loads(document, studio.specs).document
            assert document is not None
        editing = Editing(studio, document or Document(specs=studio.specs), path)
        opened.append(editing)
        return editing

    yield open_one
    for editing in opened:
        editing.close()
        editing.deleteLater()


@pytest.fixture
def editing(open_document: Callable[..., Editing]) -> Editing:
    """An empty document, open."""
    return open_document()
