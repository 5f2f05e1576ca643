"""Scenes: a choice of attributes and a seed, which together fix every pixel and every word.

`scene` draws one from a split, `compose` builds one from chosen attributes. Used by training and
evaluation; pictures are made by the stage, words by the captions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from aiprod_studio.sdk.errors import Invalid, Refusal
from aiprod_studio.training.world import captions, sampling
from aiprod_studio.training.world.painting import Picture
from aiprod_studio.training.world.randomness import stream
from aiprod_studio.training.world.rendering import Rendering, rendered
from aiprod_studio.training.world.stage import Stage
from aiprod_studio.training.world.vocabulary import FRAMES, HEIGHT, WIDTH

Split = Literal["train", "seen", "held_out"]


@dataclass(frozen=True)
class Scene:
    """One scene of the world; equal scenes render equal pixels in every process."""

    attributes: dict[str, str]
    seed: int
    _stages: dict[tuple[int, int], Stage] = field(default_factory=dict, compare=False, repr=False)

    def caption(self, seed: int) -> str:
        """One of the many sentences that describe this scene."""
        return captions.caption(self.attributes, seed).text

    def mentioned(self, seed: int) -> set[str]:
        """The attributes that `caption(seed)` states."""
        return set(captions.caption(self.attributes, seed).mentioned)

    def plain(self) -> str:
        """Object, colour, action, ground and sky in plain words and a fixed order."""
        return captions.plain(self.attributes)

    def render(
        self, frames: int = FRAMES, width: int = WIDTH, height: int = HEIGHT, *,
        start: float = 0.0, end: float = 1.0,
    ) -> Rendering:  # fmt: skip
        """The frames evenly spread over the scene's time from `start` to `end` (0 to 1)."""
        if frames < 1:
            raise Refusal(Invalid("frames", f"{frames} were asked for, at least 1 is needed"))
        times = np.linspace(start, end, frames) if frames > 1 else np.array([start])
        return rendered(self._stage(width, height), [float(time) for time in times])

    def still(self, time: float, width: int = WIDTH, height: int = HEIGHT) -> Picture:
        """The picture (H, W, 3) uint8 at `time` (0 to 1)."""
        return self._stage(width, height).moment(time).picture

    def still_with_mask(
        self, time: float, width: int = WIDTH, height: int = HEIGHT
    ) -> tuple[Picture, Picture]:
        """The picture and its mask (H, W) uint8: 0 background, 1 main actor, 2 second actor."""
        moment = self._stage(width, height).moment(time)
        return moment.picture, moment.mask

    def _stage(self, width: int, height: int) -> Stage:
        """The painted pieces, kept for the last size asked for."""
        if min(width, height) < 8:
            raise Refusal(
                Invalid("size", f"{width}x{height} was asked for, at least 8x8 is needed")
            )
        stage = self._stages.get((width, height))
        if stage is None:
            self._stages.clear()
            stage = Stage(self.attributes, self.seed, self._facing, width, height)
            self._stages[width, height] = stage
        return stage

    @property
    def _facing(self) -> float:
        """Where the actor looks: 1 right, -1 left."""
        named = {"left": -1.0, "right": 1.0}.get(self.attributes["direction"])
        if named is not None:
            return named
        return 1.0 if stream("facing", self.seed).random() < 0.5 else -1.0


def scene(seed: int, split: Split = "train") -> Scene:
    """The scene of `seed` in `split`.

    "train" and "seen" never show a held-out combination and never share a scene; "held_out" shows
    nothing else.
    """
    number = sampling.scene_seed(seed, split)
    return Scene(sampling.attributes(number, split), number)


def compose(attributes: Mapping[str, str], seed: int) -> Scene:
    """A scene with these attributes; what is not named is drawn from `seed`.

    The same seed with one attribute changed changes that attribute alone.
    """
    return Scene(sampling.completed(attributes, seed), seed)
