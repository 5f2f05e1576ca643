"""Coarse to fine from keyframes to film: fill a level, let a model correct it, go on between.

`grown` is the loop that both refiners share, for pictures and for latents. `film` is the refiner of
pictures: it goes from keyframe to keyframe, holds no more than one such stretch, and hands given
keyframes out as they came in. Used by the refine nodes; it loads no model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Protocol, TypeVar

import numpy as np

from aiprod_studio.diffusion.refiner.filling import Kind, as_picture, carried, filled, same_size
from aiprod_studio.diffusion.refiner.levels import Level, Place, checked, place_of, within
from aiprod_studio.diffusion.refiner.motion import Floats, Motion, Picture, motion
from aiprod_studio.diffusion.refiner.noise import Mode, level, roughened

T = TypeVar("T")


class Refiner(Protocol[T]):
    """What makes the frames of one level (pictures, or latents of a frame) from known ones."""

    def made(self, known: Mapping[int, T], places: Level) -> Mapping[int, T]:
        """Return the frames at `places`; `known` holds all frames around them."""


def grown(given: Mapping[int, T], nested: Sequence[Level], refiner: Refiner[T]) -> dict[int, T]:
    """Make level after level; frames that were given are in the result as they are."""
    known = dict(given)
    for places in nested:
        made = refiner.made(known, places)
        known.update({place.frame: made[place.frame] for place in places})
    return known


@dataclass(frozen=True)
class Asked:
    """One frame as a corrector sees it.

    `keys` are the pictures earlier, before, after and later; `spans` the times of the outer two,
    where before is 0 and after is 1 (they repeat their neighbour where there is none); `fill` is
    the first guess, float32 in [0, 255], and `way` the motion between before and after.
    """

    keys: tuple[Picture, Picture, Picture, Picture]
    spans: tuple[float, float]
    share: float
    way: Motion
    fill: Floats


Corrector = Callable[[Asked], Floats]
"""From a first guess to a better one, float32 in [0, 255]."""


@dataclass(frozen=True)
class Manner:
    """How a film is filled and refined.

    `levels` as in `levels.levels`; `noise` and `strength` say how much room a corrector gets, and
    do nothing without one.
    """

    fill: Kind = "flow"
    levels: int = 1
    noise: Mode = "none"
    strength: float = 0.0
    seed: int = 0


@dataclass(frozen=True)
class Proposal:
    """A picture that a first phase made for a frame; it stands by `strength` in [0, 1)."""

    picture: Picture
    strength: float


def film(
    keys: Mapping[int, Picture],
    frames: int,
    manner: Manner,
    corrector: Corrector | None = None,
    *,
    proposals: Mapping[int, Proposal] | None = None,
    check: Callable[[], None] = lambda: None,
    begin: int = 0,
) -> Iterator[Picture]:
    """Yield all frames of the film; given keyframes come out byte for byte as they went in.

    Args:
        keys: the artist's pictures by frame, all of one size.
        frames: how many frames the film has.
        manner: how to fill, in how many levels, with which noise.
        corrector: a model that betters each filled frame; None leaves the fill as it is.
        proposals: pictures of a first phase by frame, weaker than the artist's: each is drawn
            toward what the keyframes around it suggest, and then leads the frames between.
        check: called before each frame; raises to cancel.
        begin: yield from this frame on, which is 0 or a keyframe's: what was made before a break
            need not be made again.

    Raises:
        Refusal: keyframes do not fit the film or each other.
    """
    offered = {f: p for f, p in (proposals or {}).items() if f not in keys and p.strength > 0}
    known = checked([*keys], frames)
    checked([*keys, *offered], frames)
    same_size({**{f: p.picture for f, p in offered.items()}, **keys})
    for _ in range(begin, known[0]):
        check()
        yield keys[known[0]]
    for number, (first, last) in enumerate(pairwise(known)):
        if last <= begin:
            continue
        around = {frame: keys[frame] for frame in known[max(0, number - 1) : number + 3]}
        mine = {f: p for f, p in offered.items() if first < f < last}
        made = _stretch(around, first, last, manner, corrector, mine, check)
        yield from (made[frame] for frame in range(first, last))
    for _ in range(max(begin, known[-1]), frames):
        check()
        yield keys[known[-1]]


def _stretch(
    around: Mapping[int, Picture],
    first: int,
    last: int,
    manner: Manner,
    corrector: Corrector | None,
    proposals: Mapping[int, Proposal],
    check: Callable[[], None],
) -> dict[int, Picture]:
    """The frames between two neighbouring keyframes, and what is around."""
    known = dict(around)
    if proposals:
        known.update(_settled(known, manner, corrector, proposals, check))
    nested = within(sorted(known), first, last, manner.levels)
    return grown(known, nested, _Pictures(manner, corrector, check))


def _settled(
    known: Mapping[int, Picture],
    manner: Manner,
    corrector: Corrector | None,
    proposals: Mapping[int, Proposal],
    check: Callable[[], None],
) -> dict[int, Picture]:
    """Proposals drawn toward what the artist's keyframes suggest, along the motion between both."""
    places = tuple(place_of(frame, sorted(known)) for frame in sorted(proposals))
    suggested = _Pictures(manner, corrector, check).made(known, places)
    found = {}
    for frame, proposal in proposals.items():
        check()
        way = motion(suggested[frame], proposal.picture)
        mixed = carried(suggested[frame], proposal.picture, way, proposal.strength)
        found[frame] = as_picture(mixed.colours)
    return found


class _Pictures:
    """Fills, roughens and corrects pictures; motions between the same two are computed once."""

    def __init__(
        self, manner: Manner, corrector: Corrector | None, check: Callable[[], None]
    ) -> None:
        self._manner, self._corrector, self._check = manner, corrector, check

    def made(self, known: Mapping[int, Picture], places: Level) -> dict[int, Picture]:
        """Return the pictures at places."""
        way = lru_cache(maxsize=2)(lambda before, after: motion(known[before], known[after]))
        return {place.frame: as_picture(self._one(known, place, way)) for place in places}

    def _one(
        self, known: Mapping[int, Picture], place: Place, way: Callable[[int, int], Motion]
    ) -> Floats:
        self._check()
        manner = self._manner
        guess = filled(known, place, manner.fill, way)
        if self._corrector is None or place.before is None or place.after is None:
            return guess
        amount = level(manner.noise, manner.strength, place)
        rough = roughened(guess, amount, manner.seed, place.frame)
        return self._corrector(asked(known, place, rough, way(place.before, place.after)))


def asked(known: Mapping[int, Picture], place: Place, fill: Floats, way: Motion) -> Asked:
    """What a corrector is asked about a place between two known frames."""
    before, after = place.before, place.after
    assert before is not None and after is not None
    earlier = before if place.earlier is None else place.earlier
    later = after if place.later is None else place.later
    gap = after - before
    return Asked(
        keys=(known[earlier], known[before], known[after], known[later]),
        spans=((earlier - before) / gap, (later - before) / gap),
        share=place.share,
        way=way,
        fill=np.asarray(fill, np.float32),
    )
