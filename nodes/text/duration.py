"""How long a shot should be, read from its prompt."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, NamedTuple

from aiprod_studio.sdk import (
    Conditioning,
    DurationHead,
    Invalid,
    Missing,
    Number,
    Rate,
    Refusal,
    Run,
    node,
    weights_of,
)

Seconds = Annotated[float, Number(0.1, 60, step=0.5, unit="s")]


class Length(NamedTuple):
    frames: int
    seconds: float


@node("text.duration", "Length of Shot", since="1.0", costs=weights_of("head", phase="encode"))
def shot_length(
    run: Run,
    words: Conditioning,
    head: DurationHead,
    *,
    rate: Annotated[Fraction, Rate()] = Fraction(24),
    least: Seconds = 1.0,
    most: Seconds = 20.0,
) -> Length:
    """Let the model say how long the shot of a prompt should be (LTX-2.5).

    Link its frames to Empty Latents.

    Args:
        words: the encoded prompt
        head: the duration head of the model
        rate: frames per second of the film
        least: no shot is shorter than this
        most: no shot is longer than this
    """
    if not head.files:
        why = "the model has no duration head"
        remedy = "It comes with LTX-2.5 (model_patches); or type the number of frames."
        raise Refusal(Missing("input 'head'", why, remedy))
    if least > most:
        raise Refusal(Invalid("param 'least'", f"{least:g} s is more than the most, {most:g} s"))
    seconds = _guess(run, words, head)
    frames = _frames(head.settings, seconds, float(rate), (least, most))
    clipped = "" if least <= seconds <= most else f" (it said {seconds:.1f} s)"
    run.say(f"{frames} frames, {frames / float(rate):.1f} s{clipped}")
    return Length(frames, frames / float(rate))


def _guess(run: Run, words: Conditioning, head: DurationHead) -> float:
    import torch

    run.check()
    with run.use(head) as network, torch.inference_mode():
        config = network.config
        given = {
            "video_tokens": (words.embeddings, config.video_cross_attention_dim),
            "audio_tokens": (words.extra.get("sound.embeddings"), config.audio_cross_attention_dim),
        }
        for tokens, width in given.values():
            if tokens is not None and tokens.shape[-1] != width:
                why = f"the words have {tokens.shape[-1]} channels, the head reads {width}"
                raise Refusal(Invalid("input 'words'", why, "Link the words of the same model."))
        ready = {n: None if t is None else t.to(run.device) for n, (t, _) in given.items()}
        seconds = float(network(**ready))
    if not 0 < seconds < 3600:
        why = f"the head says {seconds} seconds"
        raise Refusal(Invalid("input 'head'", why, "Its file may be damaged; download it again."))
    return seconds


def _frames(
    settings: Mapping[str, Any], seconds: float, rate: float, limits: tuple[float, float]
) -> int:
    """Return the longest length that the model takes within the guess, at least the least."""
    step, offset = int(settings["frame_step"]), int(settings.get("frame_offset", 1))
    low, high = max(1, round(limits[0] * rate)), round(limits[1] * rate)
    wanted = max(low, min(round(seconds * rate), high))
    frames = max(0, wanted - offset) // step * step + offset
    return frames + step if frames < low and frames + step <= high else frames
