"""`.storyboarder` boards as ours, as tolerant as can be: what is missing is said, the rest loads.

A board there is a panel here; a new shot begins where the file says so. Its pictures lie in
`images` beside the file; the flattened one is taken where there is one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import MappingProxyType

from aiprod_studio.sdk import Problem, Refusal
from aiprod_studio.story.board import Board, Panel, Scene, Shot, letter_of
from aiprod_studio.story.interchange.pictures import relative, why_no_image
from aiprod_studio.story.problems import BadTime, BadValue, LooksOdd, Unreadable, shown
from aiprod_studio.story.records import Json
from aiprod_studio.story.time import read_rate

LARGEST = 50_000_000
USUAL = 2000
"""Milliseconds of a board that says nothing."""

LONGEST = 24 * 3600 * 1000
OURS = frozenset({"duration", "dialogue", "action", "notes", "newShot"})


def read_storyboarder(path: Path, home: Path) -> tuple[Board, tuple[Problem, ...]]:
    """Read a `.storyboarder` file; image paths become relative to `home`, the document's folder.

    Raises:
        Refusal: the file cannot be read or is no board at all.
    """
    reader = _Reader(path, home)
    board = reader.board(_opened(path))
    return board, tuple(reader.problems)


def _opened(path: Path) -> Mapping[str, Json]:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        why = f"it cannot be read: {error.strerror}"
        raise Refusal(Unreadable(str(path), why, "Check the file and its permissions.")) from None
    try:
        raw = json.loads(data) if len(data) <= LARGEST else None
    except (ValueError, RecursionError):
        raw = None
    if not isinstance(raw, Mapping):
        why = "it is no .storyboarder file, or a damaged one"
        raise Refusal(Unreadable(path.name, why, "Open it in its own program and save it again."))
    return raw


@dataclass
class _Reader:
    path: Path
    home: Path
    problems: list[Problem] = field(default_factory=list)
    rate: Fraction = Fraction(24)
    usual: Fraction = Fraction(USUAL)
    serial: int = 1

    def board(self, raw: Mapping[str, Json]) -> Board:
        self.rate = self._rate(raw.get("fps", 24))
        self.usual = _milliseconds(raw.get("defaultBoardTiming")) or self.usual
        shots = tuple(
            Shot(self._name("shot"), letter_of(index), panels=tuple(panels))
            for index, panels in enumerate(self._shots(raw.get("boards")))
        )
        scene = Scene("scene-1", "1", self.path.stem, shots=shots)
        extra = {key: value for key, value in raw.items() if key not in ("boards", "fps")}
        kept = MappingProxyType({"storyboarder": extra} if extra else {})
        return Board(self.rate, self.path.stem, serial=self.serial, scenes=(scene,), extra=kept)

    def _rate(self, value: Json) -> Fraction:
        try:
            return read_rate(value)
        except ValueError as error:
            remedy = "24 frames a second are used."
            self.problems.append(BadTime(self.path.name, f"'fps' {error}", remedy))
            return Fraction(24)

    def _name(self, kind: str) -> str:
        self.serial += 1
        return f"{kind}-{self.serial}"

    def _shots(self, boards: Json) -> list[list[Panel]]:
        if not isinstance(boards, list):
            why = f"its 'boards' are {shown(boards)}; a list is expected"
            self.problems.append(BadValue(self.path.name, why, "An empty board is opened."))
            return []
        shots: list[list[Panel]] = []
        for index, entry in enumerate(boards):
            where = f"{self.path.name}, board {index + 1}"
            if not isinstance(entry, Mapping):
                why = f"it is {shown(entry)}; an object is expected"
                self.problems.append(BadValue(where, why, "It is left out."))
                continue
            if entry.get("newShot") is True or not shots:
                shots.append([])
            shots[-1].append(self._panel(entry, where))
        return shots

    def _panel(self, entry: Mapping[str, Json], where: str) -> Panel:
        words = {key: self._text(entry, key, where) for key in ("dialogue", "action", "notes")}
        extra = {key: value for key, value in entry.items() if key not in OURS}
        return Panel(
            self._name("panel"),
            self._image(entry, where),
            self._frames(entry, where),
            sound=self._sound(entry, where),
            extra=MappingProxyType({"storyboarder": extra} if extra else {}),
            **words,
        )

    def _text(self, entry: Mapping[str, Json], key: str, where: str) -> str:
        value = entry.get(key)
        if value is None or isinstance(value, str):
            return value or ""
        why = f"{key!r} is {shown(value)}; a text is expected"
        self.problems.append(BadValue(where, why, "It is left empty."))
        return ""

    def _frames(self, entry: Mapping[str, Json], where: str) -> int:
        time = _milliseconds(entry.get("duration"))
        if time is None and "duration" in entry:
            why = f"'duration' is {shown(entry['duration'])}; milliseconds above 0 are expected"
            remedy = f"It lasts {float(self.usual) / 1000:g} seconds, as boards usually do."
            self.problems.append(BadTime(where, why, remedy))
        return max(1, round((time or self.usual) * self.rate / 1000))

    def _image(self, entry: Mapping[str, Json], where: str) -> str:
        """Return the flattened picture if there is one, else the first layer that is there."""
        names = list(_image_names(entry))
        folder = self.path.parent / "images"
        for name in names:
            if (folder / name).is_file():
                odd = why_no_image(folder / name)
                self.problems += [odd] if odd else []
                return relative(folder / name, self.home)
        what = f"{names[0]!r} is not in its folder" if names else "it names no image"
        remedy = "The panel is kept without it; put the image there again."
        self.problems.append(Unreadable(where, what, remedy))
        return relative(folder / names[0], self.home) if names else ""

    def _sound(self, entry: Mapping[str, Json], where: str) -> str:
        audio = entry.get("audio")
        name = _file_name(audio.get("filename")) if isinstance(audio, Mapping) else ""
        if not name:
            return ""
        path = self.path.parent / "images" / name
        if not path.is_file():
            why = f"its sound {name!r} is not in its folder"
            self.problems.append(LooksOdd(where, why, "It plays without sound."))
        return relative(path, self.home)


def _image_names(entry: Mapping[str, Json]) -> Iterator[str]:
    base = _file_name(entry.get("url"))
    if base:
        yield f"{Path(base).stem}-posterframe.jpg"
        yield base
    layers = entry.get("layers")
    for layer in layers.values() if isinstance(layers, Mapping) else ():
        name = _file_name(layer.get("url")) if isinstance(layer, Mapping) else ""
        if name:
            yield name


def _file_name(value: Json) -> str:
    """Return the bare name of a file; no path in a board leads out of its folder."""
    if not isinstance(value, str) or "\0" in value:
        return ""
    name = PurePosixPath(PureWindowsPath(value).as_posix()).name
    return "" if name in (".", "..") else name


def _milliseconds(value: Json) -> Fraction | None:
    good = isinstance(value, int | float) and not isinstance(value, bool)
    return Fraction(value) if good and 0 < value <= LONGEST else None
