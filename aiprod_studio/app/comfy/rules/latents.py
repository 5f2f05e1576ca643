"""Nodes of ComfyUI that deal in latents: sizes, pinned pictures, sound beside the picture.

Our latents know their frame rate and carry their sound; ComfyUI's have neither, so that sizes ask
for the rate that `lending` found, and joining and parting picture and sound is nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiprod_studio.app.comfy.rules.pictures import as_rate
from aiprod_studio.app.comfy.sheet import Part
from aiprod_studio.app.comfy.work import NOTHING, Given, Work
from aiprod_studio.graph.records import Json

WAN = 16
"""Frames a second of Wan's films, where nothing says otherwise."""
LTX = 24


def empty(part: Part, work: Work) -> tuple[Given, ...]:
    """The size and length of a film."""
    return (_empty(part, work, work.given(part, "vae")),)


def begun(part: Part, work: Work) -> tuple[Given, ...]:
    """LTX's size and first frame in one node."""
    vae = work.given(part, "vae")
    latents = _empty(part, work, vae)
    return (*_words(part, work), _pinned(part, work, latents, "latents.first_frame"))


def pinned(part: Part, work: Work) -> tuple[Given, ...]:
    """LTX's first frame; a switch may leave it out."""
    latents = work.given(part, "latent")
    if work.value(part, "bypass") is True and part.mode == "active":
        return (_pinned(part, work, latents, "latents.first_frame", off=True),)
    return (_pinned(part, work, latents, "latents.first_frame"),)


def guided(part: Part, work: Work) -> tuple[Given, ...]:
    """LTX's guide: a picture at a frame, or a film beside the one that is made."""
    latents, image = work.given(part, "latent"), work.given(part, "image")
    if image.type == "video":
        return (*_words(part, work), _referenced(part, work, latents, image))
    frame = work.whole(part, "frame_idx", 0)
    length = latents.facts.get("frames")
    if frame < -1 and isinstance(length, int):
        frame = max(0, length + frame)
    if frame == 0:
        return (*_words(part, work), _pinned(part, work, latents, "latents.first_frame"))
    if frame < 0:
        return (*_words(part, work), _pinned(part, work, latents, "latents.last_frame"))
    made = _pinned(part, work, latents, "latents.keyframe", {"frame": frame})
    return (*_words(part, work), made)


def wan_begun(part: Part, work: Work) -> tuple[Given, ...]:
    """Wan's size with a first and a last picture beside the noise."""
    vae = work.given(part, "vae")
    latents = _empty(part, work, vae)
    first, last = work.given(part, "start_image"), work.given(part, "end_image")
    if first.source is None and last.source is None:
        return (*_words(part, work), latents)
    inputs = {"latents": latents, "vae": vae, "first": first, "last": last}
    made = work.add(part, "latents.pictures", inputs, name="begin")
    return (*_words(part, work), work.out(made, "latents", latents.facts))


def wan_pinned(part: Part, work: Work) -> tuple[Given, ...]:
    """The size of Wan 2.2's small model, with a first frame if there is one."""
    latents = _empty(part, work, work.given(part, "vae"), LTX)
    if work.given(part, "start_image").source is None:
        return (latents,)
    return (_pinned(part, work, latents, "latents.first_frame", socket="start_image"),)


def silence(part: Part, work: Work) -> tuple[Given, ...]:
    """Room for sound: `lending` has switched it on where the size is chosen."""
    return (Given(facts={"sound": "empty"}),)


def heard(part: Part, work: Work) -> tuple[Given, ...]:
    """A given sound, which goes into latents where they are joined."""
    vae = work.given(part, "audio_vae" if "audio_vae" in part.sources else "vae")
    facts = {"sound": "given", "audio": work.given(part, "audio"), "vae": vae}
    return (Given(facts=facts),)


def masked(part: Part, work: Work) -> tuple[Given, ...] | None:
    """A mask over sound means here what is always so: a given sound stays."""
    samples = work.given(part, "samples")
    return (samples,) if "sound" in samples.facts else None


def joined(part: Part, work: Work) -> tuple[Given, ...]:
    """Picture and sound in one: ours are, unless a sound is given."""
    latents, track = work.given(part, "video_latent"), work.given(part, "audio_latent")
    if track.facts.get("sound") != "given":
        return (latents,)
    vae = _sound_codec(track.facts["vae"], work)
    inputs = {"latents": latents, "audio": track.facts["audio"], "vae": vae}
    made = work.add(part, "audio.encode", inputs, name="sound_in")
    return (work.out(made, "latents", latents.facts),)


def parted(part: Part, work: Work) -> tuple[Given, ...]:
    """Picture and sound apart: both are the same latents here."""
    latents = work.given(part, "av_latent")
    return latents, latents.known(sound="of")


def sounded(part: Part, work: Work) -> tuple[Given, ...]:
    """The sound of latents, decoded."""
    vae = _sound_codec(work.given(part, "audio_vae"), work)
    node = vae.source[0] if vae.source else ""
    vocoder = work.out(node, "vocoder") if node in work.made else NOTHING
    inputs = {"latents": work.given(part, "samples"), "vae": vae, "vocoder": vocoder}
    made = work.add(part, "audio.decode", inputs, name="sound")
    return (work.out(made, "audio"),)


