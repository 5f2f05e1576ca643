"""The panels load nothing heavy: the window must be usable before torch and codecs are needed."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("torch", "diffusers", "transformers", "cv2", "NodeGraphQt", "aiprod_studio.media")
CODE = f"""
import sys
from aiprod_studio.ui.inspector import InspectorPanel
from aiprod_studio.ui.library import LibraryPanel
from aiprod_studio.ui.manual import ManualPanel
from aiprod_studio.ui.viewer import ViewerPanel
print([name for name in {HEAVY!r} if name in sys.modules])
"""


def test_the_panels_are_imported_without_heavy_libraries() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
