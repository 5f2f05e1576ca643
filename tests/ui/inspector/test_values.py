"""Sums, weights, kept prompts and names of files: the parts of the inspector without a window."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiprod_studio.ui.inspector.arithmetic import calculated
from aiprod_studio.ui.inspector.bringing import named_from
from aiprod_studio.ui.inspector.fields.curve import numbers_of, written
from aiprod_studio.ui.inspector.prompts import PromptHistory
from aiprod_studio.ui.inspector.weights import MOST, STEP, weighed
from aiprod_studio.ui.viewer.timecode import frame_of, timecode


@pytest.mark.parametrize(
    ("text", "value"),
    [("768/2+8", 392), ("1,5", 1.5), ("-3", -3), ("2*(3+4)", 14), ("24000/1001", 24000 / 1001),
     ("7 × 2", 14), (" 12 ", 12)],
)  # fmt: skip
def test_sums_come_to_what_they_should(text: str, value: float) -> None:
    assert calculated(text) == value


@pytest.mark.parametrize(
    "text",
    ["", "a", "1/0", "__import__('os')", "9**9**9", "1e999", "[1]", "1;2", "True", "1+" * 60],
)
def test_what_is_no_sum_is_said_and_never_executed(text: str) -> None:
    with pytest.raises(ValueError, match="is no number"):
        calculated(text)


@given(st.text(max_size=60))
def test_nothing_typed_breaks_the_sums(text: str) -> None:
    try:
        assert calculated(text) is not None
    except ValueError as error:
        assert "is no number" in str(error)


@given(st.text(alphabet="ab c(:1.)\n", max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_weights_of_any_text_stay_within_it(text: str, one: int, other: int) -> None:
    start, stop = sorted((min(one, len(text)), min(other, len(text))))
    edit = weighed(text, start, stop, STEP)
    if edit is not None:
        assert 0 <= edit.start <= edit.stop <= len(text)
        after = text[: edit.start] + edit.text + text[edit.stop :]
        assert 0 <= edit.chosen[0] <= edit.chosen[1] <= len(after)


def test_a_weight_has_limits() -> None:
    text, start, stop = "boat", 0, 4
    for _ in range(40):
        edit = weighed(text, start, stop, STEP)
        assert edit is not None
        text = text[: edit.start] + edit.text + text[edit.stop :]
        start, stop = edit.chosen
    assert text == f"(boat:{MOST:g})"


def test_prompts_are_kept_newest_first_without_their_beginnings(tmp_path: Path) -> None:
    kept = PromptHistory(tmp_path / "prompts.json")
    for text in ("a red boat", "a red boat at sea", "cats", "a red boat at sea", "x"):
        kept.add(text)
    assert PromptHistory(tmp_path / "prompts.json").prompts() == ["a red boat at sea", "cats"]


def test_a_damaged_file_of_prompts_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "prompts.json"
    path.write_text("{nonsense")
    kept = PromptHistory(path)
    kept.add("a red boat")
    assert PromptHistory(path).prompts() == ["a red boat"]


def test_files_are_named_from_the_workflow_and_from_allowed_folders(tmp_path: Path) -> None:
    film, other = tmp_path / "film", tmp_path / "other"
    for folder in (film, other):
        folder.mkdir()
        (folder / "a.png").write_bytes(b"x")
    assert named_from(film / "a.png", film) == "a.png"
    assert named_from(other / "a.png", film) is None
    assert named_from(other / "a.png", film, [str(other)]) == (other / "a.png").as_posix()


@given(st.lists(st.floats(0, 1).map(lambda n: float(f"{n:.4g}")), max_size=30))
def test_curves_are_read_as_they_are_written(numbers: list[float]) -> None:
    assert numbers_of(written(numbers)) == numbers


@given(st.integers(0, 200_000), st.sampled_from(["24", "25", "30000/1001", "12"]))
def test_a_timecode_is_the_frame_it_names(index: int, rate: str) -> None:
    from fractions import Fraction

    assert frame_of(timecode(index, Fraction(rate)), Fraction(rate)) == index
