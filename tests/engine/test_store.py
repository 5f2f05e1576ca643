"""The store: nothing wrong is ever used, nothing needed is thrown away, trouble is said."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from aiprod_studio.engine import Store
from aiprod_studio.engine.eviction import Candidate, leaving
from aiprod_studio.sdk import Image, Refusal, SavedFile, SourceFile, StoredFile

VALUE = {"number": 7, "text": "hello"}


def tensors(seed: int = 0, count: int = 5000) -> dict[str, Any]:
    return {"value": torch.randn(count, generator=torch.Generator().manual_seed(seed))}


class Shelf:
    """A store that can be opened again, as another process would."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.folder, self.options = folder, options
        self.store = Store(folder, **options)

    def reopen(self) -> Store:
        self.store.close()
        self.store = Store(self.folder, **self.options)
        return self.store

    def blobs(self) -> list[Path]:
        return sorted(path for path in (self.folder / "blobs").rglob("*") if path.is_file())


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(tmp_path / "store")
    yield made
    made.store.close()


def test_values_come_back_in_another_process(shelf: Shelf) -> None:
    shelf.store.put("a", VALUE)
    shelf.store.put("b", tensors())
    store = shelf.reopen()
    assert store.get("a") == VALUE
    assert torch.equal(store.get("b")["value"], tensors()["value"])  # type: ignore[index]
    assert store.get("c") is None


def test_long_text_lies_in_a_file(shelf: Shelf) -> None:
    text = "long " * 50_000
    shelf.store.put("a", {"text": text})
    assert shelf.reopen().get("a") == {"text": text}
    assert len(shelf.blobs()) == 1


def test_the_same_content_is_kept_once(shelf: Shelf) -> None:
    shelf.store.put("a", tensors())
    shelf.store.put("b", tensors())
    assert len(shelf.blobs()) == 1
    shelf.store.flush()
    shelf.store.drop("a")
    assert shelf.reopen().get("b") is not None
    shelf.store.drop("b")
    assert shelf.blobs() == []


def test_a_scratch_file_moves_into_the_store(shelf: Shelf) -> None:
    folder = shelf.store.new_folder()
    path = folder / "frames.bin"
    path.write_bytes(b"frames" * 1000)
    kept = shelf.store.put("a", {"file": StoredFile(path)})["file"]
    assert not path.exists() and kept.path.read_bytes() == b"frames" * 1000
    again = shelf.reopen().get("a")
    assert again == {"file": kept}
    # Another value may hold the same stored file.
    shelf.store.put("b", {"file": kept})
    shelf.store.flush()
    shelf.store.drop("a")
    assert shelf.reopen().get("b") == {"file": kept} and kept.path.exists()


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 10)


def flip(path: Path) -> None:
    """Change one bit in the middle, keeping size and time."""
    before = path.stat()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("damage", [truncate, flip, Path.unlink], ids=["cut", "flip", "gone"])
@pytest.mark.parametrize("kind", ["tensors", "file"])
def test_a_damaged_file_is_never_used_and_said(shelf: Shelf, damage: Any, kind: str) -> None:
    if kind == "tensors":
        shelf.store.put("a", tensors())
    else:
        path = shelf.store.new_folder() / "frames.bin"
        path.write_bytes(b"frames" * 1000)
        shelf.store.put("a", {"file": StoredFile(path)})
    store = shelf.reopen()
    damage(shelf.blobs()[0])
    assert store.get("a") is None
    (notice,) = store.notices()
    assert notice.kind == "damaged" and notice.text.startswith("A stored result was not used: ")
    assert store.known(["a"]) == {}
    store.put("a", tensors())
    assert shelf.reopen().get("a") is not None


@pytest.mark.parametrize("damage", [truncate, Path.unlink], ids=["cut", "gone"])
def test_a_file_damaged_after_its_value_was_read_is_noticed(shelf: Shelf, damage: Any) -> None:
    path = shelf.store.new_folder() / "frames.bin"
    path.write_bytes(b"frames" * 1000)
    shelf.store.put("a", {"file": StoredFile(path)})
    assert shelf.store.get("a") is not None
    damage(shelf.blobs()[0])
    assert shelf.store.get("a") is None
    assert shelf.store.notices()[0].kind == "damaged"


def test_a_truncated_file_is_seen_without_reading_it(shelf: Shelf) -> None:
    shelf.store.put("a", tensors())
    store = shelf.reopen()
    truncate(shelf.blobs()[0])
    assert not store.is_usable(store.known(["a"])["a"])


def test_an_altered_row_is_never_used(shelf: Shelf) -> None:
    shelf.store.put("a", VALUE)
    shelf.store.close()
    with sqlite3.connect(shelf.folder / "index.sqlite") as index:
        index.execute("UPDATE entries SET structure=replace(structure, '7', '8')")
    index.close()
    store = shelf.reopen()
    assert store.get("a") is None
    assert "altered" in store.notices()[0].text


@pytest.mark.parametrize("garbage", [b"no database at all" * 100, b""])
def test_a_damaged_index_is_put_aside(shelf: Shelf, garbage: bytes) -> None:
    shelf.store.put("a", VALUE)
    shelf.store.close()
    for path in shelf.folder.glob("index.sqlite*"):
        path.unlink()
    (shelf.folder / "index.sqlite").write_bytes(garbage)
    store = shelf.reopen()
    assert store.get("a") is None
    store.put("a", VALUE)
    assert shelf.reopen().get("a") == VALUE
    assert bool(garbage) == any(shelf.folder.glob("*damaged*"))


