"""How fast the program answers: `--help`, the list of nodes, each against an empty Python.

    python benchmarks/startup.py [--json]

Limits: --help under 0.3 s, registering all nodes under 0.2 s, torch and Qt not imported.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time

TIMES = 7
REGISTER = """
import sys, time
started = time.perf_counter()
from aiprod_studio.app.packs import registry
count = len(registry().specs)
print(time.perf_counter() - started, count, int("torch" in sys.modules))
"""


def seconds(*arguments: str) -> float:
    """Return the median wall time of `python ARGUMENTS`."""
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def registration() -> tuple[float, int, bool]:
    """Return median seconds to register all nodes, how many there are, and if torch came along."""
    lines = [
        subprocess.run(
            [sys.executable, "-c", REGISTER], check=True, capture_output=True, text=True
        ).stdout.split()
        for _ in range(TIMES)
    ]
    return statistics.median(float(line[0]) for line in lines), int(lines[0][1]), lines[0][2] == "1"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    empty = seconds("-c", "pass")
    shown_help = seconds("-m", "aiprod_studio", "--help")
    registering, count, torch = registration()
    rows = {
        "empty_python_s": empty,
        "help_s": shown_help,
        "help_over_empty": shown_help / empty,
        "register_s": registering,
        "register_over_empty": registering / empty,
        "nodes": count,
        "torch_imported": torch,
    }
    if given.json:
        print(json.dumps(rows))
        return
    for name, value in rows.items():
        print(f"{name:<20} {value:.3f}" if isinstance(value, float) else f"{name:<20} {value}")


if __name__ == "__main__":
    main()
