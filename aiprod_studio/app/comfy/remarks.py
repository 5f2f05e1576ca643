"""What a conversion could not take over as it was, gathered so that each thing is said once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from aiprod_studio.app.comfy.sheet import Part
from aiprod_studio.graph.records import Json
from aiprod_studio.sdk import Problem

SHOWN = 6


@dataclass
class Remarks:
    """Sentences by their wording, each with the nodes it is about."""

    _found: dict[tuple[str, str], dict[str, None]] = field(default_factory=dict)
    _minor: dict[tuple[str, str], dict[str, None]] = field(default_factory=dict)
    _ghosts: dict[str, list[str]] = field(default_factory=dict)

    def say(self, name: str, why: str, remedy: str = "", *, minor: bool = False) -> None:
        """Remember a sentence about a node, said once for all of them; minor ones come last."""
        found = self._minor if minor else self._found
        found.setdefault((why, remedy), {})[name] = None

    def ghost(self, kind: str, name: str) -> None:
        """Remember a node that has no counterpart here."""
        self._ghosts.setdefault(kind, []).append(name)

    def unknown_value(self, part: Part, name: str, own: Json) -> None:
        """Remember a value that ComfyUI would only know while it runs."""
        now = f"{own!r} stands there now" if own is not None else "it is at its default now"
        what = part.title or part.kind
        why = f"{name} comes from a node whose result is not known beforehand; {now}"
        self.say(what, why, "Set it by hand.")

    def refused(self, name: str, param: str, value: Json, default: Json) -> None:
        """Remember a value that our parameter cannot hold."""
        self.say(name, f"{param} cannot be {_shown(value)}; it is at its default, {default!r}")

    def changed(self, name: str, param: str, value: Json, now: Json) -> None:
        """Remember a number that was brought into its range."""
        self.say(name, f"{param} was {value} and is {now} here, the nearest that is possible")

    def wrong_kind(self, name: str, socket: str, given: str, wanted: str) -> None:
        """Remember a link that cannot be made."""
        why = f"{socket} takes {wanted}, and what is linked to it there is {given} here"
        self.say(name, f"{why}; the link is left out", "Link something that fits.")

    def problems(self) -> tuple[Problem, ...]:
        """Return all of it as problems: what is missing first."""
        ghosts = [self._ghosts_said(kind, names) for kind, names in self._ghosts.items()]
        said = (*self._found.items(), *self._minor.items())
        return (*ghosts, *(_said(names, *words) for words, names in said))

    def _ghosts_said(self, kind: str, names: list[str]) -> Problem:
        count = f"{len(names)} nodes" if len(names) > 1 else "1 node"
        why = f"{count} of ComfyUI ({_listed(names)}) without a counterpart here"
        why += (
            "; shown as a ghost with its values and links"
            if len(names) == 1
            else ("; shown as ghosts with their values and links")
        )
        return Problem(kind, why, "Put a node of this program in its place, or mute it.")


def _said(names: Iterable[str], why: str, remedy: str) -> Problem:
    return Problem(_listed(list(names)), why, remedy)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(repr(name) for name in names[:SHOWN]) + more


def _shown(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
