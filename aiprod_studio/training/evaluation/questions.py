"""The prompts of an evaluation, chosen by rule: seen and held-out combinations, and minimal pairs.

Every prompt states object, colour, action, sky and ground. Used by the rows and the pairs; draws
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from aiprod_studio.training import world
from aiprod_studio.training.world.sampling import clash
from aiprod_studio.training.world.vocabulary import DIRECTIONS, VOCABULARY

ASKED = ("object", "colour", "direction", "sky", "ground")
"""What every prompt states and every row scores."""

ALSO = ("weather", "camera")
"""What a prompt may state; scored where it does and where the rules can read it."""

_FIRST_SEED = 9_000_000


@dataclass(frozen=True)
class Question:
    """One prompt, what it states, the scene that is its truth, and the seed to generate with."""

    prompt: str
    stated: dict[str, str]
    scene: world.Scene
    seed: int
    held_out: bool


def questions(count: int = 128) -> list[Question]:
    """`count` questions, half of them on held-out combinations."""
    splits: tuple[world.Split, world.Split] = ("seen", "held_out")
    return [_question(_FIRST_SEED + i // 2, splits[i % 2]) for i in range(count)]


def _question(seed: int, split: world.Split) -> Question:
    shown = world.scene(seed, split)
    prompt, stated = asking(shown)
    return Question(prompt, stated, shown, seed, split == "held_out")


def asking(shown: world.Scene) -> tuple[str, dict[str, str]]:
    """A caption of the scene that states all that is asked, and what it states."""
    for number in range(500):
        said = shown.mentioned(number)
        if {*ASKED, "motion"} <= said | _silent(shown):
            names = [name for name in (*ASKED, *ALSO) if name in said or name in ASKED]
            return shown.caption(number), {name: shown.attributes[name] for name in names}
    raise AssertionError("the grammar has long captions for every scene")


def _silent(shown: world.Scene) -> set[str]:
    """A motion without direction states none by itself."""
    return {"direction"} if shown.attributes["direction"] == "none" else set()


@dataclass(frozen=True)
class Pair:
    """Two questions with the same seed that differ in one attribute."""

    changed: str
    first: Question
    second: Question


def pairs(count: int = 64) -> list[Pair]:
    """`count` pairs; the changed attribute goes round what is asked."""
    found: list[Pair] = []
    seed = _FIRST_SEED + 500_000
    while len(found) < count:
        pair = _pair(seed, ASKED[len(found) % len(ASKED)])
        seed += 1
        if pair is not None:
            found.append(pair)
    return found


def _pair(seed: int, changed: str) -> Pair | None:
    """A pair around the scene of `seed`, or None where its actor cannot change so."""
    first = world.scene(seed, "seen")
    for value in _others(first, changed, seed):
        wanted = {**first.attributes, changed: value}
        if clash(wanted) is None and not world.HELD_OUT.holds(wanted):
            second = world.compose(wanted, first.seed)
            return Pair(changed, _plain(first, seed), _plain(second, seed))
    return None


def _others(shown: world.Scene, changed: str, seed: int) -> list[str]:
    values = [v for v in VOCABULARY[changed] if v != shown.attributes[changed]]
    if changed == "direction":
        values = [v for v in DIRECTIONS[shown.attributes["motion"]] if v in values]
    turn = seed % max(1, len(values))
    return values[turn:] + values[:turn]


def _plain(shown: world.Scene, seed: int) -> Question:
    """The scene in plain words in a fixed order, so that a pair differs in one word."""
    return Question(shown.plain(), {name: shown.attributes[name] for name in ASKED}, shown, seed,
                    False)  # fmt: skip
