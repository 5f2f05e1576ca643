"""Plans say what the residency will do, how long it takes, and what it waits for."""

import itertools

import pytest
import torch

from aiprod_studio.memory.accounting import AccountingDevice
from aiprod_studio.memory.budgets import GB, MB, Budgets
from aiprod_studio.memory.describing import ModelOnDisk
from aiprod_studio.memory.phases import Rates, Work, plan_phase, plan_phases
from aiprod_studio.memory.planning import DEVICE, FILE, PINNED, Room, Rules, place, spread
from aiprod_studio.memory.rates import measure_rates
from aiprod_studio.sdk import Refusal

from .networks import net

# The sizes of LTX-2: 48 blocks of 387 MB in fp8, 0.86 GB around them; a 12B text encoder.
DIT = ModelOnDisk("dit", "LTX-2 transformer", 860 * MB, net, (387 * MB,) * 48, "b", mapped=True,
                  activations=2400 * MB)  # fmt: skip
ENCODER = ModelOnDisk("te", "Gemma", 1000 * MB, net, (450 * MB,) * 48, "b", mapped=True,
                      activations=300 * MB)  # fmt: skip
VAE = ModelOnDisk("vae", "video VAE", 1450 * MB, net, activations=3 * GB, mapped=True)
CARD = Rates(flops=30e12, bus=12e9, memory=8e9, disk=3e9)


@pytest.mark.parametrize("ram", [16, 32, 64])
def test_a_large_model_is_planned_on_a_small_card_within_every_budget(ram: int) -> None:
    budgets = Budgets(7 * GB, (ram - 6) * GB, (ram - 6) * GB // 2)
    phases = plan_phases(
        [("encode", ENCODER, Work(1, 10e12)), ("sample", DIT, Work(8, 199e12)),
         ("sample large", DIT, Work(3, 503e12)), ("decode", VAE, Work(1, 50e12))],
        budgets, CARD, separate=True,
    )  # fmt: skip
    for phase in phases:
        assert phase.vram <= budgets.vram
        assert phase.host <= budgets.host
        assert phase.pinned <= budgets.pinned
        assert 0 < phase.seconds[0] <= phase.seconds[1]
    assert phases[1].streamed_bytes + phases[1].resident_bytes == DIT.weight_bytes
    assert phases[3].placement.whole
    if ram == 64:
        assert phases[1].placement.homes.count(FILE) == 0
        assert phases[1].limit == "compute"
    if ram == 16:
        assert phases[1].placement.homes.count(FILE) > 0


def test_the_slowest_part_is_named_and_sets_the_time() -> None:
    room = Room(6 * GB, 64 * GB, 64 * GB)
    quick = plan_phase("sample", DIT, room, Work(10, 1e12), CARD)
    assert quick.limit == "bus"
    bus = 10 * quick.streamed_bytes / CARD.bus
    assert quick.seconds[0] > 0.9 * bus
    slow = plan_phase("sample", DIT, room, Work(10, 900e12), CARD)
    assert slow.limit == "compute"
    assert slow.seconds[0] > 10 * 900e12 / CARD.flops / 1.2
    disk = plan_phase("sample", DIT, Room(6 * GB, 1 * GB, 0), Work(10, 1e12), CARD)
    assert disk.limit == "disk"
    assert disk.to_dict()["host"] <= GB


def test_a_plan_is_plain_values() -> None:
    phase = plan_phase("decode", VAE, Room(8 * GB, 8 * GB), Work(), CARD)
    assert phase.to_dict() == {
        "phase": "decode", "whole": True, "resident_bytes": 1450 * MB, "streamed_bytes": 0,
        "slots": 0, "activations": 3 * GB, "vram": 1450 * MB + 3 * GB, "host": 0, "pinned": 0,
        "disk": 0, "seconds": [round(each, 2) for each in phase.seconds], "limit": "compute",
    }  # fmt: skip


def test_spare_memory_holds_blocks_evenly_between_streamed_ones() -> None:
    placement = place(DIT, Room(7 * GB, 64 * GB, 64 * GB))
    assert placement.resident >= 8
    gaps = [index for index, home in enumerate(placement.homes) if home == DEVICE]
    steps = {b - a for a, b in itertools.pairwise(gaps)}
    assert len(steps) <= 2
    assert set(placement.homes) == {DEVICE, PINNED}


@pytest.mark.parametrize(("count", "chosen"), [(48, 0), (48, 1), (48, 5), (48, 47), (48, 48)])
def test_spreading_takes_exactly_as_many_as_asked(count: int, chosen: int) -> None:
    found = spread(count, chosen)
    assert len(found) == chosen
    assert all(0 <= index < count for index in found)


def test_one_slot_is_tried_before_refusing() -> None:
    least = DIT.outside_bytes + DIT.activations + 387 * MB
    assert place(DIT, Room(least, 64 * GB, 64 * GB)).slots == 1
    with pytest.raises(Refusal, match=r"make the picture smaller or the film shorter by 1 %"):
        place(DIT, Room(least - 5 * MB, 64 * GB, 64 * GB))


def test_rules_take_freedoms_away() -> None:
    room = Room(100 * GB, 64 * GB, 64 * GB)
    assert place(DIT, room).whole
    assert place(DIT, room, Rules(most_resident=5)).resident == 5
    assert place(DIT, room, Rules(most_resident=0, pinned=False)).pinned == 0
    only_file = Rules(most_resident=0, pinned=False, pageable=False)
    assert set(place(DIT, room, only_file).homes) == {FILE}


def test_rates_are_measured_and_nothing_is_kept() -> None:
    device = AccountingDevice(Budgets(GB, GB, GB))
    rates = measure_rates(device, torch.float32)
    assert min(rates.flops, rates.bus, rates.memory, rates.disk) > 1e6
    assert device.ledger.total("vram") == device.ledger.total("host") == 0
