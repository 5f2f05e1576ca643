"""Fountain scripts as boards: scenes become scenes, action and dialogue become shots to draw.

Read line by line after the rules of the Fountain syntax (fountain.io/syntax): any text is a valid
script, so nothing is ever refused but a file that cannot be read. Title page values go to the
board, notes and synopses to the notes, boneyards are left out as the syntax says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Literal

from aiprod_studio.sdk import Problem, Refusal
from aiprod_studio.story.board import Board, Panel, Scene, Shot, letter_of
from aiprod_studio.story.problems import Repaired, Unreadable
from aiprod_studio.story.timing import spoken_frames

Kind = Literal["scene", "action", "dialogue", "note"]
HEADING = re.compile(r"(?:INT|EXT|EST|INT\./EXT|INT/EXT|I/E)[. ]", re.IGNORECASE)
NUMBER = re.compile(r"\s*#([^#\s][^#]*)#\s*$")
BONEYARD = re.compile(r"/\*.*?\*/", re.DOTALL)
NOTE = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
TITLE_KEY = re.compile(r"([A-Za-z][A-Za-z ]*):(.*)")
EMPHASIS = re.compile(r"(?<!\\)(\*{1,3}|_)(?=\S)(.+?)(?<=\S)(?<!\\)\1")
TITLE_KEYS = frozenset(
    {"title", "credit", "author", "authors", "source", "notes", "date", "draft date"}
    | {"contact", "copyright", "revision", "format"}
)
LARGEST = 5_000_000
LONGEST_MARKED = 10_000
"""Signs of a paragraph in which marks of emphasis are looked for."""
WIDE = (b"\xff\xfe", b"\xfe\xff")
"""How files begin that are written two bytes a sign."""
QUIET = 2
"""Seconds that a panel without dialogue is given at first."""


@dataclass
class Part:
    """A piece of a script: scene heading, action, note, or dialogue with who says it."""

    kind: Kind
    text: str
    who: str = ""
    number: str = ""


@dataclass
class Script:
    """A script in parts, with the values of its title page."""

    title: dict[str, str] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)


def read_fountain(path: Path, rate: Fraction = Fraction(24)) -> tuple[Board, tuple[Problem, ...]]:
    """Read a script as a board at a rate. Raises a Refusal when the file cannot be read."""
    try:
        if path.stat().st_size > LARGEST:
            why = f"it is larger than {LARGEST // 1_000_000} MB, which no script is"
            raise Refusal(Unreadable(str(path), why, "Choose the script itself."))
        data = path.read_bytes()
    except OSError as error:
        why = f"it cannot be read: {error.strerror}"
        raise Refusal(Unreadable(str(path), why, "Check the file and its permissions.")) from None
    problems: list[Problem] = []
    try:
        text = data.decode("utf-16" if data.startswith(WIDE) else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
        why = "it is not written in UTF-8 and was read as Windows text"
        problems.append(Repaired(path.name, why, "Check the accents."))
    return board_of(parse(text), rate), tuple(problems)


def parse(text: str) -> Script:
    """Return the parts of a script."""
    text = BONEYARD.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).expandtabs(4)
    script = Script()
    lines = _without_title_page(text.split("\n"), script)
    script.parts = list(_parts(lines))
    return script


def _without_title_page(lines: list[str], script: Script) -> list[str]:
    """Read `Key: value` lines at the very start, up to the first empty line."""
    first = TITLE_KEY.match(lines[0])
    if first is None or first[1].strip().lower() not in TITLE_KEYS:
        return lines
    key = ""
    for index, line in enumerate(lines):
        found = TITLE_KEY.match(line)
        if not line.strip():
            return lines[index + 1 :]
        if found and not line.startswith(" "):
            key = found[1].strip().lower()
            script.title[key] = found[2].strip()
        elif key:
            script.title[key] = f"{script.title[key]} {line.strip()}".strip()
    return []


def _parts(lines: list[str]) -> Iterator[Part]:
    index = 0
    while index < len(lines):
        line = lines[index]
        stripped = line.strip()
        after = lines[index + 1].strip() if index + 1 < len(lines) else ""
        before = lines[index - 1].strip() if index else ""
        if not stripped or _is_break(stripped):
            index += 1
        elif not before and _is_heading(stripped):
            yield _heading(stripped)
            index += 1
        elif stripped.startswith(("#", "=")):
            yield Part("note", stripped.lstrip("#= "))
            index += 1
        elif not before and after and _is_cue(stripped):
            block, index = _block(lines, index + 1)
            yield from _dialogue(stripped, block)
        elif _is_transition(stripped, before, after):
            yield Part("note", stripped.lstrip("> "))
            index += 1
        else:
            block, index = _block(lines, index)
            yield from _action(block)


def _block(lines: list[str], index: int) -> tuple[list[str], int]:
    """Return the lines up to the next empty one; two spaces alone do not end dialogue."""
    block: list[str] = []
    while index < len(lines) and (lines[index].strip() or (block and lines[index] == "  ")):
        block.append(lines[index].strip())
        index += 1
    return block, index


def _is_break(line: str) -> bool:
    return len(line) >= 3 and set(line) == {"="}


def _is_heading(line: str) -> bool:
    forced = line.startswith(".") and not line.startswith("..") and len(line) > 1
    return forced or HEADING.match(line) is not None


def _is_cue(line: str) -> bool:
    if line.startswith("@"):
        return True
    name = line.partition("(")[0].strip().rstrip("^").strip()
    return (
        not line.startswith(("!", ">", "~"))
        and any(sign.isalpha() for sign in name)
        and name == name.upper()
        and name != name.lower()
    )


def _is_transition(line: str, before: str, after: str) -> bool:
    if line.startswith(">"):
        return not line.endswith("<")
    return not before and not after and line == line.upper() and line.endswith("TO:")


def _heading(line: str) -> Part:
    found = NUMBER.search(line)
    text = NUMBER.sub("", line).removeprefix(".").strip()
    return Part("scene", text, number=found[1].strip() if found else "")


def _dialogue(cue: str, block: list[str]) -> Iterator[Part]:
    who = _plain(cue.removeprefix("@").rstrip("^").strip())
    said = "\n".join(block)
    yield from (Part("note", note.strip()) for note in NOTE.findall(said))
    yield Part("dialogue", _plain(NOTE.sub("", said)), who)


def _action(block: list[str]) -> Iterator[Part]:
    lines = (line.removeprefix("!").removeprefix("~") for line in block)
    text = "\n".join(line.strip("><").strip() if line[:1] == ">" else line for line in lines)
    yield from (Part("note", note.strip()) for note in NOTE.findall(text))
    rest = _plain(NOTE.sub("", text))
    if rest:
        yield Part("action", rest)


def _plain(text: str) -> str:
    """Return text without marks of emphasis."""
    if len(text) > LONGEST_MARKED:
        return text.strip()
    while (plain := EMPHASIS.sub(r"\2", text)) != text:
        text = plain
    return re.sub(r"\\([*_])", r"\1", text).strip()


def board_of(script: Script, rate: Fraction) -> Board:
    """Return a board: a shot for every paragraph of action, dialogue on panels of its own."""
    scenes: list[Scene] = []
    groups: list[tuple[Part, list[Part]]] = []
    for part in script.parts:
        if part.kind == "scene" or not groups:
            groups.append((part if part.kind == "scene" else Part("scene", ""), []))
        if part.kind != "scene":
            groups[-1][1].append(part)
    serial = 0
    numbers: set[str] = set()
    for index, (heading, parts) in enumerate(groups):
        number = heading.number if heading.number not in numbers else ""
        number = number or _free(index + 1, numbers)
        numbers.add(number)
        serial += 1
        scene, serial = _scene(heading, number, parts, serial, rate)
        scenes.append(scene)
    title = _plain(script.title.get("title", ""))
    return Board(rate, title, serial=serial, scenes=tuple(scenes))


def _free(number: int, used: set[str]) -> str:
    while str(number) in used:
        number += 1
    return str(number)


def _scene(
    heading: Part, number: str, parts: list[Part], serial: int, rate: Fraction
) -> tuple[Scene, int]:
    name = f"scene-{serial}"
    shots: list[Shot] = []
    for shot_parts in _by_shot(parts):
        serial += 1
        shot_name, panels = f"shot-{serial}", []
        for part in shot_parts:
            serial += 1
            panels.append(_panel(f"panel-{serial}", part, rate))
        prompt = " ".join(part.text for part in shot_parts if part.kind == "action")
        letter = letter_of(len(shots))
        shots.append(Shot(shot_name, letter, prompt=prompt, panels=tuple(panels)))
    notes = "\n".join(part.text for part in parts if part.kind == "note")
    return Scene(name, number, heading.text, notes, tuple(shots)), serial


def _by_shot(parts: list[Part]) -> Iterator[list[Part]]:
    """Yield the parts of each shot: a paragraph of action with the dialogue that follows."""
    shot: list[Part] = []
    for part in parts:
        if part.kind == "note":
            continue
        if part.kind == "action" and shot:
            yield shot
            shot = []
        shot.append(part)
    if shot:
        yield shot


def _panel(name: str, part: Part, rate: Fraction) -> Panel:
    if part.kind == "action":
        return Panel(name, frames=max(1, round(QUIET * rate)), action=part.text)
    dialogue = f"{part.who}: {part.text}"
    frames = max(1, round(QUIET * rate), spoken_frames(dialogue, rate))
    return Panel(name, frames=frames, dialogue=dialogue)
