"""The grammar: turns attributes into one of many sentences, and says what the sentence states.

About half of the sentences are short. Used by `Scene`; the tokenizer is built from `WORDS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from aiprod_studio.training.world.randomness import stream
from aiprod_studio.training.world.words import DIRECTION, MOTION, TABLES

_PLAIN = 0.6
"""How often a phrase is the plainest one."""

_IMPLIED = ("rise", "fall", "orbit", "still")
"""Motions that say the direction by themselves."""


class Caption(NamedTuple):
    """A sentence and the attributes that it states."""

    text: str
    mentioned: frozenset[str]


class _Writer:
    """Writes one caption: draws phrases and remembers what was said."""

    def __init__(self, attributes: Mapping[str, str], random: np.random.Generator) -> None:
        self.attributes = attributes
        self.random = random
        self.said: set[str] = set()

    def chance(self, share: float) -> bool:
        return bool(self.random.random() < share)

    def phrase(self, name: str) -> str:
        """One phrase for the value of `name`; "" where the attribute is absent."""
        options = TABLES[name].get(self.attributes[name], ())
        if not options:
            return ""
        self.said.add(name)
        plain = len(options) == 1 or self.chance(_PLAIN)
        return options[0] if plain else options[1 + int(self.random.integers(len(options) - 1))]

    def subject(self, colour: bool) -> str:
        """The actor, as in: a red boat."""
        names = ("colour", "object") if colour else ("object",)
        words = " ".join([self.phrase(name) for name in names])
        article = "an" if words[0] in "aeiou" else "a"
        pick = self.random.random()
        if pick < 0.72:
            return f"{article} {words}"
        return f"the {words}" if pick < 0.86 else words

    def action(self, direction: bool) -> str:
        """What it does, as in: sails to the left, is sailing to the left."""
        value = self.attributes["motion"]
        options = MOTION[value]
        plain = self.chance(_PLAIN) or len(options) == 1
        choice = options[0] if plain else options[1 + int(self.random.integers(len(options) - 1))]
        self.said.add("motion")
        simple, running = choice.split("|")
        pick = self.random.random()
        verb = simple if pick < 0.55 else (f"is {running}" if pick < 0.8 else running)
        if value in _IMPLIED:
            self.said.add("direction")
            return verb
        if direction and self.attributes["direction"] in DIRECTION:
            return f"{verb} {self.phrase('direction')}"
        return verb


def caption(attributes: Mapping[str, str], seed: int) -> Caption:
    """The sentence of `seed` for these attributes."""
    key = ",".join(f"{name}={attributes[name]}" for name in sorted(attributes))
    writer = _Writer(attributes, stream("caption", key, seed))
    text = _short(writer) if writer.chance(0.5) else _long(writer)
    if writer.chance(0.1):
        text = f"{text} ."
    return Caption(text, frozenset(writer.said))


def plain(attributes: Mapping[str, str]) -> str:
    """The plainest sentence, as in: a red boat sails left at sea at sunset."""
    first = {name: table[attributes[name]][0] for name, table in TABLES.items()
             if attributes[name] in table}  # fmt: skip
    verb = first["motion"].split("|")[0]
    way = "" if attributes["motion"] in _IMPLIED else first.get("direction", "")
    article = "an" if first["colour"][0] in "aeiou" else "a"
    words = (article, first["colour"], first["object"], verb, way, first["ground"], first["sky"])
    return " ".join(word for word in words if word)


def _short(writer: _Writer) -> str:
    """Object, mostly its colour, and perhaps one thing more."""
    colour = writer.chance(0.88)
    kind = writer.random.random()
    if kind < 0.2:
        return writer.subject(colour)
    if kind < 0.6:
        return f"{writer.subject(colour)} {writer.action(writer.chance(0.85))}"
    spot = writer.phrase("sky" if writer.chance(0.5) else "ground")
    if kind < 0.8:
        return _placed(writer, writer.subject(colour), spot)
    return _placed(writer, f"{writer.subject(colour)} {writer.action(True)}", spot)


def _placed(writer: _Writer, sentence: str, spot: str) -> str:
    if writer.chance(0.2):
        return f"{spot} , {sentence}"
    return f"{sentence} {spot}"


def _long(writer: _Writer) -> str:
    """Object, colour, action, place and most of the rest, in varying order."""
    core = f"{writer.subject(True)} {writer.action(True)}"
    places = [writer.phrase("ground"), writer.phrase("sky")]
    if writer.chance(0.5 if writer.attributes["weather"] == "clear" else 0.85):
        places.append(writer.phrase("weather"))
    writer.random.shuffle(places)
    if writer.chance(0.6):
        places.append(writer.phrase("backdrop"))
    if writer.chance(0.8):
        places.append(writer.phrase("companion"))
    places = [place for place in places if place]
    camera = ""
    if writer.chance(0.25 if writer.attributes["camera"] == "static" else 0.8):
        camera = writer.phrase("camera")
    return _ordered(writer, core, places, camera)


def _ordered(writer: _Writer, core: str, places: list[str], camera: str) -> str:
    if writer.chance(0.3):
        sentence = f"{places[0]} , {core} {' '.join(places[1:])}".strip()
    else:
        sentence = f"{core} {' '.join(places)}"
        if writer.chance(0.15):
            sentence = f"{'a picture of' if writer.chance(0.5) else 'a film of'} {sentence}"
    if not camera:
        return sentence
    return f"{camera} , {sentence}" if writer.chance(0.3) else f"{sentence} , {camera}"
