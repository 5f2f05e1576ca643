"""Saving: whole or not at all, versions kept, autosave apart, and the disk may be full."""

import json
import os
import resource
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from aiprod_studio.graph import Document, autosave, dumps, load, recover, save
from aiprod_studio.graph.commands import SetParam
from aiprod_studio.graph.saving import assets_folder, discard_autosave, versions
from aiprod_studio.sdk import ExitCode, Refusal
from tests.graph.graph_samples import SPECS, film


def saved_steps(path: Path) -> int:
    steps = json.loads(path.read_text(encoding="utf-8"))["nodes"]["sampler"]["params"]["steps"]
    assert isinstance(steps, int)
    return steps


def names_in(folder: Path) -> list[str]:
    return sorted(item.name for item in folder.iterdir())


def saved_with(document: Document, path: Path, *steps: int) -> None:
    for count in steps:
        document.do(SetParam("sampler", "steps", count))
        save(document, path)


def test_a_saved_document_is_its_text_and_no_longer_changed(tmp_path: Path) -> None:
    document, path = film(), tmp_path / "film.json"
    assert document.changed
    save(document, path)
    assert not document.changed
    assert path.read_text(encoding="utf-8") == dumps(document)
    again = load(path, SPECS).document
    assert again is not None
    assert dumps(again) == dumps(document)
    assert names_in(tmp_path) == ["film.json"]


def test_what_a_save_replaces_is_kept_as_a_version(tmp_path: Path) -> None:
    document, path = film(), tmp_path / "film.json"
    saved_with(document, path, 1, 2, 3)
    assert saved_steps(path) == 3
    assert [saved_steps(version) for version in versions(path)] == [1, 2]
    assert versions(path)[0].parent == tmp_path / "film.assets" / "versions"


def test_the_same_content_is_never_kept_twice(tmp_path: Path) -> None:
    document, path = film(), tmp_path / "film.json"
    saved_with(document, path, 1, 1, 2, 1, 2, 1, 2)
    assert sorted(saved_steps(version) for version in versions(path)) == [1, 2]


def test_a_change_by_another_program_is_kept_too(tmp_path: Path) -> None:
    document, path = film(), tmp_path / "film.json"
    save(document, path)
    path.write_text("edited by hand", encoding="utf-8")
    save(document, path)
    assert [version.read_text(encoding="utf-8") for version in versions(path)] == ["edited by hand"]


def test_only_the_newest_twenty_versions_stay(tmp_path: Path) -> None:
    document, path = film(), tmp_path / "film.json"
    saved_with(document, path, *range(1, 31))
    assert [saved_steps(version) for version in versions(path)] == list(range(10, 30))


def test_autosave_leaves_the_file_alone_and_is_offered_until_a_save(tmp_path: Path) -> None:
    document, path = film(), tmp_path / "film.json"
    save(document, path)
    assert recover(path) is None
    document.do(SetParam("sampler", "steps", 99))
    where = autosave(document, path)
    assert where == assets_folder(path) / "autosave.json"
    assert saved_steps(path) == 8
    assert document.changed
    offer = recover(path, SPECS)
    assert offer is not None
    assert offer.document is not None
    assert offer.document.nodes["sampler"].params["steps"] == 99
    save(document, path)
    assert recover(path) is None


def test_an_autosave_is_offered_when_the_file_is_gone_and_can_be_discarded(tmp_path: Path) -> None:
    path = tmp_path / "film.json"
    autosave(film(), path)
    offer = recover(path)
    assert offer is not None
    assert offer.document is not None
    discard_autosave(path)
    assert recover(path) is None


def test_a_damaged_autosave_is_offered_with_its_problems(tmp_path: Path) -> None:
    path = tmp_path / "film.json"
    autosave(film(), path).write_text("{", encoding="utf-8")
    offer = recover(path)
    assert offer is not None
    assert offer.document is None
    assert offer.problems


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    real, path = tmp_path / "real" / "film.json", tmp_path / "film.json"
    saved_with(film(), real, 1)
    path.symlink_to(real)
    saved_with(film(), path, 2)
    assert path.is_symlink()
    assert saved_steps(real) == 2


def test_what_a_killed_save_left_is_removed_later_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "film.json"
    old, new, foreign = (tmp_path / n for n in (".film.json.a.tmp", ".film.json.b.tmp", "x.tmp"))
    for left in (old, new, foreign):
        left.write_text("half")
    for left in (old, foreign):
        os.utime(left, (1, 1))
    save(film(), path)
    assert names_in(tmp_path) == [".film.json.b.tmp", "film.json", "x.tmp"]


def test_permissions_of_the_file_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "film.json"
    save(film(), path)
    path.chmod(0o640)
    saved_with(film(), path, 2)
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("name", ["no/such/folder/film.json", "folder", "nul\0l.json"])
def test_a_place_that_cannot_be_written_gives_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    document = film()
    with pytest.raises(Refusal) as caught:
        save(document, f"{tmp_path}/{name}")
    (problem,) = caught.value.problems
    assert "cannot be written" in str(problem)
    assert problem.exit_code == ExitCode.INVALID
    assert document.changed
    assert names_in(tmp_path) == ["folder"]


def test_a_full_disk_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    document, path = film(), tmp_path / "film.json"
    save(document, path)
    before = path.read_bytes()
    document.do(SetParam("prompt", "text", "long " * 2000))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, limits[1]))
        with pytest.raises(Refusal) as caught:
            save(document, path)
        with pytest.raises(Refusal):
            autosave(document, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert "film.json: it cannot be written" in str(caught.value)
    assert path.read_bytes() == before
    assert document.changed
    left = [item.name for item in tmp_path.rglob("*") if item.is_file()]
    assert left == ["film.json"]


def test_a_save_killed_at_any_moment_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "film.json"
    save(film(), path)
    script = """
        import sys
        from aiprod_studio.graph import load, save
        from aiprod_studio.graph.commands import SetParam
        document = load(sys.argv[1]).document
        print("ready", flush=True)
        for steps in range(1, 1_000_000):
            document.do(SetParam("sampler", "steps", steps))
            save(document, sys.argv[1])
    """
    for delay in (0.01, 0.03, 0.07, 0.11, 0.2):
        command = [sys.executable, "-c", textwrap.dedent(script), str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            try:
                process.wait(delay)
            except subprocess.TimeoutExpired:
                process.kill()
        loaded = load(path, SPECS)
        assert loaded.document is not None, loaded.problems
        for version in versions(path):
            assert load(version).document is not None
