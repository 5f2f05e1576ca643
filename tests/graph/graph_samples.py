"""Small nodes and documents for the tests of the room `graph`."""

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Any, Literal, NamedTuple

from aiprod_studio.graph import Document, loads
from aiprod_studio.graph.commands import AddNode, Connect
from aiprod_studio.sdk import (
    Conditioning,
    DiT,
    File,
    Latents,
    ModelName,
    NodeSpec,
    Number,
    Rate,
    Slider,
    TextEncoder,
    Video,
    node,
)


class Parts(NamedTuple):
    dit: DiT
    text_encoder: TextEncoder


@node("text.prompt", "Prompt", since="1.0", renamed={"words": "text"})
def prompt(*, text: str = "a hill") -> str:
    """Give a text."""
    return text


@node("models.load", "Load model", since="1.0")
def load_model(*, model: Annotated[str, ModelName()] = "starter") -> Parts:
    """Give the parts of a model."""
    raise NotImplementedError


@node("text.encode", "Encode", since="1.0")
def encode(text: str, model: TextEncoder) -> Conditioning:
    """Encode a text."""
    raise NotImplementedError


@node(
    "sampling.dit",
    "Sampler",
    since="1.2",
    replaces=["sampling.old"],
    renamed={"count": "steps", "cond": "positive"},
)
def sampler(
    model: DiT,
    positive: Conditioning,
    start: Latents | None = None,
    *,
    steps: Annotated[int, Slider(1, 100)] = 8,
    guidance: Annotated[float, Slider(0, 20)] = 1.0,
    rate: Annotated[Fraction, Rate()] = Fraction(24),
    quality: Literal["fast", "exact"] = "exact",
) -> Latents:
    """Make latents."""
    raise NotImplementedError


@node("decode.vae", "Decode", since="1.0")
def decode(latents: Latents) -> Video:
    """Make a video."""
    raise NotImplementedError


@node("files.save", "Save", since="1.0", writes=True)
def save_video(video: Video, *, picture: Annotated[str, File("image")] = "") -> None:
    """Write a file."""


@node("maths.number", "Number", since="1.0")
def number(*, value: Annotated[int, Number(0, 1000)] = 1) -> int:
    """Give a whole number."""
    return value


class Two(NamedTuple):
    total: float
    first: float


@node("maths.add", "Add", since="1.0")
def add(a: float, b: float | None = None, *, extra: Annotated[float, Number(-9, 9)] = 0.0) -> Two:
    """Add numbers."""
    return Two(a + (b or 0) + extra, a)


@node("maths.whole", "Whole", since="1.0")
def whole(a: int) -> int:
    """Take a whole number."""
    return a


@node("flow.pick", "Pick", since="1.0")
def pick(one: Any = None, two: Any = None) -> Any:
    """Give the first that is there."""
    return two if one is None else one


FUNCTIONS: tuple[Callable[..., Any], ...] = (
    prompt, load_model, encode, sampler, decode, save_video, number, add, whole, pick,
)  # fmt: skip
SPECS: dict[str, NodeSpec] = {
    function.node_spec.type: function.node_spec  # type: ignore[attr-defined]
    for function in FUNCTIONS
}


def workflow(nodes: dict[str, Any] | None = None, **sections: Any) -> str:
    """Return the text of a workflow file."""
    raw = {
        "format": "aiprod-workflow",
        "version": 1,
        "nodes": {} if nodes is None else nodes,
        **sections,
    }
    return json.dumps(raw)


def opened(nodes: dict[str, Any] | None = None, **sections: Any) -> Document:
    """Return the document of a workflow file that is known to open."""
    loaded = loads(workflow(nodes, **sections), SPECS)
    assert loaded.document is not None, loaded.problems
    return loaded.document


def film() -> Document:
    """Return prompt and model, encoder, sampler, decoder and a saved file, all linked."""
    document = Document(specs=SPECS)
    document.do(
        AddNode("text.prompt", "prompt", {"text": "a ball"}, pos=(0, 0)),
        AddNode("models.load", "model", pos=(0, 200)),
        AddNode("text.encode", "encode", pos=(200, 0)),
        AddNode("sampling.dit", "sampler", {"steps": 8}, pos=(400, 0)),
        AddNode("decode.vae", "decode", pos=(600, 0)),
        AddNode("files.save", "save", pos=(800, 0)),
        Connect("prompt", "text", "encode", "text"),
        Connect("model", "text_encoder", "encode", "model"),
        Connect("model", "dit", "sampler", "model"),
        Connect("encode", "conditioning", "sampler", "positive"),
        Connect("sampler", "latents", "decode", "latents"),
        Connect("decode", "video", "save", "video"),
        title="Build",
    )
    return document


def chain(length: int) -> Document:
    """Return `length` nodes, each reading from the two before it: many diamonds."""
    nodes: dict[str, Any] = {"n0": {"type": "maths.number"}}
    for index in range(1, length):
        before = "n0.integer" if index == 1 else f"n{index - 1}.total"
        inputs = {"a": before}
        if index > 2:
            inputs["b"] = f"n{index - 2}.total"
        nodes[f"n{index}"] = {"type": "maths.add", "inputs": inputs, "params": {"extra": 0.5}}
    view = {name: {"pos": [10.5, 20]} for name in nodes}
    return opened(nodes, view=view)
