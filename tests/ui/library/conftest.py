"""The library over our own nodes, offscreen."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_PREFERRED_BINDING", "PySide6")

from collections.abc import Mapping
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from aiprod_studio.app.packs import load_packs
from aiprod_studio.app.places import shipped
from aiprod_studio.sdk import NodeSpec
from aiprod_studio.ui.library import LibraryPanel


@pytest.fixture(scope="session")
def specs() -> Mapping[str, NodeSpec]:
    return load_packs(shipped("nodes"), Path("none"), {}).specs


@pytest.fixture
def library(qtbot: QtBot, specs: Mapping[str, NodeSpec]) -> LibraryPanel:
    panel = LibraryPanel(specs)
    qtbot.addWidget(panel)
    panel.resize(260, 700)
    panel.show()
    return panel
