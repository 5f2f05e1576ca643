"""Streamed networks compute what resident ones compute, within their slots."""

import gc
import os
import weakref
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from aiprod_studio.memory.accounting import AccountingDevice
from aiprod_studio.memory.budgets import Budgets
from aiprod_studio.memory.describing import ModelOnDisk
from aiprod_studio.memory.devices import Device
from aiprod_studio.memory.planning import DEVICE, FILE, PAGEABLE, PINNED
from aiprod_studio.memory.residency import Residency
from aiprod_studio.sdk import Cancelled, Refusal

from .networks import described, net, on_disk, reader_threads, run_ltx, run_t5, tiny_ltx, tiny_t5

PLENTY = 1 << 30


def room_for(model: ModelOnDisk, blocks: int) -> int:
    """Device bytes in which only so many blocks of a model fit at once."""
    return model.outside_bytes + model.activations + blocks * max(model.block_bytes)


def tight(model: ModelOnDisk, blocks: int, host: int = PLENTY, pinned: int = 0) -> Residency:
    return Residency(*_budgeted(room_for(model, blocks), host, pinned))


def _budgeted(vram: int, host: int, pinned: int) -> tuple[Budgets, AccountingDevice]:
    budgets = Budgets(vram, host, pinned)
    return budgets, AccountingDevice(budgets)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=["float32", "bfloat16"])
@pytest.mark.parametrize("blocks", [1, 2, 3, 5])
@pytest.mark.parametrize("pinned", [0, 300_000, PLENTY], ids=["unpinned", "some", "all"])
def test_a_streamed_transformer_equals_the_resident_one_bit_for_bit(
    dtype: torch.dtype, blocks: int, pinned: int
) -> None:
    wanted = run_ltx(tiny_ltx(dtype), dtype)
    model = described(lambda: tiny_ltx(dtype), blocks="transformer_blocks").model
    with tight(model, blocks, pinned=pinned) as residency:
        placement = residency.placement(model)
        assert not placement.whole
        for _ in range(2):
            with residency.use(model) as network:
                assert torch.equal(run_ltx(network, dtype), wanted)
                assert torch.equal(run_ltx(network, dtype), wanted)
        assert residency.ledger.peaks["vram"] <= room_for(model, blocks)


@pytest.mark.parametrize("spans", [True, False], ids=["read", "mapped"])
@pytest.mark.parametrize("host", [120_000, 300_000, PLENTY])
def test_a_transformer_on_the_disk_streams_within_little_ram(
    tmp_path: Path, spans: bool, host: int
) -> None:
    wanted = run_ltx(tiny_ltx())
    model = on_disk(
        tiny_ltx, tmp_path / "dit.safetensors", blocks="transformer_blocks", spans=spans
    ).model
    with tight(model, 3, host=host) as residency:
        homes = residency.placement(model).homes
        assert (FILE in homes) == (host < PLENTY)
        with residency.use(model) as network:
            for _ in range(3):
                assert torch.equal(run_ltx(network), wanted)
        assert residency.ledger.peaks["host"] <= host


def test_a_text_encoder_is_streamed_by_the_same_means(tmp_path: Path) -> None:
    wanted = run_t5(tiny_t5())
    for model in (
        described(tiny_t5, blocks="encoder.block").model,
        on_disk(tiny_t5, tmp_path / "t5.safetensors", blocks="encoder.block").model,
    ):
        with tight(model, 2) as residency, residency.use(model) as network:
            assert not residency.placement(model).whole
            assert torch.equal(run_t5(network), wanted)
            assert torch.equal(run_t5(network), wanted)


def test_the_processor_itself_streams_what_ram_cannot_hold(tmp_path: Path) -> None:
    wanted = run_ltx(tiny_ltx())
    model = on_disk(tiny_ltx, tmp_path / "dit.safetensors", blocks="transformer_blocks").model
    with Residency(Budgets(0, room_for(model, 3)), "cpu") as residency:
        assert residency.placement(model).slots == 2
        with residency.use(model) as network:
            assert torch.equal(run_ltx(network), wanted)
        assert residency.ledger.peaks["host"] <= room_for(model, 3)
        assert residency.ledger.peaks["vram"] == 0


