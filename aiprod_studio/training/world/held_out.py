"""The combinations that training never shows; the list is the data file beside this module.

Used by sampling, evaluation and tests.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import NamedTuple


class HeldOut(NamedTuple):
    """Held-out pairs (object, colour) and triples (sky, ground, weather)."""

    object_colour: frozenset[tuple[str, str]]
    sky_ground_weather: frozenset[tuple[str, str, str]]

    def holds(self, attributes: Mapping[str, str]) -> bool:
        """Whether the scene shows a held-out combination."""
        pair = (attributes["object"], attributes["colour"])
        triple = (attributes["sky"], attributes["ground"], attributes["weather"])
        return pair in self.object_colour or triple in self.sky_ground_weather


def _read() -> HeldOut:
    text = files(__package__).joinpath("held_out.json").read_text(encoding="utf-8")
    lists = json.loads(text)
    pairs = frozenset((a, b) for a, b in lists["object_colour"])
    triples = frozenset((a, b, c) for a, b, c in lists["sky_ground_weather"])
    return HeldOut(pairs, triples)


HELD_OUT = _read()
