"""Sizes are read, budgets chosen, and nonsense refused in words."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiprod_studio.memory import budgets as room
from aiprod_studio.memory.budgets import (
    CONTEXT,
    GB,
    MB,
    PROGRAM,
    Machine,
    choose_budgets,
    measure_machine,
    parse_size,
    show_more,
    show_size,
)
from aiprod_studio.sdk import Refusal

CARD = Machine("cuda:0", 8 * GB, 7 * GB, 32 * GB, 24 * GB, 100 * GB, windows=False)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("8GB", 8 * GB),
        ("8 gb", 8 * GB),
        ("8G", 8 * GB),
        ("512MiB", 512 * MB),
        (" 7.5 GB ", 15 * GB // 2),
        ("7,5GB", 15 * GB // 2),
        (".5 GB", GB // 2),
        ("4096", 4096),
        ("1TB", 1024 * GB),
    ],
)
def test_sizes_are_read_as_people_write_them(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    "text", ["", "GB", "eight", "-8GB", "8GBs", "8 XB", "1e9", "nan", "8GB 2", "0", "0GB", "9e"]
)
def test_nonsense_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_size(text, where="--vram")
    assert str(refused.value).startswith("--vram: ")
    assert "8GB" in str(refused.value)
    assert refused.value.exit_code == 2


def test_absurd_sizes_are_refused() -> None:
    with pytest.raises(Refusal, match="more than any machine has"):
        parse_size("99999999TB")


@given(st.integers(1, 1 << 49))
def test_what_is_shown_as_needed_is_enough(size: int) -> None:
    assert parse_size(show_more(size)) >= size
    assert parse_size(show_size(size)) > 0


def test_what_is_free_less_a_margin_is_the_default() -> None:
    found = choose_budgets(CARD)
    assert 6 * GB < found.vram < 7 * GB
    assert 20 * GB < found.host < 24 * GB - PROGRAM
    assert found.pinned == found.host // 2
    assert found.disk < 100 * GB
    assert found.notes == ()


def test_wishes_cap_the_whole_process() -> None:
    found = choose_budgets(CARD, vram="6GB", ram="16GB")
    assert found.vram == 6 * GB - CONTEXT
    assert found.host == 16 * GB - PROGRAM
    assert found == choose_budgets(CARD, vram=6 * GB, ram=16 * GB)


def test_wishes_beyond_the_machine_are_lowered_and_said() -> None:
    found = choose_budgets(CARD, vram="24GB", ram="64GB")
    assert found.vram == choose_budgets(CARD).vram
    assert found.host == choose_budgets(CARD).host
    assert len(found.notes) == 2
    assert "only 6.8 GB is free" in found.notes[0]
    assert found.to_dict()["notes"] == list(found.notes)


@pytest.mark.parametrize(("option", "wish"), [("vram", "300MB"), ("ram", "500MB")])
def test_wishes_too_small_for_the_program_are_refused(option: str, wish: str) -> None:
    with pytest.raises(Refusal, match=f"--{option}: {wish[:3]} MB is less than"):
        choose_budgets(CARD, **{option: wish})


def test_windows_keeps_some_of_a_display_card() -> None:
    found = choose_budgets(replace(CARD, windows=True))
    assert found.vram == choose_budgets(CARD).vram - 512 * MB
    assert "Windows keeps" in found.notes[0]


def test_the_processor_has_no_graphics_memory_and_pins_nothing() -> None:
    machine = replace(CARD, device="cpu", vram_total=0, vram_free=0)
    found = choose_budgets(machine, vram="8GB")
    assert (found.vram, found.pinned) == (0, 0)
    assert "--vram is not used" in found.notes[0]


def test_a_full_machine_gives_budgets_of_nothing_rather_than_less() -> None:
    full = replace(CARD, vram_free=0, ram_free=0, disk_free=0)
    assert choose_budgets(full).to_dict() == {
        "vram": 0, "host": 0, "pinned": 0, "disk": 0, "notes": [],
    }  # fmt: skip


def test_this_machine_is_measured(tmp_path: Path) -> None:
    machine = measure_machine("cpu", tmp_path / "not" / "yet")
    assert 0 < machine.ram_free <= machine.ram_total
    assert machine.disk_free > 0


@pytest.mark.parametrize("device", ["cuda:77", "gpu"])
def test_a_device_that_is_not_here_is_refused(device: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=f"device {device}"):
        measure_machine(device, tmp_path)


def test_a_containers_limit_counts(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("4000\n")
    (tmp_path / "memory.current").write_text("3000\n")
    (tmp_path / "memory.stat").write_text("anon 100\ninactive_file 500\n")
    assert room._container_limit(tmp_path) == (4000, 1500)
    (tmp_path / "memory.max").write_text("max\n")
    assert room._container_limit(tmp_path) is None


def test_budgets_and_plans_need_no_torch() -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from aiprod_studio.memory import budgets, describing, ledger, oom, phases, planning\n"
        "budgets.choose_budgets(budgets.measure_machine('cpu', Path('.')), ram='1GB')\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
