"""The four budgets: how many bytes on the device, in host RAM, pinned, and on the disk.

The application makes one `Budgets` at the start, from what the user asked for and what the machine
has free less a margin, and hands it to the residency and the plan. Nothing here allocates, and
torch is imported only to ask a graphics card how much it has.

Sizes are read as memory is sold: 1 GB is 1024 MB, 1 MB is 1024 KB, and GiB means the same as GB.
"""

from __future__ import annotations

import math
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiprod_studio.sdk import Invalid, Missing, Refusal

KB, MB, GB = 1 << 10, 1 << 20, 1 << 30
UNITS = {"": 1, "B": 1, "K": KB, "M": MB, "G": GB, "T": 1 << 40}
SIZE = re.compile(r"\s*(\d+(?:[.,]\d+)?|[.,]\d+)\s*([KMGT]?)(?:I?B)?\s*", re.IGNORECASE)

PROGRAM = 768 * MB
"""Host memory of the program itself: Python, torch and its libraries, measured after a run."""
CONTEXT = 512 * MB
"""Device memory that the driver keeps for a process with its kernels loaded."""
WINDOWS_DISPLAY = 512 * MB
"""What a Windows desktop takes of a display card beyond what it reports as used at the start."""


def parse_size(text: str, *, where: str = "size") -> int:
    """Read a size such as "8GB", "512MiB" or "7.5 GB" and return bytes.

    Raises:
        Refusal: it is no size, or it is zero or beyond any machine; `where` names the field.
    """
    match = SIZE.fullmatch(text)
    if match is None:
        why = f"{text!r} is not a size"
        raise Refusal(Invalid(where, why, "Write a number and a unit, for example 8GB or 512MB."))
    number = float(match[1].replace(",", "."))
    size = int(number * UNITS[match[2].upper()])
    if not 0 < size < 1 << 50:
        why = f"{text!r} is {'no memory at all' if size == 0 else 'more than any machine has'}"
        raise Refusal(Invalid(where, why, "Write a size such as 8GB."))
    return size


def show_size(size: int) -> str:
    """Return bytes as people read them: "0 MB", "412 MB", "7.5 GB"."""
    if abs(size) < GB:
        return f"{round(size / MB)} MB" if size >= MB or size == 0 else f"{-(-size // KB)} KB"
    return f"{size / GB:.1f}".removesuffix(".0") + " GB"


def show_more(size: int) -> str:
    """Return a size to ask for: like `show_size`, but never rounded down."""
    if size <= MB * 1023:
        return f"{math.ceil(size / MB)} MB"
    return f"{math.ceil(size * 10 / GB) / 10:.1f}".removesuffix(".0") + " GB"


@dataclass(frozen=True)
class Budgets:
    """What a run may use at most, in bytes.

    `vram` is what our tensors may take on the device (0 where the device is the processor), `host`
    is RAM beyond the program's own, `pinned` the part of `host` that may be page-locked, `disk`
    scratch space. `notes` are sentences for `doctor`.
    """

    vram: int
    host: int
    pinned: int = 0
    disk: int = 0
    notes: tuple[str, ...] = field(default=(), compare=False)

    def of(self, kind: str) -> int:
        """Return the budget of "vram", "host", "pinned" or "disk"."""
        return int(getattr(self, kind))

    def to_dict(self) -> dict[str, Any]:
        """Return bytes by kind and the notes, as plain JSON values."""
        kinds = {kind: self.of(kind) for kind in ("vram", "host", "pinned", "disk")}
        return {**kinds, "notes": list(self.notes)}


@dataclass(frozen=True)
class Machine:
    """What this machine has, in bytes: of the device, of RAM, and of the scratch disk."""

    device: str
    vram_total: int
    vram_free: int
    ram_total: int
    ram_free: int
    disk_free: int
    windows: bool = sys.platform == "win32"


def measure_machine(device: str, scratch: Path) -> Machine:
    """Ask the system what is free now; `device` as torch names it, "cpu" asks no torch.

    Raises:
        Refusal: the device is not there.
    """
    total, free = measure_ram()
    vram_free, vram_total = (0, 0) if device == "cpu" else _measure_card(device)
    return Machine(device, vram_total, vram_free, total, free, measure_disk(scratch))


def measure_ram() -> tuple[int, int]:
    """Return RAM in all and free for us, in bytes; a container's limit counts."""
    import psutil

    memory = psutil.virtual_memory()
    total, free = int(memory.total), int(memory.available)
    limit = _container_limit()
    if limit is not None:
        total, free = min(total, limit[0]), min(free, limit[1])
    return total, free


