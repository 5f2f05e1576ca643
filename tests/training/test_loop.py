"""The training loop: limits, resuming, averages, and what makes it stop."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from aiprod_studio.training.cache import Cache
from aiprod_studio.training.loop import Failed, Limits, Trainer


def _network() -> nn.Sequential:
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))


def _train(folder: Path, steps: int, matrices: str = "") -> nn.Sequential:
    network = _network()
    trainer = Trainer(
        Cache(folder), "line", network, Limits(60, steps), rate=1e-2, warm=3, matrices=matrices
    )
    for step in trainer.steps():
        given = torch.from_numpy(step.random.standard_normal((16, 4))).float()
        step.finish((network(given)[:, 0] - given.sum(1)).square().mean())
    return network


@pytest.mark.parametrize("matrices", ["", "0."])
def test_it_learns_and_stops_at_its_steps(tmp_path: Path, matrices: str) -> None:
    _train(tmp_path, 300, matrices)
    curve = list(Cache(tmp_path).curve("line"))
    assert curve[-1]["step"] < 300
    assert curve[-1]["loss"] < 0.3 * curve[0]["loss"]


@pytest.mark.parametrize("matrices", ["", "0."])
def test_a_stopped_run_goes_on_from_its_state(tmp_path: Path, matrices: str) -> None:
    trainer = Trainer(
        Cache(tmp_path), "line", _network(), Limits(60, 40), rate=1e-2, matrices=matrices
    )
    for step in trainer.steps():
        given = torch.from_numpy(step.random.standard_normal((16, 4))).float()
        step.finish((trainer.network(given)[:, 0] - given.sum(1)).square().mean())
    again = Trainer(
        Cache(tmp_path), "line", _network(), Limits(60, 80), rate=1e-2, matrices=matrices
    )
    assert again.done == 40
    for name, kept in trainer.average.items():
        torch.testing.assert_close(again.average[name], kept)
    assert again.share == 0.5


def test_the_averaged_weights_are_what_stays(tmp_path: Path) -> None:
    network = _train(tmp_path, 30)
    kept = Trainer(Cache(tmp_path), "line", _network(), Limits(60, 30)).average
    for name, parameter in network.named_parameters():
        torch.testing.assert_close(parameter.detach(), kept[name])


def test_a_weight_without_gradient_stops_the_run(tmp_path: Path) -> None:
    network = _network()
    trainer = Trainer(Cache(tmp_path), "dead", network, Limits(60, 20))

    def run() -> None:
        for step in trainer.steps():
            step.finish(network[2](torch.ones(2, 8)).sum())

    with pytest.raises(Failed, match=r"no gradient reaches 0\.weight"):
        run()


def test_too_much_memory_stops_the_run(tmp_path: Path) -> None:
    network = _network()
    trainer = Trainer(Cache(tmp_path), "fat", network, Limits(60, 20, gigabytes=0.001))

    def run() -> None:
        for step in trainer.steps():
            step.finish(network(torch.ones(2, 4)).square().sum())

    with pytest.raises(Failed, match="GB used"):
        run()
