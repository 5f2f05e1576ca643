"""Sampling: noise becomes video latents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from aiprod_studio.sdk import (
    Conditioning,
    DiT,
    Facts,
    Group,
    Invalid,
    Latents,
    Missing,
    Refusal,
    Run,
    Seed,
    Slider,
    Text,
    When,
    node,
    weights_of,
)

if TYPE_CHECKING:
    import torch

    from aiprod_studio.diffusion.conditioning import Canvas
    from aiprod_studio.diffusion.guidance import Guidance
    from aiprod_studio.diffusion.sampling import Prediction, Step, Stepper

ADVANCED = Group("advanced", advanced=True)
Sampler = Literal["euler", "ancestral", "cfg++", "gradient", "res_2s"]
Schedule = Literal[
    "model", "ltx2", "shifted", "linear-quadratic", "beta", "distilled", "distilled-refine"
]


def _facts(params: Facts, inputs: Mapping[str, Facts]) -> Facts:
    passes = 1 + (params["guidance"] != 1) + (params["stg"] != 0)
    run = {"steps": params["steps"], "passes": passes}
    return {**inputs.get("model", {}), **inputs.get("start", {}), **run}


@node(
    "sampling.dit",
    "DiT Sampler",
    since="1.0",
    costs=weights_of("model", phase="sample"),
    facts=_facts,
)
def dit_sampler(
    run: Run,
    model: DiT,
    positive: Conditioning,
    start: Latents,
    negative: Conditioning | None = None,
    *,
    steps: Annotated[int, Slider(1, 100)] = 20,
    guidance: Annotated[float, Slider(0, 20, step=0.1)] = 3.0,
    seed: Annotated[int, Seed()] = 0,
    sampler: Annotated[Sampler, ADVANCED] = "euler",
    schedule: Annotated[Schedule, ADVANCED] = "model",
    shift: Annotated[
        float, Slider(0.1, 20, step=0.1), ADVANCED, When("schedule", ("shifted",))
    ] = 2,
    sigmas: Annotated[str, Text(2000), ADVANCED] = "",
    strength: Annotated[float, Slider(0.02, 1, step=0.02), ADVANCED] = 1.0,
    stg: Annotated[float, Slider(0, 5, step=0.1), ADVANCED] = 0.0,
    rescale: Annotated[float, Slider(0, 1, step=0.05), ADVANCED] = 0.0,
) -> Latents:
    """Turn noise into video latents, led by the prompts.

    Pictures pinned to the start are kept: at frame 0 as the video's beginning, elsewhere as guides.

    Args:
        model: the diffusion transformer
        positive: what should be seen
        start: the size and pinned pictures of the video, or a video to be changed
        negative: what should not be seen; without it guidance leads away from an empty prompt
        steps: more steps are finer and slower
        guidance: how strongly the prompt leads; 1 is off and twice as fast
        seed: another seed, another video
        sampler: how steps are taken; ancestral adds fresh noise, res_2s takes two passes a step
        schedule: which noise levels are visited; model is what the model was made for
        shift: above 1 spends more steps on the large forms
        sigmas: noise levels written down, such as 1, 0.9, 0.5, 0; they replace steps and schedule
        strength: how much of a given video is made anew; 1 begins from pure noise
        stg: spatio-temporal guidance, for models that have blocks for it; 0 is off
        rescale: pulls colours back that strong guidance has driven apart
    """
    _check(model, start, strength)
    from aiprod_studio.diffusion.samplers import named
    from aiprod_studio.diffusion.stopping import stoppable

    pull = _guidance(model, guidance, stg, rescale)
    levels = _Choice(steps, schedule, shift, sigmas, strength)
    with run.use(model) as network, stoppable(network, run.check):
        _check_widths(network, positive, start)
        canvas = _canvas(run, model, start)
        denoiser = _Denoiser(network, canvas, pull, positive, negative, run.dtype)
        samples = _sampled(run, model, denoiser, named(sampler), levels.of(model, canvas), seed)
    return replace(start, samples=samples, keyframes=(), empty=False)


def _canvas(run: Run, model: DiT, start: Latents) -> Canvas:
    from aiprod_studio.diffusion.conditioning import lay
    from aiprod_studio.diffusion.tokens import Grid

    samples = start.samples.to(run.device)
    grid = Grid.of(model.settings)
    return lay(samples, start.keyframes, grid, start.frames, float(start.rate))


def _sampled(
    run: Run, model: DiT, denoiser: _Denoiser, stepper: Stepper, levels: torch.Tensor, seed: int
) -> torch.Tensor:
    """Take all steps, from the last checkpoint if there is one, and return the latents."""
    from aiprod_studio.diffusion.noise import STEP_SEED_OFFSET, SeededNoise
    from aiprod_studio.diffusion.sampling import sample

    canvas, saved = denoiser.canvas, run.checkpoint.load()
    tokens = saved["latents"] if saved else canvas.tokens
    for step in sample(
        stepper,
        denoiser,
        canvas.start(_noise(canvas, seed), float(levels[0])),
        levels,
        noise=SeededNoise(seed + STEP_SEED_OFFSET),
        hold=canvas.hold,
        resume=saved,
    ):
        tokens = step.latents
        _show(run, model, canvas, step)
    return canvas.latents(tokens).float().cpu().contiguous().clone()


@dataclass(frozen=True)
class _Choice:
    """Which noise levels the artist wants."""

    steps: int
    schedule: str
    shift: float
    sigmas: str
    strength: float

    def of(self, model: DiT, canvas: Canvas) -> torch.Tensor:
        """Return the levels for a video."""
        from aiprod_studio.diffusion import schedules

        return schedules.begun_at(self._whole(model, canvas.own), self.strength)

    def _whole(self, model: DiT, tokens: int) -> torch.Tensor:
        from aiprod_studio.diffusion import schedules

        if self.sigmas.strip():
            return schedules.explicit(self.sigmas)
        if self.schedule != "model":
            settings = {**model.settings, "shift": self.shift}
            return schedules.named(self.schedule, self.steps, tokens, settings)
        told = model.settings.get("sigmas")
        if told and len(told) == self.steps + 1:
            return schedules.explicit(told)
        name = str(model.settings.get("schedule", "shifted"))
        return schedules.named(name, self.steps, tokens, model.settings)


@dataclass(frozen=True)
class _Denoiser:
    """The network with its prompts and guidance, as the sampling loop calls it."""

    network: Any
    canvas: Canvas
    guidance: Guidance
    positive: Conditioning
    negative: Conditioning | None
    dtype: torch.dtype

    def __call__(self, tokens: torch.Tensor, sigma: float) -> Prediction:
        import torch

        from aiprod_studio.diffusion.sampling import Prediction

        with torch.inference_mode():
            prompted = self._clean(tokens, sigma, *self._prompt(self.positive))
            unprompted = perturbed = None
            if self.guidance.needs_unprompted:
                unprompted = self._clean(tokens, sigma, *self._other())
            if self.guidance.needs_perturbed:
                words = self._prompt(self.positive)
                perturbed = self._clean(tokens, sigma, *words, self.guidance.stg_blocks)
            guided = self.guidance.combine(prompted, unprompted, perturbed)
        return Prediction(guided, unprompted)

    def _clean(
        self,
        tokens: torch.Tensor,
        sigma: float,
        words: torch.Tensor,
        mask: torch.Tensor,
        skip: tuple[int, ...] = (),
    ) -> torch.Tensor:
        """Run the network once and return what it takes for the clean video."""
        from aiprod_studio.models import Request, Stream, forward

        batch = tokens.shape[0]
        sigmas = self.canvas.sigmas(sigma)
        stream = Stream(
            tokens=tokens.to(self.dtype),
            sigmas=sigmas,
            positions=self.canvas.positions,
            context=words.to(tokens.device, self.dtype).expand(batch, -1, -1),
            context_mask=mask.to(tokens.device).expand(batch, -1),
        )
        request = Request(
            stream, sigma=sigmas.new_full((batch,), sigma), skip=skip, grid=self.canvas.shape
        )
        velocity = forward(self.network, request).video.float()
        return tokens - sigmas[..., None] * velocity

    def _prompt(self, given: Conditioning) -> tuple[torch.Tensor, torch.Tensor]:
        return given.embeddings, given.mask

    def _other(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the negative prompt, or what the encoder made of an empty one."""
        if self.negative is not None:
            return self._prompt(self.negative)
        extra = self.positive.extra
        if "empty.embeddings" not in extra:
            why = "guidance needs a negative prompt, and none is linked"
            raise Refusal(Invalid("input 'negative'", why, "Link one, or set guidance to 1."))
        return extra["empty.embeddings"], extra["empty.mask"]


