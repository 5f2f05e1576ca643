"""Activations and arithmetic of the diffusion transformers; see `costs`.

Counted per token and channel of the inner width: so many numbers of the compute type, and so many
bytes that are float32 whatever the compute type is (rotary tables, norms that work in float32).
The widest point is either the feed-forward's activation or the norms before attention; which one
depends on the compute type and on how the feed-forward is cut into chunks.
"""

from __future__ import annotations

from dataclasses import dataclass

from aiprod_studio.models.costs_weights import scratch
from aiprod_studio.models.descriptor import Costs, Job, Part

LATENT_COPIES = 8
"""Float32 copies of the latents that sampling and guidance keep beside the network."""
WIDER = 4
"""How many times wider the middle of a feed-forward is."""
SOUND_RATE = 25.0
"""Sound latents per second."""
SHORT_PROMPT = 128
PLACES = 72
"""Channels that tell the starter where a token lies, beside its latents."""


@dataclass(frozen=True)
class _Shape:
    """What holds at the two wide points, per token and channel: numbers, and bytes of float32."""

    forward: int
    forward_wide: int
    attention: tuple[int, int]
    mixed: tuple[int, int]

    def peak(self, element: int, middle: float, chunked: bool) -> float:
        """Return bytes per token and channel; `middle` is what the feed-forward adds."""
        forward = (self.forward + chunked) * element + self.forward_wide + middle
        first, second = self.attention, self.mixed
        return max(forward, first[0] * element + first[1], second[0] * element + second[1])


LTX2_SILENT = _Shape(5, 6, (8, 7), (6, 14))
LTX2_SOUND = _Shape(7, 6, (10, 6), (7, 14))
LTX = _Shape(4, 8, (9, 8), (6, 20))
WAN = _Shape(4, 0, (5, 12), (5, 12))


def ltx2(part: Part, job: Job) -> Costs:
    """Predict LTX-2: picture, and sound where the film has it."""
    sound = bool(job.facts.get("sound"))
    shape = LTX2_SOUND if sound else LTX2_SILENT
    config = part.config
    inner = config["num_attention_heads"] * config["attention_head_dim"]
    heard = config["audio_num_attention_heads"] * config["audio_attention_head_dim"]
    times = round(job.frames / float(job.facts.get("rate") or 24) * SOUND_RATE) if sound else 1
    words = int(job.facts.get("longest_prompt") or SHORT_PROMPT)
    audio = times * heard * (7 * job.element + 8)
    text = words * (inner + heard + int(config["caption_channels"])) * job.element
    per_token = 17.1 if sound else 16
    return _sampled(part, job, shape, inner, audio + text, per_token)


def ltx(part: Part, job: Job) -> Costs:
    """Predict LTX-Video 0.9."""
    config = part.config
    inner = config["num_attention_heads"] * config["attention_head_dim"]
    text = SHORT_PROMPT * (2 * inner + int(config["caption_channels"])) * job.element
    return _sampled(part, job, LTX, inner, text, 16)


def starter(part: Part, job: Job) -> Costs:
    """Predict the starter, an LTX transformer that also reads where its tokens lie."""
    found = ltx(part, job)
    return Costs(found.activations + found.tokens * PLACES * 4, found.flops, found.tokens)


def wan(part: Part, job: Job) -> Costs:
    """Predict Wan: patches of 2 by 2 latents, a feed-forward of its own width."""
    config = part.config
    inner = config["num_attention_heads"] * config["attention_head_dim"]
    scales = (job.facts.get("positions") or {}).get("scales", (4, 8, 8))
    cells = (job.width // (2 * scales[2])) * (job.height // (2 * scales[1]))
    tokens = cells * ((job.frames - 1) // scales[0] + 1)
    middle = 2 * config["ffn_dim"] / inner * _share(tokens, job.chunk) * job.element
    peak = WAN.peak(job.element, middle, 0 < job.chunk < tokens)
    rotary = tokens * config["attention_head_dim"] * 2 * job.element
    text = 512 * (inner + int(config.get("text_dim", 4096))) * job.element
    latents = tokens * 4 * config["in_channels"] * 4 * LATENT_COPIES
    expanding = scratch(part, inner * config["ffn_dim"], job.element)
    held = max(tokens * inner * peak, expanding) + rotary + text + latents
    per_token = 2.0 * inner * inner * (8 + 2 * config["ffn_dim"] / inner)
    flops = config["num_layers"] * tokens * (per_token + 4.0 * tokens * inner)
    return Costs(int(held), flops, tokens)


def tokens_of(job: Job) -> int:
    """Return the tokens of an LTX film, its guides among them."""
    scales = (job.facts.get("positions") or {}).get("scales", (8, 32, 32))
    cells = (job.width // scales[2]) * (job.height // scales[1])
    guides = int(job.facts.get("guides") or 0)
    return int(cells * ((job.frames - 1) // scales[0] + 1 + guides))


def _sampled(
    part: Part, job: Job, shape: _Shape, inner: int, beside: float, per_token: float
) -> Costs:
    tokens = tokens_of(job)
    share = _share(tokens, job.chunk)
    # A chunk's own result is there until it is copied into the whole.
    middle = (2 * WIDER + (share < 1)) * share * job.element
    peak = shape.peak(job.element, middle, share < 1) + _held(job)
    latents = tokens * part.config["in_channels"] * 4 * LATENT_COPIES
    # While a quantised weight is expanded, one of the two wide tensors is not there.
    expanding = tokens * inner * (peak - middle / 2) + scratch(
        part, WIDER * inner * inner, job.element
    )
    # How much every token sees of every other, and its logarithm.
    seen = 2 * tokens * tokens * job.element if job.facts.get("attention") else 0
    held = max(tokens * inner * peak, expanding) + latents + beside + seen
    flops = part.config["num_layers"] * tokens * (
        2.0 * inner * inner * per_token + 4.0 * tokens * inner
    )  # fmt: skip
    return Costs(int(held), flops, tokens)


def _held(job: Job) -> int:
    """Tokens that are held at another noise level have a modulation of their own, for a moment."""
    return job.element if job.facts.get("held", True) else 0


def _share(tokens: int, chunk: int) -> float:
    """Return the longest chunk of a feed-forward over all tokens."""
    if not 0 < chunk < tokens:
        return 1.0
    pieces = -(-tokens // chunk)
    return -(-tokens // pieces) / tokens
