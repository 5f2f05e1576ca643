"""Damage, full disks, unreadable files and nodes that break the laws, in the middle of a run."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pytest
import torch

from aiprod_studio.engine import CancelToken, EventQueue, StoreDamaged
from aiprod_studio.sdk import ExitCode, File, Image, Run, SavedFile, StoredFile, node

from .bench import Bench, graph
from .test_store import flip, truncate

CALLS: list[str] = []


@pytest.fixture(autouse=True)
def calls() -> None:
    CALLS.clear()


@node("trouble.noise", "Noise", since="1")
def noise(run: Run, *, seed: int = 0, side: int = 40) -> Image:
    """Make a picture."""
    CALLS.append(run.node)
    return Image(np.random.default_rng(seed).integers(0, 255, (side, side, 3), np.uint8))


@node("trouble.turn", "Turn", since="1")
def turn(run: Run, image: Image, *, times: int = 1) -> Image:
    """Turn a picture."""
    CALLS.append(run.node)
    return Image(np.rot90(image.pixels, times).copy())


@node("trouble.tensor", "Tensor", since="1")
def tensor(*, number: float = 1.0) -> Any:
    """Make a tensor."""
    return torch.full((100,), number)


@node("trouble.spoil", "Spoil", since="1")
def spoil(value: Any) -> Any:
    """Break the law: change an input."""
    value.add_(1)
    return value.clone()


@node("trouble.look", "Look", since="1")
def look(value: Any) -> float:
    """Look at a tensor."""
    return float(value.sum())


@node("trouble.frames", "Frames", since="1")
def frames(run: Run, *, size: int = 1000) -> Any:
    """Make a scratch file."""
    path = run.scratch(".bin")
    path.write_bytes(b"f" * size)
    return StoredFile(path)


@node("trouble.save", "Save", since="1", writes=True)
def save(run: Run, image: Image, *, size: int = 10) -> SavedFile:
    """Write a file."""
    with run.writing("picture", ".bin") as path:
        path.write_bytes(image.pixels.tobytes() * size)
    return run.saved()


@node("trouble.read", "Read", since="1")
def read(run: Run, *, file: Annotated[Path, File()] = Path()) -> str:
    """Read a file that may change meanwhile."""
    text = file.read_text()
    if text == "change me":
        file.write_text("changed!")
    return text


def pictures(times: int = 1) -> Any:
    return graph(
        noise=(noise,),
        one=(turn, {}, {"image": "noise.image"}),
        two=(turn, {"times": times}, {"image": "one.image"}),
    )


@pytest.mark.parametrize("damage", [truncate, flip, Path.unlink], ids=["cut", "flip", "gone"])
def test_a_damaged_result_is_computed_again_in_the_middle_of_a_run(
    bench: Bench, damage: Callable[[Path], None]
) -> None:
    bench.run(pictures(2))
    right = bench.value(pictures(2), "two")
    bench.engine.store.drop(bench.plan(pictures(2)).step("two").key)
    bench.reopen()
    events = EventQueue()
    plan = bench.plan(pictures(2))
    assert plan.step("one").state == "cached"
    for path in (bench.folder / "store" / "blobs").rglob("*.safetensors"):
        damage(path)
    CALLS.clear()
    report = bench.engine.run(plan, events=events)
    assert CALLS == ["noise", "one", "two"]
    assert report.exit_code == ExitCode.DONE and set(report.done) == {"noise", "one", "two"}
    assert np.array_equal(bench.value(pictures(2), "two").pixels, right.pixels)
    told = [event for event in drained(events) if isinstance(event, StoreDamaged)]
    assert told and "was not used" in told[0].text


def test_two_threads_may_look_while_a_run_goes_on(bench: Bench) -> None:
    stop = threading.Event()
    troubles: list[BaseException] = []

    def watch() -> None:
        while not stop.is_set():
            try:
                bench.engine.journal.interrupted()
                bench.plan(pictures(3))
            except BaseException as error:
                troubles.append(error)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for times in range(8):
        bench.run(pictures(times), fresh=True)
    stop.set()
    watcher.join()
    assert troubles == []


def test_a_node_that_changes_its_input_is_caught_when_asked(
    new_bench: Callable[..., Bench],
) -> None:
    flat = graph(
        made=(tensor,),
        bad=(spoil, {}, {"value": "made.value"}),
        good=(look, {}, {"value": "made.value"}),
    )
    report = new_bench(verify=True).run(flat)
    assert list(report.failed) == ["bad"]
    assert "node 'bad', input 'value': the node changed this input" in str(report.problems[0])


def test_a_value_is_right_again_after_a_node_spoiled_it(new_bench: Callable[..., Bench]) -> None:
    bench = new_bench(verify=True)
    flat = graph(
        made=(tensor,),
        bad=(spoil, {}, {"value": "made.value"}),
        good=(look, {}, {"value": "made.value"}),
    )
    bench.run(flat)
    assert bench.value(flat, "good") == 100.0


def test_a_file_that_changes_while_it_is_read_is_noticed(bench: Bench) -> None:
    (bench.services.folder / "a.txt").write_text("change me")
    report = bench.run(graph(text=(read, {"file": "a.txt"})))
    assert "was changed while it was being read" in str(report.problems[0])
    assert bench.run(graph(text=(read, {"file": "a.txt"}))).done == ("text",)


@pytest.mark.skipif(os.geteuid() != 0, reason="a small file system needs root")
def test_a_full_disk_under_the_store_keeps_results_in_ram_and_says_so(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "600k") as disk:
        bench = Bench(tmp_path)
        bench.close()
        shutil.copytree(tmp_path / "store", disk / "store")
        shutil.rmtree(tmp_path / "store")
        (tmp_path / "store").symlink_to(disk / "store")
        bench.open()
        flat = graph(
            noise=(noise, {"side": 600}),
            one=(turn, {}, {"image": "noise.image"}),
            out=(save, {"size": 1}, {"image": "one.image"}),
        )
        events = EventQueue()
        report = bench.run(flat, events=events)
        assert report.exit_code == ExitCode.DONE
        assert len(report.files[0].path.read_bytes()) == 600 * 600 * 3
        told = [event.text for event in drained(events) if isinstance(event, StoreDamaged)]
        assert any("could not be kept on disk (No space left on device)" in text for text in told)
        bench.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="a small file system needs root")
def test_a_full_output_disk_is_one_sentence_and_leaves_no_file(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    with small_disk(bench.services.folder / "outputs", "200k") as disk:
        flat = graph(noise=(noise,), out=(save, {"size": 100}, {"image": "noise.image"}))
        report = bench.run(flat)
        assert report.exit_code == ExitCode.NODE_FAILED
        assert str(report.problems[0]).startswith("node 'out': the disk is full")
        assert list(disk.iterdir()) == []
        assert bench.plan(flat).step("noise").state == "cached"
    bench.close()


def test_files_that_may_not_grow_stop_nothing_but_what_needs_them(tmp_path: Path) -> None:
    """With a limit on the size of files, SQLite, tensors and outputs all fail at some point."""
    code = "from engine.test_trouble import limited; import sys; limited(sys.argv[1])"
    tests = str(Path(__file__).resolve().parents[1])
    finished = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": tests},
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    again = Bench(tmp_path)
    report = again.run(pictures(2))
    assert report.exit_code == ExitCode.DONE
    again.close()


def limited(folder: str) -> None:
    bench = Bench(Path(folder))
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    events = EventQueue()
    flat = graph(
        noise=(noise,),
        one=(turn, {}, {"image": "noise.image"}),
        two=(turn, {"times": 2}, {"image": "one.image"}),
        out=(save, {"size": 100}, {"image": "noise.image"}),
        frames=(frames, {"size": 100_000}),
    )
    report = bench.run(flat, targets=["two", "out", "frames"], events=events)
    assert set(report.done) == {"noise", "one", "two"}, report.to_dict()
    assert set(report.failed) == {"out", "frames"}, report.to_dict()
    assert all("the disk is full" in str(problem) for problem in report.problems)
    told = " ".join(event.text for event in drained(events) if isinstance(event, StoreDamaged))
    assert "could not be kept on disk" in told and "cannot be resumed" in told, told
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    bench.close()


def test_memory_that_runs_out_is_tried_again_when_room_was_made(bench: Bench) -> None:
    attempts: list[int] = []

    @node("trouble.hungry", "Hungry", since="1")
    def hungry(run: Run) -> int:
        """Need memory twice."""
        saved = run.checkpoint.load() or {"step": 0}
        attempts.append(saved["step"])
        run.checkpoint.save({"step": saved["step"] + 1})
        if saved["step"] < 2:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
        return 7

    flat = graph(one=(hungry,))
    report = bench.run(flat)
    assert report.exit_code == ExitCode.DOES_NOT_FIT
    assert "node 'one': memory ran out (OutOfMemoryError: CUDA out of memory." in str(
        report.problems[0]
    )
    bench.services.recover = lambda *_: True  # type: ignore[method-assign]
    assert bench.run(flat).done == ("one",)
    assert attempts == [0, 1, 2]
    assert bench.engine.journal.checkpoints.keys() == set()


def test_a_damaged_checkpoint_means_beginning_anew(bench: Bench) -> None:
    seen: list[Any] = []

    @node("trouble.resuming", "Resuming", since="1")
    def resuming(run: Run, *, stop: bool = True) -> int:
        """Save, then fail."""
        seen.append(run.checkpoint.load())
        run.checkpoint.save({"state": torch.ones(10), "step": 3, "generator": "text"})
        raise ValueError("stop here")

    flat = graph(one=(resuming,))
    bench.run(flat)
    bench.reopen()
    bench.run(flat)
    assert seen[0] is None and seen[1]["step"] == 3
    assert torch.equal(seen[1]["state"], torch.ones(10))
    (path,) = (bench.folder / "state" / "checkpoints").iterdir()
    flip(path)
    bench.reopen()
    bench.run(flat)
    assert seen[2] is None


def test_a_run_from_another_thread_stops_soon_after_the_cancel(bench: Bench) -> None:
    @node("trouble.endless", "Endless", since="1")
    def endless(run: Run) -> int:
        """Work until stopped."""
        while True:
            run.check()
            time.sleep(0.01)

    token, reports = CancelToken(), []
    flat = graph(one=(endless,))
    worker = threading.Thread(target=lambda: reports.append(bench.run(flat, cancel=token)))
    worker.start()
    time.sleep(0.1)
    token.set()
    worker.join(30)
    assert not worker.is_alive() and reports[0].cancelled


class small_disk:  # noqa: N801
    """A file system of a few hundred kilobytes."""

    def __init__(self, folder: Path, size: str) -> None:
        self._folder, self._size = folder, size

    def __enter__(self) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={self._size}", "tmpfs", str(self._folder)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("no small file system can be mounted here")
        return self._folder

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", "-l", str(self._folder)], check=False)


def drained(events: EventQueue) -> Iterator[Any]:
    while not events.empty():
        yield events.get_nowait()


def test_a_number_of_ten_thousand_digits_is_kept_for_the_run_only(bench: Bench) -> None:
    @node("trouble.huge", "Huge", since="1")
    def huge() -> int:
        """Make a number that Python refuses to write."""
        return 10**10_000

    events = EventQueue()
    report = bench.run(
        graph(one=(huge,), two=(look_at, {}, {"number": "one.integer"})), events=events
    )
    assert report.exit_code == ExitCode.DONE
    assert any("cannot be kept" in e.text for e in drained(events) if isinstance(e, StoreDamaged))


@node("trouble.look_at", "Look At", since="1")
def look_at(number: int) -> int:
    """Look at a number."""
    return number % 7


def test_a_store_that_is_too_small_for_a_run_still_finishes_it(
    new_bench: Callable[..., Bench],
) -> None:
    bench = new_bench(ram=0, cap=1)
    report = bench.run(pictures())
    assert report.exit_code == ExitCode.DONE and len(report.done) == 3
    bench.engine.store.make_room()
    assert bench.engine.store.size() <= 1
