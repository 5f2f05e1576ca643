"""The compute type follows the card, as a table; and a torch build says whom it was built for."""

from __future__ import annotations

import pytest

from aiprod_studio.models import compute_type
from aiprod_studio.models.compute import generation_name, has_kernels

TABLE = [
    ("cuda", (5, 2), "float32"),
    ("cuda", (6, 0), "float32"),
    ("cuda", (6, 1), "float32"),
    ("cuda", (7, 0), "float16"),
    ("cuda", (7, 5), "float16"),
    ("cuda", (8, 0), "bfloat16"),
    ("cuda", (8, 6), "bfloat16"),
    ("cuda", (8, 9), "bfloat16"),
    ("cuda", (9, 0), "bfloat16"),
    ("cuda", (12, 0), "bfloat16"),
    ("cpu", None, "float32"),
    ("mps", None, "float16"),
    ("rocm", None, "bfloat16"),
]


@pytest.mark.parametrize(("backend", "capability", "name"), TABLE)
def test_the_compute_type_follows_the_card(
    backend: str, capability: tuple[int, int] | None, name: str
) -> None:
    chosen = compute_type(backend, capability)
    assert chosen.name == name
    assert chosen.why


def test_cards_are_called_by_their_generation() -> None:
    names = [generation_name(c) for c in ((6, 1), (7, 5), (8, 6), (8, 9), (9, 0))]
    assert names == ["Pascal", "Turing", "Ampere", "Ada", "Hopper"]


def test_a_build_without_code_for_a_card_is_seen() -> None:
    newest = ["sm_75", "sm_80", "sm_90", "compute_90"]
    assert not has_kernels((6, 1), newest)
    assert has_kernels((8, 6), newest)
    assert has_kernels((12, 0), newest)
    assert not has_kernels((12, 0), ["sm_80", "sm_90"])
    assert has_kernels((6, 1), ["sm_60", "sm_70"])
