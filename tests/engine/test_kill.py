"""Killed or cancelled at any moment, then started again: the same bytes as an undisturbed run."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

FILM = Path(__file__).with_name("film.py")


class Runs:
    """Runs of the film in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def begin(self) -> subprocess.Popen[str]:
        """Start a run and wait until it does its first step."""
        process = subprocess.Popen(
            [sys.executable, str(FILM), str(self.folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line == "ready\n", line + process.stdout.read()
        return process

    def said(self, process: subprocess.Popen[str]) -> str:
        """Wait for the end and return all that was printed after the start."""
        assert process.stdout is not None
        # `communicate` would lose what `readline` has read ahead.
        with process.stdout as output:
            text = output.read()
        process.wait(60)
        return text

    def finish(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        """Wait for the end and return the report."""
        output = self.said(process)
        assert process.returncode in (0, 130), output
        told = json.loads(output)
        assert told["damaged"] == []
        return dict(told)

    def complete(self) -> dict[str, Any]:
        return self.finish(self.begin())

    def files(self) -> dict[str, bytes]:
        outputs = self.folder / "project" / "outputs"
        return {path.name: path.read_bytes() for path in sorted(outputs.iterdir())}

    def clear(self) -> None:
        shutil.rmtree(self.folder)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], float]:
    """The files of a run that nobody stopped, and the seconds that it took."""
    runs = Runs(tmp_path_factory.mktemp("undisturbed"))
    told = runs.complete()
    assert len(told["done"]) == 10
    return runs.files(), told["seconds_of_run"]


def stop_often(
    runs: Runs, undisturbed: tuple[dict[str, bytes], float], how: signal.Signals, times: int
) -> int:
    """Stop runs at random moments, starting again until done; return how many went on."""
    wanted, seconds = undisturbed
    moments = random.Random(times)
    stopped = resumed = 0
    while stopped < times:
        process = runs.begin()
        time.sleep(moments.uniform(0, seconds * 0.9))
        process.send_signal(how)
        output = runs.said(process)
        # Minus SIGINT: the run was over, and Python was already leaving.
        if process.returncode in (0, -signal.SIGINT):
            assert runs.files() == wanted
            runs.clear()
            continue
        assert process.returncode in (-signal.SIGKILL, 130), output
        stopped += 1
        told = runs.complete()
        # Before its first or after its last step a job leaves nothing to go on with.
        assert told["interrupted"] == ["film.json"] or len(told["done"]) in (0, 10)
        assert told["exit_code"] == 0 and runs.files() == wanted
        resumed += len(told["done"]) < 10 or bool(told["said"])
        if stopped % 10 == 1:
            again = runs.complete()
            assert again["done"] == [] and again["interrupted"] == []
        runs.clear()
    return resumed


def test_a_killed_run_goes_on_and_ends_with_the_same_bytes(
    tmp_path: Path, undisturbed: tuple[dict[str, bytes], float]
) -> None:
    assert stop_often(Runs(tmp_path / "film"), undisturbed, signal.SIGKILL, 3) >= 1


def test_a_cancelled_run_goes_on_and_ends_with_the_same_bytes(
    tmp_path: Path, undisturbed: tuple[dict[str, bytes], float]
) -> None:
    assert stop_often(Runs(tmp_path / "film"), undisturbed, signal.SIGINT, 1) == 1


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_stopped_at_fifty_random_moments_it_always_ends_with_the_same_bytes(
    tmp_path: Path, undisturbed: tuple[dict[str, bytes], float], how: signal.Signals
) -> None:
    assert stop_often(Runs(tmp_path / "film"), undisturbed, how, 50) >= 35


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_again_and_again_one_run_still_ends_with_the_same_bytes(
    tmp_path: Path, undisturbed: tuple[dict[str, bytes], float]
) -> None:
    wanted, seconds = undisturbed
    runs, moments = Runs(tmp_path / "film"), random.Random(5)
    for _ in range(50):
        process = runs.begin()
        time.sleep(moments.uniform(0, seconds * 0.2))
        process.kill()
        runs.said(process)
    runs.complete()
    assert runs.files() == wanted


def test_a_cancel_takes_effect_within_a_second(tmp_path: Path) -> None:
    runs = Runs(tmp_path / "film")
    process = runs.begin()
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    told = runs.finish(process)
    assert told["seconds_to_stop"] < 1.0
    assert told["cancelled"] and told["exit_code"] == 130
