"""The command `aiprod-studio`: the window when nothing or a file is named, else the command line.

It stands above all rooms and joins the two ways in. Nothing heavy is imported before it is needed,
and a run without a window never comes near Qt.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from aiprod_studio.sdk import Missing


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    files = files_to_open(given)
    if files is None:
        from aiprod_studio.app.terminal.cli import main as command_line

        return command_line(given)
    return _window(files)


def files_to_open(given: Sequence[str]) -> list[Path] | None:
    """Return the files to open in the window; None when the command line is meant."""
    from aiprod_studio.app.terminal.commands import COMMANDS

    if any(word.startswith("-") for word in given) or (given and given[0] in COMMANDS):
        return None
    return [Path(word) for word in given]


def _window(files: Sequence[Path]) -> int:
    from aiprod_studio.app.libraries import tell_libraries
    from aiprod_studio.app.terminal.console import show_problems
    from aiprod_studio.sdk import ExitCode

    tell_libraries()
    problem = why_no_window()
    if problem is not None:
        show_problems([problem], as_json=False)
        return ExitCode.MISSING
    from aiprod_studio.ui.start import open_window

    return open_window(files)


def why_no_window() -> Missing | None:
    """Return a problem that says why there can be no window here, None when there can."""
    import importlib.util

    remedy = "Use `aiprod-studio --run FILE` to render without a window."
    lacking = [
        name for name in ("PySide6", "NodeGraphQt") if importlib.util.find_spec(name) is None
    ]
    if lacking:
        why = f"{' and '.join(lacking)} is not installed, which the window needs"
        return Missing("the window", why, f"Install `aiprod-studio[window]`. {remedy}")
    shown = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in shown):
        return Missing("the window", "this machine has no display", remedy)
    return None
