"""Which picture stands at a place of a clip: what the film strips on clips are made of.

`story.playing` says what a layer shows; this asks it for single moments and names what to read.
Nothing here opens a file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from aiprod_studio.story.board import Board, Panel, Scene, Shot
from aiprod_studio.story.cut import Clip, TrackKind
from aiprod_studio.story.playing import Footage, Layer, Still, resolved
from aiprod_studio.story.time import Time


@dataclass(frozen=True)
class Picture:
    """A picture to be read: a file of the document, and a time in seconds for films."""

    name: str
    seconds: Fraction | None = None


@dataclass(frozen=True)
class Strips:
    """Answers for one board; shots are looked up by name, because painting asks often."""

    board: Board

    @cached_property
    def _alone(self) -> Mapping[str, Board]:
        """Each shot on a board of its own."""
        return {
            shot.name: replace(self.board, scenes=(replace(scene, shots=(shot,)),))
            for scene, shot in self.board.shots()
        }

    @cached_property
    def shots(self) -> Mapping[str, Shot]:
        """The shots by name."""
        return {shot.name: shot for _, shot in self.board.shots()}

    @cached_property
    def _panels(self) -> Mapping[str, Panel]:
        return {panel.name: panel for _, panel in self.board.panels()}

    def picture(self, clip: Clip, frame: float, rate: Fraction, step: float = 1) -> Picture | None:
        """Return the picture at a frame of the cut, or None where there is none.

        Times in films are rounded down to `step` frames of the cut, so that zooming finds most
        pictures read already.
        """
        exact = Fraction(math.floor(frame))
        time = clip.start.plus((exact - clip.at) * clip.speed, rate)
        if step > 1:
            grain = Fraction(math.floor(step)) * clip.speed / rate * time.rate
            time = Time(math.floor(time.value / grain) * grain, time.rate)
            time = max(time, clip.start)
        shown = resolved(_layer(clip, time), self._board_for(clip))
        if isinstance(shown, Still):
            return Picture(shown.image) if shown.image else None
        if isinstance(shown, Footage):
            return Picture(shown.media, shown.time.seconds)
        return None

    def file(self, clip: Clip, kind: TrackKind, rate: Fraction) -> str:
        """Return the file that a clip reads at its first frame, "" for titles and the like."""
        if kind == "audio":
            found = self.sound(clip)
            return found[0] if found is not None else ""
        picture = self.picture(clip, clip.at, rate) if kind == "video" else None
        return picture.name if picture is not None else ""

    def sound(self, clip: Clip) -> tuple[str, Fraction] | None:
        """Return the file a clip sounds like and where its source time 0 lies in it, in seconds."""
        source = clip.source
        if source.kind == "file":
            return source.name, Fraction(0)
        shot = self.shots.get(source.name) if source.kind == "shot" else None
        take = shot.take(source.take) if shot is not None else None
        if take is None or not take.media:
            return None
        return take.media, Fraction(take.head) / take.rate

    def _board_for(self, clip: Clip) -> Board:
        if clip.source.kind == "shot":
            return self._alone.get(clip.source.name, Board())
        panel = self._panels.get(clip.source.name)
        if panel is None:
            return Board()
        return Board(self.board.rate, scenes=(Scene(shots=(Shot(panels=(panel,)),)),))


def _layer(clip: Clip, time: Time) -> Layer:
    return Layer("", "video", clip.name, clip.source, time, clip.speed, 1.0, 1.0)


def step_for(frames: float) -> int:
    """Return the power of two at or below so many frames: how coarse a film strip is."""
    return 1 << max(0, math.floor(math.log2(frames))) if frames >= 1 else 1
