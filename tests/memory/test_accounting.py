"""The accounting device and the meter count what a card would hold."""

import pytest
import torch

from aiprod_studio.memory.accounting import AccountingDevice, ActivationMeter, Fault
from aiprod_studio.memory.budgets import Budgets
from aiprod_studio.memory.devices import OutOfPinned

from .networks import run_ltx, tiny_ltx


def test_each_budget_is_enforced_with_the_error_a_machine_raises() -> None:
    device = AccountingDevice(Budgets(100, 200, 50))
    device.buffer(100, "a")
    with pytest.raises(torch.OutOfMemoryError):
        device.buffer(1, "a")
    pinned = device.host_buffer(50, "a", pinned=True)
    with pytest.raises(OutOfPinned):
        device.host_buffer(1, "a", pinned=True)
    device.host_buffer(150, "a", pinned=False)
    with pytest.raises(MemoryError):
        device.host_buffer(1, "a", pinned=False)
    pinned.close()
    device.host_buffer(50, "a", pinned=False)


def test_faults_come_where_they_were_ordered() -> None:
    device = AccountingDevice(Budgets(10**6, 10**6), faults=[Fault("vram", "copy", 2)])
    one, two = device.buffer(8, "a"), torch.zeros(8, dtype=torch.uint8)
    device.copy(one.bytes, two)
    with pytest.raises(torch.OutOfMemoryError):
        device.copy(one.bytes, two)
    device.copy(one.bytes, two)
    assert (device.events["copy"], device.copied_bytes) == (3, 16)


def test_the_meter_counts_what_is_alive_at_once() -> None:
    with ActivationMeter() as meter:
        a = torch.empty(1000, dtype=torch.uint8)
        b = a.view(10, 100)[2:]
        c = torch.empty(500, dtype=torch.uint8)
        del a
        assert meter.live == 1500
        del b
        assert meter.live == 500
        c.add_(1)
        del c
    assert (meter.live, meter.peak) == (0, 1500)


def test_the_meter_knows_the_same_peak_without_computing() -> None:
    with ActivationMeter() as real:
        run_ltx(tiny_ltx())
    with torch.device("meta"), ActivationMeter() as imagined:
        network = tiny_ltx()
        run_on_meta(network)
    assert imagined.peak == pytest.approx(real.peak, rel=0.1)


def run_on_meta(network: torch.nn.Module) -> None:
    with torch.inference_mode():
        network(
            hidden_states=torch.empty(2, 24, 8),
            encoder_hidden_states=torch.empty(2, 5, 24),
            timestep=torch.empty(2, 1),
            encoder_attention_mask=torch.empty(2, 5),
            num_frames=2, height=3, width=4, return_dict=False,
        )  # fmt: skip


def test_the_meter_fails_as_a_card_would() -> None:
    with ActivationMeter(limit=1000), pytest.raises(torch.OutOfMemoryError):
        torch.empty(600, dtype=torch.uint8) + torch.empty(600, dtype=torch.uint8)
