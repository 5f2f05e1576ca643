"""Refining latents between keyframes with a diffusion transformer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from aiprod_studio.sdk import (
    Conditioning,
    DiT,
    Facts,
    Group,
    Invalid,
    Keyframe,
    Latents,
    Number,
    Refusal,
    Run,
    Seed,
    Slider,
    node,
    weights_of,
)

if TYPE_CHECKING:
    import torch

    from aiprod_studio.diffusion.denoising import Guides, Pass, Velocities
    from aiprod_studio.diffusion.joining import Scene
    from aiprod_studio.diffusion.sampling import Step
    from aiprod_studio.diffusion.tokens import Grid

ADVANCED = Group("advanced", advanced=True)
Fill = Literal["given", "linear"]
Noise = Literal["gaussian", "distance", "none"]


def _facts(params: Facts, inputs: Mapping[str, Facts]) -> Facts:
    passes = (1 + (params["guidance"] != 1)) * max(1, params["levels"])
    run = {"steps": params["steps"], "passes": passes}
    return {**inputs.get("model", {}), **inputs.get("start", {}), **run}


@node(
    "refine.latents",
    "Refine Latents Between Keyframes",
    since="1.0",
    costs=weights_of("model", phase="sample"),
    facts=_facts,
)
def refine_latents(
    run: Run,
    model: DiT,
    positive: Conditioning,
    start: Latents,
    negative: Conditioning | None = None,
    *,
    fill: Fill = "given",
    sigma: Annotated[float, Slider(0.05, 1, step=0.01)] = 0.7,
    steps: Annotated[int, Slider(1, 100)] = 20,
    guidance: Annotated[float, Slider(0, 20, step=0.1)] = 3.0,
    seed: Annotated[int, Seed()] = 0,
    noise: Annotated[Noise, ADVANCED] = "gaussian",
    levels: Annotated[int, Number(0, 8, zero="all"), ADVANCED] = 1,
    hold: Annotated[float, Slider(0, 1, step=0.05), ADVANCED] = 0.5,
    cooling: Annotated[float, Slider(0.3, 1, step=0.05), ADVANCED] = 0.8,
) -> Latents:
    """Make a filled film anew between its keyframes with a diffusion transformer.

    The film is taken back to a noise level and sampled from there; latent frames that show a
    pinned picture of strength 1 come out exactly as they were encoded.

    Args:
        model: the diffusion transformer
        positive: what should be seen
        start: the film between the pictures, encoded, with the pictures pinned to it
        negative: what should not be seen; without it guidance leads away from an empty prompt
        fill: given takes the film as it is; linear forgets it and interpolates between the pinned
            pictures, in latents
        sigma: how far back: more changes more, 1 keeps only the pinned pictures
        steps: steps of the whole schedule; those above sigma are left out
        guidance: how strongly the prompt leads; 1 is off and twice as fast
        seed: another seed, another film
        noise: which noise the filled frames get: gaussian all of it, distance less near the
            pictures, none begins at the film itself
        levels: 1 makes all frames at once; more goes from coarse to fine by halves, 0 down to the
            last
        hold: how firmly frames of a coarser level stand while a finer one is made
        cooling: each finer level begins from this part of the noise level before
    """
    from aiprod_studio.diffusion.fitting import check_start, check_widths
    from aiprod_studio.diffusion.refiner.latent import Manner, refined
    from aiprod_studio.diffusion.stopping import stoppable
    from aiprod_studio.diffusion.tokens import Grid

    _check(start, fill)
    check_start(model, start, 1.0)
    grid = Grid.of(model.settings)
    film, firm = _laid(start, grid)
    manner = Manner(fill, sigma, cooling, noise, levels, hold)
    with run.use(model) as network, stoppable(network, run.check):
        check_widths(network, positive, start)
        guides = _guides(positive, negative, guidance)
        sampler = _Sampler(run, model, network, replace(start, samples=film), guides)
        sampler.steps, sampler.seed, sampler.still = steps, seed, noise == "none"
        made = refined(film.to(run.device), firm, manner, sampler)
    samples = made.float().cpu().contiguous().clone()
    return replace(start, samples=samples, keyframes=(), mask=None, empty=False)


def _check(start: Latents, fill: Fill) -> None:
    if not start.keyframes:
        why = "no picture is pinned to the latents"
        raise Refusal(Invalid("input 'start'", why, "Pin pictures with the node 'Keyframe'."))
    if start.empty and fill == "given":
        why = "the latents are empty, there is no film to begin from"
        remedy = "Encode a filled film and pin its pictures, or set fill to linear."
        raise Refusal(Invalid("input 'start'", why, remedy))


def _laid(start: Latents, grid: Grid) -> tuple[torch.Tensor, dict[int, float]]:
    """The film with the encoded pictures in it, and how firmly their latent frames stand.

    A picture at frame 0 is a latent frame of its own. Elsewhere a latent frame covers several
    frames: a film that is given keeps its own there, an empty one gets the picture's.
    """
    film, firm = start.samples.clone(), dict[int, float]()
    for keyframe in start.keyframes:
        place = _latent_of(keyframe, grid)
        firm[place] = max(keyframe.strength, firm.get(place, 0.0))
        if place == 0 or start.empty:
            film[:, :, place : place + 1] = keyframe.latents.to(film)
    return film, firm


def _latent_of(keyframe: Keyframe, grid: Grid) -> int:
    if grid.causal:
        return -(-keyframe.frame // grid.time)
    return keyframe.frame // grid.time


class _Sampler:
    """Samples the whole film from a noise level on; finished samplings are kept for a resume."""

    def __init__(self, run: Run, model: DiT, network: Any, start: Latents, guides: Guides) -> None:
        self._run, self._model, self._network = run, model, network
        self._start, self._guides = start, guides
        self.steps, self.seed, self.still = 20, 0, False
        self._saved = dict(run.checkpoint.load() or {})
        self._made: dict[str, torch.Tensor] = {
            name: value for name, value in self._saved.items() if name.startswith("made.")
        }

    def __call__(
        self, film: torch.Tensor, mask: torch.Tensor, sigma: float, number: int
    ) -> torch.Tensor:
        """Return the film made anew."""
        name = f"made.{number}"
        if name not in self._made:
            self._made[name] = self._sampled(film, mask, sigma, number).cpu()
        return self._made[name].to(film)

    def _sampled(
        self, film: torch.Tensor, mask: torch.Tensor, sigma: float, number: int
    ) -> torch.Tensor:
        from aiprod_studio.diffusion.denoising import Denoiser
        from aiprod_studio.diffusion.noise import STEP_SEED_OFFSET, SeededNoise
        from aiprod_studio.diffusion.samplers import named
        from aiprod_studio.diffusion.sampling import sample
        from aiprod_studio.diffusion.schedules import Chosen

        scene = self._scene(film, mask)
        denoiser = Denoiser(self._forward(scene), scene, self._guides, "the transformer")
        levels = Chosen(self.steps, strength=sigma).levels(self._model.settings, scene.picture.own)
        seed, resume = self.seed + number, self._resume(number)
        tokens = scene.picture.tokens
        begun = tokens if self.still else scene.start(seed, float(levels[0]))
        if resume:
            tokens = resume["latents"].to(tokens)
        for step in sample(
            named("euler"), denoiser, begun, levels, noise=SeededNoise(seed + STEP_SEED_OFFSET),
            hold=scene.hold, resume=resume,
        ):  # fmt: skip
            tokens = step.latents
            self._show(scene, step, number)
        return scene.picture.latents(tokens)

    def _scene(self, film: torch.Tensor, mask: torch.Tensor) -> Scene:
        from aiprod_studio.diffusion.conditioning import lay
        from aiprod_studio.diffusion.joining import Scene
        from aiprod_studio.diffusion.tokens import Grid

        start = self._start
        return Scene(lay(film, start.keyframes, Grid.of(self._model.settings), start.frames,
                         float(start.rate), mask=mask, references=start.references))  # fmt: skip

    def _resume(self, number: int) -> dict[str, Any] | None:
        """The state of the sampling that was broken off, if it is this one."""
        if self._saved.get("number") != number:
            return None
        kept = {name: value for name, value in self._saved.items() if name[:5] != "made."}
        self._saved = {}
        return kept

    def _forward(self, scene: Scene) -> Any:
        from aiprod_studio.models import Request, Stream, forward

        dtype, picture = self._run.dtype, scene.picture

        def velocities(given: Pass) -> Velocities:
            batch, words = given.picture.shape[0], given.words
            mask = words.seen_mask
            stream = Stream(
                tokens=given.picture.to(dtype),
                sigmas=given.picture_sigmas,
                positions=picture.positions,
                context=words.seen.to(given.picture.device, dtype).expand(batch, -1, -1),
                context_mask=None if mask is None else mask.to(given.picture.device),
            )
            sigma = given.picture_sigmas.new_full((batch,), given.sigma)
            request = Request(stream, sigma, None, given.skip, given.isolate, picture.shape)
            return forward(self._network, request)

        return velocities

    def _show(self, scene: Scene, step: Step, number: int) -> None:
        from aiprod_studio.diffusion.preview import ColourMap

        self._run.checkpoint.save({**step.saved(), **self._made, "number": number})
        latents = scene.picture.latents(step.clean)
        colours = ColourMap.of(self._model.settings, latents.shape[1])
        self._run.preview((colours or ColourMap.spread(latents.shape[1])).pictures(latents))
        self._run.progress(step.done, step.total, f"level {number + 1}")


def _guides(positive: Conditioning, negative: Conditioning | None, guidance: float) -> Guides:
    from aiprod_studio.diffusion.denoising import EMPTY, Guides, Words
    from aiprod_studio.diffusion.guidance import Guidance

    given = Words.of(positive)
    assert given is not None
    away = Words.of(positive, EMPTY) if negative is None else Words.of(negative)
    pull = Guidance(cfg=guidance)
    guides = Guides(pull, pull, given, away)
    guides.check()
    return guides
