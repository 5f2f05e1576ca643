"""Filling a shot into a graph: its words, length and seed as values, its panels as keyframes.

`film_graph` uses it. The nodes Shot and Pin Panels vanish: what they led to gets plain values and
plain Keyframe nodes, so that a plan knows every size, and a change of the seed does not touch the
text that was encoded. Only dictionaries of nodes are made; no document is changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from aiprod_studio.sdk import Invalid, Missing, NodeSpec, Refusal

if TYPE_CHECKING:
    from aiprod_studio.graph import Node

SHOT, PANELS, TAKE = "story.shot", "story.panels", "story.take"
SAVES = "files.save_video"

Specs = Mapping[str, NodeSpec]
Source = tuple[str, str]
Pin = str | Source
"""A picture: a file of the document, or an output that gives one."""


@dataclass(frozen=True)
class Values:
    """What the Shot node would give."""

    prompt: str
    frames: int
    seed: int
    rate: Fraction

    def json(self, output: str) -> Any:
        """Return an output as a parameter is written."""
        return str(self.rate) if output == "rate" else getattr(self, output)


def overridden(
    nodes: dict[str, Node], params: Mapping[str, Any], specs: Specs, where: str
) -> dict[str, Node]:
    """Return nodes with a shot's own parameters, each given as `node.param`.

    Raises:
        Refusal: there is no such node or parameter, or the value is not allowed.
    """
    made = dict(nodes)
    for place, value in params.items():
        name, _, param = place.rpartition(".")
        node = made.get(name)
        if node is None:
            close = get_close_matches(name, nodes, n=1)
            remedy = f"Did you mean {close[0]!r}?" if close else "Remove it from the shot."
            raise Refusal(Invalid(where, f"it sets {place!r}, and there is no such node", remedy))
        why = _why_not(specs.get(node.type), param, value)
        if why:
            raise Refusal(Invalid(where, f"it sets {place!r}, and {why}", "Change it."))
        inputs = {key: source for key, source in node.inputs.items() if key != param}
        made[name] = replace(node, params={**node.params, param: value}, inputs=inputs)
    return made


def _why_not(spec: NodeSpec | None, param: str, value: Any) -> str:
    if spec is None:
        return ""
    declared = spec.param(param)
    if declared is None:
        return f"{spec.title} has no such parameter"
    try:
        declared.read(value)
    except ValueError as error:
        return str(error)
    return ""


def one_shot_node(nodes: Mapping[str, Node], where: str) -> Node:
    """Return the graph's Shot node. Raises a Refusal when there is none, or more than one."""
    found = [node for node in nodes.values() if node.type == SHOT and node.mode == "active"]
    if len(found) == 1:
        return found[0]
    if not found:
        why = "its graph has no Shot node that says where words, length and seed go"
        remedy = "Add the node Shot, and link it to the prompt, the size and the sampler."
        raise Refusal(Missing(where, why, remedy))
    names = ", ".join(sorted(node.name for node in found))
    why = f"its graph has {len(found)} Shot nodes ({names})"
    raise Refusal(Invalid(where, why, "Mute all but one."))


def result_of(nodes: Mapping[str, Node], where: str) -> tuple[Source, Source | None]:
    """Return where the finished pictures come from, and the sound if it is given apart.

    Raises:
        Refusal: nothing in the graph says what the result is, or several things do.
    """
    for kind, title in ((TAKE, "Take"), (SAVES, "Save Video")):
        found = [node for node in nodes.values() if node.type == kind and node.mode == "active"]
        if len(found) > 1:
            why = f"its graph has {len(found)} {title} nodes, and one take is expected"
            raise Refusal(Invalid(where, why, "Mark the result with one node Take."))
        if found and "video" in found[0].inputs:
            return found[0].inputs["video"], found[0].inputs.get("audio")
    why = "its graph does not say what the take is"
    raise Refusal(Missing(where, why, "Link the finished video to a node Take."))


def filled(
    nodes: Mapping[str, Node],
    marker: str,
    values: Values,
    pins: Mapping[int, Pin],
    specs: Specs,
) -> dict[str, Node]:
    """Return the graph with values in place of the Shot node and keyframes in place of panels.

    Args:
        nodes: the graph.
        marker: the name of its Shot node.
        values: what the Shot node would give.
        pins: pictures by the frame they stand at.
        specs: the nodes by type.
    """
    made: dict[str, Node] = {}
    for node in nodes.values():
        if node.name != marker:
            made[node.name] = _with_values(node, marker, values, made, specs)
    for node in [each for each in made.values() if each.type == PANELS and each.mode == "active"]:
        _pin(made, node, pins)
    return made


def _with_values(
    node: Node, marker: str, values: Values, made: dict[str, Node], specs: Specs
) -> Node:
    inputs, params = dict(node.inputs), dict(node.params)
    for name, (source, output) in node.inputs.items():
        if source != marker:
            continue
        spec = specs.get(node.type)
        if spec is not None and spec.param(name) is not None:
            params[name] = values.json(output)
            del inputs[name]
        else:
            inputs[name] = _constant(marker, output, values, made)
    return replace(node, params=params, inputs=inputs)


def _constant(marker: str, output: str, values: Values, made: dict[str, Node]) -> Source:
    """Return an output that gives a value, from a node of its own."""
    from aiprod_studio.graph import Node

    name = f"{marker} {output}"
    if output == "prompt":
        made[name] = Node(name, "text.prompt", "1.0", {"text": values.prompt})
        return name, "text"
    made[name] = Node(name, SHOT, "1.0", {output: values.json(output), "step": 1})
    return name, output


def _pin(made: dict[str, Node], panels: Node, pins: Mapping[int, Pin]) -> None:
    """Put a chain of keyframes in place of a Pin Panels node."""
    from aiprod_studio.graph import Node

    del made[panels.name]
    last = panels.inputs.get("latents")
    strength = {key: panels.params[key] for key in ("strength",) if key in panels.params}
    for number, (frame, pin) in enumerate(sorted(pins.items()), 1):
        picture = pin if isinstance(pin, tuple) else (f"{panels.name} picture {number}", "image")
        if not isinstance(pin, tuple):
            made[picture[0]] = Node(picture[0], "files.load_image", "1.0", {"file": pin})
        name = f"{panels.name} {number}"
        kind = "latents.keyframe" if frame else "latents.first_frame"
        params = strength | ({"frame": frame} if frame else {})
        inputs = {"image": picture} | ({"latents": last} if last else {})
        inputs |= {"vae": panels.inputs["vae"]} if "vae" in panels.inputs else {}
        made[name] = Node(name, kind, "1.0", params, inputs)
        last = (name, "latents")
    _redirect(made, panels.name, last)


def _redirect(made: dict[str, Node], gone: str, now: Source | None) -> None:
    """Let what read from a node read from another output instead."""
    for node in list(made.values()):
        if any(source == gone for source, _ in node.inputs.values()):
            inputs = {
                name: (now if source[0] == gone else source) for name, source in node.inputs.items()
            }
            kept = {name: source for name, source in inputs.items() if source is not None}
            made[node.name] = replace(node, inputs=kept)
