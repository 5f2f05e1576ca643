"""What a video file holds comes out exactly: counts, rates, sizes, frames, colours."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from aiprod_studio.media import open_video, probe, save_video
from aiprod_studio.sdk import Refusal
from tests.media.films import CountingVideo, argv, number_of

X264 = "-c:v libx264 -pix_fmt yuv420p"


def test_a_clip_is_described_exactly(clip):
    info = probe(clip)
    assert (info.width, info.height, info.frame_count) == (160, 96, 48)
    assert info.rate == Fraction(24000, 1001)
    assert info.duration == Fraction(48 * 1001, 24000)
    assert (info.has_audio, info.sample_rate, info.channels) == (True, 48000, 1)
    assert info.sample_count == 96000
    assert (info.codec, info.pix_fmt, info.variable_rate) == ("h264", "yuv420p", False)


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("c.mp4", X264), ("c.mkv", X264), ("c.mov", "-c:v prores_ks"), ("c.avi", "-c:v mpeg4"),
        ("c.ts", X264), ("c.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8"),
        ("c.gif", ""), ("c.apng", "-f apng"), ("c.mpg", "-c:v mpeg2video"), ("c.flv", "-c:v flv"),
        ("c.y4m", ""), ("c.mxf", "-c:v mpeg2video"), ("c.ogv", "-c:v libtheora"),
        ("hevc.mp4", "-c:v libx265 -x265-params log-level=error:open-gop=1:keyint=10"),
        ("bf.mp4", X264 + " -bf 5 -g 10 -x264-params open-gop=1:b-pyramid=normal"),
    ],
)  # fmt: skip
def test_every_container_gives_each_frame_by_number(make, name, codec):
    source = argv("-f lavfi -i testsrc2=s=96x64:r=25 -frames:v 40 -an")
    video = open_video(make(*source, *codec.split(), name))
    assert (video.width, video.height, video.frame_count, video.rate) == (96, 64, 40, 25)
    frames = list(video.frames())
    assert len(frames) == 40
    assert all(frame.shape == (64, 96, 3) and frame.dtype == np.uint8 for frame in frames)
    for start in (1, 9, 10, 11, 23, 39):
        there = list(video.frames(start, start + 2))
        assert len(there) == min(2, 40 - start)
        assert all(np.array_equal(a, b) for a, b in zip(there, frames[start:], strict=False))


def test_seeking_reaches_the_numbered_frame_in_a_long_clip(tmp_path):
    save_video(CountingVideo(250), tmp_path / "long.mp4")
    video = open_video(tmp_path / "long.mp4")
    for start in (0, 1, 100, 199, 249):
        assert number_of(next(video.frames(start))) == start


@pytest.mark.parametrize("rate", argv("24000/1001 30000/1001 60000/1001 12 16 50"))
@pytest.mark.parametrize("count", [1, 2, 25])
def test_any_usual_rate_survives_in_mp4_and_webm(tmp_path, rate, count):
    film = CountingVideo(count, Fraction(rate))
    for name, format in (("a.mp4", "h264"), ("a.webm", "webm")):
        save_video(film, tmp_path / name, format)
        again = open_video(tmp_path / name)
        assert (again.frame_count, again.rate) == (count, Fraction(rate))


def test_a_clip_cut_by_an_edit_list_counts_what_is_shown(clip, make):
    cut = make("-ss", "0.9", "-i", str(clip), "-c", "copy", "cut.mp4")
    video = open_video(cut)
    frames = list(video.frames())
    assert len(frames) == video.frame_count < 48
    assert video.rate == Fraction(24000, 1001)
    assert np.array_equal(next(video.frames(7)), frames[7])


def test_a_clip_turned_by_its_metadata_comes_upright(make):
    plain = make(*f"-f lavfi -i testsrc=s=96x64:r=10 -frames:v 3 {X264} -crf 4 p.mp4".split())
    turned = make("-display_rotation", "90", "-i", str(plain), "-c", "copy", "turned.mp4")
    assert probe(turned).rotation in (90, 270)
    video = open_video(turned)
    assert (video.width, video.height) == (64, 96)
    upright = next(video.frames())
    flat = next(open_video(plain).frames())
    assert np.abs(upright.astype(int) - np.rot90(flat)).mean() < 2


def test_wide_pixels_are_made_square(make):
    path = make(
        *f"-f lavfi -i testsrc=s=96x64:r=10 -vf setsar=4/3 -frames:v 3 {X264} a.mp4".split()
    )
    video = open_video(path)
    assert (video.width, video.height) == (128, 64)
    assert next(video.frames()).shape == (64, 128, 3)


def test_a_variable_rate_becomes_constant_and_this_is_said(tmp_path, make):
    times = "setpts='if(lt(N,20),N,if(lt(N,30),20+(N-20)*3,50+N-30))'"
    source = argv("-f lavfi -i testsrc2=s=64x48:r=25 -frames:v 40 -vf")
    path = make(*source, times, "-fps_mode", "passthrough", *X264.split(), "vfr.mp4")
    info = probe(path)
    assert info.variable_rate and "varies" in info.notes[0]
    assert (info.rate, info.frame_count) == (25, 60)
    video = open_video(path)
    frames = list(video.frames())
    assert len(frames) == 60
    assert np.array_equal(frames[20], frames[22]) and not np.array_equal(frames[19], frames[20])
    assert np.array_equal(next(video.frames(45)), frames[45])
    save_video(video, tmp_path / "steady.mp4")
    assert probe(tmp_path / "steady.mp4").frame_count == 60
    assert not probe(tmp_path / "steady.mp4").variable_rate


@pytest.mark.parametrize(
    ("size", "tag", "matrix"),
    [("64x48", "unknown", "bt601"), ("1280x720", "unknown", "bt709"), ("64x48", "bt709", "bt709"),
     ("1280x720", "smpte170m", "bt601")],
)  # fmt: skip
def test_untagged_colour_is_read_by_the_custom_of_its_size(make, size, tag, matrix):
    source = f"color=0xE02010:s={size}:r=5"
    convert = f"scale=out_color_matrix={matrix}:out_range=tv,format=yuv444p"
    tagged = f"{convert},setparams=colorspace={tag}"
    arguments = ["-f", "lavfi", "-i", source, "-frames:v", "2", "-vf", tagged]
    path = make(*arguments, *argv("-c:v ffv1 -pix_fmt yuv444p"), "c.mkv")
    middle = next(open_video(path).frames())[20, 20]
    assert np.abs(middle.astype(int) - (0xE0, 0x20, 0x10)).max() <= 3


def test_full_range_video_is_not_stretched(make):
    convert = "scale=out_color_matrix=bt709:out_range=pc,format=yuv420p,setparams=range=pc"
    source = ["-f", "lavfi", "-i", "color=0x0A0A0A:s=64x48:r=5", "-frames:v", "2", "-vf", convert]
    path = make(*source, *argv("-c:v libx264 -crf 1 -colorspace bt709 -color_range pc"), "f.mp4")
    assert np.abs(next(open_video(path).frames())[20, 20].astype(int) - 10).max() <= 2


def test_hdr_is_toned_down_and_this_is_said(make):
    convert = (
        "zscale=tin=bt709:min=bt709:pin=bt709:rin=full:t=smpte2084:m=bt2020nc:p=bt2020:r=tv:npl=203"
    )
    source = argv("-f lavfi -i testsrc2=s=96x64:r=5 -frames:v 2 -vf")
    encoder = argv("-c:v libx265 -x265-params log-level=error")
    path = make(*source, f"{convert},format=yuv420p10le", *encoder, "h.mp4")
    assert "HDR" in probe(path).notes[0]
    assert 60 < next(open_video(path).frames()).mean() < 200


def test_transparent_frames_are_shown_on_black(make):
    source = "color=white@0.0:s=32x32:r=5,format=rgba"
    path = make("-f", "lavfi", "-i", source, *argv("-frames:v 3 -c:v png a.mov"))
    assert next(open_video(path).frames()).max() == 0


def test_a_film_with_cover_art_is_its_film(clip, make):
    cover = make(*argv("-f lavfi -i color=red:s=32x32 -frames:v 1 cover.png"))
    maps = argv("-map 1 -map 0 -c copy -c:v:0 png -disposition:v:0 attached_pic")
    video = open_video(make("-i", str(clip), "-i", str(cover), *maps, "covered.mp4"))
    assert (video.width, video.frame_count) == (160, 48)


def test_closing_early_ends_everything(clip):
    frames = open_video(clip).frames()
    next(frames)
    frames.close()


def test_an_unfinished_iterator_that_is_dropped_ends_everything(clip):
    for _ in zip(range(3), open_video(clip).frames(), strict=False):
        pass


def test_a_range_outside_of_the_film_is_empty(clip):
    video = open_video(clip)
    assert list(video.frames(48)) == []
    assert list(video.frames(10, 10)) == []
    assert len(list(video.frames(40, 100))) == 8


def test_a_file_that_changed_after_planning_is_refused(clip, make):
    video = open_video(clip)
    next(video.frames())
    clip.write_bytes(clip.read_bytes() + b"\0" * 8)
    with pytest.raises(Refusal, match="has changed since"):
        next(video.frames())


def test_odd_names_are_only_files(clip, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("concat:a|b.mp4", "-i", "http:x.mp4", "%03d.mp4", "ü ö '\"$.mp4", "data:x"):
        Path(name).write_bytes(clip.read_bytes())
        assert open_video(name).frame_count == 48
        save_video(CountingVideo(3), Path(name))
        assert len(list(open_video(name).frames())) == 3
