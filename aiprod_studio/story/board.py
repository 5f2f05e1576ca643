"""The storyboard: scenes of shots of panels, frozen, and questions about them.

Board edits make new boards from old ones; the window, the animatic and the renderer read them.
Names (`shot-3`) stay for the life of the document; numbers (`1A`) are what people say on set and
change only when the artist renumbers. Nothing here knows the cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import ClassVar

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.problems import NoSuchThing, listed
from aiprod_studio.story.records import (
    FLAG,
    OBJECT,
    RATE,
    TEXT,
    Field,
    Json,
    Record,
    empty,
    many,
    optional_whole,
    whole,
)
from aiprod_studio.story.takes import State, Take, state_of

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Shot letters as on set: I and O are left out, because they look like 1 and 0."""


@dataclass(frozen=True)
class Panel(Record):
    """A drawing of the board. `image` is a path relative to the document, `frames` its duration."""

    name: str = ""
    image: str = ""
    frames: int = 24
    dialogue: str = ""
    action: str = ""
    notes: str = ""
    camera: str = ""
    sound: str = ""

    FIELDS: ClassVar[Mapping[str, Field]] = {
        "name": TEXT,
        "image": TEXT,
        "frames": whole(0),
        "dialogue": TEXT,
        "action": TEXT,
        "notes": TEXT,
        "camera": TEXT,
        "sound": TEXT,
    }


@dataclass(frozen=True)
class Shot(Record):
    """What is rendered as one: panels, what they override in the graph, and its takes.

    `workflow` names the graph it renders through ("" is the board's); `params` override node
    parameters by `node.param`; `frames` overrides the length of its panels; `handles` are the
    spare frames rendered on each side; `picked` names the take that plays. `comes_from` is a
    picture that stands one frame before its first frame, `goes_to` one frame after its last: what
    its neighbours show there when it fills a gap.
    """

    name: str = ""
    letter: str = ""
    title: str = ""
    prompt: str = ""
    seed: int | None = None
    frames: int | None = None
    handles: int = 12
    workflow: str = ""
    params: Mapping[str, Json] = field(default_factory=empty)
    comes_from: str = ""
    goes_to: str = ""
    notes: str = ""
    locked: bool = False
    picked: str = ""
    panels: tuple[Panel, ...] = ()
    takes: tuple[Take, ...] = ()

    FIELDS: ClassVar[Mapping[str, Field]] = {
        "name": TEXT,
        "letter": TEXT,
        "title": TEXT,
        "prompt": TEXT,
        "seed": optional_whole(0),
        "frames": optional_whole(1),
        "handles": whole(0),
        "workflow": TEXT,
        "params": OBJECT,
        "comes_from": TEXT,
        "goes_to": TEXT,
        "notes": TEXT,
        "locked": FLAG,
        "picked": TEXT,
        "panels": many(Panel),
        "takes": many(Take),
    }

    @property
    def length(self) -> int:
        """How many frames it lasts, without handles."""
        return sum(panel.frames for panel in self.panels) if self.frames is None else self.frames

    def take(self, name: str = "") -> Take | None:
        """Return a take by name, or the picked one; None when there is none such."""
        wanted = name or self.picked
        return next((take for take in self.takes if take.name == wanted), None)

    def state(self, digest: str) -> State:
        """Return fresh, stale or locked, given the hash of its recipe as it would be today."""
        return state_of(self.locked, self.take(), digest)

    def panel_at(self, frame: int) -> Panel | None:
        """Return the panel that shows at a frame of the shot; the ends hold beyond the ends."""
        stop = 0
        for panel in self.panels:
            stop += panel.frames
            if frame < stop:
                return panel
        return self.panels[-1] if self.panels else None


