"""Samplers of ComfyUI with the nodes that only serve them, folded into one sampler of ours.

Noise, guider, sampler and sigmas nodes come as parts (`Given.part`); `levels` and `guiding` read
them. Two KSampler nodes that share one schedule, as Wan 2.2 uses them, become one with a later
transformer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

from aiprod_studio.app.comfy import guiding
from aiprod_studio.app.comfy.levels import USUAL_SHIFT, Levels, even, scheduled, told
from aiprod_studio.app.comfy.rules.latents import begun
from aiprod_studio.app.comfy.sheet import Part
from aiprod_studio.app.comfy.work import Given, Work
from aiprod_studio.graph.records import Json

Params: TypeAlias = dict[str, Json | Given]
SAMPLERS: Mapping[str, str] = {
    "euler": "euler", "euler_ancestral": "ancestral", "euler_cfg_pp": "cfg++",
    "gradient_estimation": "gradient", "res_2s": "res_2s", "exponential/res_2s": "res_2s",
}  # fmt: skip
NEAREST: Mapping[str, str] = {
    "euler_ancestral_cfg_pp": "ancestral", "lcm": "ancestral", "dpm_2_ancestral": "ancestral",
    "dpmpp_2s_ancestral": "ancestral", "dpmpp_sde": "ancestral", "dpmpp_2m_sde": "ancestral",
    "dpmpp_3m_sde": "ancestral", "gradient_estimation_cfg_pp": "gradient",
    "res_multistep": "res_2s", "heun": "res_2s", "dpm_2": "res_2s",
}  # fmt: skip
SEEDS = 2**53


def simple(part: Part, work: Work) -> tuple[Given, ...]:
    """KSampler."""
    name = part.title or part.kind
    denoise = min(max(work.number(part, "denoise", 1.0), 0.01), 1.0)
    levels = scheduled(
        work, name, work.text(part, "scheduler"), work.whole(part, "steps", 20),
        work.given(part, "model"), denoise,
    )  # fmt: skip
    params = {"guidance": work.number(part, "cfg", 3.0), "seed": _seed(part, work, "seed")}
    return _sampler(part, work, _linked(part, work), levels, params)


def advanced(part: Part, work: Work) -> tuple[Given, ...]:
    """KSampler with a part of the steps: alone, or the first or second of two."""
    before = work.given(part, "latent_image").facts.get("half")
    if isinstance(before, Part) and work.value(part, "add_noise") == "disable":
        return _both(before, part, work)
    if work.value(part, "return_with_leftover_noise") == "enable" and _has_second(part, work):
        start = work.given(part, "latent_image")
        return (Given(type="latents", facts={**start.facts, "half": part}),)
    levels = _schedule(part, work)
    first = work.whole(part, "start_at_step", 0)
    if 0 < first < levels.steps:
        written = levels.written() or even(levels.steps, USUAL_SHIFT)
        levels = Levels(levels.steps - first, sigmas=tuple(round(s, 6) for s in written[first:]))
    return _sampler(part, work, _linked(part, work), levels, _own(part, work))


def custom(part: Part, work: Work) -> tuple[Given, ...]:
    """SamplerCustom."""
    levels = told(work, work.given(part, "sigmas"))
    params = {"guidance": work.number(part, "cfg", 3.0), "seed": _seed(part, work, "noise_seed")}
    return _sampler(part, work, _linked(part, work), levels, params)


def guided(part: Part, work: Work) -> tuple[Given, ...]:
    """SamplerCustomAdvanced and its like, with a guider."""
    start = "latents" if part.kind == "LTXVTiledSampler" else "latent_image"
    if part.kind != "SamplerCustomAdvanced":
        work.remarks.say(part.title or part.kind, "here it samples like any other sampler")
    return _with_guider(part, work, work.given(part, start))


def base(part: Part, work: Work) -> tuple[Given, ...]:
    """LTX's sampler with size and first picture in one node."""
    there = {"length": "num_frames", "image": "optional_cond_images"}
    values = {ours: part.values.get(theirs) for ours, theirs in there.items()}
    sources = {
        ours: part.sources[theirs] for ours, theirs in there.items() if theirs in part.sources
    }
    size = replace(part, values=part.values | values, sources=part.sources | sources)
    start = begun(size, work)[-1]
    guide = guiding.told(work, work.given(part, "guider"))
    return _with_guider(part, work, start)[0], guide.positive, guide.negative


