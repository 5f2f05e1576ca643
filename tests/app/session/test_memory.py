"""What the window remembers, recent files, unsaved work, files that go along, drops."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiprod_studio.app.packs import load_packs
from aiprod_studio.app.places import shipped
from aiprod_studio.app.session.drops import NODES, examine
from aiprod_studio.app.session.files import bring_along, bring_in, files_of
from aiprod_studio.app.session.memory import WindowMemory, load_memory, save_memory
from aiprod_studio.app.session.recent import MOST, RecentFiles
from aiprod_studio.app.session.recovery import Recovery
from aiprod_studio.app.session.templates import templates
from aiprod_studio.graph import Document, load
from aiprod_studio.graph.commands import AddNode
from aiprod_studio.sdk import Refusal

SPECS = load_packs(shipped("nodes"), Path("none"), {}).specs
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.integers()))


def test_what_was_remembered_comes_back(tmp_path: Path) -> None:
    memory = WindowMemory(
        "light", 150, {"file.save": ["Ctrl+S"]}, "abc", {"graph": [1, 2]}, {"side": False},
        favourites=("text.prompt",), tour_seen=True,
    )  # fmt: skip
    save_memory(memory, tmp_path / "data" / "window.json")
    assert load_memory(tmp_path / "data" / "window.json") == memory


@given(st.dictionaries(st.sampled_from([*WindowMemory.__dataclass_fields__, "odd"]), SCALARS))
def test_a_damaged_memory_is_forgotten_where_it_is_damaged(raw: dict[str, object]) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        file = Path(folder) / "window.json"
        file.write_text(json.dumps(raw))
        memory = load_memory(file)
    assert 100 <= memory.scale <= 200 and memory.theme in ("dark", "light")
    assert isinstance(memory.keys, dict) and isinstance(memory.favourites, tuple)


def test_a_memory_that_is_no_json_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / "window.json").write_text("{")
    assert load_memory(tmp_path / "window.json") == WindowMemory()


def test_recent_files_are_listed_latest_first_once_and_only_while_they_are_there(
    tmp_path: Path,
) -> None:
    recent = RecentFiles(tmp_path / "recent.json")
    files = [tmp_path / f"{number}.json" for number in range(MOST + 3)]
    for file in files:
        file.write_text("{}")
        recent.add(file)
    recent.add(files[10])
    assert [item.path for item in recent.all()][:2] == [files[10], files[-1]]
    assert len(recent.all()) == MOST
    files[10].unlink()
    assert recent.all()[0].path == files[-1]
    recent.remove(files[-1])
    assert recent.all()[0].path == files[-2]
    recent.clear()
    assert recent.all() == []


def test_a_damaged_list_of_recent_files_is_empty(tmp_path: Path) -> None:
    (tmp_path / "recent.json").write_text('[1, {"path": 3}, {"path": "gone.json", "at": "x"}]')
    assert RecentFiles(tmp_path / "recent.json").all() == []


def test_unsaved_work_of_a_living_program_is_not_offered(tmp_path: Path) -> None:
    recovery = Recovery(tmp_path)
    recovery.keep("1", "{}", None, tmp_path, "Untitled")
    assert recovery.leftovers() == []
    recovery.drop("1")
    assert list(tmp_path.iterdir()) == []


def test_unsaved_work_of_a_killed_program_is_offered_until_it_is_forgotten(tmp_path: Path) -> None:
    code = (
        "import os; from pathlib import Path; "
        "from aiprod_studio.app.session.recovery import Recovery; "
        f"Recovery(Path({str(tmp_path)!r})).keep("
        "'d-1', 'the text', Path('/films/a.json'), Path('/films'), 'a'); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    (left,) = Recovery(tmp_path).leftovers()
    assert (left.title, left.path, left.text()) == ("a", Path("/films/a.json"), "the text")
    Recovery(tmp_path).forget(left)
    assert Recovery(tmp_path).leftovers() == []


def test_a_disk_that_cannot_be_written_is_said_and_keeps_what_was_there(tmp_path: Path) -> None:
    folder = tmp_path / "recovery"
    folder.write_text("a file where the folder should be")
    with pytest.raises(Refusal, match=r"unsaved work cannot be kept.*Free some space"):
        Recovery(folder).keep("1", "{}", None, tmp_path, "x")


def test_a_file_beside_the_document_is_named_relatively(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.png").write_bytes(b"a")
    assert bring_in(tmp_path / "in" / "a.png", tmp_path, tmp_path / "x.assets") == "in/a.png"
    assert not (tmp_path / "x.assets").exists()


def test_a_file_from_elsewhere_is_copied_once_under_a_free_name(tmp_path: Path) -> None:
    home, other, third = tmp_path / "home", tmp_path / "other", tmp_path / "third"
    for folder, content in ((other, b"one"), (third, b"another"), (home, b"")):
        folder.mkdir()
        (folder / "a.png").write_bytes(content)
    assets = home / "film.assets"
    assert bring_in(other / "a.png", home, assets) == "film.assets/media/a.png"
    assert bring_in(other / "a.png", home, assets) == "film.assets/media/a.png"
    assert bring_in(third / "a.png", home, assets) == "film.assets/media/a_2.png"
    assert (assets / "media" / "a_2.png").read_bytes() == b"another"


def test_a_document_takes_its_files_along_and_never_writes_over_another(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old / "media", new / "media"):
        folder.mkdir(parents=True)
    (old / "media" / "a.png").write_bytes(b"a")
    (old / "media" / "b.png").write_bytes(b"b")
    (new / "media" / "b.png").write_bytes(b"somebody else's")
    document = Document(specs=SPECS)
    for name in ("a", "b", "gone"):
        document.do(AddNode("files.load_image", name, params={"file": f"media/{name}.png"}))
    assert files_of(document, SPECS) == ["media/a.png", "media/b.png", "media/gone.png"]
    commands = bring_along(document, SPECS, old, new, new / "film.assets")
    document.do(*commands)
    assert document.nodes["a"].params["file"] == "media/a.png"
    assert document.nodes["b"].params["file"] == "film.assets/media/b.png"
    assert (new / "media" / "b.png").read_bytes() == b"somebody else's"
    assert (new / "film.assets" / "media" / "b.png").read_bytes() == b"b"


def test_every_template_opens_and_says_what_it_does() -> None:
    found = templates()
    assert {"text_to_video", "image_to_video", "upscale"} <= {t.name for t in found}
    for template in found:
        loaded = load(template.file, SPECS)
        assert loaded.document is not None and template.about, template.name
        files = files_of(loaded.document, SPECS)
        if not template.needs:
            assert all((template.file.parent / file).is_file() for file in files), template.name


def picture(path: Path, recipe: str = "") -> Path:
    import numpy as np

    from aiprod_studio.media import save_image
    from aiprod_studio.sdk import Image

    save_image(Image(np.zeros((8, 8, 3), np.uint8)), path, recipe=recipe)
    return path


def test_files_are_told_apart_by_what_is_in_them(tmp_path: Path) -> None:
    assert examine(picture(tmp_path / "plain.png")).kind == "image"
    rendered = examine(picture(tmp_path / "made.png", '{"format": "aiprod-workflow"}'))
    assert rendered.kind == "rendered" and "aiprod-workflow" in rendered.text
    workflow = tmp_path / "w.json"
    workflow.write_text('{"format": "aiprod-workflow", "version": 1}')
    assert examine(workflow).kind == "workflow"
    assert examine(shipped("resources") / "models" / "starter" / "vae.safetensors").kind == "model"
    assert set(NODES) == {"image", "video", "audio", "model", "lora"}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("e.json", "[1, 2]", "no workflow of this program"),
        ("f.json", "{", "cannot be read as JSON"),
        ("g.ckpt", "x", "can run code"),
        ("h.docx", "x", "are not known here"),
    ],
)
def test_what_cannot_be_taken_says_why_and_what_to_do(
    tmp_path: Path, name: str, content: str, words: str
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(Refusal) as refused:
        examine(tmp_path / name)
    problem = refused.value.problems[0]
    assert words in problem.why and problem.remedy


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="it is not there"):
        examine(tmp_path / "none.png")
    with pytest.raises(Refusal, match="it is a folder"):
        examine(tmp_path)


def test_the_pictures_of_a_boards_template_are_taken_along(tmp_path: Path) -> None:
    file = shipped("workflows") / "storyboard_to_film.json"
    document = load(file, SPECS).document
    assert document is not None
    commands = bring_along(document, SPECS, file.parent, tmp_path, tmp_path / "film.assets")
    document.do(*commands)
    named = files_of(document, SPECS)
    assert any(name.endswith(".png") for name in named)
    assert all((tmp_path / name).is_file() and ".." not in name for name in named), named