def test_an_index_damaged_in_use_is_put_aside_and_the_run_goes_on(shelf: Shelf) -> None:
    for number in range(300):
        shelf.store.put(f"k{number}", {"text": f"{number}" * 500})
    store = shelf.reopen()
    path = shelf.folder / "index.sqlite"
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    assert store.get("k5") is None
    store.put("new", VALUE)
    store.flush()
    assert any(notice.kind == "damaged" for notice in store.notices())
    assert shelf.reopen().get("new") == VALUE


def test_an_entry_that_points_at_a_changed_file_is_not_used(shelf: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"one")
    shelf.store.put("a", {"clip": SourceFile(path, "digest")})
    assert shelf.reopen().get("a") is not None
    path.write_bytes(b"another")
    store = shelf.reopen()
    assert not store.is_usable(store.known(["a"])["a"])
    assert store.get("a") is None


def test_arrays_cannot_be_changed_by_who_gets_them(shelf: Shelf) -> None:
    given = shelf.store.put("a", {"image": Image(np.zeros((4, 4, 3), np.uint8))})
    for outputs in (given, shelf.store.get("a"), shelf.reopen().get("a")):
        with pytest.raises(ValueError, match="read-only"):
            outputs["image"].pixels[0] = 1  # type: ignore[index]


def test_what_cannot_be_written_stays_in_ram_for_the_run(shelf: Shelf) -> None:
    odd = {"value": object()}
    assert shelf.store.put("a", odd) == odd
    assert shelf.store.get("a") == odd and "a" in shelf.store.known(["a"])
    assert shelf.store.notices()[0].kind == "unkept"
    shelf.store.release("a")
    assert shelf.store.get("a") is None


def test_ram_holds_no_more_than_it_may(tmp_path: Path) -> None:
    store = Store(tmp_path / "store", ram=100_000)
    for number in range(20):
        store.put(str(number), tensors(number))
    assert store._warm.size <= 100_000
    assert all(torch.equal(store.get(str(n))["value"], tensors(n)["value"]) for n in range(20))  # type: ignore[index]
    store.close()


def test_the_store_stays_under_its_cap_and_keeps_what_is_used(tmp_path: Path) -> None:
    store = Store(tmp_path / "store", ram=0, cap=200_000)
    store.pin("0")
    store.put("text", tensors(99), precious=True)
    for number in range(30):
        store.put(str(number), tensors(number), seconds=1.0)
        store.flush()
        store.make_room()
    assert store.size() <= 200_000
    assert store.get("0") is not None and store.get("text") is not None
    assert store.get("1") is None and store.get("29") is not None
    store.close()


def test_eviction_prefers_large_old_and_cheap_and_spares_embeddings() -> None:
    rows = [
        Candidate("small", 10, 100, 1),
        Candidate("large", 1000, 100, 1),
        Candidate("old", 10, 1_000_000, 1),
        Candidate("dear", 1000, 100, 10_000),
        Candidate("text", 10_000, 1_000_000, 0, precious=True),
    ]
    assert leaving(rows, 10**9) == ["old", "large", "small", "dear", "text"]
    assert leaving(rows, 11) == ["old", "large"]


def test_what_another_living_process_uses_is_not_evicted(tmp_path: Path) -> None:
    one = Store(tmp_path / "store", ram=0)
    one.pin("a")
    one.put("a", tensors(1))
    one.flush()
    code = (
        "import sys; from pathlib import Path; from aiprod_studio.engine import Store\n"
        "store = Store(Path(sys.argv[1]), cap=1); store.make_room(); store.close()"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "store")], check=True)
    assert one.get("a") is not None
    one.release("a")
    one.flush()
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "store")], check=True)
    assert one.get("a") is None
    one.close()


def test_two_processes_fill_one_store(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from aiprod_studio.engine import Store\n"
        "store = Store(Path(sys.argv[1]))\n"
        "for n in range(200):\n"
        "    store.put(f'{sys.argv[2]}{n}', {'text': str(n) * 100}); store.flush()\n"
        "store.close()"
    )
    folder = str(tmp_path / "store")
    workers = [subprocess.Popen([sys.executable, "-c", code, folder, name]) for name in "ab"]
    assert [worker.wait() for worker in workers] == [0, 0]
    store = Store(tmp_path / "store")
    assert len(store.known(f"{name}{n}" for name in "ab" for n in range(200))) == 400
    store.close()


def test_left_overs_of_a_killed_process_are_cleared(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from aiprod_studio.engine import Store\n"
        "store = Store(Path(sys.argv[1])); (store.new_folder() / 'big').write_bytes(b'x')\n"
        "os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "store")], check=False)
    assert any((tmp_path / "store" / "scratch").rglob("big"))
    Store(tmp_path / "store").close()
    assert not any((tmp_path / "store" / "scratch").rglob("big"))


def test_a_folder_that_cannot_be_used_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("I am no folder")
    with pytest.raises(Refusal, match="the folder for results cannot be used"):
        Store(tmp_path / "file")


def test_a_folder_saved_by_a_node_is_noticed_when_it_changes(shelf: Shelf, tmp_path: Path) -> None:
    from aiprod_studio.engine.tensorfile import digest_of

    frames = tmp_path / "frames"
    frames.mkdir()
    (frames / "0001.png").write_bytes(b"png")
    shelf.store.put("a", {"file": SavedFile(frames, digest_of(frames).digest)})
    store = shelf.reopen()
    assert store.is_usable(store.known(["a"])["a"])
    (frames / "0001.png").write_bytes(b"gnp!")
    assert not store.is_usable(store.known(["a"])["a"])


def test_the_engine_imports_neither_torch_nor_numpy() -> None:
    code = (
        "import sys, aiprod_studio.engine\n"
        "heavy = {'torch', 'numpy', 'psutil', 'pydantic', 'PySide6', 'diffusers', 'cv2'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
