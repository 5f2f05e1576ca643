"""The shot that a graph renders, and where its panels go."""

from fractions import Fraction
from typing import Annotated, NamedTuple

from aiprod_studio.sdk import VAE, Facts, Group, Latents, Number, Prompt, Rate, Seed, Slider, node


class Wishes(NamedTuple):
    prompt: str
    frames: int
    seed: int
    rate: float


def lasting(frames: int, step: int) -> int:
    """Return the shortest length of the form step x n + 1 that holds so many frames."""
    return -(-(frames - 1) // step) * step + 1


@node("story.shot", "Shot", since="1.0")
def shot(
    *,
    text: Annotated[str, Prompt()] = "",
    frames: Annotated[int, Number(1, 100_000)] = 49,
    seed: Annotated[int, Seed()] = 0,
    rate: Annotated[Fraction, Rate()] = Fraction(24),
    step: Annotated[int, Number(1, 64), Group(advanced=True)] = 8,
    window: Annotated[int, Number(0, 10_000, zero="whole shot"), Group(advanced=True)] = 0,
    overlap: Annotated[int, Number(1, 1000), Group(advanced=True)] = 9,
) -> Wishes:
    """Say what a shot wants: its words, length, seed and frame rate.

    Link these to the prompt, the size and the sampler. When a shot of the board is rendered through
    this graph, the board fills in the shot's own words, length and seed; what is written here is
    used when the graph runs alone, and where the shot leaves something open.

    Args:
        text: what is seen, for a shot without words of its own
        frames: the length in frames of a run without a board
        seed: another seed, another take
        rate: frames a second that the model is asked for
        step: lengths are rounded up to this many times something, plus one
        window: longer shots are made in windows of so many frames; 0 makes every shot whole
        overlap: frames that two windows share, over which one passes into the next
    """
    return Wishes(text, lasting(frames, step), seed, float(rate))


def _panel_facts(params: Facts, inputs: dict[str, Facts]) -> Facts:
    return {**inputs.get("vae", {}), **inputs.get("latents", {})}


@node("story.panels", "Pin Panels", since="1.0", facts=_panel_facts)
def panels(
    latents: Latents,
    vae: VAE,
    *,
    strength: Annotated[float, Slider(0, 1, step=0.05)] = 1.0,
) -> Latents:
    """Pin the panels of the shot to the frames where they begin.

    The board puts a Keyframe in place of this node for every panel that has a picture. When the
    graph runs alone there are no panels, and the video passes as it is.

    Args:
        latents: the video to be made
        vae: the codec of the model
        strength: 1 keeps the panels as they are drawn; less lets the sampler move away from them
    """
    return latents
