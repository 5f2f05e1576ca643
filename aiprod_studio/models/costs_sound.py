"""Activations and arithmetic of sound: the audio codec, the vocoders and the duration head.

See `costs`. A spectrogram has 100 columns a second; a vocoder makes each of them longer, stage by
stage, while its channels halve, so that all stages are about equally wide.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from aiprod_studio.models.costs_weights import numbers
from aiprod_studio.models.descriptor import Costs, Job, Part

COLUMNS = 100
"""Columns of a spectrogram per second: LTX-2 hears 16,000 samples, 160 to a column."""
PER_SECOND = 4e10
DECODED, ENCODED = 7.15, 4.1
"""Tensors of the widest stage of the audio codec that live at once, both ways."""
PLAIN, SMOOTH = 10.05, 14.15
"""The same of a vocoder; without aliasing every activation is made at twice the length."""


def audio_codec(part: Part, job: Job) -> Costs:
    """Predict the audio codec, which is widest where it has all columns and bins."""
    config, columns = part.config, _columns(job)
    cells = columns * int(config.get("mel_bins") or 64)
    wide = ENCODED if job.phase == "encode_sound" else DECODED
    held = cells * int(config.get("base_channels") or 128) * wide * job.element
    return Costs(int(held), PER_SECOND * columns / COLUMNS)


def vocoder(part: Part, job: Job) -> Costs:
    """Predict a vocoder, and the second one that widens its band where there is one."""
    config, columns = part.config, _columns(job)
    usual = (1536, (5, 2, 2, 2, 2, 2)) if "BWE" in part.class_name else (1024, (6, 5, 2, 2, 2))
    factors = config.get("upsample_factors") or usual[1]
    wide: float = _widest(config.get("hidden_channels") or usual[0], factors)
    if "BWE" in part.class_name:
        more = config.get("bwe_upsample_factors") or (6, 5, 2, 2, 2)
        heard = prod(factors) / float(config.get("hop_length") or 80)
        wide = max(wide, heard * _widest(config.get("bwe_hidden_channels") or 512, more))
    smooth = config.get("antialias", "BWE" in part.class_name)
    held = columns * wide * (SMOOTH if smooth else PLAIN) * job.element
    return Costs(int(held), PER_SECOND * columns / COLUMNS)


def _widest(channels: int, factors: Sequence[int]) -> int:
    """Return the numbers per column of the widest stage."""
    return max((channels >> stage) * prod(factors[:stage]) for stage in range(1, len(factors) + 1))


def _columns(job: Job) -> int:
    """Return the columns of a film's spectrogram; four make a latent."""
    latents = round(job.frames / float(job.facts.get("rate") or 24) * COLUMNS / 4)
    return max(1, 4 * latents - 3)


def duration_head(part: Part, job: Job) -> Costs:
    """Predict the head that reads a film's length out of its prompt: a few rows of numbers."""
    return Costs(1 << 20, 2.0 * max(numbers(part), 1))
