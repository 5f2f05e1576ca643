"""Workflows of the shipped nodes, as text."""

from __future__ import annotations

import json
from typing import Any

Node = dict[str, Any]


def node(type_name: str, inputs: dict[str, str] | None = None, **params: Any) -> Node:
    return {"type": type_name, "inputs": inputs or {}, "params": params}


def text_to_video(prompt: str = "a red ball rolls to the left", **sampler: Any) -> dict[str, Node]:
    """From a prompt to decoded frames."""
    links = {"model": "model.dit", "positive": "encode.conditioning", "start": "latents.latents"}
    return {
        "model": node("models.load"),
        "prompt": node("text.prompt", text=prompt),
        "encode": node("text.encode", {"text": "prompt.text", "model": "model.text_encoder"}),
        "latents": node("latents.empty", {"vae": "model.vae"}, width=64, height=48, frames=9),
        "sampler": node("sampling.dit", links, **{"steps": 4, "seed": 7, **sampler}),
        "decode": node("decode.video", {"latents": "sampler.latents", "vae": "model.vae"}),
    }


def text(nodes: dict[str, Node]) -> str:
    return json.dumps({"format": "aiprod-workflow", "version": 1, "nodes": nodes})
