"""The account of memory adds up, and peaks are peaks."""

import mmap
import threading
import time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aiprod_studio.memory.ledger import KINDS, Holding, HostWatch, Ledger


def test_pinned_memory_is_host_memory_too() -> None:
    ledger = Ledger()
    holding = ledger.hold("pinned", "dit", 100)
    ledger.hold("host", "dit", 10)
    assert (ledger.total("host"), ledger.total("pinned")) == (110, 100)
    holding.release()
    holding.release()
    assert ledger.held("host") == {"dit": 10}
    assert ledger.held("pinned") == {}


def test_peaks_start_anew_from_what_is_held() -> None:
    ledger = Ledger()
    one = ledger.hold("vram", "a", 100)
    ledger.hold("vram", "b", 50)
    one.release()
    assert ledger.peaks["vram"] == 150
    ledger.reset_peaks()
    assert ledger.peaks["vram"] == 50


def test_a_holding_may_change_its_size() -> None:
    ledger = Ledger()
    holding = ledger.hold("host", "a", 100)
    holding.resize(40)
    assert (ledger.total("host"), ledger.peaks["host"]) == (40, 100)
    holding.release()
    assert ledger.total("host") == 0


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from("abc"), st.integers(0, 99))))
def test_totals_are_the_sums_of_what_is_held(holds: list[tuple[str, str, int]]) -> None:
    ledger = Ledger()
    holdings: list[Holding] = []
    for number, (kind, holder, size) in enumerate(holds):
        holdings.append(ledger.hold(kind, holder, size))
        if number % 3 == 0:
            holdings.pop(0).release()
        assert all(sum(ledger.held(k).values()) == ledger.total(k) for k in KINDS)
        assert all(ledger.peaks[k] >= ledger.total(k) for k in KINDS)
    for holding in holdings:
        holding.release()
    assert all(ledger.total(kind) == 0 for kind in KINDS)


PRIVATE: dict[str, Any] = (
    {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_PRIVATE") else {}
)


def test_the_watch_sees_memory_that_came_and_went() -> None:
    size = 64 << 20
    with HostWatch(interval=0.005) as watch:
        start = watch.peak
        held = mmap.mmap(-1, size, **PRIVATE)  # new pages: malloc may hand out old ones
        for page in range(0, size, mmap.PAGESIZE):
            held[page] = 1
        time.sleep(0.1)
        held.close()
    assert watch.peak - start > 0.8 * size
    assert all(thread.name != "host watch" for thread in threading.enumerate())
