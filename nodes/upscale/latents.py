"""Enlarging latents between two phases of sampling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from aiprod_studio.sdk import (
    VAE,
    Facts,
    Invalid,
    Latents,
    Missing,
    Refusal,
    Run,
    Upscaler,
    check_agree,
    node,
    weights_of,
)


def _facts(params: Facts, inputs: Mapping[str, Facts]) -> Facts:
    check_agree(inputs, "latents", "vae")
    check_agree(inputs, "latents", "upscaler")
    upscaler, latents = inputs.get("upscaler", {}), inputs.get("latents", {})
    factor = float(upscaler.get("upscale", 2))
    sides = {name: int(latents[name] * factor) for name in ("width", "height") if name in latents}
    if upscaler.get("upscales_time") and not upscaler.get("upscales_space", True):
        sides = {"frames": 2 * latents["frames"] - 1} if "frames" in latents else {}
    return {**upscaler, **latents, **sides, "guides": 0, "held": False, "attention": False}


@node(
    "upscale.latents",
    "Upscale Latents",
    since="1.0",
    costs=weights_of("upscaler", "vae", phase="upscale"),
    facts=_facts,
)
def upscale_latents(run: Run, latents: Latents, upscaler: Upscaler, vae: VAE) -> Latents:
    """Enlarge sampled latents, for a second phase of sampling at the larger size.

    A temporal upscaler doubles the frame rate instead. Sound stays as it is. Keyframes belong to
    one size: pin them again afterwards.

    Args:
        latents: what the first phase made
        upscaler: the upscaler of the model; it must work on latents
        vae: the codec of the model, whose scale the upscaler needs
    """
    _check(latents, upscaler, vae)
    import torch

    from aiprod_studio.diffusion.stopping import stoppable
    from aiprod_studio.models.codecs import upscale_latents as enlarge

    samples = latents.samples.to(run.device, run.dtype)
    with run.use(upscaler) as network, run.use(vae) as codec, stoppable(network, run.check):
        made = torch.inference_mode()(enlarge)(network, codec, samples)
    samples = made.float().cpu().contiguous().clone()
    plain = replace(latents, samples=samples, keyframes=(), references=(), mask=None)
    return _described(run, latents, samples.shape, plain)


def _described(run: Run, old: Latents, shape: tuple[int, ...], made: Latents) -> Latents:
    """Return the latents with the size and length that they have now."""
    had = old.samples.shape
    if old.keyframes or old.references or old.mask is not None:
        run.say("keyframes, references and masks belong to the smaller size; set them again")
    frames = (old.frames - 1) * (shape[2] - 1) // max(1, had[2] - 1) + 1
    rate = old.rate * (frames - 1) / (old.frames - 1) if old.frames > 1 else old.rate
    width, height = old.width * shape[4] // had[4], old.height * shape[3] // had[3]
    return replace(made, width=width, height=height, frames=frames, rate=rate)


def _check(latents: Latents, upscaler: Upscaler, vae: VAE) -> None:
    for name, part in (("upscaler", upscaler), ("vae", vae)):
        if not part.files:
            why = f"the model has no {name}"
            raise Refusal(Missing(f"input {name!r}", why, "Choose a model with one."))
    if latents.empty:
        why = "nothing has been sampled into the latents yet"
        raise Refusal(Invalid("input 'latents'", why, "Link the output of a sampler."))
    other = str(upscaler.settings.get("generation", ""))
    if latents.generation and other and latents.generation != other:
        why = f"the latents are of generation {latents.generation}, the upscaler is for {other}"
        raise Refusal(Invalid("input 'upscaler'", why, f"Use the one for {latents.generation}."))
    space = upscaler.settings.get("space", "latents")
    if space != "latents":
        why = f"this upscaler works on {space}, not on latents"
        remedy = "Decode first, then use the node 'Upscale Video'."
        raise Refusal(Invalid("input 'upscaler'", why, remedy))
