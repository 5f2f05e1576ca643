"""Killed or cancelled at any moment, then started again: the same bytes as an undisturbed run."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import pytest

FILM = Path(__file__).with_name("film.py")
STEPS = 10


class Process(Protocol):
    """A run of the film that can be stopped."""

    def stop(self, how: signal.Signals) -> None:
        """Send a signal."""

    def end(self) -> tuple[int, str]:
        """Wait, and return the exit code and the last line that was printed."""


class Started:
    """A run in a Python of its own, as an artist starts it."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(FILM), str(folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdout is not None
        self._output = self._process.stdout
        line = self._output.readline()
        assert line == "ready\n", line + self._output.read()

    def stop(self, how: signal.Signals) -> None:
        self._process.send_signal(how)

    def end(self) -> tuple[int, str]:
        with self._output:
            text = self._output.read()
        return self._process.wait(60), text


class Nursery:
    """Runs in forked processes: a hundred in the time that ten Pythons take to start."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(FILM), "--nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._input, self._output = self._process.stdin, self._process.stdout

    def __call__(self, folder: Path) -> Process:
        self._input.write(f"{folder}\n")
        self._input.flush()
        self._pid = int(self._output.readline())
        line = self._output.readline()
        assert line == "ready\n", line + self._output.read()
        return self

    def stop(self, how: signal.Signals) -> None:
        # It may be over already.
        with suppress(ProcessLookupError):
            os.kill(self._pid, how)

    def end(self) -> tuple[int, str]:
        lines = [""]
        while not lines[-1].startswith("exit "):
            lines.append(self._output.readline())
            assert lines[-1], "".join(lines)
        return int(lines[-1].split()[1]), "".join(lines[:-1])

    def close(self) -> None:
        self._input.close()
        self._process.wait(60)
        self._output.close()


class Runs:
    """Runs of the film in one folder."""

    def __init__(self, folder: Path, start: type[Started] | Nursery = Started) -> None:
        self.folder, self.start = folder, start

    def begin(self) -> Process:
        return self.start(self.folder)

    def complete(self) -> dict[str, Any]:
        """Run to the end and return the report."""
        return self.finish(self.begin())

    def finish(self, process: Process) -> dict[str, Any]:
        code, output = process.end()
        assert code in (0, 130), output
        told = json.loads(output)
        assert told["damaged"] == []
        return dict(told)

    def files(self) -> dict[str, bytes]:
        outputs = self.folder / "project" / "outputs"
        return {path.name: path.read_bytes() for path in sorted(outputs.iterdir())}

    def clear(self) -> None:
        shutil.rmtree(self.folder)


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


Undisturbed = tuple[dict[str, bytes], float]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> Undisturbed:
    """The files of a run that nobody stopped, and the seconds that it took."""
    runs = Runs(tmp_path_factory.mktemp("undisturbed"), nursery)
    told = runs.complete()
    assert len(told["done"]) == STEPS
    return runs.files(), float(told["seconds_of_run"])


def stop_often(runs: Runs, undisturbed: Undisturbed, how: signal.Signals, times: int) -> int:
    """Stop runs at random moments, starting again until done; return how many went on."""
    wanted, seconds = undisturbed
    moments = random.Random(times)
    stopped = resumed = 0
    while stopped < times:
        process = runs.begin()
        time.sleep(moments.uniform(0, seconds * 0.9))
        process.stop(how)
        code, output = process.end()
        # Minus SIGINT: the run was over, and Python was already leaving.
        if code in (0, -signal.SIGINT):
            assert runs.files() == wanted
            runs.clear()
            continue
        assert code in (-signal.SIGKILL, 130), output
        stopped += 1
        told = runs.complete()
        # Before its first or after its last step a job leaves nothing to go on with.
        assert told["interrupted"] == ["film.json"] or len(told["done"]) in (0, STEPS)
        assert told["exit_code"] == 0 and runs.files() == wanted
        resumed += len(told["done"]) < STEPS or bool(told["said"])
        again = runs.complete()
        assert again["done"] == [] and again["interrupted"] == []
        runs.clear()
    return resumed


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_run_goes_on_and_ends_with_the_same_bytes(
    tmp_path: Path, undisturbed: Undisturbed, nursery: Nursery, how: signal.Signals
) -> None:
    assert stop_often(Runs(tmp_path / "film", nursery), undisturbed, how, 5) >= 2


def test_the_same_command_goes_on_after_a_kill(tmp_path: Path, undisturbed: Undisturbed) -> None:
    runs = Runs(tmp_path / "film")
    process = runs.begin()
    time.sleep(undisturbed[1] / 2)
    process.stop(signal.SIGKILL)
    process.end()
    assert runs.complete()["exit_code"] == 0
    assert runs.files() == undisturbed[0]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_stopped_at_sixty_random_moments_it_always_ends_with_the_same_bytes(
    tmp_path: Path, undisturbed: Undisturbed, nursery: Nursery, how: signal.Signals
) -> None:
    assert stop_often(Runs(tmp_path / "film", nursery), undisturbed, how, 60) >= 40


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_again_and_again_one_run_still_ends_with_the_same_bytes(
    tmp_path: Path, undisturbed: Undisturbed, nursery: Nursery
) -> None:
    wanted, seconds = undisturbed
    moments = random.Random(5)
    for film in range(5):
        runs = Runs(tmp_path / f"film{film}", nursery)
        for _ in range(12):
            process = runs.begin()
            time.sleep(moments.uniform(0, seconds * 0.2))
            process.stop(signal.SIGKILL)
            process.end()
        runs.complete()
        assert runs.files() == wanted


def test_a_cancel_takes_effect_between_steps(
    tmp_path: Path, undisturbed: Undisturbed, nursery: Nursery
) -> None:
    runs = Runs(tmp_path / "film", nursery)
    process = runs.begin()
    time.sleep(undisturbed[1] / 4)
    process.stop(signal.SIGINT)
    told = runs.finish(process)
    assert told["seconds_to_stop"] < 10
    assert told["cancelled"] and told["exit_code"] == 130
