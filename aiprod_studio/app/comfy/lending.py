"""What ComfyUI's nodes do not say themselves and ours must know, found elsewhere in the workflow.

A size needs a codec, a frame rate, and whether there is sound; a text encoder or codec belongs to
a transformer. `complete` writes these into the sheet as if they were linked there. Nothing is made.
"""

from __future__ import annotations

from dataclasses import replace

from aiprod_studio.app.comfy.rules import loading
from aiprod_studio.app.comfy.sheet import Origin, Part, Sheet, Users
from aiprod_studio.app.comfy.table import COUNTERPARTS

EMPTY = frozenset(
    {
        "EmptyLTXVLatentVideo", "EmptyHunyuanLatentVideo", "LTXVImgToVideo", "WanImageToVideo",
        "WanFirstLastFrameToVideo", "Wan22ImageToVideoLatent", "LTXVBaseSampler",
    }
)  # fmt: skip
FRAMES_IN = ("latent", "samples", "video_latent", "latents", "latent_image", "av_latent")
RATED = ("LTXVConditioning", "frame_rate")
SAVERS = {
    "CreateVideo": "fps", "VHS_VideoCombine": "frame_rate", "SaveAnimatedWEBP": "fps",
    "SaveWEBM": "fps",
}  # fmt: skip
WHOLE = (loading.checkpoint, loading.transformer)
BESIDE = (loading.text_encoder, loading.codec, loading.sound_codec)


def complete(sheet: Sheet) -> None:
    """Add to the parts what they need to know from others."""
    for part in list(sheet.parts.values()):
        if part.kind.startswith("LowVRAM") and "dependencies" in part.sources:
            kept = {n: o for n, o in part.sources.items() if n != "dependencies"}
            sheet.parts[part.key] = replace(part, sources=kept)
    users = sheet.users()
    for part in list(sheet.parts.values()):
        if _rule(part) in BESIDE:
            _belongs(sheet, part, users)
        elif part.kind in EMPTY:
            _informed(sheet, part, users)
    for part in list(sheet.parts.values()):
        if part.kind == "LTXVConcatAVLatent":
            _sounding(sheet, part)


def _belongs(sheet: Sheet, part: Part, users: Users) -> None:
    """Link a part of a model to the transformer it is used with."""
    found = _nearest_transformer(sheet, part.key, users)
    if found is not None:
        sources = {**part.sources, "model": (found, 0)}
        sheet.parts[part.key] = replace(sheet.parts[part.key], sources=sources)


def _nearest_transformer(sheet: Sheet, start: str, users: Users) -> str | None:
    """Return the loader of a transformer that lies nearest, whichever way the links run.

    One that is switched off serves only parts that are switched off with it.
    """
    seen, open_, found = {start}, [start], None
    for key in open_:
        part = sheet.parts[key]
        if key != start and _rule(part) in WHOLE:
            found = found or key
            if part.mode == "active" or sheet.parts[start].mode != "active":
                return _first_of_two(sheet, key, users)
        near = [source for source, _ in part.sources.values() if source in sheet.parts]
        for other in (*(user for user, _, _ in users[key]), *near):
            if other not in seen:
                seen.add(other)
                open_.append(other)
    return found


def _first_of_two(sheet: Sheet, loader: str, users: Users) -> str:
    """Return the first transformer where the loader's works only on what the first has begun."""
    for key in sheet.downstream({loader}, users):
        part = sheet.parts[key]
        if part.kind == "KSamplerAdvanced" and part.values.get("add_noise") == "disable":
            before = sheet.parts.get(part.sources.get("latent_image", ("", 0))[0])
            own = _loader_of(sheet, part)
            if before is not None and before.kind == part.kind and own == loader:
                return _loader_of(sheet, before) or loader
    return loader


def _loader_of(sheet: Sheet, part: Part) -> str | None:
    """Return the loader at the other end of a node's model links."""
    seen: set[str] = set()
    while part.key not in seen:
        seen.add(part.key)
        if _rule(part) in WHOLE:
            return part.key
        part = sheet.parts.get(part.sources.get("model", ("", 0))[0], part)
    return None


def _informed(sheet: Sheet, part: Part, users: Users) -> None:
    """Give a size its codec and frame rate, from those who take it."""
    after = [sheet.parts[key] for key in sheet.downstream({part.key}, users)]
    sources, values = dict(part.sources), dict(part.values)
    users_of_codecs = (*after, *sheet.parts.values())
    codec = next((p.sources["vae"] for p in users_of_codecs if "vae" in p.sources), None)
    if codec is not None and "vae" not in sources:
        sources["vae"] = codec
    found = _rate(sheet, after)
    if found is not None and "frame_rate" not in values:
        owner, name = found
        if name in owner.sources:
            sources["frame_rate"] = owner.sources[name]
        elif owner.values.get(name) is not None:
            values["frame_rate"] = owner.values[name]
    safe = {n: o for n, o in sources.items() if n in part.sources or _is_before(sheet, o, part)}
    sheet.parts[part.key] = replace(part, sources=safe, values=values)


def _rate(sheet: Sheet, after: list[Part]) -> tuple[Part, str] | None:
    """Return who says the frame rate: LTX's prompts, else whoever saves the film."""
    kind, name = RATED
    keys = {part.key for part in after}
    around = sheet.upstream(keys)
    said = next((p for p in sheet.parts.values() if p.kind == kind and p.key in around), None)
    if said is not None:
        return said, name
    saver = next((p for p in after if p.kind in SAVERS and p.mode == "active"), None)
    return (saver, SAVERS[saver.kind]) if saver else None


def _is_before(sheet: Sheet, origin: Origin, part: Part) -> bool:
    """Say whether a link from there would make no loop."""
    return part.key not in sheet.upstream({origin[0]})


def _sounding(sheet: Sheet, part: Part) -> None:
    """Switch sound on where the size is chosen, for a film that gets room for sound."""
    track = _followed(sheet, part.sources.get("audio_latent"))
    if track is None or track.kind != "LTXVEmptyLatentAudio":
        return
    size = _followed(sheet, part.sources.get("video_latent"))
    if size is not None and size.kind in EMPTY:
        values = {**size.values, "sound": True}
        sheet.parts[size.key] = replace(size, values=values)


def _followed(sheet: Sheet, origin: Origin | None) -> Part | None:
    """Return where latents come from, back through all that changes them."""
    part = sheet.parts.get(origin[0]) if origin else None
    seen: set[str] = set()
    while part is not None and part.key not in seen:
        seen.add(part.key)
        before = next((part.sources[n] for n in FRAMES_IN if n in part.sources), None)
        if before is None or before[0] not in sheet.parts or part.kind in EMPTY:
            return part
        part = sheet.parts[before[0]]
    return part


def _rule(part: Part) -> object:
    entry = COUNTERPARTS.get(part.kind)
    return entry.rule if entry else None