def measure_disk(scratch: Path) -> int:
    """Return the free bytes of the disk that holds `scratch` (or will, once it is made)."""
    folder = scratch.absolute()
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0


def _container_limit(root: Path = Path("/sys/fs/cgroup")) -> tuple[int, int] | None:
    """Return (limit, free) of this container's memory, or None where there is no limit."""
    for limit, used, stat, idle in (
        ("memory.max", "memory.current", "memory.stat", "inactive_file"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat",
         "total_inactive_file"),
    ):  # fmt: skip
        try:
            most = int((root / limit).read_text())
            now = int((root / used).read_text())
            fields = dict(line.split() for line in (root / stat).read_text().splitlines())
        except (OSError, ValueError):
            continue
        return most, max(0, most - now + int(fields.get(idle, 0)))
    return None


def _measure_card(device: str) -> tuple[int, int]:
    import torch

    try:
        if device.startswith("cuda"):
            free, total = torch.cuda.mem_get_info(torch.device(device))
            return int(free), int(total)
        if device.startswith("mps"):
            most = int(torch.mps.recommended_max_memory())
            return most - int(torch.mps.driver_allocated_memory()), most
    except (RuntimeError, AssertionError, ValueError) as error:
        why = f"there is no such device here ({str(error).splitlines()[0]})"
        remedy = "Choose --device cpu, or install the torch build for this card."
        raise Refusal(Missing(f"device {device}", why, remedy)) from error
    why = "this kind of device is not known"
    raise Refusal(Invalid(f"device {device}", why, "Choose cpu, cuda, cuda:1 or mps."))


def choose_budgets(
    machine: Machine, *, vram: str | int | None = None, ram: str | int | None = None
) -> Budgets:
    """Return what a run on this machine may use; `vram` and `ram` are the user's wishes.

    A wish caps the whole process, so what the driver and the program itself need comes off it. A
    wish beyond what is free is lowered to that, and a note says so.

    Raises:
        Refusal: a wish is no size, or too small for the program itself.
    """
    notes: list[str] = []
    wished_vram = _wish(vram, "--vram")
    wished_ram = _wish(ram, "--ram")
    device = _device_budget(machine, wished_vram, notes)
    host = _host_budget(machine, wished_ram, notes)
    pinned = host // 2 if machine.device.startswith("cuda") else 0
    disk = max(0, machine.disk_free - max(2 * GB, machine.disk_free // 20))
    return Budgets(device, host, pinned, disk, tuple(notes))


def _wish(wish: str | int | None, where: str) -> int | None:
    if isinstance(wish, str):
        return parse_size(wish, where=where) if wish.strip() else None
    return wish


def _device_budget(machine: Machine, wish: int | None, notes: list[str]) -> int:
    if machine.device == "cpu":
        if wish is not None:
            notes.append("--vram is not used: this run computes on the processor.")
        return 0
    margin = max(256 * MB, machine.vram_total // 32)
    if machine.windows:
        margin += WINDOWS_DISPLAY
        notes.append(f"Windows keeps about {show_size(WINDOWS_DISPLAY)} more of a display card.")
    free = machine.vram_free - margin
    if wish is None:
        return max(0, free)
    wanted = wish - (CONTEXT if machine.device.startswith("cuda") else 0)
    if wanted <= 0:
        why = f"{show_size(wish)} is less than the driver takes by itself ({show_size(CONTEXT)})"
        raise Refusal(Invalid("--vram", why, "Give at least 1GB, or use --device cpu."))
    if wanted > free:
        notes.append(
            f"--vram {show_size(wish)}: only {show_size(max(0, free))} is free; using that."
        )
    return max(0, min(wanted, free))


def _host_budget(machine: Machine, wish: int | None, notes: list[str]) -> int:
    margin = min(2 * GB, max(256 * MB, machine.ram_total // 10))
    free = max(0, machine.ram_free - margin)
    if wish is None:
        return max(0, free - PROGRAM)
    if wish <= PROGRAM:
        why = f"{show_size(wish)} is less than the program needs by itself ({show_size(PROGRAM)})"
        raise Refusal(Invalid("--ram", why, "Give at least 2GB."))
    if wish > free:
        notes.append(f"--ram {show_size(wish)}: only {show_size(free)} is free; using that.")
    return max(0, min(wish, free) - PROGRAM)


def describe_budgets(budgets: Budgets) -> Mapping[str, str]:
    """Return the budgets as people read them, by kind."""
    return {kind: show_size(budgets.of(kind)) for kind in ("vram", "host", "pinned", "disk")}
