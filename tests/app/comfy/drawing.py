"""Workflows of ComfyUI, drawn by the tests: as its canvas saves them, as its server gets them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiprod_studio.app.comfy import Converted, read_comfy
from aiprod_studio.app.packs import load_packs
from aiprod_studio.app.places import shipped

SPECS = load_packs(shipped("nodes"), shipped("nodes") / "none", {}).specs
Wire = tuple[int, int]
"""A node's number and the number of its output."""


@dataclass
class Canvas:
    """A workflow in the making; `node` adds one and returns its number."""

    nodes: list[dict[str, Any]] = field(default_factory=list)
    links: list[Any] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)
    subgraphs: list[dict[str, Any]] = field(default_factory=list)

    def node(
        self,
        kind: str,
        widgets: Any = (),
        /,
        *,
        outputs: Iterable[str] = (),
        title: str = "",
        mode: int = 0,
        told: Iterable[str] = (),
        properties: Mapping[str, Any] | None = None,
        **inputs: Wire,
    ) -> int:
        number = len(self.nodes) + 1
        sockets: list[dict[str, Any]] = []
        for at, (name, wire) in enumerate(inputs.items()):
            link = self.link(wire, (number, at))
            sockets.append({"name": name, "type": self.type_of(wire), "link": link})
        for name in told:
            found = next((s for s in sockets if s["name"] == name), None)
            if found is None:
                sockets.append(found := {"name": name, "type": "*", "link": None})
            found["widget"] = {"name": name}
        node = {
            "id": number, "type": kind, "mode": mode, "inputs": sockets,
            "pos": [number * 300, 100 * (number % 3)], "size": [280, 120],
            "outputs": [{"name": name, "type": name, "links": []} for name in outputs],
            "widgets_values": widgets if isinstance(widgets, dict) else list(widgets),
            "properties": dict(properties or {}),
        }  # fmt: skip
        self.nodes.append(node | ({"title": title} if title else {}))
        return number

    def link(self, source: Wire, target: Wire) -> int:
        number = len(self.links) + 1
        self.links.append([number, *source, *target, self.type_of(source)])
        return number

    def type_of(self, wire: Wire) -> str:
        if wire[0] < 1:
            return "*"
        outputs = self.nodes[wire[0] - 1]["outputs"]
        return str(outputs[wire[1]]["type"]) if wire[1] < len(outputs) else "*"

    def raw(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "version": 0.4, "nodes": self.nodes, "links": self.links, "groups": self.groups,
        }  # fmt: skip
        return found | ({"definitions": {"subgraphs": self.subgraphs}} if self.subgraphs else {})

    def inside(self, name: str, inputs: list[str], output: Wire) -> dict[str, Any]:
        """Return it as a sub-graph; nodes read its inputs as (0, n), its only output is VIDEO."""
        links = [
            {"id": n, "origin_id": -10 if source == 0 else source, "origin_slot": slot,
             "target_id": target, "target_slot": at, "type": kind}
            for n, source, slot, target, at, kind in self.links
        ]  # fmt: skip
        last = len(links) + 1
        links.append({"id": last, "origin_id": output[0], "origin_slot": output[1],
                      "target_id": -20, "target_slot": 0, "type": "VIDEO"})  # fmt: skip
        return {
            "id": f"id-of-{name}", "name": name, "nodes": self.nodes, "links": links,
            "groups": self.groups,
            "inputs": [{"name": n, "type": "*", "linkIds": []} for n in inputs],
            "outputs": [{"name": "VIDEO", "type": "VIDEO", "linkIds": [last]}],
        }  # fmt: skip


def read(raw: Canvas | Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Convert and return the document as JSON, and what was said."""
    found = converted(raw)
    return json.loads(found.text), [str(problem) for problem in found.problems]


def converted(raw: Canvas | Mapping[str, Any]) -> Converted:
    """Convert a workflow."""
    return read_comfy(json.dumps(raw.raw() if isinstance(raw, Canvas) else raw), SPECS)


def ltx_video(checkpoint: str = "ltxv\\ltx-video-2b-v0.9.5.safetensors", **size: int) -> Canvas:
    """LTX-Video 0.9, text to video, as ComfyUI's own example draws it."""
    canvas = Canvas()
    model = canvas.node("CheckpointLoaderSimple", [checkpoint], outputs=["MODEL", "CLIP", "VAE"])
    clip = canvas.node("CLIPLoader", ["t5xxl_fp16.safetensors", "ltxv"], outputs=["CLIP"])
    words = [
        canvas.node("CLIPTextEncode", [text], outputs=["CONDITIONING"], title=title, clip=(clip, 0))
        for text, title in (
            ("a red ball rolls", "CLIP Text Encode (Positive Prompt)"),
            ("blurry", "CLIP Text Encode (Negative Prompt)"),
        )
    ]
    led = canvas.node(
        "LTXVConditioning", [24], outputs=["CONDITIONING", "CONDITIONING"],
        positive=(words[0], 0), negative=(words[1], 0),
    )  # fmt: skip
    sides = [size.get("width", 768), size.get("height", 512), size.get("frames", 97), 1]
    empty = canvas.node("EmptyLTXVLatentVideo", sides, outputs=["LATENT"])
    sigmas = canvas.node(
        "LTXVScheduler", [size.get("steps", 30), 2.05, 0.95, True, 0.1], outputs=["SIGMAS"],
        latent=(empty, 0),
    )  # fmt: skip
    method = canvas.node("KSamplerSelect", ["euler"], outputs=["SAMPLER"])
    sampler = canvas.node(
        "SamplerCustom", [True, 7, "randomize", 3], outputs=["LATENT", "LATENT"],
        model=(model, 0), positive=(led, 0), negative=(led, 1), sampler=(method, 0),
        sigmas=(sigmas, 0), latent_image=(empty, 0),
    )  # fmt: skip
    frames = canvas.node("VAEDecode", outputs=["IMAGE"], samples=(sampler, 0), vae=(model, 2))
    film = canvas.node("CreateVideo", [24], outputs=["VIDEO"], images=(frames, 0))
    canvas.node("SaveVideo", ["video/ball", "auto", "auto"], video=(film, 0))
    return canvas


def as_prompt(canvas: Canvas, widgets: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return a drawn workflow as ComfyUI sends it to its server; `widgets` names them by class."""
    found: dict[str, Any] = {}
    starts = {link[0]: [str(link[1]), link[2]] for link in canvas.links}
    for node in canvas.nodes:
        values = [v for v in node["widgets_values"] if v not in ("randomize", "fixed")]
        inputs = dict(zip(widgets.get(node["type"], []), values, strict=False))
        inputs |= {s["name"]: starts[s["link"]] for s in node["inputs"] if s["link"] is not None}
        found[str(node["id"])] = {"class_type": node["type"], "inputs": inputs}
    return found
