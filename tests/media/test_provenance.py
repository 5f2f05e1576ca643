"""The recipe goes into a file and comes out again, unharmed."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL import PngImagePlugin

from aiprod_studio.media import (
    StillVideo,
    extract,
    load_image,
    open_video,
    save_image,
    save_video,
    texts_of,
)
from aiprod_studio.sdk import Image, Refusal
from tests.media.films import CountingVideo, Hum, argv

PICTURE = Image(np.zeros((4, 5, 3), np.uint8))
LEAF = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
TREE = st.recursive(LEAF, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
JSON = st.builds(
    lambda tree, pretty: json.dumps(tree, ensure_ascii=False, indent=pretty),
    TREE,
    st.sampled_from([None, 2]),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("recipes")


@given(recipe=JSON)
@settings(deadline=None, max_examples=60)
@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_any_json_survives_in_a_picture(folder, suffix, recipe):
    save_image(PICTURE, folder / f"a{suffix}", recipe)
    assert extract(folder / f"a{suffix}") == recipe


@given(recipe=JSON)
@settings(deadline=None, max_examples=5)
@pytest.mark.parametrize(
    ("name", "format"),
    [("a.mp4", "h264"), ("a.mov", "prores_422"), ("a.webm", "webm"), ("a.gif", "gif")],
)
def test_any_json_survives_in_a_film(folder, name, format, recipe):
    film = StillVideo(np.zeros((16, 16, 3), np.uint8), 1, Fraction(24))
    save_video(film, folder / name, format, recipe=recipe)
    assert extract(folder / name) == recipe


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "format"),
    [("a.mp4", "h264"), ("a.mov", "prores_hq"), ("a.webm", "webm"), ("a.gif", "gif")],
)
def test_a_recipe_of_megabytes_survives_and_the_film_still_opens(tmp_path, name, format):
    recipe = json.dumps({"text": "ü=;#\\\n\u2028😀" * 300_000}, ensure_ascii=False, indent=1)
    assert len(recipe.encode()) > 4_000_000
    film = CountingVideo(5, sound=Hum(10000))
    save_video(film, tmp_path / name, format, recipe=recipe)
    assert extract(tmp_path / name) == recipe
    assert len(list(open_video(tmp_path / name).frames())) == 5


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_a_recipe_of_megabytes_survives_in_a_picture(tmp_path, suffix):
    recipe = json.dumps({"text": "ü😀" * 800_000}, ensure_ascii=False)
    save_image(PICTURE, tmp_path / f"a{suffix}", recipe)
    assert extract(tmp_path / f"a{suffix}") == recipe
    assert load_image(tmp_path / f"a{suffix}").width == 5


def test_windows_line_ends_survive_as_the_same_json(tmp_path):
    recipe = '{\r\n  "a": 1\r\n}'
    save_video(CountingVideo(1), tmp_path / "a.mp4", recipe=recipe)
    assert json.loads(extract(tmp_path / "a.mp4")) == {"a": 1}


def test_a_lone_surrogate_survives_as_its_escape(tmp_path):
    save_image(PICTURE, tmp_path / "a.png", '{"a": "\ud800"}')
    assert json.loads(extract(tmp_path / "a.png")) == {"a": "\ud800"}


def test_a_recipe_with_nul_is_refused_and_nothing_is_written(tmp_path):
    for name in ("a.png", "b.mp4", "c.gif"):
        with pytest.raises(Refusal, match="not JSON"):
            if name == "a.png":
                save_image(PICTURE, tmp_path / name, "\0")
            else:
                save_video(CountingVideo(2), tmp_path / name,
                           "gif" if name == "c.gif" else "h264", recipe="\0")  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_a_file_without_a_recipe_gives_none(tmp_path, clip):
    save_image(PICTURE, tmp_path / "a.png")
    save_image(PICTURE, tmp_path / "a.jpg")
    save_video(CountingVideo(2), tmp_path / "a.gif", "gif")
    for name in ("a.webp", "a.tiff", "a.bmp"):
        Pillow.new("RGB", (4, 4)).save(tmp_path / name)
    names = ("a.png", "a.jpg", "a.gif", "clip.mp4", "a.webp", "a.tiff", "a.bmp")
    assert [extract(tmp_path / name) for name in names] == [None] * 7


def test_texts_of_other_programs_are_found_too(tmp_path, make):
    texts = PngImagePlugin.PngInfo()
    texts.add_text("workflow", '{"nodes": []}')
    texts.add_text("prompt", "zipped", zip=True)
    texts.add_itxt("Title", "ü", zip=True)
    Pillow.new("RGB", (3, 3)).save(tmp_path / "a.png", pnginfo=texts)
    assert texts_of(tmp_path / "a.png") == {
        "workflow": '{"nodes": []}', "prompt": "zipped", "title": "ü",
    }  # fmt: skip
    film = make(*argv("-f lavfi -i color=s=32x32 -frames:v 2 -metadata comment=a=b;c a.mkv"))
    assert texts_of(film)["comment"] == "a=b;c"


@pytest.mark.parametrize("keep", [9, 40, 60, 75])
def test_a_cut_png_gives_a_sentence_or_nothing(tmp_path, keep):
    save_image(PICTURE, tmp_path / "a.png", '{"a": 1}')
    (tmp_path / "a.png").write_bytes((tmp_path / "a.png").read_bytes()[:keep])
    try:
        assert extract(tmp_path / "a.png") in (None, '{"a": 1}', '{"a"', '{"a": ', '{"a": 1')
    except Refusal as refusal:
        assert "a.png" in str(refusal)


@given(
    data=st.binary(max_size=200),
    head=st.sampled_from([b"", b"GIF89a", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]),
)
@settings(deadline=None, max_examples=150)
def test_any_bytes_give_texts_or_a_sentence(folder, head, data):
    (folder / "any").write_bytes(head + data)
    try:
        texts = texts_of(folder / "any")
        assert all(isinstance(text, str) for text in texts.values())
    except Refusal as refusal:
        assert str(folder / "any") in str(refusal)
