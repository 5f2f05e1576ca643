"""Sampling: noise becomes video latents, and the sound that belongs to them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from aiprod_studio.sdk import (
    Conditioning,
    Curve,
    DiT,
    Facts,
    Group,
    Invalid,
    Latents,
    Refusal,
    Run,
    Seed,
    Slider,
    SoundTrack,
    When,
    check_agree,
    node,
    weights_of,
)

if TYPE_CHECKING:
    import torch

    from aiprod_studio.diffusion.denoising import Denoiser, Guides, Pass, Velocities
    from aiprod_studio.diffusion.joining import Scene
    from aiprod_studio.diffusion.sampling import Step, Stepper

ADVANCED = Group("advanced", advanced=True)
Sampler = Literal["euler", "ancestral", "cfg++", "gradient", "res_2s"]
Schedule = Literal[
    "model", "ltx2", "ltx2-by-size", "shifted", "linear-quadratic", "beta", "distilled",
    "distilled-refine",
]  # fmt: skip


def _facts(params: Facts, inputs: Mapping[str, Facts]) -> Facts:
    for name in ("start", "positive", "negative"):
        check_agree(inputs, "model", name)
    start = inputs.get("start", {})
    passes = 1 + (params["guidance"] != 1) + (params["stg"] != 0)
    passes += params["modality"] != 1 and bool(start.get("sound"))
    twice = 2 if params["sampler"] == "res_2s" else 1
    run = {"steps": params["steps"], "passes": passes * twice}
    return {**inputs.get("model", {}), **start, **run}


@node(
    "sampling.dit",
    "DiT Sampler",
    since="1.0",
    costs=weights_of("model", "later", phase="sample"),
    facts=_facts,
)
def dit_sampler(
    run: Run,
    model: DiT,
    positive: Conditioning,
    start: Latents,
    negative: Conditioning | None = None,
    later: DiT | None = None,
    *,
    steps: Annotated[int, Slider(1, 100)] = 20,
    guidance: Annotated[float, Slider(0, 20, step=0.1)] = 3.0,
    seed: Annotated[int, Seed()] = 0,
    sampler: Annotated[Sampler, ADVANCED] = "euler",
    schedule: Annotated[Schedule, ADVANCED] = "model",
    shift: Annotated[
        float, Slider(0.1, 20, step=0.1), ADVANCED, When("schedule", ("shifted",))
    ] = 2,
    sigmas: Annotated[str, Curve(falling=True), ADVANCED] = "",
    strength: Annotated[float, Slider(0.02, 1, step=0.02), ADVANCED] = 1.0,
    stg: Annotated[float, Slider(0, 5, step=0.1, zero="off"), ADVANCED] = 0.0,
    rescale: Annotated[float, Slider(0, 1, step=0.05, zero="off"), ADVANCED] = 0.0,
    sound_guidance: Annotated[float, Slider(0, 20, step=0.1, zero="as guidance"), ADVANCED] = 0.0,
    modality: Annotated[float, Slider(0, 10, step=0.1), ADVANCED] = 1.0,
    handover: Annotated[float, Slider(0, 1, step=0.005), ADVANCED] = 0.875,
) -> Latents:
    """Turn noise into video latents, led by the prompts; sound in the start is made together.

    Pictures pinned to the start are kept: at frame 0 as the video's beginning, elsewhere as guides.
    Parts that the start keeps (a retake, an extension, a given sound) come out as they went in.

    Args:
        model: the diffusion transformer
        positive: what should be seen and heard
        start: the size and pinned pictures of the video, or a video to be changed
        negative: what should not be seen; without it guidance leads away from an empty prompt
        later: a second transformer that takes over at low noise (Wan 2.2 comes as two)
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
        sound_guidance: how strongly the prompt leads the sound; 0 takes that of the picture
        modality: how strongly picture and sound are bound to each other; 1 is off
        handover: the noise level below which the later transformer works
    """
    from aiprod_studio.diffusion.denoising import Denoiser
    from aiprod_studio.diffusion.fitting import called, check_start, check_widths
    from aiprod_studio.diffusion.samplers import named
    from aiprod_studio.diffusion.schedules import Chosen

    check_start(model, start, strength)
    if later is not None:
        check_start(later, start, strength)
    guides = _guides(model, (guidance, sound_guidance or guidance, modality), stg, rescale,
                     positive, negative)  # fmt: skip
    if modality != 1 and start.sound is None:
        run.say("modality guidance does nothing: the start has no sound")
    if start.references and not model.loras:
        run.say("the start has a reference video, which only an IC-LoRA can follow")
    chosen = Chosen(steps, schedule, shift, sigmas, strength)
    with _Networks(run, model, later, handover) as networks:
        check_widths(networks.at(1.0), positive, start)
        guides.check()
        scene = _scene(run, model, start, networks.at(1.0))
        forward = _Forward(networks, scene, run, start.beside)
        denoiser = Denoiser(forward, scene, guides, called(model))
        levels = chosen.levels(model.settings, scene.picture.own)
        picture, sound = _sampled(run, model, denoiser, named(sampler), levels, seed)
    track = None if sound is None else SoundTrack(sound)
    return replace(start, samples=picture, sound=track, keyframes=(), references=(), mask=None,
                   beside=None, empty=False)  # fmt: skip


def _scene(run: Run, model: DiT, start: Latents, network: Any) -> Scene:
    from aiprod_studio.diffusion.conditioning import lay
    from aiprod_studio.diffusion.joining import Scene
    from aiprod_studio.diffusion.soundtracks import SoundGrid, lay_sound
    from aiprod_studio.diffusion.tokens import Grid

    samples = start.samples.to(run.device)
    picture = lay(samples, start.keyframes, Grid.of(model.settings), start.frames,
                  float(start.rate), mask=start.mask, references=start.references)  # fmt: skip
    if start.sound is None:
        return Scene(picture)
    grid, width = SoundGrid.of(model.settings), getattr(network.config, "audio_in_channels", None)
    if grid is None or width is None:
        why = "the start has sound, and this model makes pictures only"
        raise Refusal(Invalid("input 'start'", why, "Switch its sound off, or use LTX-2."))
    return Scene(picture, lay_sound(start.sound, grid, width, samples.shape[0], run.device))


def _sampled(
    run: Run, model: DiT, denoiser: Denoiser, stepper: Stepper, levels: torch.Tensor, seed: int
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Take all steps, from the last checkpoint if there is one; return picture and sound."""
    from aiprod_studio.diffusion.noise import STEP_SEED_OFFSET, SeededNoise
    from aiprod_studio.diffusion.sampling import sample

    scene, saved = denoiser.scene, run.checkpoint.load()
    joined = saved["latents"] if saved else scene.join(
        scene.picture.tokens, scene.sound.tokens if scene.sound else None
    )  # fmt: skip
    visits = len(stepper.visits(levels)) - 1
    networks = denoiser.forward.networks  # type: ignore[attr-defined]
    networks.progress = int(saved["done"]) / visits if saved else 0.0
    for step in sample(
        stepper,
        denoiser,
        scene.start(seed, float(levels[0])),
        levels,
        noise=SeededNoise(seed + STEP_SEED_OFFSET),
        hold=scene.hold,
        resume=saved,
    ):
        joined = step.latents
        networks.progress = step.done / step.total
        _show(run, model, scene, step)
    tokens, sound = scene.split(joined)
    return _kept(scene.picture.latents(tokens)), None if sound is None else _kept(sound)


