"""The command line of training: stages, refusals, the card and the sheet."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiprod_studio.training import weights
from aiprod_studio.training.__main__ import STAGES, main, parser
from aiprod_studio.training.cache import Cache
from aiprod_studio.training.shapes import BASE
from aiprod_studio.training.shipping import card, sheets
from aiprod_studio.training.stages import TABLE


def test_every_stage_named_in_the_help_can_be_run() -> None:
    assert set(STAGES) == set(TABLE)
    for stage in STAGES:
        assert parser().parse_args([stage, "--cache", "somewhere", "--minutes", "2"]).minutes == 2


def test_a_stage_without_its_data_says_what_to_run_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["images", "--cache", str(tmp_path), "--threads", "1"]) == 2
    assert "Run the stage 'data' first." in capsys.readouterr().err


def test_the_prompts_of_a_sheet_show_every_object_and_both_ways() -> None:
    texts = sheets.rule_prompts(24)
    assert len(set(texts)) == 24
    for word in ("boat", "cat", "left", "right", "night", "desert"):
        assert any(word in text.split() for text in texts)
    assert any(text.startswith("an orange ") for text in texts)
    assert not any(text.startswith("a orange ") for text in texts)


def test_the_card_holds_hashes_curves_and_numbers(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.log("images", step=0, minutes=0.0, loss=2.5, gap=0.0)
    cache.log("images", step=100, minutes=4.0, loss=1.25, gap=0.3)
    entry = {"file": "vae.safetensors", "component": "video_vae", "parameters": 1234,
             "bytes": 2468, "sha256": "ab" * 32}  # fmt: skip
    manifest = {"version": "aiprod-starter-1-base", "files": [entry]}
    text = card.card(cache, BASE, manifest, "| gate | 1.00 |")
    for part in ("aiprod-starter-1-base", "abababababababab", "1,234", "1.88", "| gate | 1.00 |"):
        assert part in text
    assert "not been evaluated" in card.card(cache, BASE, manifest)


def test_a_state_on_disk_is_no_pickle(tmp_path: Path) -> None:
    import torch

    path = tmp_path / "state.safetensors"
    weights.save(path, {"a": torch.arange(3)}, {"done": 7})
    assert path.read_bytes()[8:9] == b"{"
    assert weights.facts(path)["done"] == "7"
    assert weights.tensors(path)["a"].tolist() == [0, 1, 2]
