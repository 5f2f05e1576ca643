"""Values given on the command line for one run: `--set NODE.PARAM=VALUE` and `--seed N`.

They are applied to the document like any edit, so they obey the same rules; the file on the disk
stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from aiprod_studio.sdk import Invalid, NodeSpec, Refusal, Seed

if TYPE_CHECKING:
    from aiprod_studio.graph import Document


def apply_overrides(
    document: Document, specs: Mapping[str, NodeSpec], settings: Sequence[str], seed: str | None
) -> None:
    """Set parameters of nodes.

    Raises:
        Refusal: a setting names no node or parameter, or its value is not allowed.
    """
    from aiprod_studio.graph.commands import SetParam

    changes = _seeds(document, specs, seed) + [_change(document, setting) for setting in settings]
    problems = []
    for node, param, value in changes:
        spec = specs.get(document.nodes[node].type)
        problem = _why_not(node, param, value, spec)
        if problem is None:
            document.do(SetParam(node, param, value))
        else:
            problems.append(problem)
    if problems:
        raise Refusal(problems)


def _change(document: Document, setting: str) -> tuple[str, str, Any]:
    place, equals, text = setting.partition("=")
    node, dot, param = place.rpartition(".")
    if not (equals and dot and node and param):
        why = f"{setting!r} has not the form NODE.PARAM=VALUE"
        raise Refusal(Invalid("argument --set", why, "For example: --set sampler.steps=12"))
    if node not in document.nodes:
        known = ", ".join(document.nodes)
        close = get_close_matches(node, document.nodes, n=1)
        remedy = f"Did you mean {close[0]!r}?" if close else f"The nodes are: {known}."
        raise Refusal(Invalid("argument --set", f"there is no node {node!r}", remedy))
    return node, param, _value(text)


def _value(text: str) -> Any:
    """Read a number, true, false or quoted text as JSON; everything else is text as it stands."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, str | int | float) else text


def _why_not(node: str, param: str, value: Any, spec: NodeSpec | None) -> Invalid | None:
    if spec is None:
        return None  # an unknown node is reported by the document's own check
    declared = spec.param(param)
    where = f"argument --set, node {node!r}, parameter {param!r}"
    if declared is None:
        names = [item.name for item in spec.params]
        close = get_close_matches(param, names, n=1)
        known = f"Its parameters are: {', '.join(names) or 'none'}."
        remedy = f"Did you mean {close[0]!r}?" if close else known
        return Invalid(where, f"{spec.type} has no such parameter", remedy)
    try:
        declared.read(value)
    except ValueError as error:
        return Invalid(where, str(error), "Give another value.")
    return None


def _seeds(
    document: Document, specs: Mapping[str, NodeSpec], seed: str | None
) -> list[tuple[str, str, Any]]:
    if seed is None:
        return []
    if not (seed.isascii() and seed.isdigit()):
        remedy = "Give a whole number, 0 or more."
        raise Refusal(Invalid("argument --seed", f"{seed[:40]!r} is no seed", remedy))
    return [
        (name, param.name, int(seed))
        for name, node in document.nodes.items()
        if node.type in specs
        for param in specs[node.type].params
        if isinstance(param.hint, Seed)
    ]
