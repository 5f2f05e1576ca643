"""Choosing the device that models run on, and saying why.

A machine without a card is recognised without importing torch, which costs seconds.
"""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from aiprod_studio.sdk import Invalid, Missing, Refusal

DEVICE = re.compile(r"cpu|mps|cuda(:\d+)?")


@dataclass(frozen=True)
class Device:
    """A device as torch names it, the compute type chosen for it, and why."""

    name: str
    compute_type: str
    why: str

    @property
    def identity(self) -> str:
        """What decides the bits of a result: the kind of device and the compute type."""
        return f"{self.name.partition(':')[0]} {self.compute_type}"


def choose_device(wish: str) -> Device:
    """Return the device for `wish`: auto, cpu, mps, cuda or cuda:N.

    Raises:
        Refusal: there is no such device, or torch was built without code for it.
    """
    if wish == "auto":
        wish = _best_device()
    if not DEVICE.fullmatch(wish):
        why = f"{wish!r} is no device"
        raise Refusal(Invalid("argument --device", why, "Use auto, cpu, mps, cuda or cuda:0."))
    from aiprod_studio.models.compute import compute_type_here

    _check_there(wish)
    name = "cuda:0" if wish == "cuda" else wish
    chosen = compute_type_here(name)
    return Device(name, chosen.name, chosen.why)


def has_card() -> bool:
    """Say whether this machine seems to have an NVIDIA card, without asking torch."""
    return Path("/dev/nvidia0").exists() or shutil.which("nvidia-smi") is not None


def _best_device() -> str:
    if sys.platform == "darwin":
        import torch

        return "mps" if torch.backends.mps.is_available() else "cpu"
    if not has_card():
        return "cpu"
    import torch

    return "cuda:0" if torch.cuda.is_available() else "cpu"


def _check_there(wish: str) -> None:
    if wish == "cpu":
        return
    import torch

    if wish == "mps" and not torch.backends.mps.is_available():
        why = "this machine has no Metal graphics that torch can use"
        raise Refusal(Missing("argument --device", why, "Use --device cpu."))
    if wish.startswith("cuda") and not torch.cuda.is_available():
        why = "torch finds no NVIDIA card here"
        remedy = "Use --device cpu, or run `aiprod-studio doctor` to see what is missing."
        raise Refusal(Missing("argument --device", why, remedy))
    if wish.startswith("cuda:") and int(wish[5:]) >= torch.cuda.device_count():
        why = f"{wish} is not there, this machine has {torch.cuda.device_count()} cards"
        raise Refusal(Missing("argument --device", why, "Cards are counted from cuda:0."))