def decoded(part: Part, work: Work) -> tuple[Given, ...]:
    """Latents as frames; the plan finds tiles by itself."""
    latents = work.given(part, "samples" if "samples" in part.sources else "latents")
    inputs = {"latents": latents, "vae": work.given(part, "vae")}
    made = work.add(part, "decode.video", inputs, name="decode")
    names = ("width", "height", "frames", "rate")
    facts = {name: latents.facts.get(name) for name in names}
    return (work.out(made, "video", {k: v for k, v in facts.items() if v is not None}),)


def encoded(part: Part, work: Work) -> tuple[Given, ...] | None:
    """A film as latents; there is nothing for single pictures."""
    film = work.given(part, "pixels")
    if film.type != "video":
        return None
    inputs = {"video": film, "vae": work.given(part, "vae")}
    made = work.add(part, "latents.encode", inputs, name="encode_film")
    return (work.out(made, "latents", film.facts),)


def enlarged(part: Part, work: Work) -> tuple[Given, ...]:
    """Latents at twice the size."""
    latents = work.given(part, "samples")
    inputs = {"latents": latents, "vae": work.given(part, "vae"),
              "upscaler": work.given(part, "upscale_model")}  # fmt: skip
    made = work.add(part, "upscale.latents", inputs, name="enlarge")
    sides = {n: 2 * latents.facts[n] for n in ("width", "height") if n in latents.facts}
    return (work.out(made, "latents", {**latents.facts, **sides}),)


def enlarged_film(part: Part, work: Work) -> tuple[Given, ...] | None:
    """A film at a larger size; there is nothing for single pictures."""
    film = work.given(part, "image")
    if film.type != "video":
        return None
    inputs = {"video": film, "upscaler": work.given(part, "upscale_model")}
    made = work.add(part, "upscale.frames", inputs, name="enlarge")
    return (work.out(made, "video", {"rate": film.facts.get("rate")}),)


def unchanged(part: Part, work: Work) -> tuple[Given, ...] | None:
    """Latents or a sound that are not changed: nothing cut off in front, not turned."""
    if part.kind == "LatentRotate":
        return (work.given(part, "samples"),) if work.value(part, "rotation") == "none" else None
    name = "trim_amount" if "trim_amount" in (*part.values, *part.sources) else "start_index"
    given = work.given(part, "samples" if "samples" in part.sources else "audio")
    return (given,) if work.value(part, name) in (0, 0.0) else None


def _empty(part: Part, work: Work, vae: Given, usual: int = 0) -> Given:
    ltx = "LTXV" in part.kind
    rate = work.param(part, "frame_rate")
    if rate is None:
        rate = usual or (LTX if ltx else WAN)
    if isinstance(rate, int | float):
        rate = as_rate(float(rate))
    names = {"width": "width", "height": "height", "frames": "length"}
    size = {ours: work.param(part, theirs) for ours, theirs in names.items()}
    params: dict[str, Json | Given] = {n: _on_grid(n, v, ltx) for n, v in size.items()}
    params |= {"rate": rate, "sizes": "nearest"}
    if part.values.get("sound") is True:
        params["sound"] = True
    made = work.add(part, "latents.empty", {"vae": vae}, params, name="size")
    facts = {n: v for n, v in params.items() if isinstance(v, int) and not isinstance(v, bool)}
    return work.out(made, "latents", {**facts, "rate": rate})


def _on_grid(name: str, value: Json | Given, ltx: bool) -> Json | Given:
    """Return a size as ComfyUI makes it: rounded down to whole latents."""
    if isinstance(value, Given) or not isinstance(value, int | float):
        return value
    if name == "frames":
        step = 8 if ltx else 4
        return (max(1, round(value)) - 1) // step * step + 1
    step = 32 if ltx else 16
    return max(step, round(value) // step * step)


def _pinned(
    part: Part,
    work: Work,
    latents: Given,
    kind: str,
    params: Mapping[str, Json | Given] | None = None,
    *,
    off: bool = False,
    socket: str = "image",
) -> Given:
    image = work.given(part, socket)
    if image.source is None:
        return latents
    inputs = {"latents": latents, "image": image, "vae": work.given(part, "vae")}
    strength = work.number(part, "strength", 1.0)
    name = "begin" if kind == "latents.first_frame" else ""
    made = work.add(
        part, kind, inputs, {**(params or {}), "strength": strength},
        name=name, mode="bypass" if off else None,
    )  # fmt: skip
    return work.out(made, "latents", latents.facts)


def _referenced(part: Part, work: Work, latents: Given, film: Given) -> Given:
    inputs = {"latents": latents, "video": film, "vae": work.given(part, "vae")}
    scale = work.given(part, "latent_downscale_factor")
    params: dict[str, Json | Given] = {"strength": work.number(part, "strength", 1.0)}
    if "latent_downscale_factor" in part.sources and scale.value is None:
        why = "the LoRA says at which scale it wants its reference; here it is written down as 1"
        work.remarks.say(part.title or part.kind, why, "Look at what Load LoRA says, and set it.")
    else:
        params["scale"] = work.whole(part, "latent_downscale_factor", 1)
    made = work.add(part, "latents.reference", inputs, params, name="reference")
    return work.out(made, "latents", latents.facts)


def _words(part: Part, work: Work) -> tuple[Given, Given]:
    return work.given(part, "positive"), work.given(part, "negative")


def _sound_codec(vae: Given, work: Work) -> Given:
    """Return a model's sound codec, also where ComfyUI took it for a codec like any other."""
    node = vae.source[0] if vae.source else ""
    loads = node in work.made and work.made[node].type == "models.load"
    return work.out(node, "audio_vae") if loads else vae
