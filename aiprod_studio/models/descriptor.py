"""What a family descriptor answers: is this file mine, what is in it, how is a part built.

`families/` holds one descriptor each; inspection, loading and the library ask them through this
protocol. Recognition and part plans use headers only and never import torch.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from aiprod_studio.models.files import ModelFile, TensorInfo, refused

COMPONENTS = (
    "transformer", "connectors", "video_vae", "diffusion_decoder", "audio_vae", "vocoder",
    "latent_upsampler", "duration_head", "text_encoder", "refiner",
)  # fmt: skip
"""Every part a model may have, in the order in which they are listed to the artist."""


@dataclass(frozen=True)
class Source:
    """Where one tensor of a network comes from: a tensor of a file, and how it is changed.

    `change` names a step in `weights.CHANGES` (for example a transposition); empty means none.
    """

    file: ModelFile
    info: TensorInfo
    change: str = ""


@dataclass(frozen=True)
class Part:
    """A plan for building one component: the class, its configuration, and its tensors by key.

    `class_name` is a name in `classes.CLASSES`. `ignorable` are keys the network has and the file
    may lack (buffers that the class fills itself). `computes` is the element type in which the
    family's authors run this part, or empty where any will do.
    """

    component: str
    family: str
    class_name: str
    config: Mapping[str, Any]
    tensors: Mapping[str, Source]
    ignorable: frozenset[str] = frozenset()
    computes: str = ""


@dataclass(frozen=True)
class Recognition:
    """What a family says of a file: its generation, the components in it, and remarks."""

    family: str
    generation: str
    components: tuple[str, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sizes:
    """Which sizes a family takes: width and height in steps, frames of the form `step * n + 1`."""

    multiple: int
    frame_step: int
    frame_offset: int = 1

    def nearest_frames(self, frames: int) -> int:
        """Return the allowed frame count nearest to `frames`, at least one latent frame."""
        steps = max(0, round((frames - self.frame_offset) / self.frame_step))
        return steps * self.frame_step + self.frame_offset

    def nearest_size(self, size: int) -> int:
        """Return the allowed width or height nearest to `size`."""
        return max(1, round(size / self.multiple)) * self.multiple


@dataclass(frozen=True)
class Job:
    """What a step asks of a part: its phase, and the size in pixels and frames of the film.

    `tile` is (frames, height, width) of what a codec works on at once, None for everything;
    `element` the bytes of a number; `chunk` the tokens of a feed-forward at a time (0 for all);
    `facts` what nodes and model told before (sound, guides, positions, longest_prompt).
    """

    phase: str
    width: int
    height: int
    frames: int
    element: int = 4
    tile: tuple[int, int, int] | None = None
    chunk: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def piece(self) -> tuple[int, int, int]:
        """Frames, height and width of what is worked on at once."""
        return self.tile or (self.frames, self.height, self.width)


@dataclass(frozen=True)
class Costs:
    """Predicted bytes beside the weights, and work, of one pass."""

    activations: int
    flops: float = 0.0
    tokens: int = 0


@dataclass(frozen=True)
class Expected:
    """A part that a complete model has: its usual file, its bytes, and ComfyUI's folder for it."""

    file: str
    nbytes: int
    folder: str


MALFORMED = (
    ArithmeticError, AttributeError, IndexError, KeyError, StopIteration, TypeError, ValueError,
)  # fmt: skip
"""What reading sizes out of a header that lies may raise."""


def _cause(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error)[:100]}"


COMPOSED = ("connectors",)
"""Parts that are put together from several files."""
MOST_REMEMBERED = 64
_planned_parts: dict[tuple[object, ...], Part] = {}
"""Parts that stand in one file, by that file's stamp: planning thousands of names takes a while."""


class Family(ABC):
    """Base of the descriptors."""

    name: ClassVar[str]
    title: ClassVar[str]
    sizes: ClassVar[Sizes]
    blocks: ClassVar[Mapping[str, str]] = {}
    """Where the repeated blocks of a component are, as an attribute path of its network."""
    complete: ClassVar[Mapping[str, Expected]] = {}
    """What a model of this family needs to make a film, by component."""
    lora_rules: ClassVar[Mapping[str, Sequence[tuple[str, str]]]] = {}
    """How layer names of the family's own files become the network's, by component."""
    lora_elsewhere: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Layers that a LoRA may name beside a component's own, by component: they are other parts'."""
    forward_layers: ClassVar[Mapping[str, str]] = {}
    """The last name of a component's feed-forward layers, which may run in chunks of tokens."""

    @abstractmethod
    def recognise(self, file: ModelFile) -> Recognition | None:
        """Say what of this family the file holds, or None if it is not of this family."""

    def part(self, files: Sequence[ModelFile], component: str) -> Part:
        """Plan how a component is built from these files, self-described folders first.

        Raises:
            Refusal: the component is not in the files, or they cannot be used together.
        """
        from aiprod_studio.models import recognising

        holders = [file for file in files if self._holds(file, component)]
        if len(holders) != 1 or component in COMPOSED:
            return self._planned(files, component)
        key = (self.name, component, recognising.key_of(holders[0]))
        if key not in _planned_parts:
            if len(_planned_parts) >= MOST_REMEMBERED:
                _planned_parts.clear()
            _planned_parts[key] = self._planned(holders, component)
        return _planned_parts[key]

    def _holds(self, file: ModelFile, component: str) -> bool:
        from aiprod_studio.models import recognising

        known = recognising.recognise(file)
        return known is not None and known[0] is self and component in known[1].components

    def _planned(self, files: Sequence[ModelFile], component: str) -> Part:
        from aiprod_studio.models import folders

        for file in files:
            described = folders.recognise(file)
            if described is not None and component in described.components:
                return folders.plan(file)
        try:
            return self.own_part(files, component)
        except MALFORMED as error:
            why = f"its description of the {component} makes no sense ({_cause(error)})"
            remedy = "The file is damaged or newer than this program; choose another version."
            raise refused(files[0].path, why, remedy) from error

    @abstractmethod
    def own_part(self, files: Sequence[ModelFile], component: str) -> Part:
        """Plan a component from files in the family's own layouts.

        Raises:
            Refusal: the component is not in the files, or they cannot be used together.
        """

    def conflict(self, generations: Mapping[str, str]) -> str:
        """Say why files, given as name to generation, cannot be used together; "" where they can.

        An unknown generation ("") agrees with every other.
        """
        known = {g: n for n, g in generations.items() if g}
        if len(known) < 2:
            return ""
        return " and ".join(f"{name} is of {g}" for g, name in sorted(known.items()))

    @abstractmethod
    def settings(self, files: Sequence[ModelFile]) -> dict[str, Any]:
        """Return what a run needs to know (sizes, schedule, defaults), plain JSON values."""
