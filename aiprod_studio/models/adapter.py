"""One way to run any family's diffusion transformer: a `Request` goes in, velocities come out.

The application builds the sampler's `denoise` callable from `forward`; the sampler itself never
sees a network. Everything that differs between families, and everything that diffusers' classes do
differently from the reference, is applied here from outside, with hooks that are removed again.

How to call it, for every family alike (the starter, LTX-Video, LTX-2, Wan):

- `Stream.tokens` are packed latents (batch, tokens, channels), frames slowest, then rows, columns;
  guide tokens (keyframes) are simply further tokens.
- `Stream.sigmas` is the noise level of every token (batch, tokens) in [0, 1]: the schedule's sigma,
  0 for tokens that are held, `sigma * (1 - strength)` between.
- `Stream.positions` is (batch, axes, tokens, 2): where each token starts and ends, in seconds for
  time and pixels for rows and columns (audio: one axis, seconds). See `settings["positions"]`.
- `Stream.context` (batch, words, width) and `context_mask` (batch, words; 1 counts) are the prompt.
- `Request.sigma` is the schedule's sigma (batch,).

The result holds velocities v with x0 = x - sigma v, shaped like the tokens given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import torch

from aiprod_studio.sdk import Invalid, Refusal


@dataclass(frozen=True)
class Stream:
    """What one modality brings to a forward pass; shapes are in the module's text.

    `strengths` (batch, tokens, tokens) in [0, 1] scales how much a token attends to another in
    self-attention; 1 is unhindered, 0 is not at all. `keyframes` (batch, tokens) marks tokens whose
    latent holds a single pixel frame; families without such an embedding leave it unread. `beside`
    (batch, tokens, channels) is seen with the tokens and never noised (Wan, image to video).
    """

    tokens: torch.Tensor
    sigmas: torch.Tensor
    positions: torch.Tensor
    context: torch.Tensor
    context_mask: torch.Tensor | None = None
    strengths: torch.Tensor | None = None
    keyframes: torch.Tensor | None = None
    beside: torch.Tensor | None = None


@dataclass(frozen=True)
class Request:
    """One forward pass.

    `skip` names the blocks whose self-attention is left out (the perturbed pass of STG); `isolate`
    switches off attention between video and audio (the pass of modality guidance). `grid` is
    frames, rows and columns of the latents that the first tokens stand for; only families that cut
    patches themselves (Wan) need it.
    """

    video: Stream
    sigma: torch.Tensor
    audio: Stream | None = None
    skip: tuple[int, ...] = ()
    isolate: bool = False
    grid: tuple[int, int, int] | None = None


class Velocity(NamedTuple):
    """What the network predicts, shaped like the tokens that it was given."""

    video: torch.Tensor
    audio: torch.Tensor | None


Adapter = Callable[[torch.nn.Module, Request], Velocity]


def forward(transformer: torch.nn.Module, request: Request) -> Velocity:
    """Run a transformer once, without gradients kept by us; see the module's text for shapes.

    Raises:
        Refusal: this is no diffusion transformer, or the request asks for what it cannot do.
    """
    return adapter_of(transformer)(transformer, request)


def adapter_of(transformer: torch.nn.Module) -> Adapter:
    """Return the adapter for a network's class.

    Raises:
        Refusal: the network is not a diffusion transformer that this program can run.
    """
    from aiprod_studio.models.adapters import ltx2, ltx_video, wan

    adapters: dict[str, Adapter] = {
        "LTXVideoTransformer3DModel": ltx_video.run,
        "LTX2VideoTransformer3DModel": ltx2.run,
        "WanTransformer3DModel": wan.run,
    }
    for kind in type(transformer).__mro__:
        if kind.__name__ in adapters:
            return adapters[kind.__name__]
    why = f"a {type(transformer).__name__} stands where a diffusion transformer belongs"
    raise Refusal(Invalid("", why, "Link the transformer of the model."))
