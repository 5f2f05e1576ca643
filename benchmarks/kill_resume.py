"""Kills a real run at random moments and checks that it always ends with the same bytes.

    python benchmarks/kill_resume.py [WORKFLOW] [--times 50] [--signal kill|int] [--json]

Runs the workflow once undisturbed, then again and again in an empty home: each time it is stopped
at a random moment and the same command is given again. Compares all output files byte for byte, and
shows what a stop costs: seconds of both parts together over the seconds of the undisturbed run.
Returns 1 when any file differs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIGNALS = {"kill": signal.SIGKILL, "int": signal.SIGINT}
STOPPED = {-signal.SIGKILL, -signal.SIGINT, 130}


class Studio:
    """The program with a home of its own."""

    def __init__(self, folder: Path, workflow: Path) -> None:
        self.outputs, self._workflow = folder / "outputs", workflow
        self._env = {**os.environ, "AIPROD_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}

    def begin(self) -> subprocess.Popen[bytes]:
        """Start the run."""
        command = [sys.executable, "-m", "aiprod_studio", "--run", str(self._workflow)]
        command += ["--output", str(self.outputs), "--quiet"]
        return subprocess.Popen(command, env=self._env)

    def complete(self) -> float:
        """Run to the end and return the seconds that it took."""
        began = time.perf_counter()
        code = self.begin().wait()
        if code:
            raise SystemExit(f"the run ended with exit code {code}")
        return time.perf_counter() - began

    def stopped_after(self, seconds: float, how: signal.Signals) -> bool:
        """Run, stop it after so many seconds, and say whether it was still running."""
        process = self.begin()
        time.sleep(seconds)
        process.send_signal(how)
        return process.wait() in STOPPED

    def digests(self) -> dict[str, str]:
        """Return a digest of each output file, by name."""
        return {
            path.relative_to(self.outputs).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.outputs.rglob("*"))
            if path.is_file()
        }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    shipped = ROOT / "workflows" / "text_to_video.json"
    parser.add_argument("workflow", type=Path, nargs="?", default=shipped)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--signal", choices=SIGNALS, default="kill")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    moments, different, costs = random.Random(0), 0, []
    with tempfile.TemporaryDirectory() as folder:
        first = Studio(Path(folder) / "undisturbed", given.workflow)
        whole = first.complete()
        wanted = first.digests()
    stops = 0
    while stops < given.times:
        with tempfile.TemporaryDirectory() as folder:
            studio, moment = Studio(Path(folder), given.workflow), moments.uniform(0, whole)
            if not studio.stopped_after(moment, SIGNALS[given.signal]):
                continue
            stops += 1
            costs.append((moment + studio.complete()) / whole)
            different += studio.digests() != wanted
    told = {
        "workflow": given.workflow.name,
        "signal": given.signal,
        "stops": stops,
        "different": different,
        "seconds_undisturbed": round(whole, 2),
        "cost_median": round(statistics.median(costs), 3),
        "cost_most": round(max(costs), 3),
    }
    if given.json:
        print(json.dumps(told))
    else:
        for name, value in told.items():
            print(f"{name:20} {value}")
    return int(different > 0)


if __name__ == "__main__":
    sys.exit(main())