@dataclass(frozen=True)
class Scene(Record):
    """A scene of the script; `number` is what the script calls it."""

    name: str = ""
    number: str = ""
    title: str = ""
    notes: str = ""
    shots: tuple[Shot, ...] = ()

    FIELDS: ClassVar[Mapping[str, Field]] = {
        "name": TEXT,
        "number": TEXT,
        "title": TEXT,
        "notes": TEXT,
        "shots": many(Shot),
    }


@dataclass(frozen=True)
class Board(Record):
    """All scenes in the order of the film. `serial` counts the names ever given."""

    rate: Fraction = Fraction(24)
    title: str = ""
    workflow: str = ""
    serial: int = 0
    scenes: tuple[Scene, ...] = ()

    FIELDS: ClassVar[Mapping[str, Field]] = {
        "rate": RATE,
        "title": TEXT,
        "workflow": TEXT,
        "serial": whole(0),
        "scenes": many(Scene),
    }

    def shots(self) -> Iterator[tuple[Scene, Shot]]:
        """Yield every shot with its scene, in the order of the film."""
        return ((scene, shot) for scene in self.scenes for shot in scene.shots)

    def panels(self) -> Iterator[tuple[Shot, Panel]]:
        """Yield every panel with its shot, in the order of the film."""
        return ((shot, panel) for _, shot in self.shots() for panel in shot.panels)

    def names(self) -> set[str]:
        """Return every name in use."""
        found = {scene.name for scene in self.scenes}
        for _, shot in self.shots():
            found |= {shot.name, *(p.name for p in shot.panels), *(t.name for t in shot.takes)}
        return found

    def find_scene(self, name: str) -> Scene:
        """Return a scene by name. Raises a Refusal when there is none."""
        for scene in self.scenes:
            if scene.name == name:
                return scene
        raise Refusal(_missing("scene", name, [scene.name for scene in self.scenes]))

    def find_shot(self, name: str) -> tuple[Scene, Shot]:
        """Return a shot and its scene by name. Raises a Refusal when there is none."""
        for scene, shot in self.shots():
            if shot.name == name:
                return scene, shot
        raise Refusal(_missing("shot", name, [shot.name for _, shot in self.shots()]))

    def find_panel(self, name: str) -> tuple[Shot, Panel]:
        """Return a panel and its shot by name. Raises a Refusal when there is none."""
        for shot, panel in self.panels():
            if panel.name == name:
                return shot, panel
        raise Refusal(_missing("panel", name, [panel.name for _, panel in self.panels()]))

    def number_of(self, name: str) -> str:
        """Return what a shot is called on set, say 1A."""
        scene, shot = self.find_shot(name)
        return f"{scene.number}{shot.letter}"

    def numbered(self, number: str) -> Shot:
        """Return the shot of a number such as 1A, small letters allowed. Raises a Refusal."""
        found = {f"{scene.number}{shot.letter}".upper(): shot for scene, shot in self.shots()}
        if number.upper() in found:
            return found[number.upper()]
        raise Refusal(_missing("shot numbered", number, list(found)))


def _missing(kind: str, name: str, known: list[str]) -> NoSuchThing:
    remedy = f"There are {listed(known)}." if known else "The board has none yet."
    return NoSuchThing("board", f"there is no {kind} {name!r}", remedy)


def letter_of(index: int) -> str:
    """Return the letter of the shot at an index from 0: A to Z without I and O, then AA, AB..."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, len(LETTERS))
        text = LETTERS[rest] + text
    return text


def free_letter(scene: Scene) -> str:
    """Return the letter for a new shot: the one after the last given; no number is given twice."""
    used = {shot.letter for shot in scene.shots}
    last = max((index for index in range(len(used) + 600) if letter_of(index) in used), default=-1)
    return letter_of(last + 1)


def fresh(board: Board, kind: str) -> tuple[Board, str]:
    """Return a name that nothing has ever had, such as `shot-7`, and the board that knows it."""
    used = board.names()
    serial = board.serial + 1
    while f"{kind}-{serial}" in used:
        serial += 1
    return replace(board, serial=serial), f"{kind}-{serial}"
