"""The identity of a file follows its content, cheaply even for large files."""

from __future__ import annotations

import hashlib
import os

import pytest

from aiprod_studio.media import identity_of, identity_of_weights, source_of, verify
from aiprod_studio.sdk import Refusal, SourceFile


def test_a_small_file_is_known_by_its_whole_content(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    (tmp_path / "b").write_bytes(b"abc")
    assert identity_of(tmp_path / "a") == identity_of(tmp_path / "b")
    assert identity_of(tmp_path / "a") == "sha256:" + hashlib.sha256(b"abc").hexdigest()


def test_a_change_is_seen_even_if_size_and_time_stay(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    first = identity_of(path)
    path.write_bytes(b"abd")
    os.utime(path, ns=(0, 1))
    assert identity_of(path) != first


def test_a_large_file_is_known_by_samples_size_and_time(tmp_path):
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(300 << 20)
    os.utime(path, ns=(5, 5))
    first = identity_of(path)
    assert first.startswith("sampled:")
    with path.open("r+b") as file:
        file.seek(-10, 2)
        file.write(b"end")
    os.utime(path, ns=(5, 7))
    second = identity_of(path)
    assert second != first
    os.utime(path, ns=(5, 9))
    assert identity_of(path) not in (first, second)


@pytest.mark.parametrize("place", [0, 1 << 19, (300 << 20) - 10, (300 << 20) * 7 // 65])
def test_large_weights_are_known_by_their_header_and_thin_samples(tmp_path, place):
    for name in ("one", "other"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(300 << 20)
            file.seek(place)
            file.write(b"changed" if name == "other" else b"")
        os.utime(tmp_path / name, ns=(5, 5))
    first = identity_of_weights(tmp_path / "one")
    assert first.startswith("weights:")
    assert identity_of_weights(tmp_path / "other") != first
    os.utime(tmp_path / "one", ns=(5, 9))
    assert identity_of_weights(tmp_path / "one") != first


def test_small_weights_are_known_as_every_file_is(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert identity_of_weights(tmp_path / "a") == identity_of(tmp_path / "a")


def test_a_changed_source_is_refused_and_a_foreign_identity_is_not_judged(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    source = source_of(path)
    assert verify(source) == path
    path.write_bytes(b"other")
    with pytest.raises(Refusal, match="has changed since"):
        verify(source)
    assert verify(SourceFile(path, "made elsewhere")) == path


def test_a_missing_file_has_no_identity(tmp_path):
    with pytest.raises(Refusal, match="no such file"):
        identity_of(tmp_path / "none")
