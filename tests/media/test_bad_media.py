"""What is no proper media file gets one clear sentence that names it, and nothing is written."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from aiprod_studio.media import (
    extract,
    load_image,
    open_audio,
    open_video,
    probe,
    save_image,
    save_video,
    thumbnail,
)
from aiprod_studio.sdk import ExitCode, Image, Refusal
from tests.media.films import CountingVideo, all_samples, argv

OPENERS = [load_image, open_video, open_audio, probe, extract, thumbnail]


def sentence(refused: pytest.ExceptionInfo[Refusal], name: str) -> str:
    text = str(refused.value)
    assert name in text and "\n" not in text and "Traceback" not in text
    assert len(text) < 500
    return text


@pytest.mark.parametrize("opener", OPENERS)
def test_a_missing_file_is_named(tmp_path, opener):
    with pytest.raises(Refusal) as refused:
        opener(tmp_path / "nowhere.mp4")
    assert "there is no such file" in sentence(refused, "nowhere.mp4")
    assert refused.value.exit_code == ExitCode.MISSING


@pytest.mark.parametrize("opener", OPENERS)
@pytest.mark.parametrize(
    "address",
    argv(
        "http://example.org/a.mp4 https://example.org/a.png concat:a.mp4|b.mp4 rtmp://x/y "
        "data:text/plain,a tcp://127.0.0.1:80 file:///etc/passwd crypto:a pipe:0"
    ),
)  # fmt: skip
def test_an_address_where_a_path_belongs_is_refused(opener, address):
    with pytest.raises(Refusal) as refused:
        opener(address)
    assert "is an address" in sentence(refused, address)
    assert refused.value.exit_code == ExitCode.INVALID


@pytest.mark.parametrize("opener", OPENERS)
def test_a_folder_a_device_and_a_pipe_are_refused(tmp_path, opener):
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path, Path("/dev/zero"), tmp_path / "fifo"):
        with pytest.raises(Refusal) as refused:
            opener(path)
        assert "media file is expected" in sentence(refused, str(path))


@pytest.mark.parametrize("opener", OPENERS)
def test_control_characters_in_a_name_are_refused(opener):
    with pytest.raises(Refusal, match="control characters"):
        opener("a\n.mp4")
    with pytest.raises(Refusal, match="control characters"):
        opener("a\0.mp4")


@pytest.mark.parametrize("opener", OPENERS)
@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty"), (b"hello, this is text\n" * 50, "text"), (os.urandom(4096), "")],
)
def test_what_is_no_media_is_refused(tmp_path, opener, content, words):
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    with pytest.raises(Refusal) as refused:
        opener(path)
    text = sentence(refused, "film.mp4")
    if opener is not load_image:
        assert words in text


@pytest.mark.parametrize(
    "text",
    ["#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/a.ts\n", "ffconcat version 1.0\nfile 'clip.mp4'\n",
     "file 'clip.mp4'\n", "<MPD><BaseURL>clip.mp4</BaseURL></MPD>",
     "v=0\no=- 0 0 IN IP4 127.0.0.1\n"],
)  # fmt: skip
@pytest.mark.parametrize("name", argv("a.m3u8 a.mp4 a.txt a.sdp a.mpd"))
def test_playlists_that_point_to_other_files_are_refused(clip, tmp_path, name, text):
    (tmp_path / name).write_text(text)
    for opener in (open_video, open_audio, probe):
        with pytest.raises(Refusal, match=r"text|playlist"):
            opener(tmp_path / name)


@pytest.mark.parametrize("opener", OPENERS)
def test_an_unreadable_file_is_refused(clip, opener):
    clip.chmod(0)
    # Root may read everything, so it becomes nobody for a moment.
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        with pytest.raises(Refusal) as refused:
            opener(clip)
    finally:
        os.seteuid(before)
    assert "may not read" in sentence(refused, "clip.mp4")
    assert refused.value.exit_code == ExitCode.MISSING


@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("name", argv("cut.mp4 fast.mp4 cut.mkv cut.mov"))
def test_a_truncated_film_is_refused(clip, make, tmp_path, name, share):
    fast = ["-movflags", "+faststart"] if name == "fast.mp4" else []
    whole = make("-i", str(clip), "-c", "copy", *fast, name)
    whole.write_bytes(whole.read_bytes()[: int(share * whole.stat().st_size)])
    with pytest.raises(Refusal) as refused:
        for _ in open_video(whole).frames():
            pass
    assert "damaged" in sentence(refused, name) or "no frames" in sentence(refused, name)


def test_a_film_without_frames_is_refused(make):
    head = argv("-f lavfi -i color=s=32x32:d=1 -t 0 -c:v libx264 -pix_fmt yuv420p")
    for name in ("zero.mp4", "zero.mkv", "zero.mov"):
        with pytest.raises(Refusal) as refused:
            open_video(make(*head, name))
        sentence(refused, name)


def test_sound_alone_is_no_film_and_pictures_alone_no_sound(make, tmp_path):
    sound = make(*argv("-f lavfi -i sine=d=0.2 a.m4a"))
    with pytest.raises(Refusal, match="sound but no pictures"):
        open_video(sound)
    with pytest.raises(Refusal, match="is not a video file"):
        open_video(make(*argv("-f lavfi -i sine=d=0.2 a.wav")))
    save_image(Image(np.zeros((4, 4, 3), np.uint8)), tmp_path / "a.png")
    with pytest.raises(Refusal, match="is not a sound file"):
        open_audio(tmp_path / "a.png")


def png_with_size(path: Path, width: int, height: int) -> None:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    data = b"".join(
        struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks
    )
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + data)


@pytest.mark.parametrize("size", [(50_000, 50_000), (20_000, 9000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_bomb_is_refused_before_it_unfolds(tmp_path, size):
    png_with_size(tmp_path / "bomb.png", *size)
    for opener in (load_image, thumbnail):
        with pytest.raises(Refusal) as refused:
            opener(tmp_path / "bomb.png")
        assert "megapixels" in sentence(refused, "bomb.png")
    with pytest.raises(Refusal):
        open_video(tmp_path / "bomb.png")


def test_a_text_bomb_in_a_picture_is_refused(tmp_path):
    text = b"Comment\0\0" + zlib.compress(b"a" * 80_000_000, 1)
    chunk = (
        struct.pack(">I", len(text))
        + b"zTXt"
        + text
        + struct.pack(">I", zlib.crc32(b"zTXt" + text))
    )
    Pillow.new("RGB", (4, 4)).save(tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(data[:33] + chunk + data[33:])
    with pytest.raises(Refusal):
        load_image(tmp_path / "a.png")
    assert extract(tmp_path / "a.png") is None


@pytest.mark.parametrize("suffix", argv(".png .jpg .webp .tiff .bmp"))
def test_a_cut_picture_is_refused(tmp_path, suffix):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    path = tmp_path / f"a{suffix}"
    Pillow.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(Refusal) as refused:
        load_image(path)
    sentence(refused, path.name)


@pytest.mark.parametrize("name", ["a.eps", "a.svg", "a.pdf"])
def test_formats_that_can_run_things_are_never_opened(tmp_path, name):
    head = {"a.eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "a.svg": b"<svg/>",
            "a.pdf": b"%PDF-1.7\n"}[name]  # fmt: skip
    (tmp_path / name).write_bytes(head + b"showpage\n" * 99)
    with pytest.raises(Refusal, match="is not a picture"):
        load_image(tmp_path / name)


@given(seed=st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=60)
@pytest.mark.slow
def test_a_spoilt_film_never_crashes_or_hangs(spoilt_folder, seed):
    random = np.random.default_rng(seed)
    names = sorted(path.name for path in spoilt_folder.glob("good.*"))
    name = names[seed % len(names)]
    data = np.fromfile(spoilt_folder / name, np.uint8)
    at = random.integers(0, len(data), random.integers(1, 40))
    data[at] = random.integers(0, 256, len(at))
    path = spoilt_folder / f"spoilt.{name}"
    path.write_bytes(data.tobytes()[: len(data) if seed % 3 else int(len(data) * random.random())])
    try:
        video = open_video(path)
        assert sum(1 for _ in video.frames()) == video.frame_count
        if video.audio is not None:
            assert all_samples(video.audio).shape[1] == video.audio.sample_count
    except Refusal as refusal:
        assert path.name in str(refusal)


@pytest.fixture(scope="module")
def spoilt_folder(tmp_path_factory) -> Path:
    from tests.media.films import Hum

    folder = tmp_path_factory.mktemp("spoilt")
    film = CountingVideo(12, sound=Hum(24000))
    for name, format in (("good.mp4", "h264"), ("good.mov", "prores_422"), ("good.webm", "webm"),
                         ("good.gif", "gif")):  # fmt: skip
        save_video(film, folder / name, format)
    return folder


@pytest.mark.parametrize(
    ("name", "words"),
    [("nofolder/a.mp4", "folder does not exist"), ("a\n.mp4", "control characters"),
     ("taken", "is a folder")],
)  # fmt: skip
def test_a_place_that_cannot_be_written_is_refused(tmp_path, name, words):
    (tmp_path / "taken").mkdir()
    for format in ("h264", "gif"):
        with pytest.raises(Refusal, match=words):
            save_video(CountingVideo(2), tmp_path / name, format)
    if name != "taken":
        with pytest.raises(Refusal, match=words):
            save_image(Image(np.zeros((4, 4, 3), np.uint8)), tmp_path / f"{name}.png")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


FULL = """
import resource, signal, sys
import numpy as np
from fractions import Fraction
from pathlib import Path
from aiprod_studio.media import *
from aiprod_studio.sdk import Refusal, Image
sys.path.insert(0, {root!r})
from tests.media.films import CountingVideo, Hum
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
noise = np.random.default_rng(0).integers(0, 256, (90, 128, 128, 3), dtype=np.uint8)
class Noise(CountingVideo):
    def frames(self, start=0, stop=None):
        yield from noise[start:stop]
