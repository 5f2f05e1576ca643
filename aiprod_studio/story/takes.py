"""Takes: what rendering a shot gave, with the frozen recipe that would give it again.

The board keeps them in their shots, the renderer makes them, the cut plays them. Whether a shot is
fresh, stale or locked is decided here from hashes alone; no file is ever opened.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import ClassVar, Literal

from aiprod_studio.story.records import (
    FLAG,
    OBJECT,
    RATE,
    TEXT,
    Field,
    Json,
    Record,
    empty,
    one,
    optional_whole,
    whole,
)
from aiprod_studio.story.time import Span, Time

State = Literal["fresh", "stale", "locked"]
BEST = 5
FILE = "file "
"""What the keys of a recipe's `files` begin with that are paths."""


@dataclass(frozen=True)
class Recipe(Record):
    """All that is needed to render a take again, frozen when it was rendered.

    `graph` is the workflow with the shot's overrides applied; `files` are digests of models, LoRAs
    and inputs by name (inputs as `file PATH`); `versions` of program and libraries; `device` in
    words; `cost` is what was measured (seconds, bytes). Only graph, seed and files decide whether a
    take is still fresh.
    `made_for` is the digest of the shot's own recipe when this one differs from it on purpose: a
    take of which a span was made anew.
    """

    graph: Mapping[str, Json] = field(default_factory=empty)
    seed: int | None = None
    files: Mapping[str, Json] = field(default_factory=empty)
    versions: Mapping[str, Json] = field(default_factory=empty)
    device: str = ""
    cost: Mapping[str, Json] = field(default_factory=empty)
    made_for: str = ""

    FIELDS: ClassVar[Mapping[str, Field]] = {
        "graph": OBJECT,
        "seed": optional_whole(0),
        "files": OBJECT,
        "versions": OBJECT,
        "device": TEXT,
        "cost": OBJECT,
        "made_for": TEXT,
    }

    @property
    def digest(self) -> str:
        """The hash of what decides the picture."""
        return digest_of(self.graph, self.seed, self.files)


@dataclass(frozen=True)
class Take(Record):
    """One rendered result of a shot.

    `frames` counts the shot proper; `head` and `tail` are the handles rendered before and after
    it. `rating` is 0 (not rated) to 5. `media` is a path relative to the document; `sound` says
    whether it is heard as well.
    """

    name: str = ""
    media: str = ""
    frames: int = 1
    head: int = 0
    tail: int = 0
    rate: Fraction = Fraction(24)
    recipe: Recipe = field(default_factory=Recipe)
    sound: bool = False
    rating: int = 0
    note: str = ""

    FIELDS: ClassVar[Mapping[str, Field]] = {
        "name": TEXT,
        "media": TEXT,
        "frames": whole(1),
        "head": whole(0),
        "tail": whole(0),
        "rate": RATE,
        "recipe": one(Recipe),
        "sound": FLAG,
        "rating": whole(0, BEST),
        "note": TEXT,
    }

    @property
    def span(self) -> Span:
        """What it can play, counted from the first frame of the shot: handles lie outside."""
        start, stop = -self.head, self.frames + self.tail
        return Span(Time.at(start, self.rate), Time.at(stop, self.rate))

    def file_frame(self, time: Time) -> int:
        """Return the frame of the media file that shows at a time of the shot."""
        return time.to(self.rate).frame + self.head


def digest_of(graph: Json, seed: int | None, files: Json) -> str:
    """Return the hash of a recipe: sha256 over its canonical JSON, in hexadecimal.

    Files count by what they hold, not by where they are, so moving a film makes nothing stale.
    """
    known = {key.removeprefix(FILE): value for key, value in files.items() if key.startswith(FILE)}
    others = {key: value for key, value in files.items() if not key.startswith(FILE)}
    held = sorted(str(value) for value in known.values())
    parts = {"graph": _plain(graph, known), "seed": seed, "held": held, "files": _plain(others, {})}
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Json, known: Mapping[str, Json]) -> Json:
    """Return plain JSON with what files hold in place of their paths."""
    if isinstance(value, str):
        return known.get(value, value)
    if isinstance(value, Mapping):
        return {key: _plain(part, known) for key, part in value.items()}
    return [_plain(part, known) for part in value] if isinstance(value, list | tuple) else value


def state_of(locked: bool, picked: Take | None, digest: str) -> State:
    """Return the state of a shot from its lock, its picked take and its recipe's hash today.

    Without a take a shot is stale: it has to be rendered. A locked shot is never rendered. A digest
    of "" means that nobody can say what the shot would be today: its take cannot be called fresh.
    """
    if locked:
        return "locked"
    if picked is None or not digest:
        return "stale"
    return "fresh" if digest in (picked.recipe.made_for, picked.recipe.digest) else "stale"
