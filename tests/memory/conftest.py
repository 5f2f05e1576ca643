"""Nothing may be left behind by a test of this room: no thread, no file handle, no hook."""

import threading
from collections.abc import Iterator

import pytest
import torch


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Fail a test that leaves a thread."""
    before = set(threading.enumerate())
    yield
    left = [thread.name for thread in threading.enumerate() if thread not in before]
    assert not left, f"threads left behind: {left}"


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """Small products gain nothing from threads, and others share this machine."""
    torch.set_num_threads(1)
