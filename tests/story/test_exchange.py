"""Cuts for other programs: they open again with the same cut points, and what is lost is said."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.board import Board
from aiprod_studio.story.cut import Clip, Cut, Source, Track, Transition
from aiprod_studio.story.edits import AddTransition
from aiprod_studio.story.interchange.dropping import FORMATS, drops
from aiprod_studio.story.interchange.exchange import SUFFIXES, read_cut, write_cut
from aiprod_studio.story.time import Time
from tests.story.story_samples import board, cut, shot_clip, sound


def plain_cut() -> Cut:
    """Two video tracks and sound, no gaps at the start, a dissolve with handles."""
    pictures = (shot_clip("a", "shot-1", 0, 40), shot_clip("b", "shot-2", 40, 30),
                shot_clip("c", "shot-3", 80, 20))  # fmt: skip
    made = Cut(tracks=(
        Track("V1", "video", clips=pictures),
        Track("V2", "video", clips=(shot_clip("d", "shot-1", 10, 12),)),
        Track("A1", "audio", clips=(sound("music", 0, 100),)),
    ))  # fmt: skip
    return AddTransition("a", "b", 4, 6).apply(made)


def written(tmp_path: Path, kind: str, what: Cut, on: Board | None = None) -> Path:
    path = tmp_path / f"film{SUFFIXES[kind]}"  # type: ignore[index]
    write_cut(what, on or board(), path, kind, lambda name: f"file:///films/{name}")  # type: ignore[arg-type]
    return path


def points(what: Cut, kind: str) -> list[list[tuple[int, int]]]:
    """Where the clips of each track of a kind begin and end, clips of empty tracks left out."""
    tracks = [t for t in what.tracks if t.kind == kind and t.clips]
    return sorted([(clip.at, clip.stop) for clip in track.clips] for track in tracks)


@pytest.mark.parametrize("kind", ["otio", "fcp_xml", "fcpx_xml"])
def test_a_cut_opens_again_with_equal_cut_points(tmp_path: Path, kind: str) -> None:
    made = plain_cut()
    found = read_cut(written(tmp_path, kind, made))
    assert points(found.cut, "video") == points(made, "video")
    assert points(found.cut, "audio") == points(made, "audio")
    assert found.cut.rate == made.rate


def test_fcp_xml_keeps_dissolves_speeds_and_where_the_media_begin(tmp_path: Path) -> None:
    made = plain_cut()
    track = made.track("V1")
    fast = replace(track.clips[2], speed=Fraction(2), frames=10)
    made = replace(made, tracks=(replace(track, clips=(*track.clips[:2], fast)),))
    found = read_cut(written(tmp_path, "fcp_xml", made)).cut
    passages = [t for track in found.tracks for t in track.transitions]
    assert [(t.before, t.after, t.kind) for t in passages] == [(4, 4, "dissolve")]
    assert "1 uneven dissolve is shortened" in " ".join(drops("fcp_xml", made, board()))
    video = found.tracks[0]
    assert [clip.start.frame for clip in video.clips[:2]] == [12, 4], (
        "a still begins where its dissolve does"
    )
    assert video.clips[0].source.name == "/films/film.assets/take-1.mp4"


def test_an_edl_with_a_dissolve_is_valid_and_keeps_the_cut_to_the_frame(tmp_path: Path) -> None:
    made = replace(plain_cut(), tracks=plain_cut().tracks[:1])
    path = written(tmp_path, "edl", made)
    lines = [line for line in path.read_text().splitlines() if line[:3].isdigit()]
    assert [line.split()[3] for line in lines] == ["C", "C", "D", "C"]
    dissolve = lines[2].split()
    assert dissolve[4] == "010"
    assert lines[2].endswith("00:00:01:12 00:00:02:22")
    for line in lines:
        source_in, source_out, record_in, record_out = (frames(t) for t in line.split()[-4:])
        assert source_out - source_in == record_out - record_in >= 0
    found = read_cut(path).cut
    assert found.frames == made.frames
    passages = [t for track in found.tracks for t in track.transitions]
    assert [t.before + t.after for t in passages] == [10]


def frames(timecode: str) -> int:
    hours, minutes, seconds, rest = (int(part) for part in timecode.split(":"))
    return ((hours * 60 + minutes) * 60 + seconds) * 24 + rest


def test_a_bundle_holds_the_media_and_opens_again(tmp_path: Path) -> None:
    media = tmp_path / "film.assets"
    media.mkdir()
    (media / "take-1.mp4").write_bytes(b"first take")
    (media / "take-2.mp4").write_bytes(b"second take")
    path = tmp_path / "film.otioz"
    write_cut(plain_cut(), board(), path, "otioz", lambda name: (tmp_path / name).as_uri())
    import zipfile

    names = zipfile.ZipFile(path).namelist()
    assert any(name.endswith("take-1.mp4") for name in names)
    found = read_cut(path)
    assert points(found.cut, "video") == points(plain_cut(), "video")
    assert found.board == board()


def test_rates_without_timecode_are_multiplied_or_refused(tmp_path: Path) -> None:
    def at(rate: str) -> Cut:
        own = Fraction(rate)
        clips = (Clip("a", Source("file", "a.mov"), 0, 10, Time.at(0, own)),
                 Clip("b", Source("file", "b.mov"), 10, 5, Time.at(0, own)))  # fmt: skip
        return Cut(own, tracks=(Track("V1", "video", clips=clips),))

    found = read_cut(written(tmp_path, "fcp_xml", at("12"), Board(Fraction(12)))).cut
    assert found.rate == 24 and points(found, "video") == [[(0, 20), (20, 30)]]
    assert "It is written at 24 frames a second." in drops("fcp_xml", at("12"))
    with pytest.raises(Refusal, match="there is no timecode at 23 frames a second"):
        written(tmp_path, "edl", at("23"), Board(Fraction(23)))
    assert drops("edl", at("23"))[-1].startswith("This frame rate has no timecode")


def test_each_format_says_what_it_leaves_out_of_this_cut() -> None:
    made = cut()
    assert drops("otio", replace(made, tracks=made.tracks[:1]), board()) == ()
    said = " ".join(drops("fcp_xml", made, board()))
    assert "1 title is left out." in said and "other takes stay" in said
    assert "Links between picture and sound" in said
    assert "only the lowest video track" in " ".join(drops("edl", made, board())).lower()
    faded = AddTransition("a", "", 3, 0).apply(made)
    assert "1 fade from and to nothing left out." in drops("fcp_xml", faded, board())
    assert "1 transition becomes a cut." in drops("fcpx_xml", plain_cut(), board())
    assert all(drops(kind) for kind in FORMATS), "asked without a cut, each says what it may lose"


def test_the_file_holds_what_the_sentences_say_it_holds(tmp_path: Path) -> None:
    made = AddTransition("a", "b", 4, 4).apply(cut())
    for kind in ("fcp_xml", "fcpx_xml", "edl"):
        text = written(tmp_path, kind, made).read_text()
        assert "The End" not in text
        assert ("ransition" in text or " D 008" in text) == (kind != "fcpx_xml"), kind


@pytest.mark.parametrize("kind", FORMATS)
def test_an_empty_cut_is_refused(tmp_path: Path, kind: str) -> None:
    with pytest.raises(Refusal, match="the cut has no clips"):
        written(tmp_path, kind, Cut())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.xml", "<xmeml", "no such file, or a damaged one"),
        ("a.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "e">]><x/>', "declares entities"),
        ("a.edl", "nonsense nonsense", "damaged|no timeline|Timeline"),
        ("a.fcpxml", "", "no such file, or a damaged one"),
        ("a.otioz", "no zip", "cannot be read"),
        ("a.doc", "words", "it is no timeline file"),
    ],
)
def test_damaged_timelines_are_refused_in_words(
    tmp_path: Path, name: str, content: str, why: str
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(Refusal, match=why):
        read_cut(tmp_path / name)


def test_a_transition_of_another_kind_travels_as_a_dissolve(tmp_path: Path) -> None:
    made = plain_cut()
    track = made.track("V1")
    wiped = replace(track, transitions=(Transition("a", "b", 4, 6, "wipe"),))
    made = replace(made, tracks=(wiped, *made.tracks[1:]))
    assert "Dips, wipes and pushes become dissolves." in drops("fcp_xml", made, board())
    found = read_cut(written(tmp_path, "fcp_xml", made)).cut
    assert [t.kind for track in found.tracks for t in track.transitions] == ["dissolve"]
    whole = read_cut(written(tmp_path, "otio", made)).cut
    assert [t.kind for track in whole.tracks for t in track.transitions] == ["wipe"]
