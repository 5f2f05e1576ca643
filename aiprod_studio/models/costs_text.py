"""Activations and arithmetic of text encoders and connectors; see `costs`.

Only the words of a prompt are encoded; how many there are is not known before they are, so the
longest prompt is planned for.
"""

from __future__ import annotations

from aiprod_studio.models.costs_weights import numbers, scratch
from aiprod_studio.models.descriptor import Costs, Job, Part

USUAL_LONGEST = 512
CONNECTED = 1024
"""Tokens that connectors give where nothing else is said."""
LEVELLED = 1 << 25
"""Numbers of an encoder's states that are levelled at a time before they are projected."""


def gemma(part: Part, job: Job) -> Costs:
    """Predict Gemma, whose hidden states of all layers are kept and then stacked.

    A layer is widest in its feed-forward, or where queries and keys are turned; queries are
    levelled in float32.
    """
    config, words, element = part.config, _words(job), job.element
    layers, width = config["num_hidden_layers"], config["hidden_size"]
    head = max(config["head_dim"], config.get("global_head_dim") or 0)
    inner = config["num_attention_heads"] * head
    keys = config["num_key_value_heads"] * head
    turned = inner + 2 * keys + max(3 * inner, 8 * inner / element)
    forward = 3 * config["intermediate_size"] + width
    layer = ((layers + 1) * width + 4 * head + max(turned, forward)) * words * element
    expanding = scratch(part, width * config["intermediate_size"], element)
    stacked = words * width * (2 * layers + 3) * element
    return Costs(int(max(layer + expanding, stacked)) + 24 * words, 2.0 * words * numbers(part))


def t5(part: Part, job: Job) -> Costs:
    """Predict T5, whose attention has a place for every pair of words.

    At first the places are whole numbers of 8 bytes, several times; then every head has its scores
    for them twice, with and without the mask; or the feed-forward is widest.
    """
    config, words, element = part.config, _words(job), job.element
    width, heads = config["d_model"], config["num_heads"]
    inner, own = heads * config["d_kv"], part.class_name == "UMT5EncoderModel"
    pairs = words * words
    places = (53 if own else 49) * pairs + words * element * (2 * width + (3 + own) * inner)
    scores = (2 * heads * element + 1) * pairs + words * element * (width + 6 * inner)
    gated = 4 if "gated" in str(config.get("feed_forward_proj", "")) else 3
    middle = gated * config["d_ff"] + 4 * width
    forward = words * element * middle + (0 if own else heads * element * pairs)
    expanding = scratch(part, width * config["d_ff"], element)
    held = max(places, scores + expanding, forward + expanding) + 24 * words
    return Costs(int(held), 2.0 * words * numbers(part))


def connectors(part: Part, job: Job) -> Costs:
    """Predict LTX-2's connectors: the stacked states are levelled, projected, and connected."""
    config, element = part.config, job.element
    words = int(job.facts.get("longest_prompt") or CONNECTED)
    width = int(config.get("caption_channels", 3840))
    states = width * int(config.get("text_proj_in_factor", 49))
    at_once = min(words, max(1, LEVELLED // states)) * states
    apart = bool(config.get("per_modality_projections"))
    levelling = at_once * (2 * element if apart else 4 + (element if element != 4 else 0))
    inner = int(config.get("video_connector_num_attention_heads", 30))
    inner *= int(config.get("video_connector_attention_head_dim", 128))
    connecting = words * inner * (15.6 * element + 4.6 if apart else 17 * element + 9.3)
    into = max(config.get("video_hidden_dim", 0), inner) if apart else width
    projected = words * element * (into + (config.get("audio_hidden_dim", 0) if apart else 0))
    widest = levelling + projected + scratch(part, float(states * into), element)
    held = words * states * element + max(widest, connecting)
    return Costs(int(held * 1.01), 2.0 * words * numbers(part))


def _words(job: Job) -> int:
    return int(job.facts.get("longest_prompt") or USUAL_LONGEST)
