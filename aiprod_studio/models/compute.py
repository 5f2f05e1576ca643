"""Which number type a card computes in, and why: a table of cards, and the sentence for `doctor`.

Used by the application. It imports torch only inside `compute_type_here`; the table itself needs
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

CARDS = (
    ((8, 0), "bfloat16", "Ampere and newer compute bfloat16 at full speed"),
    ((7, 0), "float16", "Volta and Turing compute float16 fast and bfloat16 only by emulation"),
    ((6, 0), "float32", "Pascal computes float16 at a small fraction of its float32 speed"),
    ((0, 0), "float32", "cards older than Pascal have no fast half precision"),
)
"""CUDA capability at least, type, reason; the first row that is met counts."""

OLDEST = (5, 0)
NAMES = {
    (5, 0): "Maxwell", (6, 0): "Pascal", (7, 0): "Volta", (7, 5): "Turing", (8, 0): "Ampere",
    (8, 9): "Ada", (9, 0): "Hopper", (10, 0): "Blackwell",
}  # fmt: skip


@dataclass(frozen=True)
class ComputeType:
    """A choice: the torch name of the type, the device it is for, and why."""

    name: str
    device: str
    why: str


def compute_type(backend: str, capability: tuple[int, int] | None = None) -> ComputeType:
    """Choose the compute type.

    Args:
        backend: "cuda", "cpu", "mps", "rocm" or "xpu".
        capability: of a CUDA card, (major, minor); other devices have none.
    """
    if backend == "mps":
        return ComputeType("float16", "mps", "Metal computes float16 fast on every Apple chip")
    if backend in ("rocm", "xpu"):
        return ComputeType("bfloat16", backend, "these cards compute bfloat16 at full speed")
    if backend != "cuda" or capability is None:
        return ComputeType("float32", "cpu", "processors are safest and seldom slower in float32")
    _, name, why = next(row for row in CARDS if capability >= row[0])
    return ComputeType(name, generation_name(capability), why)


def generation_name(capability: tuple[int, int]) -> str:
    """Return what a CUDA capability is called, such as Turing."""
    known = [name for least, name in sorted(NAMES.items()) if capability >= least]
    return known[-1] if known else "an old card"


def has_kernels(capability: tuple[int, int], built_for: list[str]) -> bool:
    """Say whether a torch build (its `torch.cuda.get_arch_list()`) holds code for a card."""
    wanted = capability[0] * 10 + capability[1]
    exact = [_number(name) for name in built_for if name.startswith("sm_")]
    later = [_number(name) for name in built_for if name.startswith("compute_")]
    same = any(n // 10 == capability[0] and n <= wanted for n in exact)
    return same or any(n <= wanted for n in later)


def _number(name: str) -> int:
    digits = "".join(c for c in name.partition("_")[2] if c.isdigit())
    return int(digits or 0)


def compute_type_here(device: str) -> ComputeType:
    """Choose the compute type for a device of this machine ("cpu", "cuda:0", "mps")."""
    kind = device.partition(":")[0]
    if kind != "cuda":
        return compute_type(kind)
    import torch

    if torch.version.hip:
        return compute_type("rocm")
    major, minor = torch.cuda.get_device_capability(device)
    return compute_type("cuda", (major, minor))
