"""The laws of nodes, for those of the LTX families: inputs stay as they are, cancel is obeyed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aiprod_studio.media import SoundedVideo, open_video, save_video, store_audio
from aiprod_studio.sdk import Cancelled, Image
from tests.nodes.bench import Bench, Desk
from tests.nodes.test_ltx_sound import Tone
from tests.nodes.test_ltx_spans import Film
from tests.nodes.workflows import node, text

LTX2, LTX25 = "ltx-2-tiny", "ltx-2.5-tiny-transformer"
UPSCALER = "ltx-2-spatial-upscaler-x2-1.0"


def everything() -> dict[str, Any]:
    """A graph in which nearly every node of the LTX families takes part."""
    words = {"text": "write.text", "model": "model.text_encoder", "connectors": "model.connectors"}
    vae, ears = {"vae": "model.vae"}, {"vae": "model.audio_vae"}
    return {
        "model": node("models.load", model=LTX2),
        "large": node("models.load", model=UPSCALER),
        "film": node("files.load_video", file="film.mp4"),
        "sound": node("audio.of_video", {"video": "film.video"}),
        "write": node("text.write_out", {"text": "idea.text", "model": "model.text_encoder"},
                      longest=8),
        "idea": node("text.prompt", text="a red ball"),
        "encode": node("text.encode", words),
        "lora": node("models.lora", {"model": "model.dit"}, curve="0:1, 0.5:0.5",
                     lora="ltx-2-19b-ic-lora-depth-control"),
        "longer": node("latents.extend", {"video": "film.video", **vae}, before=8, after=8),
        "heard": node("audio.encode", {"latents": "longer.latents", "audio": "sound.audio", **ears},
                      at=0.3),
        "led": node("latents.reference", {"latents": "heard.latents", "video": "film.video",
                                          **vae}),
        "span": node("latents.retake", {"latents": "led.latents", **vae}, first=0, last=8),
        "sampler": node("sampling.dit", {"model": "lora.dit", "positive": "encode.conditioning",
                                         "start": "span.latents"}, steps=3, modality=2.0, stg=1.0),
        "enlarge": node("upscale.latents", {"latents": "sampler.latents",
                                            "upscaler": "large.upscaler", **vae}),
        "refine": node("sampling.dit", {"model": "model.dit", "positive": "encode.conditioning",
                                        "start": "enlarge.latents"}, guidance=1.0,
                       schedule="distilled-refine", sampler="res_2s"),
        "decode": node("decode.video", {"latents": "refine.latents", **vae}),
        "listen": node("audio.decode", {"latents": "refine.latents", "vocoder": "model.vocoder",
                                        **ears}),
    }  # fmt: skip


def written(folder: Path) -> Path:
    """A short film with a tone."""
    sound = store_audio(Tone(1.0).chunks(), folder / "tone.wav", 24_000, 2)
    film: Any = Film(17)
    save_video(SoundedVideo(film, sound), folder / "film.mp4", "h264")
    return folder / "film.mp4"


def test_no_node_changes_what_it_was_given(ltx_bench: Callable[[str], Bench]) -> None:
    bench = ltx_bench("laws")
    film = open_video(written(bench.services.folder))
    assert film.rate == Fraction(24)
    workflow = text(everything())
    for target in ("decode", "listen"):
        report = bench.run(workflow, target=target)
        assert not report.failed, report.failed
    video, sound = (bench.value(workflow, name) for name in ("decode", "listen"))
    assert (video.width, video.height, video.frame_count) == (128, 128, 33)
    assert sound.sample_count / sound.sample_rate == pytest.approx(33 / 24, abs=0.1)


def test_the_same_graph_gives_the_same_bytes_again(ltx_bench: Callable[[str], Bench]) -> None:
    found = []
    for name in ("one", "two"):
        bench = ltx_bench(name)
        written(bench.services.folder)
        bench.run(text(everything()), target="decode")
        frames = bench.value(text(everything()), "decode").frames()
        found.append(np.stack(list(frames)))
    assert np.array_equal(*found)


@pytest.mark.parametrize(
    "type_name",
    ["audio.encode", "audio.decode", "latents.extend", "latents.reference", "latents.pictures",
     "text.write_out", "text.duration", "upscale.latents", "sampling.dit"],
)  # fmt: skip
def test_every_step_can_be_cancelled_before_it_has_done_anything(ltx: Desk, type_name: str) -> None:
    parts, newer = (ltx.call("models.load", model=name) for name in (LTX2, LTX25))
    wan = ltx.call("models.load", model="wan2.1_t2v_1.3B_fp16")
    words = ltx.call("text.encode", "a ball", newer.text_encoder, newer.connectors)
    own = ltx.call("text.encode", "a ball", parts.text_encoder, parts.connectors)
    start = ltx.call("latents.empty", parts.vae, width=64, height=64, frames=9, sound=True)
    made = ltx.call("sampling.dit", parts.dit, own, start, steps=1)
    upscaler = ltx.call("models.load", model=UPSCALER).upscaler
    seeing = replace(wan.vae, settings={**wan.vae.settings, "picture_beside": True})
    still = ltx.call("latents.empty", wan.vae, width=64, height=64, frames=9)
    given: dict[str, tuple[Any, ...]] = {
        "audio.encode": (start, Tone(1.0), parts.audio_vae),
        "audio.decode": (made, parts.audio_vae, parts.vocoder),
        "latents.extend": (Film(17), parts.vae),
        "latents.reference": (start, Film(17), parts.vae),
        "latents.pictures": (still, seeing, Image(next(Film(1).frames()))),
        "text.write_out": ("a ball", parts.text_encoder),
        "text.duration": (words, newer.duration_head),
        "upscale.latents": (made, upscaler, parts.vae),
        "sampling.dit": (parts.dit, own, start),
    }
    ltx.cancel.set()
    with pytest.raises(Cancelled):
        ltx.call(type_name, *given[type_name])
