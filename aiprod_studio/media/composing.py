"""What a cut looks and sounds like: one picture for a frame, samples for a span.

The viewer, the animatic and the film export all ask a `Composer`, so what the preview shows is what
the export writes. It follows `story.playing` layer by layer; what is missing or damaged shows as a
slate that says so. A composer holds one state of board and cut: after an edit make a new one with
the same `Reels`, which keeps all that was read.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from aiprod_studio.media.blending import Part, Sheet, fitted, laid
from aiprod_studio.media.film import Film
from aiprod_studio.media.fit import on_paper
from aiprod_studio.media.identity import stamp
from aiprod_studio.media.images import image_size
from aiprod_studio.media.kept import Kept
from aiprod_studio.media.lettering import slate, title_picture
from aiprod_studio.media.locating import Locate
from aiprod_studio.media.mixing import Mix, sample_of
from aiprod_studio.media.reels import PICTURES, Reels
from aiprod_studio.media.wav import bounded
from aiprod_studio.sdk import Missing, Problem, Refusal
from aiprod_studio.story.board import Board
from aiprod_studio.story.cut import Clip, Cut
from aiprod_studio.story.playing import (
    Footage,
    Layer,
    Nothing,
    Shown,
    Still,
    Words,
    playing,
    resolved,
)

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import Float32Array, UInt8Array

Size = tuple[int, int]
USUAL_SIZE: Size = (1280, 720)
HELD_BYTES = 128 << 20
NO_STAMP = (0, 0, 0, 0)
MOST_MEASURED = 24
"""Files looked at to find the size of a film."""


class Composer:
    """A board and its cut, ready to be shown and heard.

    Args:
        board: where the shots, panels and takes are.
        cut: what plays when.
        folder: what paths of the document are relative to.
        locate: finds files, refusing those that may not be read; by default all in `folder`.
        reels: shared with other composers of the document, so that edits cost no reading.
    """

    def __init__(
        self,
        board: Board,
        cut: Cut,
        folder: Path,
        *,
        locate: Locate | None = None,
        reels: Reels | None = None,
    ) -> None:
        self.board, self.cut = board, cut
        self.reels = reels or Reels(folder, locate)
        self._own = reels is None
        self._made = Kept[Any](HELD_BYTES)
        self._size: Size | None = None
        self._shots = {shot.name: (scene, shot) for scene, shot in board.shots()}

    @property
    def frames(self) -> int:
        """How long the film is, in frames of the cut's rate."""
        return self.cut.frames

    @property
    def rate(self) -> Fraction:
        """Frames a second."""
        return self.cut.rate

    @property
    def audio(self) -> Mix:
        """The whole sound, 48 kHz stereo, read in chunks."""
        return Mix(self.cut, self.reels, self._sounding)

    def frame(self, index: int, size: Size | None = None) -> UInt8Array:
        """Return the picture at a frame, uint8 (height, width, 3), shared: nobody may change it.

        Args:
            index: frame of the cut; outside of the film it is black.
            size: (width, height) to compose at; without one the natural size of the film.
        """
        width, height = size or self.natural_size()
        layers = [layer for layer in playing(self.cut, index) if layer.kind != "audio"]
        shown = [(layer, self._shown(layer)) for layer in layers]
        key = (width, height, tuple(self._key(layer, found) for layer, found in shown))
        picture = self._made.get(key)
        if picture is None:
            tracks = [
                [self._part(layer, found, width, height) for layer, found in group]
                for _, group in groupby(shown, key=lambda pair: pair[0].track)
            ]
            picture = self._made.put(key, laid(tracks, width, height))
        return np.asarray(picture, np.uint8)

    def sound(self, start: int, stop: int) -> Float32Array:
        """Return what is heard from frame `start` up to `stop`: float32 (2, n) at 48 kHz."""
        mix = self.audio
        first, last = sample_of(start, self.rate), sample_of(stop, self.rate)
        return mix.block(max(0, first), max(0, first, last))

    def video(self, size: Size | None = None, start: int = 0, stop: int | None = None) -> Film:
        """Return frames [start, stop) as a video with its sound, for whoever saves it."""
        width, height = size or self.natural_size()
        start, stop = bounded(start, stop, self.frames)
        return Film(self, width, height, start, stop)

    def natural_size(self) -> Size:
        """Return the size that most takes or films of the cut have, else its panels, else HD."""
        if self._size is None:
            self._size = self._usual()
        return self._size

    def films(self) -> tuple[str, ...]:
        """Return the files that can be seen and are no stills."""
        return tuple(name for name in self._seen() if Path(name).suffix.lower() not in PICTURES)

    def problems(self) -> tuple[Problem, ...]:
        """Return a sentence for everything in the cut that cannot be shown or heard."""
        found: dict[str, Problem] = {}
        for track, clip in self.cut.clips():
            if track.off:
                continue
            for problem in self._clip_problems(clip, track.kind):
                found.setdefault(f"{problem.where} {problem.why}", problem)
        return tuple(found.values())

    def close(self) -> None:
        """Close what it has opened; shared reels stay open."""
        if self._own:
            self.reels.close()

    def __enter__(self) -> Composer:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _shown(self, layer: Layer) -> Shown:
        if layer.missing:
            return Nothing("the source has no frame here")
        return resolved(layer, self.board)

    def _key(self, layer: Layer, shown: Shown) -> tuple[Any, ...]:
        """Return all that decides how a layer looks; files count with their time of change."""
        name, frame = "", 0
        if isinstance(shown, Footage):
            name, frame = shown.media, self._number(shown)
        elif isinstance(shown, Still):
            name = shown.image
        look = (layer.mix, layer.opacity, layer.transition, layer.track, layer.source.place)
        return (shown if not name else (type(shown), name, frame), self._stamp(name), look)

    def _stamp(self, name: str) -> tuple[int, ...]:
        try:
            return stamp(self.reels.path(name)) if name else NO_STAMP
        except Refusal:
            return NO_STAMP

    def _number(self, shown: Footage) -> int:
        if shown.frame is not None:
            return shown.frame
        try:
            if self.reels.is_picture(shown.media):
                return 0
            return self.reels.frame_at(shown.media, shown.time.seconds)
        except Refusal:
            return 0

    def _part(self, layer: Layer, shown: Shown, width: int, height: int) -> Part:
        sheet = self._sheet(layer, shown, width, height)
        return Part(sheet, float(layer.mix), layer.opacity, layer.transition)

    def _sheet(self, layer: Layer, shown: Shown, width: int, height: int) -> Sheet:
        if isinstance(shown, Words):
            pixels = title_picture(shown.text, width, height, layer.source.place)
            return Sheet(pixels[..., :3], pixels[..., 3])
        try:
            return fitted(self._pixels(shown), width, height)
        except Refusal as refusal:
            return Sheet(slate(self._heading(layer), _told(refusal), width, height))

    def _pixels(self, shown: Shown) -> UInt8Array:
        if isinstance(shown, Still):
            if not shown.image:
                raise Refusal(Missing(f"panel {shown.panel}", "this panel has no picture yet"))
            return on_paper(self.reels.picture(shown.image))
        if isinstance(shown, Footage):
            if self.reels.is_picture(shown.media):
                return self.reels.picture(shown.media)
            return self.reels.frame(shown.media, self._number(shown))
        why = shown.why if isinstance(shown, Nothing) else "there is nothing to show"
        raise Refusal(Missing("the cut", why))

    def _heading(self, layer: Layer) -> str:
        source = layer.source
        if source.kind == "shot" and source.name in self._shots:
            scene, shot = self._shots[source.name]
            return f"{scene.number}{shot.letter} {shot.title}".strip()
        return Path(source.name).name or layer.clip

    def _sounding(self, clip: Clip) -> tuple[str, Fraction] | None:
        source = clip.source
        if source.kind == "file":
            return source.name, Fraction(0)
        if source.kind == "shot" and source.name in self._shots:
            take = self._shots[source.name][1].take(source.take)
            if take is not None and take.media:
                return take.media, Fraction(take.head) / take.rate
        return None

    def _usual(self) -> Size:
        films, stills = [], []
        for name in islice(self._seen(), MOST_MEASURED):
            try:
                if self.reels.is_picture(name):
                    stills.append(image_size(self.reels.path(name)))
                else:
                    film = self.reels.film(name)
                    films.append((film.width, film.height))
            except Refusal:
                continue
        sizes = films or stills or [USUAL_SIZE]
        width, height = max(sizes, key=lambda size: (sizes.count(size), size[0] * size[1]))
        return width + width % 2, height + height % 2

    def _seen(self) -> Iterator[str]:
        """Yield the files that can be seen, each once."""
        names: set[str] = set()
        for track, clip in self.cut.clips():
            shown = resolved(_layer(clip), self.board) if track.kind == "video" else None
            name = getattr(shown, "media", "") or getattr(shown, "image", "")
            if name and name not in names:
                names.add(name)
                yield name

    def _clip_problems(self, clip: Clip, kind: str) -> Iterator[Problem]:
        try:
            if kind == "audio":
                found = self._sounding(clip)
                if found is not None:
                    self.reels.sound(found[0])
            elif kind == "video":
                self._pixels(resolved(_layer(clip), self.board))
        except Refusal as refusal:
            yield from refusal.problems


def _told(refusal: Refusal) -> str:
    """Return the first reason with the bare name of the file, for a slate."""
    problem = refusal.problems[0]
    name = Path(problem.where).name
    return f"{name}: {problem.why}" if name and "." in name else problem.why


def _layer(clip: Clip) -> Layer:
    """Return what a clip shows at its first frame."""
    return Layer("", "video", clip.name, clip.source, clip.start, clip.speed, 1.0, 1.0)
