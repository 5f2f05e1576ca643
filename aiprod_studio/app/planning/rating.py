"""How fast this machine computes and copies, remembered between starts.

A plan must not import torch, so it reads what was measured before: by `doctor`, or by the first run
on a card. Until then it takes cautious figures. One small JSON file in the cache folder.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from aiprod_studio.app.device import Device
from aiprod_studio.app.places import user_places
from aiprod_studio.memory.phases import Rates

if TYPE_CHECKING:
    from aiprod_studio.memory.devices import Device as MemoryDevice

CORE = 8e9
"""Float32 operations per second of one processor core, on the cautious side."""
CARD = Rates(flops=8e12, bus=6e9, memory=8e9, disk=1.5e9)
"""A small card on half a PCIe 3 bus; real ones are faster."""


def rates_file() -> Path:
    """Return where measured rates are kept."""
    return user_places().cache / "rates.json"


def is_known(device: Device) -> bool:
    """Say whether this device was measured."""
    return _name(device) in _kept()


def load_rates(device: Device) -> Rates:
    """Return the rates of a device: measured ones, else cautious ones."""
    found = _kept().get(_name(device))
    if isinstance(found, dict):
        try:
            return Rates(**{name: float(value) for name, value in found.items()})
        except (TypeError, ValueError):
            pass  # written by another version; the cautious ones serve
    if device.name == "cpu":
        return Rates(flops=CORE * (os.cpu_count() or 1))
    return CARD


def measure(device: Device, memory: MemoryDevice) -> Rates:
    """Measure a device in about half a second and remember the answer."""
    import torch

    from aiprod_studio.memory.rates import measure_rates

    found = measure_rates(memory, getattr(torch, device.compute_type))
    _keep(_name(device), found)
    return found


def _name(device: Device) -> str:
    return device.identity if device.name == "cpu" else f"{device.name} {device.compute_type}"


def _kept() -> dict[str, object]:
    try:
        raw = json.loads(rates_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return raw if isinstance(raw, dict) else {}


def _keep(name: str, rates: Rates) -> None:
    path, kept = rates_file(), {**_kept(), name: asdict(rates)}
    new = path.with_suffix(f".{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(json.dumps(kept, indent=1), encoding="utf-8")
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)  # cautious figures are slower to hit the mark, not wrong
