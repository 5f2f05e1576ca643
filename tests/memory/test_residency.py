"""Models are kept while budgets allow, dropped in the right order, and never exceed a budget."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiprod_studio.memory.accounting import AccountingDevice
from aiprod_studio.memory.budgets import GB, MB, Budgets, parse_size
from aiprod_studio.memory.describing import ModelOnDisk, no_check
from aiprod_studio.memory.residency import Residency
from aiprod_studio.sdk import DoesNotFit, Refusal

from .networks import Described, described, net, on_disk

PLENTY = 1 << 40
X = torch.ones(1, 32)


def open_residency(vram: int, host: int = PLENTY, pinned: int = 0) -> Residency:
    budgets = Budgets(vram, host, pinned)
    return Residency(budgets, AccountingDevice(budgets))


def several(count: int) -> list[Described]:
    return [described(lambda i=i: net(4, seed=i), f"m{i}") for i in range(count)]


def use(residency: Residency, model: ModelOnDisk) -> torch.Tensor:
    with residency.use(model) as network, torch.inference_mode():
        return network(X)


def copies(residency: Residency) -> int:
    assert isinstance(residency.device, AccountingDevice)
    return residency.device.events["copy"]


def test_a_second_use_reads_and_copies_nothing() -> None:
    found = described(net)
    with open_residency(PLENTY) as residency:
        first = use(residency, found.model)
        before = copies(residency)
        assert torch.equal(use(residency, found.model), first)
        assert copies(residency) == before
        assert found.loads == ["net"]


def test_a_streamed_model_is_not_loaded_again_either() -> None:
    found = described(net)
    model = found.model
    with open_residency(model.outside_bytes + 1000 + 3 * max(model.block_bytes)) as residency:
        assert torch.equal(use(residency, model), use(residency, model))
        assert found.loads == ["net"]


def test_idle_models_leave_in_the_order_of_their_last_use() -> None:
    models = several(4)
    whole = models[0].model.weight_bytes
    with Residency(Budgets(0, 3 * whole + 1000), "cpu") as residency:
        for index in (0, 1, 2, 0):
            use(residency, models[index].model)
        assert residency.resident == ("m1", "m2", "m0")
        use(residency, models[3].model)
        assert residency.resident == ("m2", "m0", "m3")


def test_a_model_that_the_plan_has_done_with_goes_at_once_or_first() -> None:
    models = several(4)
    whole = models[0].model.weight_bytes
    with Residency(Budgets(0, 3 * whole + 1000), "cpu") as residency:
        for index in (0, 1, 2):
            use(residency, models[index].model)
        residency.release("m0")
        assert residency.resident == ("m1", "m2")
        use(residency, models[0].model)
        residency.release("m2", keep=True)
        use(residency, models[3].model)
        assert residency.resident == ("m1", "m0", "m3")


def test_a_model_released_while_in_use_goes_afterwards() -> None:
    found = described(net)
    with open_residency(PLENTY) as residency:
        with residency.use(found.model) as network:
            residency.release("net")
            network(X)
        assert residency.resident == ()
        assert residency.ledger.total("vram") == 0


def test_an_evicted_model_leaves_the_device_before_it_leaves_ram() -> None:
    one, two = several(2)
    with open_residency(one.model.weight_bytes + 1000) as residency:
        first = use(residency, one.model)
        use(residency, two.model)
        assert residency.resident == ("m0", "m1")
        assert "m0" not in residency.ledger.held("vram")
        assert torch.equal(use(residency, one.model), first)
        assert one.loads == ["m0"]


def test_two_models_may_be_in_use_at_once() -> None:
    one, two = several(2)
    with open_residency(PLENTY) as residency, residency.use(one.model) as a:
        with residency.use(two.model) as b, residency.use(one.model) as again:
            assert again is a
            assert not torch.equal(a(X), b(X))
        a(X)


def test_a_model_in_use_is_never_evicted() -> None:
    one, two = several(2)
    small = open_residency(one.model.weight_bytes + 2000)
    with small as residency, residency.use(one.model) as network:
        expected = network(X)
        with pytest.raises(Refusal), residency.use(two.model):
            pass
        assert torch.equal(network(X), expected)


def test_larger_activations_push_blocks_off_the_device_and_back() -> None:
    found = described(lambda: net(8))
    model, block = found.model, max(found.model.block_bytes)
    with open_residency(model.weight_bytes + 1000) as residency:
        expected = use(residency, model)
        large = replace(model, activations=1000 + 4 * block)
        assert residency.placement(large).resident == 2
        assert torch.equal(use(residency, large), expected)
        assert torch.equal(use(residency, model), expected)
        assert residency.placement(model).whole
        assert found.loads == ["net"]


def test_what_cannot_fit_is_refused_before_anything_is_loaded() -> None:
    found = described(net)
    with open_residency(3000) as residency:
        with pytest.raises(Refusal) as refused, residency.use(found.model):
            pass
        (problem,) = refused.value.problems
        assert isinstance(problem, DoesNotFit)
        assert refused.value.exit_code == 4
        assert found.loads == []
        assert "model net: it needs at least" in str(problem)
        assert "Raise --vram by" in str(problem)


def test_measured_peaks_start_anew_each_time() -> None:
    found = described(net)
    with open_residency(PLENTY) as residency:
        use(residency, found.model)
        assert residency.measured()["vram"] == found.model.weight_bytes + 1000
        assert residency.measured()["vram"] == found.model.weight_bytes


def test_a_model_loaded_in_inference_mode_serves_outside_of_it_too() -> None:
    found = described(net)
    model = found.model
    with open_residency(model.outside_bytes + 1000 + 2 * max(model.block_bytes)) as residency:
        first = use(residency, model)
        with torch.inference_mode(), residency.use(model) as network:
            assert torch.equal(network(X), first)
        with residency.use(model) as network:
            assert torch.equal(network(X), first)


def test_a_load_that_fails_leaves_nothing() -> None:
    def fail(check: object) -> torch.nn.Module:
        raise Refusal(DoesNotFit("file x", "it is damaged"))

    model = replace(described(net).model, load=fail)
    with open_residency(PLENTY) as residency:
        with pytest.raises(Refusal), residency.use(model):
            pass
        assert residency.resident == ()
        assert residency.ledger.total("host") == 0


def test_a_wrong_path_to_the_blocks_is_said() -> None:
    model = replace(described(net).model, blocks="layers")
    with open_residency(PLENTY) as residency:
        with pytest.raises(Refusal, match="no list of blocks at 'layers'"):
            use(residency, model)
        assert residency.ledger.total("host") == 0


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[tuple[int, int]], Budgets, list[tuple[int, int]]]:
    """Models (blocks, activations), budgets, and uses (model, activations in per cent)."""
    models = draw(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 40_000)), min_size=1,
                           max_size=4))  # fmt: skip
    budgets = Budgets(
        draw(st.integers(9_000, 200_000)),
        draw(st.integers(9_000, 400_000)),
        draw(st.sampled_from([0, 20_000, 60_000, 10**6])),
    )
    uses = draw(st.lists(st.tuples(st.integers(0, 3), st.integers(20, 300)), max_size=8))
    return models, budgets, uses


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(situation=situations(), separate=st.booleans(), mapped=st.booleans())
def test_no_budget_is_ever_exceeded_and_results_never_change(
    tmp_path_factory: pytest.TempPathFactory,
    situation: tuple[list[tuple[int, int]], Budgets, list[tuple[int, int]]],
    separate: bool,
    mapped: bool,
) -> None:
    sizes, budgets, uses = situation
    found = [
        _model(tmp_path_factory.getbasetemp(), index, *each, mapped)
        for index, each in enumerate(sizes)
    ]
    results = [_resident(each)(X) for each in found]
    device = AccountingDevice(budgets, separate=separate)
    with Residency(budgets, device) as residency:
        for number, percent in uses:
            number %= len(found)
            model = found[number].model
            model = replace(model, activations=model.activations * percent // 100)
            try:
                promised = residency.placement(model)
            except Refusal as refused:
                assert _refused(residency, model) == str(refused)
                continue
            assert torch.equal(use(residency, model), results[number])
            held = residency.ledger.held(device.kind)
            assert held.get(model.key, 0) <= promised.device
    for kind in ("vram", "host", "pinned"):
        assert residency.ledger.peaks[kind] <= budgets.of(kind) or (not separate and kind == "vram")
        assert residency.ledger.total(kind) == 0


def _resident(found: Described) -> torch.nn.Module:
    """The network in memory of torch's own; a mapped file's tensors may lie unaligned."""
    network = found.model.load(no_check)
    for tensor in (*network.parameters(), *network.buffers()):
        tensor.data = tensor.data.clone()
    return network


def _model(folder: Path, index: int, blocks: int, activations: int, mapped: bool) -> Described:
    key = f"m{index}"
    if not mapped:
        return described(lambda: net(blocks, seed=index), key, activations=activations)
    path = folder / f"{index}-{blocks}.safetensors"
    return on_disk(
        lambda: net(blocks, seed=index), path, key, activations=activations, spans=index % 2 == 0
    )


def _refused(residency: Residency, model: ModelOnDisk) -> str:
    with pytest.raises(Refusal) as refused, residency.use(model):
        pass
    return str(refused.value)


@settings(max_examples=200, deadline=None)
@given(
    blocks=st.lists(st.integers(1 << 20, 400 << 20), max_size=50),
    outside=st.integers(1 << 20, 2 << 30),
    activations=st.integers(0, 4 << 30),
    budgets=st.tuples(*[st.integers(0, 6 << 30)] * 3),
    mapped=st.booleans(),
    separate=st.booleans(),
)
def test_a_refusal_names_the_smallest_change_that_makes_it_fit(
    blocks: list[int],
    outside: int,
    activations: int,
    budgets: Sequence[int],
    mapped: bool,
    separate: bool,
) -> None:
    from aiprod_studio.memory.planning import Room, place

    model = ModelOnDisk("k", "a model", outside, net, tuple(blocks), "b", activations, mapped)
    room = Room(budgets[0] if separate else budgets[1], budgets[1], budgets[2], separate)
    for _ in range(3):
        try:
            place(model, room)
            return
        except Refusal as refused:
            room = _follow(model, room, str(refused))
    place(model, room)


def _follow(model: ModelOnDisk, room: "object", sentence: str) -> "object":
    """Do what the remedy says; one digit less would not have been enough."""
    from aiprod_studio.memory.planning import Room, place

    assert isinstance(room, Room)
    found = re.search(r"raise (--\w+) by ([\d.]+ \w+)", sentence, re.IGNORECASE)
    assert found is not None, sentence
    more = parse_size(found[2])
    less = more - (GB // 10 + 1 if "GB" in found[2] else MB)

    def raised(by: int) -> Room:
        if found[1] == "--vram":
            return replace(room, device=room.device + by)
        return replace(room, host=room.host + by, device=room.device + (0 if room.separate else by))

    if less > 0:
        with pytest.raises(Refusal):
            place(model, raised(less))
    return raised(more)
