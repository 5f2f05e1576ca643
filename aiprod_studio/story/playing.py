"""What plays when: the layers of the cut at a frame, the one truth for preview and export.

The viewer and the exporter both ask here, frame by frame, and mix as written at `Layer`. Nothing
here opens a file or knows a pixel.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from aiprod_studio.story.board import Board, Panel
from aiprod_studio.story.cut import Clip, Cut, Source, Track, TrackKind, Transition
from aiprod_studio.story.takes import Take
from aiprod_studio.story.time import Time


@dataclass(frozen=True)
class Layer:
    """One source that shows or sounds at a frame.

    The picture of a track is the sum over its layers of `mix * opacity * colour`, its alpha the
    sum of `mix * opacity`; tracks are laid over each other from the first to the last. Sound is
    the sum of `mix * gain * samples`. `mix` is 1 outside of transitions; the two layers of a
    dissolve have mixes that add up to 1. `time` is in the source; `missing` says that the source
    has no frame there, and nothing shows.
    """

    track: str
    kind: TrackKind
    clip: str
    source: Source
    time: Time
    speed: Fraction
    opacity: float
    gain: float
    mix: Fraction = Fraction(1)
    transition: str = ""
    missing: bool = False


def playing(cut: Cut, time: int | Time) -> tuple[Layer, ...]:
    """Return the layers at a frame of the cut, or at the frame that shows at a time.

    They come track by track from the bottom; within a transition first the clip that leaves.
    """
    frame = time if isinstance(time, int) else time.to(cut.rate).frame
    return tuple(
        layer
        for track in cut.tracks
        if not track.off
        for layer in track_playing(track, frame, cut.rate)
    )


def track_playing(track: Track, frame: int, rate: Fraction) -> tuple[Layer, ...]:
    """Return the layers of one track at a frame, whether it is off or not."""
    clip = track.clip_at(frame)
    if clip is None:
        return ()
    into, out = track.into.get(clip.name), track.out_of.get(clip.name)
    if into is not None and frame < clip.at + into.after:
        return tuple(_mixed(track, into, clip.at, frame, rate))
    if out is not None and frame >= clip.stop - out.before:
        return tuple(_mixed(track, out, clip.stop, frame, rate))
    return (_layer(track, clip, frame, rate),)


def _mixed(
    track: Track, transition: Transition, cut_at: int, frame: int, rate: Fraction
) -> Iterator[Layer]:
    """Yield both sides; the share of the arriving one rises evenly, sampled mid-frame."""
    passed = frame - (cut_at - transition.before)
    share = Fraction(2 * passed + 1, 2 * transition.frames)
    for name, mix in ((transition.left, 1 - share), (transition.right, share)):
        clip = track.clip(name)
        if clip is not None:
            yield _layer(track, clip, frame, rate, mix, transition.kind)


def _layer(
    track: Track,
    clip: Clip,
    frame: int,
    rate: Fraction,
    mix: Fraction = Fraction(1),
    kind: str = "",
) -> Layer:
    time = clip.source_time(frame, rate)
    span = clip.source.span
    return Layer(
        track=track.name,
        kind=track.kind,
        clip=clip.name,
        source=clip.source,
        time=time,
        speed=clip.speed,
        opacity=clip.opacity,
        gain=clip.gain * track.gain,
        mix=mix,
        transition=kind,
        missing=span is not None and not span.holds(time),
    )


@dataclass(frozen=True)
class Still:
    """A picture that does not move; `image` is a path relative to the document."""

    panel: str
    image: str


@dataclass(frozen=True)
class Footage:
    """A frame of a media file; `time` is exact within the file, `frame` only where known."""

    media: str
    time: Time
    frame: int | None = None


@dataclass(frozen=True)
class Words:
    """The text of a title."""

    text: str


@dataclass(frozen=True)
class Nothing:
    """There is nothing to show; `why` is a sentence for the viewer."""

    why: str


Shown = Still | Footage | Words | Nothing


def resolved(layer: Layer, board: Board) -> Shown:
    """Return what a layer shows: footage of the take, else the panel that stands in for it."""
    source = layer.source
    if source.kind == "title":
        return Words(source.name)
    if source.kind == "file":
        return Footage(source.name, layer.time)
    if source.kind == "panel":
        panel = next((each for _, each in board.panels() if each.name == source.name), None)
        return _still(panel, f"panel {source.name!r} is not on the board")
    shot = next((each for _, each in board.shots() if each.name == source.name), None)
    if shot is None:
        return Nothing(f"shot {source.name!r} is not on the board")
    take = shot.take(source.take)
    if take is not None and take.media and take.span.holds(layer.time):
        return _footage(take, layer.time)
    frame = layer.time.to(board.rate).frame
    return _still(shot.panel_at(frame), f"shot {source.name!r} has no take and no panel yet")


def _footage(take: Take, time: Time) -> Footage:
    frame = take.file_frame(time)
    return Footage(take.media, Time.at(frame, take.rate), frame)


def _still(panel: Panel | None, why: str) -> Still | Nothing:
    return Nothing(why) if panel is None else Still(panel.name, panel.image)
