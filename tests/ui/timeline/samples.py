"""A small film to work on: pictures, sounds and a title; clips with handles and links."""

from __future__ import annotations

from fractions import Fraction

from aiprod_studio.story.cut import Clip, Cut, Marker, Source, Track, Transition
from aiprod_studio.story.time import Span, Time
from aiprod_studio.ui.timeline.model.drafting import Desk, Pointer
from aiprod_studio.ui.timeline.model.rows import rows_of
from aiprod_studio.ui.timeline.model.scale import Scale

RATE = Fraction(24)


def clip(name: str, at: int, frames: int, link: str = "", handles: int = 12) -> Clip:
    """Return a clip of a shot with so many spare frames on each side."""
    span = Span(Time.at(-handles, RATE), Time.at(frames + handles, RATE))
    return Clip(name, Source("shot", f"shot-{name}", span=span), at, frames, link=link)


def film() -> Cut:
    """V1: a b c side by side, d after a gap. V2: o alone. A1: sounds linked to a and b. T1: t."""
    pictures = (
        clip("a", 0, 48, "la"), clip("b", 48, 36, "lb"), clip("c", 84, 24), clip("d", 120, 30),
    )  # fmt: skip
    sounds = (clip("sa", 0, 48, "la"), clip("sb", 48, 36, "lb"))
    title = Clip("t", Source("title", "The End"), 130, 20)
    return Cut(
        RATE,
        tracks=(
            Track("V1", "video", clips=pictures, transitions=(Transition("b", "c", 4, 4),)),
            Track("V2", "video", clips=(clip("o", 60, 30),)),
            Track("A1", "audio", clips=sounds),
            Track("A2", "audio"),
            Track("T1", "title", clips=(title,)),
        ),
        markers=(Marker("look here", 100, colour="red"),),
    )


def desk(
    cut: Cut | None = None, chosen: tuple[str, ...] = (), playhead: int = 0, per_frame: float = 4.0
) -> Desk:
    """Return a desk with the film on it, not snapping unless the test wants it."""
    cut = cut or film()
    return Desk(cut, rows_of(cut), Scale(per_frame), frozenset(chosen), playhead, snapping=False)


def at(desk: Desk, track: str, frame: float, part: float = 0.75, **keys: bool) -> Pointer:
    """Return the mouse over a track at a frame, so far down in its row."""
    row = desk.rows.of(track)
    assert row is not None
    return Pointer(desk.scale.x(frame), row.top + row.height * part, **keys)
