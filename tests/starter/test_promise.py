"""The shipped weights keep what evaluation.json promises, and weights that know nothing do not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from aiprod_studio.training import evaluation
from aiprod_studio.training.shipping.shipped import Shipped

FOLDER = Path(__file__).parents[2] / "resources" / "models" / "starter"
PLACES = ("sky", "ground")
COUNT = evaluation.SAMPLE


@pytest.fixture(scope="module")
def promise() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "evaluation.json").read_text())
    return found


@pytest.fixture(scope="module")
def asked() -> list[evaluation.Question]:
    return evaluation.questions(COUNT)


@pytest.fixture(scope="module")
def films(asked: Sequence[evaluation.Question]) -> list[NDArray[np.uint8]]:
    """What the shipped weights make of the first questions of the evaluation."""
    model = Shipped(FOLDER)
    return list(model.generate([q.prompt for q in asked], [q.seed for q in asked]))


def test_the_evaluation_is_of_these_weights(promise: dict[str, Any]) -> None:
    assert promise["weights"] == evaluation.weights_hash(Shipped(FOLDER).files)


def test_the_evaluation_is_whole(promise: dict[str, Any]) -> None:
    rows = ("truth", "codec round trip", "generated", "generated, shuffled prompts")
    assert set(promise["rows"]) == set(rows)
    for row in rows:
        assert promise["rows"][row]["all"]["sky"]["asked"] >= 128
        assert promise["rows"][row]["held_out"]["sky"]["asked"] >= 64
    assert sum(found["both"]["asked"] for found in promise["pairs"].values()) >= 64
    assert promise["diversity"] > 0
    assert promise["nearest"]["generated"] > 0
    assert promise["given"]["kept"] > 0


@pytest.mark.slow
def test_films_made_now_read_as_they_were_read_in_the_evaluation(
    promise: dict[str, Any], films: list[NDArray[np.uint8]]
) -> None:
    now = [evaluation.read(frames) for frames in films]
    same = total = 0
    for kept, found in zip(promise["sample"], now, strict=True):
        for name in PLACES:
            assert found[name] == kept[name], (name, found, kept)
        same += sum(found[name] == kept[name] for name in evaluation.ASKED)
        total += len(evaluation.ASKED)
    assert same >= 0.85 * total, "rounding may turn a reading on another machine, not several"


@pytest.mark.slow
def test_the_places_that_prompts_name_are_there(
    asked: list[evaluation.Question], films: list[NDArray[np.uint8]]
) -> None:
    found = evaluation.score("now", asked, [evaluation.read(frames) for frames in films])
    assert found.scores["sky"].share >= 0.75
    assert found.scores["ground"].share >= 0.75
    assert found.scores["colour"].share >= 0.5


@pytest.mark.slow
def test_shuffled_weights_turn_the_gates_red(asked: list[evaluation.Question]) -> None:
    model = Shipped(FOLDER)
    torch.manual_seed(5)
    with torch.no_grad():
        for parameter in model.transformer.parameters():
            mixed = parameter.flatten()[torch.randperm(parameter.numel())]
            parameter.copy_(mixed.view_as(parameter))
    found = evaluation.rows(asked, model.generate, model.round_trip)
    gates = evaluation.report(found, model.files).gates("base").results
    for name in ("sky", "ground", "object", "colour"):
        assert not gates[name][2], (name, gates[name])
    assert gates["reader sky"][2], "the readers are not what is broken"