def _kept(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.float().cpu().contiguous().clone()


class _Networks:
    """The network in use, with its LoRAs: one, or two of which the later works at low noise."""

    def __init__(self, run: Run, model: DiT, later: DiT | None, handover: float) -> None:
        self.progress = 0.0
        self._run, self._models, self._handover = run, (model, later), handover
        self._stack, self._now = ExitStack(), -1
        self._network: Any = None
        self._dials: Any = None

    def __enter__(self) -> _Networks:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def at(self, sigma: float) -> Any:
        """Return the network for a noise level, its LoRAs set for the progress so far."""
        wanted = 1 if self._models[1] is not None and sigma < self._handover else 0
        if wanted != self._now:
            self._change(wanted)
        self._dials.at(self.progress)
        return self._network

    def _change(self, wanted: int) -> None:
        from aiprod_studio.diffusion.stopping import stoppable
        from aiprod_studio.models.adapters.loras import beside

        self._stack.close()
        model = self._models[wanted]
        assert model is not None
        self._network = self._stack.enter_context(self._run.use(model))
        self._stack.enter_context(stoppable(self._network, self._run.check))
        self._dials = self._stack.enter_context(beside(self._network, model.loras))
        self._now = wanted


class _Forward:
    """One pass of the network in use over a scene."""

    def __init__(self, networks: _Networks, scene: Scene, run: Run, beside: Any) -> None:
        from aiprod_studio.diffusion.tokens import pack

        self.networks, self._scene, self._dtype = networks, scene, run.dtype
        self._strengths = scene.picture.strengths(run.dtype)
        self._beside: Any = None
        if beside is not None:
            self._beside = pack(beside.to(run.device, run.dtype), scene.picture.grid)

    def __call__(self, given: Pass) -> Velocities:
        from aiprod_studio.models import Request, forward

        words, picture, sound = given.words, self._scene.picture, self._scene.sound
        beside, strengths = self._beside, self._strengths
        seen = self._stream(given.picture, given.picture_sigmas, picture.positions, words.seen,
                            words.seen_mask, beside=beside, strengths=strengths)  # fmt: skip
        heard = None
        if sound is not None:
            if words.heard is None:
                why = "the words were encoded without connectors, and a film with sound needs them"
                remedy = "Link the model's connectors to the node that encodes the text."
                raise Refusal(Invalid("input 'positive'", why, remedy))
            heard = self._stream(given.sound, given.sound_sigmas, sound.positions, words.heard,
                                 words.heard_mask)  # fmt: skip
        sigma = given.picture_sigmas.new_full((given.picture.shape[0],), given.sigma)
        request = Request(seen, sigma, heard, given.skip, given.isolate, picture.shape)
        return forward(self.networks.at(given.sigma), request)

    def _stream(
        self, tokens: Any, sigmas: Any, positions: Any, words: Any, mask: Any, **more: Any
    ) -> Any:
        from aiprod_studio.models import Stream

        batch, device = tokens.shape[0], tokens.device
        tokens, context = tokens.to(self._dtype), words.to(device, self._dtype)
        kept = None if mask is None else mask.to(device).expand(batch, -1)
        wide = {n: None if t is None else t.expand(batch, -1, -1) for n, t in more.items()}
        return Stream(tokens, sigmas, positions, context.expand(batch, -1, -1), kept, **wide)


def _guides(
    model: DiT,
    pull: tuple[float, float, float],
    stg: float,
    rescale: float,
    positive: Conditioning,
    negative: Conditioning | None,
) -> Guides:
    from aiprod_studio.diffusion.denoising import EMPTY, Guides, Words
    from aiprod_studio.diffusion.guidance import Guidance

    blocks = tuple(int(block) for block in model.settings.get("stg_blocks", ()))
    if stg and not blocks:
        why = "this model names no blocks for spatio-temporal guidance"
        raise Refusal(Invalid("param 'stg'", why, "Set it to 0."))
    picture, sound, modality = pull
    given = Words.of(positive)
    assert given is not None
    away = Words.of(positive, EMPTY) if negative is None else Words.of(negative)
    both = [Guidance(cfg, stg, blocks, modality, rescale) for cfg in (picture, sound)]
    return Guides(both[0], both[1], given, away)


def _show(run: Run, model: DiT, scene: Scene, step: Step) -> None:
    from aiprod_studio.diffusion.preview import ColourMap

    run.checkpoint.save(step.saved())
    latents = scene.picture.latents(scene.split(step.clean)[0])
    colours = ColourMap.of(model.settings, latents.shape[1])
    run.preview((colours or ColourMap.spread(latents.shape[1])).pictures(latents))
    run.progress(step.done, step.total, "sampling")
