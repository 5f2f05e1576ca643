"""The passes of one prediction: prompted, unprompted, perturbed, isolated, and their guidance.

Between the sampling loop, which asks for the clean film at a noise level, and a network, which is
given as a callable that answers one `Pass` with velocities. Which passes are needed follows from
the guidance of picture and sound; each stream is guided by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch

from aiprod_studio.diffusion.guidance import Guidance
from aiprod_studio.diffusion.joining import Scene
from aiprod_studio.diffusion.sampling import Prediction
from aiprod_studio.sdk import Conditioning, Invalid, Refusal

SOUND = "sound."
EMPTY = "empty."


@dataclass(frozen=True)
class Words:
    """A prompt as a network reads it: embeddings (1, words, width) and mask (1, words) each."""

    seen: torch.Tensor
    seen_mask: torch.Tensor
    heard: torch.Tensor | None = None
    heard_mask: torch.Tensor | None = None

    @classmethod
    def of(cls, given: Conditioning, part: str = "") -> Words | None:
        """Return the prompt in a conditioning, or with `EMPTY` what an empty one gives."""
        extra = given.extra
        if not part:
            seen, mask = given.embeddings, given.mask
        elif part + "embeddings" in extra:
            seen, mask = extra[part + "embeddings"], extra[part + "mask"]
        else:
            return None
        heard = extra.get(part + SOUND + "embeddings")
        return cls(seen, mask, heard, extra.get(part + SOUND + "mask"))


@dataclass(frozen=True)
class Pass:
    """One run of the network: tokens and noise levels of picture and sound, and the words."""

    sigma: float
    words: Words
    picture: torch.Tensor
    picture_sigmas: torch.Tensor
    sound: torch.Tensor | None = None
    sound_sigmas: torch.Tensor | None = None
    skip: tuple[int, ...] = ()
    isolate: bool = False


Velocities = tuple[torch.Tensor, torch.Tensor | None]
Both = tuple[torch.Tensor, torch.Tensor | None]


@dataclass(frozen=True)
class Guides:
    """How picture and sound are guided, and the words they are led away from."""

    picture: Guidance
    sound: Guidance
    positive: Words
    negative: Words | None = None

    @property
    def passes(self) -> int:
        """How often the network runs for one prediction."""
        each = ("needs_unprompted", "needs_perturbed", "needs_isolated")
        return 1 + sum(self.need(name) for name in each)

    def need(self, name: str) -> bool:
        """Say whether picture or sound needs a pass."""
        return bool(getattr(self.picture, name) or getattr(self.sound, name))

    def check(self) -> None:
        """Refuse guidance that has nothing to lead away from.

        Raises:
            Refusal: guidance is on, and there is neither a negative prompt nor an empty one.
        """
        if self.need("needs_unprompted") and self.negative is None:
            why = "guidance needs a negative prompt, and none is linked"
            raise Refusal(Invalid("input 'negative'", why, "Link one, or set guidance to 1."))


@dataclass(frozen=True)
class Denoiser:
    """The network with its prompts and guidance, as the sampling loop calls it."""

    forward: Callable[[Pass], Velocities]
    scene: Scene
    guides: Guides
    source: str = "the model"

    @torch.inference_mode()
    def __call__(self, joined: torch.Tensor, sigma: float) -> Prediction:
        """Return the guided clean film, and the unprompted one where it was computed."""
        tokens = self.scene.split(joined)
        first = self._pass(tokens, sigma, self.guides.positive)
        prompted = self._clean(first)
        self._check_numbers(prompted)
        unprompted = perturbed = isolated = None
        if self.guides.need("needs_unprompted") and self.guides.negative is not None:
            unprompted = self._clean(replace(first, words=self.guides.negative))
        if self.guides.need("needs_perturbed"):
            blocks = self.guides.picture.stg_blocks or self.guides.sound.stg_blocks
            perturbed = self._clean(replace(first, skip=blocks))
        if self.guides.need("needs_isolated"):
            isolated = self._clean(replace(first, isolate=True))
        guided = self._guided(prompted, unprompted, perturbed, isolated)
        other = None if unprompted is None else self.scene.join(*unprompted)
        return Prediction(self.scene.join(*guided), other)

    def _pass(self, tokens: Both, sigma: float, words: Words) -> Pass:
        seen, heard = tokens
        sound = self.scene.sound
        levels = None if sound is None else sound.sigmas(sigma)
        return Pass(sigma, words, seen, self.scene.picture.sigmas(sigma), heard, levels)

    def _clean(self, given: Pass) -> Both:
        """Run the network once and return what it takes for the clean film."""
        seen, heard = self.forward(given)
        picture = given.picture - given.picture_sigmas[..., None] * seen.float()
        if given.sound is None or given.sound_sigmas is None or heard is None:
            return picture, None
        return picture, given.sound - given.sound_sigmas[..., None] * heard.float()

    def _guided(
        self,
        prompted: Both,
        unprompted: Both | None,
        perturbed: Both | None,
        isolated: Both | None,
    ) -> Both:
        made: list[torch.Tensor | None] = []
        for index, guidance in enumerate((self.guides.picture, self.guides.sound)):
            own = prompted[index]
            if own is None:
                made.append(None)
                continue
            made.append(
                guidance.combine(
                    own,
                    unprompted[index] if unprompted and guidance.needs_unprompted else None,
                    perturbed[index] if perturbed and guidance.needs_perturbed else None,
                    isolated[index] if isolated and guidance.needs_isolated else None,
                )
            )
        assert made[0] is not None
        return made[0], made[1]

    def _check_numbers(self, found: Both) -> None:
        if all(bool(torch.isfinite(each).all()) for each in found if each is not None):
            return
        why = f"{self.source} gives values that are no numbers"
        remedy = "Its file may be damaged: download it again, or choose float32 as compute type."
        raise Refusal(Invalid("input 'model'", why, remedy))