def test_the_processor_computes_the_same_whether_a_mapped_file_fits_or_not(tmp_path: Path) -> None:
    """Tensors in a file lie unaligned, and products of such may end in other bits."""
    model = on_disk(net, tmp_path / "net.safetensors").model
    outputs = []
    for ram in (PLENTY, room_for(model, 2)):
        with Residency(Budgets(0, ram), "cpu") as residency, residency.use(model) as network:
            outputs.append(network(torch.ones(1, 32)))
            assert residency.placement(model).whole == (ram == PLENTY)
    assert torch.equal(*outputs)


def test_blocks_in_the_device_never_exceed_slots_and_residents() -> None:
    model = described(lambda: net(9)).model
    with tight(model, 4) as residency:
        placement = residency.placement(model)
        assert (placement.resident, placement.slots) == (2, 2)
        with residency.use(model) as network, torch.inference_mode():
            network(torch.ones(1, 32))
        blocks = residency.ledger.peaks["vram"] - model.outside_bytes - model.activations
        assert blocks <= 4 * (placement.slot_bytes + 256)


def test_resident_blocks_are_not_copied_again() -> None:
    model = described(lambda: net(8)).model
    with tight(model, 5, pinned=PLENTY) as residency:
        device = residency.device
        assert isinstance(device, AccountingDevice)
        with residency.use(model) as network, torch.inference_mode():
            network(torch.ones(1, 32))
            before = device.events["copy"]
            network(torch.ones(1, 32))
            network(torch.ones(1, 32))
            streamed = residency.placement(model).homes.count(PINNED)
            assert device.events["copy"] - before == 2 * streamed


def test_blocks_of_different_sizes_share_the_slots() -> None:
    wanted = net(6, uneven=True)(torch.ones(1, 32))
    model = described(lambda: net(6, uneven=True)).model
    with tight(model, 3) as residency, residency.use(model) as network, torch.inference_mode():
        assert torch.equal(network(torch.ones(1, 32)), wanted)


@pytest.mark.parametrize("skip", [{0}, {2, 3}, {5}, {0, 1, 2, 3, 4}, set(range(6))])
@pytest.mark.parametrize("pinned", [0, PLENTY])
def test_blocks_may_be_left_out_in_any_pass(skip: set[int], pinned: int) -> None:
    left_out = frozenset(skip)
    x = torch.ones(1, 32)
    wanted, wanted_less = net()(x), net()(x, left_out)
    model = described(net).model
    with tight(model, 3, pinned=pinned) as residency, residency.use(model) as network:
        for _ in range(2):
            with torch.inference_mode():
                assert torch.equal(network(x), wanted)
                assert torch.equal(network(x, left_out), wanted_less)


def test_a_pass_that_failed_does_not_spoil_the_next() -> None:
    x = torch.ones(1, 32)
    wanted = net()(x)
    model = described(net).model
    with tight(model, 2) as residency, residency.use(model) as network, torch.inference_mode():
        for index in range(6):
            with pytest.raises(RuntimeError):
                _fails_at(network, index)(x)
            assert torch.equal(network(x), wanted)


def _fails_at(network: torch.nn.Module, index: int) -> torch.nn.Module:
    def fail(module: torch.nn.Module, inputs: object) -> None:
        hook.remove()
        raise RuntimeError("the block failed")

    hook = network.blocks[index].register_forward_pre_hook(fail)
    return network


@pytest.mark.parametrize("whole", [True, False], ids=["resident", "streamed"])
def test_cancelling_takes_effect_before_the_next_block(whole: bool) -> None:
    model = described(net).model
    ran: list[int] = []

    def check() -> None:
        if len(ran) == 3:
            raise Cancelled

    with tight(model, 20 if whole else 2) as residency:
        assert residency.placement(model).whole == whole
        with residency.use(model, check=check) as network, torch.inference_mode():
            for index, block in enumerate(network.blocks):
                block.register_forward_hook(lambda *_, index=index: ran.append(index))
            with pytest.raises(Cancelled):
                network(torch.ones(1, 32))
    assert ran == [0, 1, 2]


def test_cancelling_while_a_model_loads_leaves_nothing() -> None:
    found = described(net)
    calls = 0

    def check() -> None:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise Cancelled

    with tight(found.model, 2, pinned=PLENTY) as residency:
        with pytest.raises(Cancelled), residency.use(found.model, check=check):
            pass
        assert all(residency.ledger.total(kind) == 0 for kind in ("vram", "host", "pinned"))
        assert residency.resident == ()


