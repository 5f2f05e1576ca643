"""What samplers work on: conditioning, and latents with all that is pinned to them.

Values of sockets like those in `values`; tensors are only named here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from aiprod_studio.sdk.values import Socket, stored

if TYPE_CHECKING:
    from fractions import Fraction

    import torch


@stored("Conditioning")
@dataclass(frozen=True)
class Conditioning(Socket):
    """What a text encoder made of a prompt.

    `embeddings` is (batch, tokens, width) float; `mask` is (batch, tokens), 1 where a token counts;
    `extra` holds what only some families have (say audio embeddings), by name.
    """

    embeddings: torch.Tensor
    mask: torch.Tensor
    family: str
    text: str = ""
    extra: dict[str, torch.Tensor] = field(default_factory=dict)
    socket: ClassVar[str] = "conditioning"


@stored("Keyframe")
@dataclass(frozen=True)
class Keyframe:
    """An image pinned to a frame: its latents (1, C, 1, h, w) at pixel frame `frame` (from 0).

    `strength` 1 holds it exactly; less lets the sampler move away from it. `attention` in [0, 1]
    is how much the film and a picture at another frame than the first look at each other.
    """

    latents: torch.Tensor
    frame: int
    strength: float = 1.0
    attention: float = 1.0


@stored("Reference")
@dataclass(frozen=True)
class Reference:
    """A video that leads another one beside it (IC-LoRA): its latents (1, C, f, h, w).

    It covers the same picture at 1/`scale` of the size. `strength` 1 shows it exactly; less lays
    noise over it. `attention` in [0, 1] is how much the film and the reference look at each other.
    """

    latents: torch.Tensor
    strength: float = 1.0
    scale: int = 1
    attention: float = 1.0


@stored("SoundTrack")
@dataclass(frozen=True)
class SoundTrack:
    """Compressed sound that belongs to latents: `samples` (batch, times, width), normalised.

    `mask` (times,) is 1 where a sampler makes it anew and 0 where it stays; None is 1 everywhere.
    An `empty` one has the right number of times and a width of 0: the model knows its width.
    """

    samples: torch.Tensor
    mask: torch.Tensor | None = None
    empty: bool = False


@stored("Latents")
@dataclass(frozen=True)
class Latents(Socket):
    """Compressed video: `samples` (batch, channels, frames, height, width), normalised by its VAE.

    `width`, `height` and `frames` say what it decodes to; `samples` of an empty start are zeros.
    `mask` broadcasts to (1, 1, frames, height, width) and is 1 where a sampler makes it anew and 0
    where it stays; None is 1 everywhere. `beside` (1, channels, frames, height, width) is what some
    models see beside the noise. `generation` is the model's where its family has several.
    """

    samples: torch.Tensor
    family: str
    width: int
    height: int
    frames: int
    rate: Fraction
    keyframes: tuple[Keyframe, ...] = ()
    empty: bool = False
    mask: torch.Tensor | None = None
    references: tuple[Reference, ...] = ()
    sound: SoundTrack | None = None
    beside: torch.Tensor | None = None
    generation: str = ""
    socket: ClassVar[str] = "latents"
