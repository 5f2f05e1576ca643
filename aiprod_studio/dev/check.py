"""All that must hold before a change is shared: format, lint, types, contracts, fast tests."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from aiprod_studio.dev.contracts import broken_pack_rules

TYPED = ["aiprod_studio", "installer/bootstrap.py"]


def check_all(root: Path, *, fix: bool, tests: bool) -> int:
    """Run all checks, say how each went, and return 0 when all passed."""
    python = [sys.executable, "-m"]
    steps: list[tuple[str, list[str]]] = [
        ("format", [*python, "ruff", "format", *([] if fix else ["--check"]), "."]),
        ("lint", [*python, "ruff", "check", *(["--fix"] if fix else []), "."]),
        ("types", [*python, "mypy", *TYPED]),
        ("contracts", [str(Path(sys.executable).parent / "lint-imports")]),
    ]
    if tests:
        steps.append(("fast tests", [*python, "pytest", "-q", "-m", "not slow"]))
    failed = [name for name, command in steps if not _passes(name, command, root)]
    for sentence in broken_pack_rules(root / "nodes"):
        failed.append("pack rules")
        print(sentence)
    print("all checks passed" if not failed else f"failed: {', '.join(dict.fromkeys(failed))}")
    return 1 if failed else 0


def _passes(name: str, command: list[str], root: Path) -> bool:
    started = time.perf_counter()
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    print(f"{name}: {'ok' if done.returncode == 0 else 'FAILED'} "
          f"({time.perf_counter() - started:.1f} s)", flush=True)  # fmt: skip
    if done.returncode != 0:
        print(done.stdout[-8000:] + done.stderr[-4000:], flush=True)
    return done.returncode == 0
