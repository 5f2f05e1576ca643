"""Memory that runs out is recognised, answered mildly first, and at last refused in words."""

import errno
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from aiprod_studio.memory.accounting import ERRORS, AccountingDevice, Fault
from aiprod_studio.memory.budgets import Budgets
from aiprod_studio.memory.describing import ModelOnDisk
from aiprod_studio.memory.devices import OutOfPinned
from aiprod_studio.memory.oom import Ladder, Rung, classify, climb
from aiprod_studio.memory.relief import rungs, shrinking
from aiprod_studio.memory.residency import Residency
from aiprod_studio.sdk import Cancelled, Refusal

from .networks import described, net, on_disk

X = torch.ones(1, 32)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."), "device"),
        (RuntimeError("CUDA error: out of memory"), "device"),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate`"),
         "device"),
        (RuntimeError("MPS backend out of memory (MPS allocated: 5 GB)"), "device"),
        (RuntimeError("HIP out of memory. Tried to allocate 20 MiB"), "device"),
        (RuntimeError("CUDA error: out of memory; in cudaHostAlloc(&ptr, size)"), "pinned"),
        (OutOfPinned("4096 bytes could not be page-locked (driver code 2)"), "pinned"),
        (MemoryError(), "host"),
        (RuntimeError("[enforce fail at alloc_cpu.cpp:121] . DefaultCPUAllocator: can't allocate "
                      "memory: you tried to allocate 1000 bytes."), "host"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "host"),
        (OSError("The paging file is too small for this operation to complete. (os error 1455)"),
         "host"),
        (RuntimeError("shapes cannot be multiplied"), None),
        (ValueError("CUDA out of memory"), None),
        (Cancelled(), None),
        (OSError(errno.ENOSPC, "No space left on device"), None),
    ],
)  # fmt: skip
def test_errors_are_told_apart(error: Exception, kind: str | None) -> None:
    assert classify(error) == kind


def test_an_error_wrapped_by_a_library_is_still_recognised() -> None:
    try:
        try:
            raise MemoryError
        except MemoryError as inner:
            raise ValueError("loading failed") from inner
    except ValueError as error:
        assert classify(error) == "host"


def test_the_mildest_remedy_that_changes_something_comes_first() -> None:
    tries, said = [], []
    left = {"a": 1, "b": 2}

    def use_up(name: str) -> Callable[[], str | None]:
        def apply() -> str | None:
            left[name] -= 1
            return f"{name}." if left[name] >= 0 else None

        return apply

    def attempt() -> str:
        tries.append(1)
        if len(tries) < 4:
            raise MemoryError
        return "done"

    never = Rung(("device",), lambda: pytest.fail("it is for another kind of memory"))
    ladder = Ladder("step", [never, Rung(("host",), use_up("a")), Rung(("host",), use_up("b"))])
    assert climb(attempt, ladder, said.append) == "done"
    assert said == [
        "Memory (ram) ran out; a.", "Memory (ram) ran out; b.", "Memory (ram) ran out; b.",
    ]  # fmt: skip


def test_when_no_remedy_is_left_the_artist_gets_a_proposal() -> None:
    def attempt() -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    ladder = Ladder("node sampler", [], proposal="Render 97 frames instead of 121.")
    with pytest.raises(Refusal, match="node sampler: graphics memory ran out") as refused:
        climb(attempt, ladder, print)
    assert "97 frames" in str(refused.value)
    assert refused.value.exit_code == 4


def test_other_errors_are_left_alone() -> None:
    def attempt() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        climb(attempt, Ladder("x", [Rung(("host",), lambda: "again.")]), print)


def test_a_ladder_ends_even_if_a_remedy_always_claims_to_help() -> None:
    def attempt() -> None:
        raise MemoryError

    with pytest.raises(Refusal):
        climb(attempt, Ladder("x", [Rung(("host",), lambda: "again.")]), [].append)


def test_smaller_chunks_are_recorded_for_the_recipe() -> None:
    size = [2048]
    rung = shrinking("chunk", lambda: size[0], lambda n: size.__setitem__(0, n), least=512)
    ladder = Ladder("x", [rung])
    error = torch.OutOfMemoryError("CUDA out of memory.")
    assert ladder.answer(error, [].append)
    assert ladder.answer(error, [].append)
    assert not ladder.answer(error, [].append)
    assert ladder.changes == [{"change": "chunk", "to": 1024}, {"change": "chunk", "to": 512}]


def test_a_failed_attempt_lets_go_of_its_tensors() -> None:
    alive: list[int] = []

    class Tensor:
        def __del__(self) -> None:
            alive.pop()

    def attempt() -> bool:
        if alive or seen:
            return True
        seen.append(1)
        alive.append(1)
        held = Tensor()
        raise MemoryError(str(type(held)))

    seen: list[int] = []

    def free() -> str:
        assert not alive
        return "again."

    assert climb(attempt, Ladder("x", [Rung(("host",), free)]), [].append)


def every_fault() -> list[Fault]:
    """Memory of each kind running out at each of the first events of each sort."""
    return [
        Fault(kind, event, nth)
        for kind in ERRORS
        for event, count in (("allocation", 25), ("copy", 30), ("block", 24))
        for nth in range(1, count + 1)
    ]


@pytest.mark.parametrize("mapped", [True, False], ids=["mapped", "loaded"])
def test_memory_running_out_anywhere_is_recovered_with_the_same_result(
    mapped: bool, tmp_path: Path
) -> None:
    faults = every_fault()
    assert len(faults) >= 200
    model, idle = _models(mapped, tmp_path)
    expected = _render(model, idle, [], ())
    happened = 0
    for fault in faults:
        said: list[str] = []
        assert torch.equal(_render(model, idle, said, (fault,)), expected), fault
        happened += bool(said)
    assert happened > 100


@pytest.mark.parametrize("kind", ERRORS)
def test_memory_that_keeps_running_out_ends_in_words(kind: str, tmp_path: Path) -> None:
    model, idle = _models(True, tmp_path)
    always = tuple(Fault(kind, "block", nth) for nth in range(1, 400))
    said: list[str] = []
    with pytest.raises(Refusal, match="no remedy is left"):
        _render(model, idle, said, always)
    assert said


def _models(mapped: bool, folder: Path) -> tuple[ModelOnDisk, ModelOnDisk]:
    idle = described(lambda: net(3, seed=5), "idle").model
    if mapped:
        return on_disk(lambda: net(8), folder / "net.safetensors").model, idle
    return described(lambda: net(8)).model, idle


def _render(
    model: ModelOnDisk, idle: ModelOnDisk, said: list[str], faults: tuple[Fault, ...]
) -> torch.Tensor:
    """Two steps of a made-up sampler, each tried again as often as the ladder allows."""
    block = max(model.block_bytes)
    budgets = Budgets(model.outside_bytes + 1000 + 5 * block, 10 * block + 30_000, 4 * block)
    device = AccountingDevice(budgets, faults=faults)
    with Residency(budgets, device) as residency:

        def use(which: ModelOnDisk, x: torch.Tensor) -> torch.Tensor:
            def attempt() -> torch.Tensor:
                with residency.use(which) as network, torch.inference_mode():
                    return network(x)

            ladder = Ladder(f"node {which.key}", rungs(residency, which))
            return climb(attempt, ladder, said.append)

        use(idle, X)
        result = use(model, use(model, X))
        assert all(residency.ledger.peaks[k] <= budgets.of(k) for k in ("vram", "host", "pinned"))
    assert all(residency.ledger.total(k) == 0 for k in ("vram", "host", "pinned"))
    return result
