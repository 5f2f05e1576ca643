"""Values go into the store and come out the same: every type, no pickle, nothing guessed."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from aiprod_studio.engine import codec, tensorfile
from aiprod_studio.engine.decode import Outdated, decode
from aiprod_studio.sdk import Conditioning, Image, Latents, stored
from aiprod_studio.sdk.latents import Keyframe
from aiprod_studio.sdk.values import STORED

TORCH_TYPES = [
    torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.bool, torch.uint8,
    torch.int8, torch.int16, torch.int32, torch.int64, torch.uint16, torch.complex64,
    torch.float8_e4m3fn, torch.float8_e5m2, torch.complex128,
]  # fmt: skip


def there_and_back(value: Any, folder: Path) -> Any:
    encoded = codec.encode(value)
    path = folder / "value.safetensors"
    written = tensorfile.write(path, encoded.tensors)
    tensors, _ = tensorfile.read(path, written.digest)
    return decode(encoded.structure, tensors)


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(max_size=6000)
    | st.fractions(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(plain)
def test_any_plain_value_survives(value: Any) -> None:
    encoded = codec.encode(value)
    raw = {name: memoryview(bytearray(item.data)) for name, item in encoded.tensors.items()}
    back = decode(encoded.structure, raw)
    assert back == value and repr(back) == repr(value)


def test_what_is_not_finite_survives(tmp_path: Path) -> None:
    back = there_and_back([math.inf, -math.inf, math.nan], tmp_path)
    assert back[:2] == [math.inf, -math.inf] and math.isnan(back[2])


@pytest.mark.parametrize("dtype", TORCH_TYPES, ids=str)
def test_tensors_of_every_type_survive_bit_for_bit(dtype: torch.dtype, tmp_path: Path) -> None:
    given = torch.arange(24).reshape(2, 3, 4).transpose(0, 2).to(torch.float32).to(dtype)
    for value in (given, given[0, 0, 0], given[:0]):
        back = there_and_back(value, tmp_path)
        assert back.dtype == dtype and back.shape == value.shape
        bits = [x.contiguous().reshape(-1).view(torch.uint8) for x in (back, value)]
        assert torch.equal(*bits)


@pytest.mark.parametrize("dtype", ["uint8", "float16", "float64", "bool", "complex128", ">i4"])
def test_arrays_of_every_type_survive_and_are_read_only(dtype: str, tmp_path: Path) -> None:
    given = np.asfortranarray(np.arange(6).reshape(2, 3).astype(dtype))
    for value in (given, given[0, 0], given[:, :0], np.array(3.0)):
        back = there_and_back(value, tmp_path)
        assert np.array_equal(back, value) and back.shape == value.shape
    assert not there_and_back(given, tmp_path).flags.writeable
    assert not given.flags.writeable


def test_socket_values_survive_with_all_that_they_hold(tmp_path: Path) -> None:
    frame = Keyframe(torch.ones(1, 2, 1, 3, 3), 4, 0.5)
    latents = Latents(
        torch.randn(1, 2, 3, 4, 5, dtype=torch.bfloat16), "tiny", 64, 32, 9, Fraction(24000, 1001),
        (frame,),
    )  # fmt: skip
    back = there_and_back({"latents": latents}, tmp_path)["latents"]
    assert isinstance(back, Latents) and back.rate == latents.rate
    assert torch.equal(back.samples, latents.samples)
    assert torch.equal(back.keyframes[0].latents, frame.latents)
    words = Conditioning(torch.ones(1, 2, 3), torch.ones(1, 2), "tiny", "é", {"a": torch.zeros(1)})
    again = there_and_back(words, tmp_path)
    assert again.text == "é" and torch.equal(again.extra["a"], words.extra["a"])


def test_a_tensor_in_two_places_is_written_once(tmp_path: Path) -> None:
    shared = torch.ones(1000)
    encoded = codec.encode([shared, {"again": shared}])
    assert len(encoded.tensors) == 1
    back = there_and_back([shared, {"again": shared}], tmp_path)
    assert torch.equal(back[0], back[1]["again"])


def test_files_are_safetensors_that_the_package_can_read(tmp_path: Path) -> None:
    from safetensors.torch import load_file

    encoded = codec.encode([torch.ones(3, dtype=torch.bfloat16), torch.zeros(2, 2), b"x" * 5001])
    path = tmp_path / "value.safetensors"
    tensorfile.write(path, encoded.tensors, {"note": "hello"})
    loaded = load_file(path)
    assert sorted(str(tensor.dtype) for tensor in loaded.values()) == [
        "torch.bfloat16",
        "torch.float32",
        "torch.uint8",
    ]


@dataclass(frozen=True)
class Undeclared:
    number: int = 1


class Loop(list):  # type: ignore[type-arg]
    pass


@pytest.mark.parametrize(
    "value",
    [Undeclared(), object(), {1, 2}, Loop(), lambda: 1, np.array(["text"]), np.array([object()])],
    ids=lambda value: type(value).__name__,
)
def test_what_the_store_does_not_know_is_refused(value: Any) -> None:
    with pytest.raises(codec.Unstorable):
        codec.encode([value])


def test_a_value_that_contains_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(codec.Unstorable):
        codec.encode(value)


def test_a_class_of_another_release_is_outdated_not_a_crash() -> None:
    @stored("test.changing")
    @dataclass(frozen=True)
    class Changing:
        number: int
        other: int = field(default=2)

    told = codec.encode(Changing(1)).structure
    assert decode(told, {}) == Changing(1)
    gone = json.loads(told)
    gone["value"][1]["removed"] = 3
    with pytest.raises(Outdated):
        decode(json.dumps(gone), {})
    del STORED["test.changing"]
    with pytest.raises(Outdated):
        decode(told, {})


def test_a_settled_value_is_the_same_object_when_nothing_had_to_change() -> None:
    image = Image(np.zeros((2, 2, 3), np.uint8))
    words = Conditioning(torch.ones(1), torch.ones(1), "tiny")
    encoded = codec.encode({"image": image, "words": words})
    assert encoded.value["image"] is image and encoded.value["words"] is words
