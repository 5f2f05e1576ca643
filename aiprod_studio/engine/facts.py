"""What is known of results before they exist: sizes, lengths, families, models.

The planner uses it, from the `facts` that nodes declare; where a node declares none, the facts of
its inputs are merged, the first input winning. Nothing is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiprod_studio.engine.resolve import Resolved
from aiprod_studio.sdk import ANY, Facts, Failed, Model, Problem, Refusal

NOTHING: Facts = {}


def gather(nodes: Mapping[str, Resolved]) -> tuple[dict[str, Facts], dict[str, list[Problem]]]:
    """Return the facts of each node's outputs, and why some of them refused to run like this."""
    known: dict[str, Facts] = {}
    refused: dict[str, list[Problem]] = {}
    for name, node in nodes.items():
        try:
            known[name] = _facts(node, known)
        except Refusal as refusal:
            known[name], refused[name] = NOTHING, list(refusal.problems)
        except Exception as error:
            why = f"its facts could not be told ({type(error).__name__}: {error})"
            known[name], refused[name] = NOTHING, [Failed("", why, "Report it to its author.")]
    return known, refused


def model_behind(nodes: Mapping[str, Resolved], node: str, output: str) -> Model | None:
    """Return the model that an output will carry, followed back to where it is chosen."""
    seen: set[str] = set()
    while node not in seen:
        seen.add(node)
        resolved = nodes[node]
        socket = resolved.node.spec.output(output)
        if socket is None:
            return None
        for parts in resolved.models.values():
            found = _part(parts, output, socket.type)
            if found is not None:
                return found
        before = _passed(resolved, socket.type)
        if before is None:
            return None
        node, output = before
    return None


def _facts(node: Resolved, known: Mapping[str, Facts]) -> Facts:
    spec = node.node.spec
    if not node.inputs and not node.models and spec.facts is None:
        return NOTHING
    given = {name: known[source] for name, (source, _) in node.inputs.items()}
    for param, parts in node.models.items():
        given[param] = _merged([model.settings for model in parts.values()])
    if spec.facts is not None and node.key:
        return {**_merged(_model_facts(node)), **spec.facts(node.params, given)}
    linked = [given[name] for name in node.inputs]
    return _merged([*linked, *_model_facts(node)])


def _merged(given: Sequence[Facts]) -> Facts:
    told = [facts for facts in given if facts]
    if len(told) < 2:
        return told[0] if told else NOTHING
    merged: dict[str, Any] = {}
    for facts in reversed(told):
        merged.update(facts)
    return merged


def _model_facts(node: Resolved) -> list[Facts]:
    models = (model for parts in node.models.values() for model in parts.values())
    return [{**model.settings, "family": model.family} for model in models]


def _part(parts: Mapping[str, Model], output: str, socket: str) -> Model | None:
    fitting = [model for model in parts.values() if model.socket == socket]
    named = parts.get(output)
    if named is not None and (named in fitting or socket == ANY):
        return named
    return fitting[0] if fitting else None


def _passed(node: Resolved, socket: str) -> tuple[str, str] | None:
    """Return the link of the first input that could have been passed on to such an output."""
    for wanted in node.node.spec.inputs:
        if wanted.name in node.inputs and (wanted.type == socket or ANY in (wanted.type, socket)):
            return node.inputs[wanted.name]
    return None
