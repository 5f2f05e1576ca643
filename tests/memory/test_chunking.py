"""Chunked feed-forward layers give the same result and need less memory."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from aiprod_studio.memory.accounting import ActivationMeter
from aiprod_studio.memory.chunking import Chunks, chunks_of, tokens_that_fit

from .networks import run_ltx, tiny_ltx


def feed_forward() -> torch.nn.Module:
    torch.manual_seed(0)
    wide = torch.nn.Sequential(torch.nn.Linear(16, 256), torch.nn.GELU(), torch.nn.Linear(256, 16))
    return torch.nn.ModuleDict({"ff": wide}).requires_grad_(False)


def chosen(name: str, module: torch.nn.Module) -> bool:
    return name.split(".")[-1] == "ff"


@settings(max_examples=40, deadline=None)
@given(tokens=st.integers(1, 300), most=st.integers(1, 400))
def test_chunks_change_nothing_but_rounding(tokens: int, most: int) -> None:
    network = feed_forward()
    x = torch.randn(2, tokens, 16)
    whole = network["ff"](x)
    with Chunks(network, chosen, most) as chunks:
        assert len(chunks) == 1
        assert torch.allclose(network["ff"](x), whole, rtol=1e-5, atol=1e-6)
    assert torch.equal(network["ff"](x), whole)


def test_a_real_transformer_in_chunks_gives_the_same_result() -> None:
    network = tiny_ltx()
    whole = run_ltx(network)
    with Chunks(network, chosen, 7) as chunks:
        assert len(chunks) == 7
        assert torch.allclose(run_ltx(network), whole, rtol=1e-5, atol=1e-5)
        chunks.tokens = 10**6
        assert torch.equal(run_ltx(network), whole)
    assert all("forward" not in module.__dict__ for module in network.modules())


def test_the_peak_falls_with_the_chunk() -> None:
    network = feed_forward()
    peaks = []
    for most in (4096, 1024, 256):
        with Chunks(network, chosen, most), torch.inference_mode(), ActivationMeter() as meter:
            network["ff"](torch.empty(1, 4096, 16))
        peaks.append(meter.peak)
    assert peaks[0] > 3 * peaks[1] > 6 * peaks[2]
    assert peaks[0] == pytest.approx(4096 * (16 + 2 * 256) * 4, rel=0.05)


def test_the_chunk_follows_from_what_is_free() -> None:
    assert tokens_that_fit(64 << 20, 2 * 16384 * 2) == 1024
    assert tokens_that_fit(0, 65536) == 256
    assert (chunks_of(0, 10), chunks_of(10, 10), chunks_of(11, 10)) == (1, 1, 2)
