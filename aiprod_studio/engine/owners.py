"""Who is using a shared folder: processes by machine, number and start time.

The store and the journal mark jobs, pins and scratch folders with an owner and ask here whether
that owner still lives. A process number alone proves nothing, since numbers are used again.
"""

from __future__ import annotations

import os
import platform
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Owner:
    """A process: the machine's name, its number, and when it started, as the system counts it."""

    host: str
    pid: int
    started: str

    def __str__(self) -> str:
        return f"{self.pid}-{self.started}-{self.host}"

    @staticmethod
    def read(text: str) -> Owner | None:
        """Return the owner that `str` wrote, or None when it is something else."""
        pid, _, rest = text.partition("-")
        started, _, host = rest.partition("-")
        return Owner(host, int(pid), started) if pid.isdigit() and started else None

    def lives(self) -> bool:
        """Say whether this process still runs; processes of other machines count as living."""
        return self.host != _host() or _started(self.pid) == self.started


def myself() -> Owner:
    """Return this process."""
    return Owner(_host(), os.getpid(), _started(os.getpid()) or "0")


@lru_cache(maxsize=1)
def _host() -> str:
    return re.sub(r"[^A-Za-z0-9.]+", "-", platform.node()) or "here"


def _started(pid: int) -> str | None:
    """Return when a process began, or None when there is none of that number."""
    status = Path(f"/proc/{pid}/stat")
    try:
        fields = status.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return None if fields[0] in "ZX" else fields[19]
    except (OSError, IndexError):
        if Path("/proc/self/stat").exists():
            return None
    import psutil

    try:
        return str(int(psutil.Process(pid).create_time() * 1000))
    except psutil.Error:
        return None