def test_shared_weights_stay_outside_and_keep_their_values() -> None:
    def shared() -> torch.nn.Module:
        network = net()
        network.blocks[1].weight = network.blocks[4].weight
        network.blocks[2].turned = network.first.weight
        network.blocks[3].again = network.blocks[3].weight
        return network

    wanted = shared()(torch.ones(1, 32))
    model = described(shared).model
    with tight(model, 3) as residency, residency.use(model) as network, torch.inference_mode():
        assert not residency.placement(model).whole
        assert torch.equal(network(torch.ones(1, 32)), wanted)
        assert network.blocks[1].weight is network.blocks[4].weight
        assert network.blocks[2].turned is network.first.weight


def test_side_branches_do_not_travel_with_their_block() -> None:
    def with_branches() -> torch.nn.Module:
        network = net()
        for block in network.blocks:
            block.register_buffer("lora_up", torch.full((32,), 0.25))
            block.register_forward_hook(lambda module, _, y: y * module.lora_up)
        return network

    wanted = with_branches()(torch.ones(1, 32))
    described_one = described(with_branches).model
    model = replace(described_one, beside=lambda name: name.endswith("lora_up"))
    with tight(model, 3) as residency, residency.use(model) as network, torch.inference_mode():
        before = network.blocks[0].lora_up.data_ptr()
        assert torch.equal(network(torch.ones(1, 32)), wanted)
        assert network.blocks[0].lora_up.data_ptr() == before
        network.blocks[0].lora_up.fill_(0.5)
        network(torch.ones(1, 32))
        assert network.blocks[0].lora_up[0] == 0.5


def test_parameters_stay_the_same_objects() -> None:
    network = net()
    before = dict(network.named_parameters())
    model = replace(described(net).model, load=lambda _: network)
    with tight(model, 2) as residency, residency.use(model) as used, torch.inference_mode():
        used(torch.ones(1, 32))
        assert all(used.get_parameter(name) is p for name, p in before.items())
        assert used.blocks[0].turned.stride() == (1, 32)


def test_a_file_that_changes_while_it_streams_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "dit.safetensors"
    model = on_disk(tiny_ltx, path, blocks="transformer_blocks").model
    with tight(model, 2, host=150_000) as residency, residency.use(model) as network:
        run_ltx(network)
        os.utime(path, ns=(1, 1))
        with pytest.raises(Refusal, match=r"file dit\.safetensors: it was replaced or changed"):
            for _ in range(2):
                run_ltx(network)


def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "dit.safetensors"
    model = on_disk(tiny_ltx, path, blocks="transformer_blocks").model
    with tight(model, 2, host=150_000) as residency, residency.use(model) as network:
        path.unlink()
        with pytest.raises(Refusal, match=r"file dit\.safetensors"):
            run_ltx(network)


def test_nothing_is_left_behind() -> None:
    network = net()
    model = replace(described(net).model, load=lambda _: network)
    with tight(model, 2) as residency:
        device = residency.device
        with residency.use(model) as used, torch.inference_mode():
            used(torch.ones(1, 32))
            slot = weakref.ref(used.blocks[0].weight.data.untyped_storage())
        assert reader_threads()
    gc.collect()
    assert not reader_threads()
    assert slot() is None
    assert all(not block._forward_pre_hooks for block in network.blocks)
    assert all(not block._forward_hooks for block in network.blocks)
    assert all(device.ledger.total(kind) == 0 for kind in ("vram", "host", "pinned"))


def test_a_plain_processor_holds_a_model_that_fits_as_it_was_loaded() -> None:
    network = net()
    before = network.blocks[0].weight.data_ptr()
    model = replace(described(net).model, load=lambda _: network)
    with Residency(Budgets(0, PLENTY), Device()) as residency:
        with residency.use(model) as used:
            assert used.blocks[0].weight.data_ptr() == before
            assert residency.ledger.total("host") == model.weight_bytes + 1000
        assert residency.placement(model).homes == (DEVICE,) * 6


def test_pinned_memory_is_used_first_then_pageable() -> None:
    model = described(lambda: net(8)).model
    block = max(model.block_bytes)
    with tight(model, 2, pinned=5 * block) as residency:
        homes = residency.placement(model).homes
        assert homes.count(PINNED) == 3  # two of the five carry the others to the device
        assert homes.count(PAGEABLE) == 5
