"""What is held right now: bytes by kind (vram, host, pinned, disk) and holder, and their peaks.

The devices of this room write into it whenever they allocate; the residency reserves activations
in it; the application reads it for the status bar and the journal. It allocates nothing and
enforces nothing: budgets are kept by deciding before allocating. Pinned bytes are host bytes too.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType

KINDS = ("vram", "host", "pinned", "disk")


@dataclass(slots=True, eq=False)
class Holding:
    """Bytes of one kind held by one holder until `release`; releasing twice does nothing."""

    ledger: Ledger
    kind: str
    holder: str
    size: int

    def release(self) -> None:
        """Give the bytes back."""
        size, self.size = self.size, 0
        if size:
            self.ledger._change(self.kind, self.holder, -size)

    def resize(self, size: int) -> None:
        """Hold another number of bytes from now on."""
        change, self.size = size - self.size, size
        self.ledger._change(self.kind, self.holder, change)


class Ledger:
    """The account of memory; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._held: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
        self._totals = dict.fromkeys(KINDS, 0)
        self._peaks = dict.fromkeys(KINDS, 0)

    def hold(self, kind: str, holder: str, size: int) -> Holding:
        """Write down that `holder` holds `size` bytes of a kind."""
        holding = Holding(self, kind, holder, size)
        self._change(kind, holder, size)
        return holding

    def total(self, kind: str) -> int:
        """Return the bytes of a kind held now, by everyone."""
        return self._totals[kind]

    @property
    def totals(self) -> Mapping[str, int]:
        """The bytes held now, by kind."""
        with self._lock:
            return dict(self._totals)

    def held(self, kind: str) -> Mapping[str, int]:
        """Return the bytes of a kind by holder."""
        with self._lock:
            return dict(self._held[kind])

    @property
    def peaks(self) -> Mapping[str, int]:
        """The most that was held of each kind since the last `reset_peaks`."""
        with self._lock:
            return dict(self._peaks)

    def reset_peaks(self) -> None:
        """Start peaks anew from what is held now."""
        with self._lock:
            self._peaks = dict(self._totals)

    def _change(self, kind: str, holder: str, size: int) -> None:
        with self._lock:
            for each in (kind, "host") if kind == "pinned" else (kind,):
                self._held[each][holder] += size
                if self._held[each][holder] <= 0:
                    del self._held[each][holder]
                self._totals[each] += size
                self._peaks[each] = max(self._peaks[each], self._totals[each])


def measure_private_bytes() -> int:
    """Return this process's own RAM: resident bytes less pages that belong to mapped files."""
    import psutil

    memory = psutil.Process().memory_info()
    return int(memory.rss) - int(getattr(memory, "shared", 0))


class HostWatch:
    """Samples this process's RAM in a thread while the `with` block lasts; `peak` in bytes.

    Pages of mapped model files are left out: the system takes those back whenever it needs them.
    """

    def __init__(self, interval: float = 0.05) -> None:
        self.peak = 0
        self._interval = interval
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, name="host watch", daemon=True)

    def __enter__(self) -> HostWatch:
        self.peak = measure_private_bytes()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        self.peak = max(self.peak, measure_private_bytes())

    def _sample(self) -> None:
        while not self._over.wait(self._interval):
            self.peak = max(self.peak, measure_private_bytes())
