"""Images and boards that are brought in: copied beside the document, or refused in words."""

from __future__ import annotations

import json
import wave
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image

from aiprod_studio.app.session.board_files import bring, kept_image, next_version
from aiprod_studio.story.board import Board
from aiprod_studio.story.cut import Clip, Cut, Source, Track
from aiprod_studio.story.interchange.dropping import CutFormat
from aiprod_studio.story.interchange.exchange import SUFFIXES, write_cut
from aiprod_studio.story.time import Span, Time

RATE = Fraction(24)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def drawn(path: Path, colour: str = "red") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (32, 18), colour).save(path)
    return path


def test_an_image_beside_the_document_stays_where_it_is(project: Path) -> None:
    image = drawn(project / "art" / "boat.png")
    assert kept_image(image, project, project / "film.assets") == "art/boat.png"
    assert not (project / "film.assets").exists()


def test_an_image_from_elsewhere_is_copied_beside_the_document(
    project: Path, tmp_path: Path
) -> None:
    image = drawn(tmp_path / "elsewhere" / "boat.png")
    name = kept_image(image, project, project / "film.assets")
    assert name == "film.assets/panels/boat.png"
    assert (project / name).read_bytes() == image.read_bytes()
    assert kept_image(image, project, project / "film.assets") == name


def test_another_image_of_the_same_name_gets_a_name_of_its_own(
    project: Path, tmp_path: Path
) -> None:
    one, other = drawn(tmp_path / "a" / "boat.png"), drawn(tmp_path / "b" / "boat.png", "blue")
    names = {kept_image(each, project, project / "film.assets") for each in (one, other)}
    assert names == {"film.assets/panels/boat.png", "film.assets/panels/boat_2.png"}


def test_versions_count_on(tmp_path: Path) -> None:
    (tmp_path / "boat v2.png").touch()
    assert next_version(Path("boat.png"), tmp_path).name == "boat v3.png"
    assert next_version(Path("boat v2.png"), tmp_path).name == "boat v3.png"


def test_what_cannot_be_read_is_named_and_the_rest_is_brought(
    project: Path, tmp_path: Path
) -> None:
    good = drawn(tmp_path / "in" / "panel 10.png")
    first = drawn(tmp_path / "in" / "panel 9.png", "blue")
    broken = tmp_path / "in" / "broken.png"
    broken.write_bytes(b"no image")
    found = bring(
        [good, broken, tmp_path / "gone.png", first, tmp_path / "in" / "x.doc"],
        project, project / "film.assets", RATE,
    )  # fmt: skip
    assert [Path(name).name for name in found.images] == ["panel 9.png", "panel 10.png"]
    words = " ".join(map(str, found.problems))
    assert "broken.png" in words and "gone.png" in words and "x.doc" in words


def test_a_folder_of_images_becomes_a_board_of_copies(project: Path, tmp_path: Path) -> None:
    for place in range(3):
        drawn(tmp_path / "shots" / f"{place}.png", ["red", "green", "blue"][place])
    found = bring([tmp_path / "shots"], project, project / "film.assets", RATE)
    assert found.board is not None and not found.problems
    images = [panel.image for _, panel in found.board.panels()]
    assert images == [f"film.assets/panels/{place}.png" for place in range(3)]
    assert all((project / image).is_file() for image in images)


def test_a_script_becomes_a_board(project: Path, tmp_path: Path) -> None:
    script = tmp_path / "film.fountain"
    script.write_text("EXT. HARBOUR - DAWN\n\nA boat leaves.\n\nANNA\nGoodbye.\n", "utf-8")
    found = bring([script], project, project / "film.assets", RATE)
    assert found.board is not None
    assert any(panel.dialogue for _, panel in found.board.panels())


def test_the_pictures_of_another_programs_board_are_brought_along(
    project: Path, tmp_path: Path
) -> None:
    drawn(tmp_path / "there" / "images" / "a.png")
    board = {"boards": [{"uid": "1", "url": "a.png", "duration": 1000}], "fps": 24}
    file = tmp_path / "there" / "b.storyboarder"
    file.write_text(json.dumps(board))
    found = bring([file], project, project / "film.assets", RATE)
    assert found.board is not None and not found.problems
    assert [panel.image for _, panel in found.board.panels()] == ["film.assets/panels/a.png"]
    assert (project / "film.assets" / "panels" / "a.png").is_file()


@pytest.mark.parametrize("kind", ["otio", "fcp_xml", "edl"])
def test_a_timeline_of_another_program_comes_with_its_media(
    project: Path, tmp_path: Path, kind: CutFormat
) -> None:
    there = tmp_path / "there"
    picture = drawn(there / "boat.png")
    span = Span(Time.at(0, RATE), Time.at(200, RATE))
    clip = Clip("c1", Source("file", "boat.png", span=span), 0, 48, Time.at(12, RATE))
    cut = Cut(RATE, tracks=(Track("V1", "video", clips=(clip,)),))
    file = there / f"cut{SUFFIXES[kind]}"
    write_cut(cut, Board(RATE), file, kind, lambda name: str(there / name), "A film")
    found = bring([file], project, project / "film.assets", RATE)
    assert found.cut is not None and found.single
    (track,) = [track for track in found.cut.tracks if track.clips]
    assert [(each.at, each.frames) for each in track.clips] == [(0, 48)]
    if kind != "edl":  # an EDL names reels, not files
        name = track.clips[0].source.name
        assert (project / name).read_bytes() == picture.read_bytes()


def test_a_board_of_another_program_keeps_its_rate_and_brings_its_sounds(
    project: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    (outside / "images").mkdir(parents=True)
    Image.new("RGB", (8, 8)).save(outside / "images" / "a.png")
    with wave.open(str(outside / "images" / "a.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(800))
    board = {"url": "a.png", "duration": 2000, "audio": {"filename": "a.wav"}}
    path = outside / "old.storyboarder"
    path.write_text(json.dumps({"fps": 30, "boards": [board]}))
    brought = bring([path], project, project / "film.assets", Fraction(24))
    assert brought.board is not None and brought.problems == ()
    assert brought.board.rate == 30
    panel = next(panel for _, panel in brought.board.panels())
    assert panel.frames == 60
    assert (project / panel.sound).is_file() and (project / panel.image).is_file()


def test_boards_of_different_rates_brought_together_keep_their_durations(
    project: Path, tmp_path: Path
) -> None:
    paths = []
    for rate in (30, 12):
        paths.append(tmp_path / f"{rate}.storyboarder")
        boards = [{"duration": 1000, "newShot": True}]
        paths[-1].write_text(json.dumps({"fps": rate, "boards": boards}))
    brought = bring(paths, project, project / "film.assets", Fraction(24))
    assert brought.board is not None and brought.board.rate == 24
    assert [panel.frames for _, panel in brought.board.panels()] == [24, 24]


def test_a_script_without_words_is_told_instead_of_doing_nothing(
    project: Path, tmp_path: Path
) -> None:
    path = tmp_path / "empty.fountain"
    path.write_text("/* nothing yet */")
    brought = bring([path], project, project / "film.assets", Fraction(24))
    assert brought.board is None
    assert "nothing in it" in str(brought.problems[0])
