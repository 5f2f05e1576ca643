"""The workbench of a conversion: what came out of each output so far, and the nodes made of it.

Rules get a `Work` and a `Part`, ask for what arrives (`given`, `value`), add our nodes (`add`) and
answer with what comes out (`Given`). Values are fitted to our parameters here, and what could not
be taken over is remembered to be said once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from aiprod_studio.app.comfy.remarks import Remarks
from aiprod_studio.app.comfy.sheet import Part, Sheet
from aiprod_studio.graph.names import free_name, tidy
from aiprod_studio.graph.records import Json, Mode, Point, Source
from aiprod_studio.graph.specs import Specs
from aiprod_studio.sdk import Number, ParamSpec, fits

BESIDE = 250.0
"""How far to the right of each other nodes stand that were made for the same part."""


@dataclass(frozen=True)
class Given:
    """What comes out of an output of ComfyUI.

    A link of ours (`source`, with its socket type), a fixed `value`, or a `part` that is folded
    into whoever takes it. `facts` hold what is known of it: width, height, frames, rate, shift...
    """

    source: Source | None = None
    type: str = ""
    value: Json = None
    part: Part | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def known(self, **facts: Any) -> Given:
        """Return it with facts added; None says nothing."""
        return replace(
            self, facts={**self.facts, **{k: v for k, v in facts.items() if v is not None}}
        )


NOTHING = Given()


@dataclass
class Made:
    """One of our nodes while it is made."""

    name: str
    type: str
    part: Part
    params: dict[str, Json]
    inputs: dict[str, Source]
    mode: Mode
    right: int = 0
    """How many nodes were made for its part before it; it stands so many places to the right."""

    @property
    def pos(self) -> Point | None:
        """Where it stands, in canvas units."""
        at = self.part.pos
        return None if at is None else (at[0] + self.right * BESIDE, at[1])


class Work:
    """Collects our nodes; see the module."""

    def __init__(self, sheet: Sheet, specs: Specs) -> None:
        self.sheet, self.specs = sheet, specs
        self.users = sheet.users()
        self.made: dict[str, Made] = {}
        self.remarks = Remarks()
        self.models: dict[str, str] = {}
        self._outputs: dict[str, tuple[Given, ...]] = {}

    # What arrives.

    def keep(self, part: Part, outputs: Iterable[Given]) -> None:
        """Remember what comes out of a part."""
        self._outputs[part.key] = tuple(outputs)

    def given(self, part: Part, name: str) -> Given:
        """Return what arrives at an input: nothing where no link is, or its source is off."""
        origin = part.sources.get(name)
        source = self.sheet.parts.get(origin[0]) if origin else None
        if source is not None and part.mode == "active" and _is_off(source):
            return NOTHING
        outputs = self._outputs.get(origin[0], ()) if origin else ()
        return outputs[origin[1]] if origin and origin[1] < len(outputs) else NOTHING

    def value(self, part: Part, name: str, otherwise: Json = None) -> Json:
        """Return a fixed value: written at the node, or linked from one that is fixed."""
        given = self.given(part, name)
        if given.value is not None:
            return given.value
        own = part.values.get(name)
        if name in part.sources and given.source is None:
            self.remarks.unknown_value(part, name, own)
        return otherwise if own is None else own

    def param(self, part: Part, name: str, otherwise: Json = None) -> Json | Given:
        """Return what a parameter of ours gets: the link that drives it, or a fixed value."""
        given = self.given(part, name)
        return given if given.source is not None else self.value(part, name, otherwise)

    def number(self, part: Part, name: str, otherwise: float) -> float:
        """Return a fixed value as a number."""
        found = self.value(part, name)
        number = isinstance(found, int | float) and not isinstance(found, bool)
        return float(found) if number else otherwise

    def whole(self, part: Part, name: str, otherwise: int) -> int:
        """Return a fixed value as a whole number."""
        return round(self.number(part, name, otherwise))

    def text(self, part: Part, name: str, otherwise: str = "") -> str:
        """Return a fixed value as a text."""
        found = self.value(part, name)
        return found if isinstance(found, str) else otherwise

    # What is made.

    def add(
        self,
        part: Part,
        node_type: str,
        inputs: Mapping[str, Given] | None = None,
        params: Mapping[str, Json | Given] | None = None,
        *,
        name: str = "",
        titled: bool = True,
        mode: Mode | None = None,
    ) -> str:
        """Make a node of ours for a part and return its name.

        Args:
            inputs: what is linked to its sockets; what does not fit is left out and said.
            params: values, or links that drive parameters; values are brought into their range.
            name: what it is called where the artist gave no title.
            titled: it is the one of the part's nodes that gets the artist's title.
        """
        wanted = self._title(part) if titled else ""
        right = sum(made.part.key == part.key for made in self.made.values())
        taken = free_name(wanted or name or node_type.rpartition(".")[2], self.made)
        made = Made(taken, node_type, part, {}, {}, mode or part.mode, right)
        self.made[taken] = made
        for param, value in (params or {}).items():
            self._set(made, param, value)
        for socket, given in (inputs or {}).items():
            self.link(made, socket, given)
        return taken

    def out(self, name: str, output: str, facts: Mapping[str, Any] | None = None) -> Given:
        """Return an output of a node that was made."""
        spec = self.specs.get(self.made[name].type)
        socket = spec.output(output) if spec else None
        return Given((name, output), socket.type if socket else "", facts=facts or {})

    def link(self, made: Made, socket: str, given: Given) -> None:
        """Link something to a socket of ours; a value that fits no socket is said."""
        if given.source is None:
            return
        spec = self.specs.get(made.type)
        wanted = spec.input(socket) if spec else None
        if wanted is not None and given.type and not fits(given.type, wanted.type):
            self.remarks.wrong_kind(made.name, socket, given.type, wanted.type)
            return
        made.inputs[socket] = given.source

    def _set(self, made: Made, name: str, value: Json | Given) -> None:
        spec = self.specs.get(made.type)
        param = spec.param(name) if spec else None
        if isinstance(value, Given):
            if value.source is not None:
                self.link(made, name, value)
                return
            value = value.value
        if spec is None and value is not None:
            made.params[name] = value  # its pack is off; nothing is lost until it is on again
        if value is None or param is None:
            return
        fitting = _fitted(param, value)
        if fitting is None:
            self.remarks.refused(made.name, name, value, param.default)
            return
        if isinstance(value, int | float) and abs(fitting - value) > 1e-5:
            self.remarks.changed(made.name, name, value, fitting)
        if fitting != param.default:
            made.params[name] = fitting

    def _title(self, part: Part) -> str:
        """Return the name that the artist gave a node, if it is not the usual one."""
        title = part.title.replace("🅛🅣🅧", "").strip()
        usual = title.startswith(("CLIP Text Encode", "Load ")) or _letters(title) == _letters(
            part.kind
        )
        return "" if usual or not title or part.pos is None else tidy(title)


def _is_off(part: Part) -> bool:
    """Say whether nothing comes out of a part: muted, or bypassed with nothing to pass on."""
    return part.mode == "mute" or (part.mode == "bypass" and not part.sources)


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _fitted(param: ParamSpec, value: Json) -> Json:
    """Return a value as a parameter can hold it, brought into its range, or None."""
    if isinstance(value, float):
        value = round(value) if param.kind == "integer" else round(value, 6)
    hint = param.hint
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(hint, Number) and number:
        value = min(max(value, hint.least), hint.most)
        value = int(value) if param.kind == "integer" else value
    try:
        param.read(value)
    except ValueError:
        return None
    return value
