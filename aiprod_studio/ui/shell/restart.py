"""Starting the program again with the same documents, for what Qt takes at its start only."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

AGAIN = "from aiprod_studio.launch import main; raise SystemExit(main())"
OWN = "AIPROD_OWN_SCALE"
"""Set by the program itself beside Qt's scale, so that a scale of the artist's system is kept."""


def set_scale(percent: int) -> None:
    """Let Qt draw everything at this size; it must be told before it starts."""
    if percent != 100 and "QT_SCALE_FACTOR" not in os.environ:
        os.environ["QT_SCALE_FACTOR"] = str(percent / 100)
        os.environ[OWN] = "1"


def start_again(files: Sequence[Path]) -> bool:
    """Start another program like this one, with these files; False when it cannot be started."""
    command = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-c", AGAIN]
    environment = dict(os.environ)
    if environment.pop(OWN, ""):
        environment.pop("QT_SCALE_FACTOR", None)
    try:
        subprocess.Popen(
            [*command, *map(str, files)], env=environment, start_new_session=True,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError:
        return False
    return True
