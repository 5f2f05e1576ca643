"""Files that lie, break off or are something else are each named for what they are."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiprod_studio.models import open_model
from aiprod_studio.sdk import ExitCode, Refusal


def raw(header: Any, data: bytes = b"", length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def entry(shape: list[int], start: int, end: int, dtype: str = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


def said(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(Refusal) as caught:
        open_model(path)
    text = str(caught.value)
    assert path.name in text
    assert text.count("\n") == 0
    return text


def test_a_sound_file_gives_names_shapes_types_and_metadata(tmp_path: Path) -> None:
    header = {
        "__metadata__": {"config": '{"vae": {}}', "model_version": "2.3.0"},
        "a.weight": entry([2, 3], 0, 24),
        "b": entry([], 24, 26, "BF16"),
        "c": entry([0, 4], 26, 26, "F16"),
    }
    path = tmp_path / "m.safetensors"
    path.write_bytes(raw(header, bytes(26)))
    file = open_model(path)
    assert file.tensors["a.weight"].shape == (2, 3)
    assert file.tensors["b"].count == 1
    assert file.config == {"vae": {}}
    assert file.version == "2.3.0"
    assert open_model(path) is file


SOUND = {"a": entry([2], 0, 8), "b": entry([2], 8, 16)}
LIES: dict[str, tuple[bytes, str]] = {
    "past the end": (raw(SOUND, bytes(12)), "promises"),
    "overlap": (raw({"a": entry([2], 0, 8), "b": entry([2], 4, 12)}, bytes(12)), "overlaps"),
    "hole": (raw({"a": entry([2], 0, 8), "b": entry([2], 12, 20)}, bytes(20)), "hole of 4 bytes"),
    "more than promised": (raw(SOUND, bytes(20)), "4 bytes follow"),
    "shape": (raw({"a": entry([3], 0, 8)}, bytes(8)), "needs 12 bytes, has 8"),
    "negative": (raw({"a": entry([-1], 0, 8)}, bytes(8)), "no list of sizes"),
    "absurd": (raw({"a": entry([1 << 50], 0, 8)}, bytes(8)), "no list of sizes"),
    "dimensions": (raw({"a": entry([1] * 9 + [2], 0, 8)}, bytes(8)), "10 dimensions"),
    "type": (raw({"a": entry([2], 0, 8, "F31")}, bytes(8)), "'F31'"),
    "offsets": (raw({"a": {"dtype": "F32", "shape": [2]}}, bytes(8)), "no start and end"),
    "backwards": (raw({"a": entry([2], 8, 0)}, bytes(8)), "has -8"),
    "twice": (raw(b'{"a":{},"a":{}}', bytes(8)), "names 'a' twice"),
    "not json": (raw(b"{nonsense", bytes(8)), "not valid JSON"),
    "deep": (raw(b'{"a":' + b"[" * 100_000, bytes(8)), "not valid JSON"),
    "huge": (raw(b"{}", b"", 900_000_000), "900,000,000"),
    "broken header": (raw(b"{" + b" " * 300, b"", 5000), "promises"),
    "nothing inside": (raw({}), "no tensors"),
    "metadata": (raw({"__metadata__": {"a": 1}, **SOUND}, bytes(16)), "not a table of texts"),
    "float sizes": (raw({"a": entry([2.0], 0, 8)}, bytes(8)), "no list of sizes"),
    "bool sizes": (raw({"a": entry([True], 0, 4)}, bytes(4)), "no list of sizes"),
}


@pytest.mark.parametrize("lie", sorted(LIES))
def test_a_lie_is_said(lie: str, tmp_path: Path) -> None:
    content, words = LIES[lie]
    assert words in said(tmp_path / "m.safetensors", content)


OTHERS = {
    "pickle": (b"\x80\x02}q\x00.", "pickle"),
    "zip": (b"PK\x03\x04" + bytes(40), "zip archive"),
    "lfs": (b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 9\n", "LFS pointer"),
    "page": (b"<!DOCTYPE html><html>login", "web page"),
    "json": (b'{"error": "not found"}', "JSON"),
    "text": (b"hello there, this is text", "text file"),
    "empty": (b"", "empty"),
    "zeros": (bytes(5000), "breaks off"),
    "gzip": (b"\x1f\x8b\x08" + bytes(30), "archive"),
    "noise": (bytes(range(256)) * 8, "no model format"),
}


@pytest.mark.parametrize("kind", sorted(OTHERS))
def test_what_is_no_model_is_named(kind: str, tmp_path: Path) -> None:
    content, words = OTHERS[kind]
    assert words in said(tmp_path / "model.safetensors", content)


def test_a_download_that_broke_off_says_how_much_is_there(tmp_path: Path) -> None:
    whole = raw({"a": entry([1000], 0, 4000)}, bytes(4000))
    assert "(50.7 %)" in said(tmp_path / "m.safetensors", whole[: len(whole) // 2 + 30])


def test_missing_files_and_folders_are_said(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="cannot be read") as caught:
        open_model(tmp_path / "none.safetensors")
    assert caught.value.exit_code == ExitCode.MISSING
    with pytest.raises(Refusal, match="this is a folder"):
        open_model(tmp_path)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_change_of_a_byte_crashes_or_hangs(data: st.DataObject, tmp_path: Path) -> None:
    whole = bytearray(raw({"__metadata__": {"x": "y"}, **SOUND}, bytes(16)))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    path = tmp_path / "m.safetensors"
    path.write_bytes(bytes(whole[:cut] if data.draw(st.booleans()) else whole))
    try:
        open_model(path)
    except Refusal as refusal:
        assert str(refusal)


def write_gguf(path: Path) -> Path:
    writer = gguf.GGUFWriter(str(path), "ltxv")
    writer.add_string("config", '{"transformer": {}}')
    writer.add_array("words", [f"word {i}" for i in range(3000)])
    random = np.random.default_rng(0).standard_normal((4, 64)).astype(np.float32)
    packed = gguf.quants.quantize(random, gguf.GGMLQuantizationType.Q8_0)
    writer.add_tensor("a.weight", packed, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    writer.add_tensor("a.bias", random[0])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_a_gguf_header_agrees_with_its_inventors_reader(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "m.gguf")
    file = open_model(path)
    reference = {tensor.name: tensor for tensor in gguf.GGUFReader(path).tensors}
    assert file.format == "gguf"
    assert file.config == {"transformer": {}}
    assert file.metadata["words"] == "(3,000 values)"
    for name, info in file.tensors.items():
        expected = reference[name]
        assert info.shape == tuple(int(n) for n in reversed(expected.shape))
        assert info.nbytes == expected.n_bytes
        assert info.offset == expected.data_offset


@pytest.mark.parametrize("share", [0.001, 0.2, 0.5, 0.9, 0.99])
def test_a_gguf_that_breaks_off_is_said(share: float, tmp_path: Path) -> None:
    whole = write_gguf(tmp_path / "whole.gguf").read_bytes()
    text = said(tmp_path / "cut.gguf", whole[: max(8, int(len(whole) * share))])
    assert "broke off" in text


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 400), value=st.integers(0, 255))
def test_no_change_of_a_byte_crashes_the_gguf_reader(at: int, value: int, tmp_path: Path) -> None:
    source = tmp_path / "whole.gguf"
    whole = bytearray((source if source.exists() else write_gguf(source)).read_bytes())
    whole[at] = value
    path = tmp_path / "m.gguf"
    path.write_bytes(bytes(whole))
    try:
        open_model(path)
    except Refusal as refusal:
        assert str(refusal)


@pytest.mark.parametrize("length", [0x280, 0x380, 0x4_B50, 0x8B1F + 1])
def test_a_header_whose_length_reads_like_another_format_is_still_a_header(
    length: int, tmp_path: Path
) -> None:
    path = tmp_path / "m.safetensors"
    text = json.dumps({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}})
    path.write_bytes(length.to_bytes(8, "little") + text.ljust(length).encode() + b"\0" * 4)
    assert list(open_model(path).tensors) == ["a"]