def _with_guider(part: Part, work: Work, start: Given) -> tuple[Given, ...]:
    guide = guiding.told(work, work.given(part, "guider"))
    noise = work.given(part, "noise").part
    words = {"positive": guide.positive, "negative": guide.negative}
    inputs = {"model": guide.model, "start": start, **words}
    params = {**guide.params, "seed": _seed(noise, work, "noise_seed") if noise else 0}
    return _sampler(part, work, inputs, told(work, work.given(part, "sigmas")), params)


def _both(first: Part, second: Part, work: Work) -> tuple[Given, ...]:
    """Make one sampler of two that share a schedule: the second's transformer works later."""
    levels = _schedule(first, work)
    at = work.whole(first, "end_at_step", levels.steps)
    inputs = _linked(first, work)
    inputs["later"] = work.given(second, "model")
    params: Params = {**_own(first, work), "handover": handover(levels, at)}
    if work.number(first, "cfg", 1.0) != work.number(second, "cfg", 1.0):
        why = "both transformers are led equally strongly here, as the first one is"
        work.remarks.say(first.title or first.kind, why)
    return _sampler(second, work, inputs, levels, params)


def handover(levels: Levels, at: int) -> float:
    """Return a noise level between one transformer's last step and the other's first."""
    shift = levels.shift or USUAL_SHIFT
    sigmas = levels.written() or even(levels.steps, shift)
    at = min(max(at, 1), len(sigmas) - 1)
    return round((sigmas[at - 1] + sigmas[at]) / 2, 3)


def _schedule(part: Part, work: Work) -> Levels:
    name = part.title or part.kind
    scheduler, steps = work.text(part, "scheduler"), work.whole(part, "steps", 20)
    return scheduled(work, name, scheduler, steps, work.given(part, "model"))


def _own(part: Part, work: Work) -> Params:
    return {"guidance": work.number(part, "cfg", 3.0), "seed": _seed(part, work, "noise_seed")}


def _has_second(part: Part, work: Work) -> bool:
    """Say whether the only ones to take unfinished latents are samplers that go on with them."""
    users = [work.sheet.parts[key] for key, _, _ in work.users.get(part.key, ())]
    kinds = {user.kind for user in users if user.values.get("add_noise", "disable") == "disable"}
    return bool(users) and kinds == {"KSamplerAdvanced"} == {user.kind for user in users}


def _linked(part: Part, work: Work) -> dict[str, Given]:
    names = {"start": "latent_image", "model": "model", "positive": "positive"}
    found = {ours: work.given(part, theirs) for ours, theirs in names.items()}
    return {**found, "negative": work.given(part, "negative")}


def _seed(part: Part, work: Work, name: str) -> Json | Given:
    seed = work.param(part, name, 0)
    if isinstance(seed, int) and seed >= SEEDS:
        work.remarks.say(part.title or part.kind, "seeds end at 2^53 here; it has another one now")
        return seed % SEEDS
    return seed if isinstance(seed, Given) or (isinstance(seed, int) and seed >= 0) else 0


def _sampler(
    part: Part,
    work: Work,
    inputs: Mapping[str, Given],
    levels: Levels,
    params: Mapping[str, object],
) -> tuple[Given, ...]:
    """Make our sampler."""
    given: Params = {
        "steps": levels.steps,
        "schedule": levels.schedule,
        "sampler": _method(part, work),
    }
    if levels.shift is not None:
        given["shift"] = levels.shift
    if levels.sigmas:
        given["sigmas"] = ", ".join(f"{sigma:g}" for sigma in levels.sigmas)
    made = work.add(part, "sampling.dit", inputs, {**given, **params}, name="sampler")
    latents = work.out(made, "latents", inputs["start"].facts)
    return latents, latents


def _method(part: Part, work: Work) -> str:
    """Return how steps are taken: our nearest to ComfyUI's sampler."""
    chooser = work.given(part, "sampler").part
    wanted = work.text(part, "sampler_name")
    if chooser is not None:
        wanted = work.text(chooser, "sampler_name") or OBJECTS.get(chooser.kind, chooser.kind)
    if not wanted or wanted in SAMPLERS:
        return SAMPLERS.get(wanted, "euler")
    nearest = NEAREST.get(wanted, "euler")
    why = f"there is no sampler {wanted!r} here; it uses {nearest!r}, the nearest"
    work.remarks.say(part.title or part.kind, why)
    return nearest


OBJECTS: Mapping[str, str] = {
    "SamplerEulerAncestral": "euler_ancestral",
    "SamplerEulerAncestralCFGPP": "euler_ancestral_cfg_pp",
    "SamplerDPMPP_2M_SDE": "dpmpp_2m_sde",
    "SamplerDPMPP_3M_SDE": "dpmpp_3m_sde",
    "SamplerDPMPP_SDE": "dpmpp_sde",
    "ClownSampler_Beta": "res_2s",
}