def _check(model: DiT, start: Latents, strength: float) -> None:
    if not model.files:
        why = "the model that is linked has no transformer"
        raise Refusal(Missing("input 'model'", why, "Choose a model with one, or add its file."))
    if start.family != model.family:
        why = f"the latents are of {start.family!r}, the model is of {model.family!r}"
        remedy = "Link the codec of the same model to the node that made the latents."
        raise Refusal(Invalid("input 'start'", why, remedy))
    if start.empty and strength < 1:
        why = f"strength {strength} needs a video to begin from, and the latents are empty"
        raise Refusal(Invalid("param 'strength'", why, "Set it to 1, or link a video's latents."))


def _check_widths(network: Any, words: Conditioning, start: Latents) -> None:
    """Refuse words and latents of another width than the network's own."""
    config = network.config
    reads = getattr(config, "text_dim", None) or getattr(config, "caption_channels", None)
    if not getattr(config, "use_prompt_embeddings", True):
        reads = getattr(config, "cross_attention_dim", None)
    found = words.embeddings.shape[-1]
    if reads and found != reads:
        why = f"the words have {found} channels, the model reads {reads}"
        raise Refusal(Invalid("input 'positive'", why, "Link the text encoder of this model."))
    found, makes = start.samples.shape[1], getattr(config, "out_channels", None)
    if makes and found != makes:
        why = f"the latents have {found} channels, the model makes {makes}"
        raise Refusal(Invalid("input 'start'", why, "Link the codec of this model."))


