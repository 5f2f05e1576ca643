"""Draws the attributes of a scene: balanced, sensible, and true to its split.

Used by `scene` and `compose`. Knows which attributes go together; draws no pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiprod_studio.sdk.errors import Invalid, Refusal
from aiprod_studio.training.world.held_out import HELD_OUT
from aiprod_studio.training.world.randomness import number, stream
from aiprod_studio.training.world.vocabulary import (
    CAMERAS,
    COMPANIONS,
    DIRECTIONS,
    MOTIONS,
    SEA_SHARE,
    VOCABULARY,
    WEATHERS,
)

_SPLITS = {"train": 0, "seen": 1, "held_out": 2}


def scene_seed(seed: int, split: str) -> int:
    """The scene's own seed: one for every seed and split, none shared between splits."""
    if split not in _SPLITS:
        raise Refusal(Invalid("split", f'"{split}" was given', f"Use one of {', '.join(_SPLITS)}."))
    if seed < 0:
        raise Refusal(Invalid("seed", f"{seed} was given", "Use a whole number from 0."))
    return seed * len(_SPLITS) + _SPLITS[split]


def attributes(seed: int, split: str) -> dict[str, str]:
    """The attributes of a scene; `seed` is the scene's own."""
    found = _drawn({}, seed, 0)
    attempt = 0
    while HELD_OUT.holds(found) != (split == "held_out"):
        attempt += 1
        found = _drawn(_steered(seed, attempt) if split == "held_out" else {}, seed, attempt)
    return found


def completed(chosen: Mapping[str, str], seed: int) -> dict[str, str]:
    """The chosen attributes, the rest drawn; refuses what the world does not know."""
    for name, value in chosen.items():
        known = VOCABULARY.get(name)
        if known is None:
            raise Refusal(Invalid(name, "is no attribute", f"Use {', '.join(VOCABULARY)}."))
        if value not in known:
            raise Refusal(Invalid(name, f'"{value}" is unknown', f"Use {', '.join(known)}."))
    problem = clash(chosen)
    if problem is not None:
        raise Refusal(problem)
    return _drawn(chosen, seed, 0)


def clash(chosen: Mapping[str, str]) -> Invalid | None:
    """Why the chosen object, motion and direction do not go together, or None."""
    fitting = _combinations(chosen)
    if fitting:
        return None
    parts = [f"{name} {chosen[name]}" for name in ("object", "motion", "direction")
             if name in chosen]  # fmt: skip
    able = chosen.get("object")
    remedy = f"A {able} can: {', '.join(MOTIONS[able])}." if able else "Change one of them."
    return Invalid("attributes", " and ".join(parts) + " do not go together", remedy)


def _combinations(chosen: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Every (object, motion, direction) that agrees with what is chosen."""
    thing, motion, way = (chosen.get(name) for name in ("object", "motion", "direction"))
    return [
        found for found in _EVERYTHING
        if thing in (None, found[0]) and motion in (None, found[1]) and way in (None, found[2])
    ]  # fmt: skip


_EVERYTHING = [
    (thing, motion, way)
    for thing in VOCABULARY["object"]
    for motion in MOTIONS[thing]
    for way in DIRECTIONS[motion]
]


def _steered(seed: int, attempt: int) -> dict[str, str]:
    """One held-out combination to build a scene around."""
    random = stream("held out", seed, attempt)
    if random.random() < 0.5:
        pairs = sorted(HELD_OUT.object_colour)
        thing, colour = pairs[int(random.integers(len(pairs)))]
        return {"object": thing, "colour": colour}
    triples = sorted(HELD_OUT.sky_ground_weather)
    sky, ground, weather = triples[int(random.integers(len(triples)))]
    return {"sky": sky, "ground": ground, "weather": weather}


def _drawn(chosen: Mapping[str, str], seed: int, attempt: int) -> dict[str, str]:
    """Draw every attribute that is not chosen, each from its own stream."""

    def draw(name: str, weights: Mapping[str, float]) -> str:
        return chosen.get(name) or _pick(weights, number("draw", name, seed, attempt))

    found: dict[str, str] = {}
    _draw_action(found, chosen, draw)
    found["colour"] = draw("colour", _even("colour"))
    found["sky"] = draw("sky", _even("sky"))
    sea = SEA_SHARE[found["object"]]
    land = (1 - sea) / 3
    found["ground"] = draw("ground", {"meadow": land, "sea": sea, "desert": land, "snow": land})
    found["backdrop"] = draw("backdrop", _even("backdrop"))
    found["weather"] = draw("weather", WEATHERS)
    found["camera"] = draw("camera", CAMERAS)
    companions = dict(COMPANIONS)
    if "companion" not in chosen:
        companions.pop(found["object"], None)
    found["companion"] = draw("companion", companions)
    return {name: found[name] for name in VOCABULARY}


def _draw_action(
    found: dict[str, str], chosen: Mapping[str, str],
    draw: Callable[[str, Mapping[str, float]], str],
) -> None:  # fmt: skip
    """Object, motion and direction, each within what the others allow."""
    objects = {thing: 1.0 for thing, _, _ in _combinations(chosen)}
    found["object"] = draw("object", objects)
    chosen = {**chosen, "object": found["object"]}
    able = {motion for _, motion, _ in _combinations(chosen)}
    weights = {m: w for m, w in MOTIONS[found["object"]].items() if m in able}
    found["motion"] = draw("motion", weights)
    chosen = {**chosen, "motion": found["motion"]}
    found["direction"] = draw("direction", {way: 1.0 for _, _, way in _combinations(chosen)})


def _even(name: str) -> dict[str, float]:
    return dict.fromkeys(VOCABULARY[name], 1.0)


def _pick(weights: Mapping[str, float], number: float) -> str:
    """The value whose share of the weights holds `number` (0 to 1)."""
    left = number * sum(weights.values())
    for value, weight in weights.items():
        left -= weight
        if left < 0:
            return value
    return next(reversed(list(weights)))
