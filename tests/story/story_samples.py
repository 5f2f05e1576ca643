"""A small film for the tests of the story room: a board of two scenes and a cut with sound."""

from __future__ import annotations

from fractions import Fraction

from aiprod_studio.story.board import Board, Panel, Scene, Shot
from aiprod_studio.story.cut import Clip, Cut, Source, Track
from aiprod_studio.story.takes import Recipe, Take
from aiprod_studio.story.time import Span, Time

RATE = Fraction(24)


def span(start: int, stop: int, rate: Fraction = RATE) -> Span:
    return Span(Time.at(start, rate), Time.at(stop, rate))


def shot_clip(name: str, shot: str, at: int, frames: int, link: str = "", start: int = 0) -> Clip:
    source = Source("shot", shot, span=span(-12, frames + start + 12))
    return Clip(name, source, at, frames, Time.at(start, 24), link=link)


def sound(name: str, at: int, frames: int, link: str = "") -> Clip:
    source = Source("file", f"{name}.wav", span=span(-12, frames + 12))
    return Clip(name, source, at, frames, link=link)


def cut() -> Cut:
    """V1: a b c side by side, d after a gap; A1: sound linked to a, b and c; A2 alone; T1."""
    pictures = (
        shot_clip("a", "shot-1", 0, 48, "la"),
        shot_clip("b", "shot-2", 48, 36, "lb"),
        shot_clip("c", "shot-3", 84, 24, "lc"),
        shot_clip("d", "shot-4", 120, 30),
    )
    sounds = (sound("sa", 0, 48, "la"), sound("sb", 48, 36, "lb"), sound("sc", 84, 24, "lc"))
    title = Clip("t", Source("title", "The End"), 130, 20)
    over = Clip("o", Source("file", "grain.mp4", span=span(0, 400)), 10, 200, Time.at(5, 24))
    return Cut(
        RATE,
        tracks=(
            Track("V1", "video", clips=pictures),
            Track("V2", "video", clips=(over,)),
            Track("A1", "audio", clips=sounds),
            Track("A2", "audio", clips=(sound("music", 0, 150),)),
            Track("T1", "title", clips=(title,)),
        ),
    )


def take(name: str, frames: int, seed: int = 7) -> Take:
    recipe = Recipe({"nodes": {"prompt": {"type": "text.prompt"}}}, seed, {"model": "abc"})
    return Take(name, f"film.assets/{name}.mp4", frames, 12, 12, RATE, recipe)


def board() -> Board:
    first = Shot(
        "shot-1",
        "A",
        prompt="a red ball rolls",
        panels=(Panel("panel-1", "one.png", 24), Panel("panel-2", "two.png", 24, "Hello there.")),
        takes=(take("take-1", 48), take("take-2", 48, 8)),
        picked="take-1",
    )
    second = Shot("shot-2", "B", panels=(Panel("panel-3", "three.png", 36),))
    third = Shot("shot-3", "A", panels=(Panel("panel-4", "four.png", 24),), locked=True)
    return Board(
        RATE,
        scenes=(
            Scene("scene-1", "1", "INT. ROOM - DAY", shots=(first, second)),
            Scene("scene-2", "2", "EXT. HILL - DAY", shots=(third,)),
        ),
    )
