"""What travels over links: the socket types and the values they carry.

Node authors annotate with these classes; `media`, `models` and `diffusion` give some of them
bodies. Arrays and tensors are only named here, so importing this costs nothing. Every value is a
frozen dataclass (or a subclass that is one), because the store writes values field by field.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

if TYPE_CHECKING:
    import numpy as np

    UInt8Array = np.ndarray[Any, np.dtype[np.uint8]]
    Float32Array = np.ndarray[Any, np.dtype[np.float32]]

V = TypeVar("V", bound=type)

STORED: dict[str, type] = {}
"""Value classes the store can write and read back, by the name they are stored under."""


def stored(name: str) -> Callable[[V], V]:
    """Let the store keep values of this dataclass under `name`, stable over releases."""

    def register(cls: V) -> V:
        if STORED.setdefault(name, cls).__qualname__ != cls.__qualname__:
            raise ValueError(f"two value classes want to be stored as {name!r}")
        STORED[name] = cls
        return cls

    return register


@stored("StoredFile")
@dataclass(frozen=True)
class StoredFile:
    """A file that a step made in its scratch folder; the store takes it over by its content."""

    path: Path


@stored("SourceFile")
@dataclass(frozen=True)
class SourceFile:
    """A file of the artist's. `identity` is a digest of its content when it was planned."""

    path: Path
    identity: str


NO_FILE = SourceFile(Path(), "")
"""The default of a file parameter: nothing is chosen yet, and the node cannot run so."""


class Socket:
    """Base of all values that have a socket of their own; `socket` is the type's name."""

    socket: ClassVar[str] = "any"


@stored("Image")
@dataclass(frozen=True)
class Image(Socket):
    """One picture: uint8, (height, width, 3) RGB or (height, width, 4) RGBA, sRGB."""

    pixels: UInt8Array
    socket: ClassVar[str] = "image"

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])


@stored("Pinned")
@dataclass(frozen=True)
class Pinned:
    """An image at a frame of a film (from 0).

    `strength` 1 is the artist's own and comes out as it went in; less is a proposal that may give
    way.
    """

    image: Image
    frame: int
    strength: float = 1.0


@stored("Keyframes")
@dataclass(frozen=True)
class Keyframes(Socket):
    """Images pinned to frames of a film that is to be made between them, in order of frames."""

    pinned: tuple[Pinned, ...]
    socket: ClassVar[str] = "keyframes"


class Audio(Socket, ABC):
    """Sound, read in chunks; never held whole unless it is short."""

    socket: ClassVar[str] = "audio"
    sample_rate: int
    channels: int
    sample_count: int

    @abstractmethod
    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[Float32Array]:
        """Yield float32 (channels, n) in [-1, 1], together exactly samples [start, stop)."""


class Video(Socket, ABC):
    """Moving pictures, read frame by frame; a description of where frames come from."""

    socket: ClassVar[str] = "video"
    width: int
    height: int
    frame_count: int
    rate: Fraction

    @property
    def audio(self) -> Audio | None:
        """The sound that belongs to it, if any."""
        return None

    @abstractmethod
    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[UInt8Array]:
        """Yield uint8 (height, width, 3) RGB for frames [start, stop), one at a time."""


@dataclass(frozen=True)
class Model(Socket):
    """A part of a model on the disk: a description, never weights.

    `component` is one of the part names of `models.load_component` (transformer, text_encoder,
    video_vae, ...); `family` names the descriptor that builds it; `settings` are what its family
    says the run needs (sizes, schedule, defaults), plain JSON values.
    """

    component: str
    family: str
    files: tuple[SourceFile, ...]
    settings: dict[str, Any] = field(default_factory=dict)
    loras: tuple[LoRA, ...] = ()


@stored("LoRA")
@dataclass(frozen=True)
class LoRA(Socket):
    """A low-rank adapter file and how strongly it is applied.

    `curve` are pairs of (progress in [0, 1], strength), rising: from that progress of a sampling
    phase on, `strength` is multiplied by it. Empty means 1 all the time.
    """

    file: SourceFile
    strength: float = 1.0
    curve: tuple[tuple[float, float], ...] = ()
    socket: ClassVar[str] = "lora"


@stored("DiT")
@dataclass(frozen=True)
class DiT(Model):
    """The diffusion transformer."""

    socket: ClassVar[str] = "dit"


@stored("TextEncoder")
@dataclass(frozen=True)
class TextEncoder(Model):
    """The part that turns words into conditioning."""

    socket: ClassVar[str] = "text_encoder"


@stored("VAE")
@dataclass(frozen=True)
class VAE(Model):
    """The codec between frames and latents."""

    socket: ClassVar[str] = "vae"


@stored("Upscaler")
@dataclass(frozen=True)
class Upscaler(Model):
    """A learned enlarger of latents or frames (`settings["space"]` says which)."""

    socket: ClassVar[str] = "upscaler"


@stored("Refiner")
@dataclass(frozen=True)
class Refiner(Model):
    """A learned maker of frames between keyframes."""

    socket: ClassVar[str] = "refiner"


@stored("Connectors")
@dataclass(frozen=True)
class Connectors(Model):
    """What turns a text encoder's layers into the contexts of picture and sound (LTX-2)."""

    socket: ClassVar[str] = "connectors"


@stored("AudioVAE")
@dataclass(frozen=True)
class AudioVAE(Model):
    """The codec between sound (as a mel spectrogram) and its latents."""

    socket: ClassVar[str] = "audio_vae"


@stored("Vocoder")
@dataclass(frozen=True)
class Vocoder(Model):
    """What turns a mel spectrogram into sound."""

    socket: ClassVar[str] = "vocoder"


@stored("DurationHead")
@dataclass(frozen=True)
class DurationHead(Model):
    """What guesses from a prompt how long the shot should be."""

    socket: ClassVar[str] = "duration_head"


@stored("SavedFile")
@dataclass(frozen=True)
class SavedFile(Socket):
    """A file that a step wrote for the artist; the digest proves that it is still the same."""

    path: Path
    identity: str
    socket: ClassVar[str] = "file"