def _guidance(model: DiT, cfg: float, stg: float, rescale: float) -> Guidance:
    from aiprod_studio.diffusion.guidance import Guidance

    blocks = tuple(int(block) for block in model.settings.get("stg_blocks", ()))
    if stg and not blocks:
        why = "this model names no blocks for spatio-temporal guidance"
        raise Refusal(Invalid("param 'stg'", why, "Set it to 0."))
    return Guidance(cfg=cfg, stg=stg, stg_blocks=blocks, rescale=rescale)


def _noise(canvas: Canvas, seed: int) -> torch.Tensor:
    """Return noise shaped like the tokens; the video's own does not depend on its guides."""
    import torch

    from aiprod_studio.diffusion.noise import SeededNoise

    source = SeededNoise(seed)
    batch, count, width = canvas.tokens.shape
    own = source.of((batch, canvas.own, width))
    guides = source.of((batch, count - canvas.own, width))
    return torch.cat([own, guides], dim=1).to(canvas.tokens.device)


def _show(run: Run, model: DiT, canvas: Canvas, step: Step) -> None:
    from aiprod_studio.diffusion.preview import ColourMap

    run.checkpoint.save(step.saved())
    latents = canvas.latents(step.clean)
    colours = ColourMap.of(model.settings, latents.shape[1])
    run.preview((colours or ColourMap.spread(latents.shape[1])).pictures(latents))
    run.progress(step.done, step.total, "sampling")
