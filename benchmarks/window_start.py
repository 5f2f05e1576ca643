"""How long the window takes from the command until it can be used, before torch is imported.

    python benchmarks/window_start.py [--times 3]

Starts the program in processes of its own, offscreen, and waits until the window has been painted
and answers a click. Wall time counts; processor time is shown beside it, since a busy machine makes
the first one longer and not the second.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile

LIMIT = 2.0
PROBE = """
import json, sys, time
begun = time.time() - float(sys.argv[1])
from aiprod_studio.ui.start import first_look, make_application, make_window
app = make_application()
window = make_window(app)
window.show()
app.processEvents()
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
QTest.mouseClick(window.gallery.new_button, Qt.MouseButton.LeftButton)
assert window.page is not None
usable = time.time() - float(sys.argv[1])
heavy = [name for name in ("torch", "diffusers", "transformers") if name in sys.modules]
print(json.dumps({"wall": usable, "cpu": time.process_time(), "heavy": heavy}))
window.documents.close(window.editing)
window.close()
window.studio.close()
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    times = parser.parse_args().times
    found = [_once() for _ in range(times + 1)][1:]
    wall = sorted(one["wall"] for one in found)[len(found) // 2]
    cpu = sorted(one["cpu"] for one in found)[len(found) // 2]
    heavy = {name for one in found for name in one["heavy"]}
    print(f"usable after {wall:.2f} s (limit {LIMIT:.1f} s), {cpu:.2f} s of processor time")
    print(f"imported too early: {', '.join(sorted(heavy)) or 'nothing'}")
    return 0 if wall <= LIMIT and not heavy else 1


def _once() -> dict[str, object]:
    import time

    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "AIPROD_HOME": home}
        done = subprocess.run(
            [sys.executable, "-c", PROBE, str(time.time())],
            env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    sys.exit(main())
