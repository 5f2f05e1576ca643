"""Media of imported timelines are found where other programs say, and nothing else is read."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from urllib.parse import quote

import pytest

from aiprod_studio.app.session.board_files import bring
from aiprod_studio.story.board import Board
from aiprod_studio.story.cut import Clip, Cut, Source, Track
from aiprod_studio.story.interchange.dropping import CutFormat
from aiprod_studio.story.interchange.exchange import SUFFIXES, write_cut
from aiprod_studio.story.interchange.otio_clips import path_of
from aiprod_studio.story.time import Span, Time

RATE = Fraction(24)


def timeline(media: Path, folder: Path, kind: CutFormat) -> Path:
    """Write a timeline of one clip as another program would, with a full address."""
    span = Span(Time.at(0, RATE), Time.at(48, RATE))
    clip = Clip("boat", Source("file", "boat at sea.mov", span=span), 0, 24, Time.at(6, RATE))
    cut = Cut(RATE, tracks=(Track("V1", "video", clips=(clip,)),))
    path = folder / f"edit{SUFFIXES[kind]}"
    write_cut(cut, Board(), path, kind, lambda _: f"file://localhost{quote(str(media))}")
    return path


def named(path: Path, project: Path) -> tuple[str, str]:
    """Return the media of the only clip after an import, and what was said."""
    found = bring([path], project, project / "film.assets", RATE)
    assert found.cut is not None
    (clip,) = (clip for _, clip in found.cut.clips())
    return clip.source.name, " ".join(map(str, found.problems))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("kind", ["otio", "fcp_xml", "fcpx_xml"])
def test_media_at_a_full_address_are_copied_beside_the_document(
    tmp_path: Path, project: Path, kind: CutFormat
) -> None:
    media = tmp_path / "footage" / "boat at sea.mov"
    media.parent.mkdir()
    media.write_bytes(b"film")
    name, said = named(timeline(media, tmp_path, kind), project)
    assert name == "film.assets/media/boat at sea.mov" and "not there" not in said
    assert (project / name).read_bytes() == b"film"


def test_media_that_moved_are_found_beside_the_timeline(tmp_path: Path, project: Path) -> None:
    path = timeline(Path("/nowhere/boat at sea.mov"), tmp_path, "fcp_xml")
    assert "are not there" in named(path, project)[1]
    (tmp_path / "boat at sea.mov").write_bytes(b"film")
    name, said = named(path, project)
    assert (project / name).read_bytes() == b"film" and "not there" not in said


def test_a_bundle_brings_its_media(tmp_path: Path, project: Path) -> None:
    media = tmp_path / "footage" / "boat at sea.mov"
    media.parent.mkdir()
    media.write_bytes(b"film")
    span = Span(Time.at(0, RATE), Time.at(48, RATE))
    clip = Clip("boat", Source("file", "film.assets/boat at sea.mov", span=span), 0, 24)
    cut = Cut(RATE, tracks=(Track("V1", "video", clips=(clip,)),))
    bundle = tmp_path / "edit.otioz"
    write_cut(cut, Board(), bundle, "otioz", lambda _: media.as_uri())
    media.unlink()
    name, said = named(bundle, project)
    assert (project / name).read_bytes() == b"film" and "not there" not in said
    assert [path.name for path in (project / "film.assets").iterdir()] == ["media"]


def test_a_timeline_does_not_bring_in_what_is_no_media(tmp_path: Path, project: Path) -> None:
    secret = tmp_path / "private" / "key.pem"
    secret.parent.mkdir()
    secret.write_text("secret")
    path = timeline(secret, tmp_path / "private" / "..", "fcp_xml")
    elsewhere = tmp_path / "inbox"
    elsewhere.mkdir()
    path = path.rename(elsewhere / path.name)
    assert "are not there" in named(path, project)[1]
    assert not list(project.rglob("*.pem"))


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("file:///films/a%20b.mov", "/films/a b.mov"),
        ("file://localhost/films/a.mov", "/films/a.mov"),
        ("file:///C:/films/a.mov", "C:/films/a.mov"),
        ("file://server/share/a.mov", "//server/share/a.mov"),
        ("film.assets/100%.mov", "film.assets/100%.mov"),
        ("https://example.org/a.mov", "https://example.org/a.mov"),
    ],
)
def test_addresses_are_read_as_paths(url: str, path: str) -> None:
    assert path_of(url) == path