film = Noise(90, width=128, height=128, sound=Hum({samples}))
out = Path({out!r})
work = {{
    "h264": lambda: save_video(film, out / "a.mp4", quality=1),
    "prores": lambda: save_video(film, out / "a.mov", "prores_hq"),
    "webm": lambda: save_video(film, out / "a.webm", "webm", quality=4),
    "gif": lambda: save_video(TrimmedVideo(film, 0, 12), out / "a.gif", "gif"),
    "png": lambda: save_image(Image(noise.reshape(-1, 128, 3)), out / "a.png"),
    "frames": lambda: store_frames(film.frames(), out / "a.frames", Fraction(24)),
    "wav": lambda: save_audio(Hum(900000), out / "a.wav"),
}}
try:
    work[{what!r}]()
    print("DONE")
except Refusal as refusal:
    print(refusal)
"""


@pytest.mark.parametrize("what", argv("h264 prores webm gif png frames wav"))
def test_a_full_disk_is_said_and_nothing_is_left(tmp_path, what):
    root = str(Path(__file__).parents[2])
    script = FULL.format(root=root, out=str(tmp_path), what=what, limit=150_000, samples=5000)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=root, check=False
    )
    assert "the disk is full" in done.stdout, done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_disk_too_full_for_the_sound_is_said(tmp_path):
    root = str(Path(__file__).parents[2])
    script = FULL.format(
        root=root, out=str(tmp_path), what="h264", limit=150_000, samples=9_000_000
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=root, check=False
    )
    assert "the disk is full" in done.stdout, done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []
