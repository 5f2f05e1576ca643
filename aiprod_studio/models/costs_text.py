"""Activations and arithmetic of text encoders and connectors; see `costs`.

Only the words of a prompt are encoded; how many there are is not known before they are, so the
longest prompt is planned for.
"""

from __future__ import annotations

from aiprod_studio.models.descriptor import Costs, Job, Part

USUAL_LONGEST = 512


def gemma(part: Part, job: Job) -> Costs:
    """Predict Gemma, whose hidden states of all layers are kept and then stacked."""
    config, words = part.config, _words(job)
    layers, width = config["num_hidden_layers"], config["hidden_size"]
    kept = 2 * words * width * (layers + 1) * job.element
    inner = 3 * words * config["intermediate_size"] * job.element
    scratch = width * config["intermediate_size"] * job.element
    return Costs(kept + max(inner, scratch), 2.0 * words * _weights(part))


def t5(part: Part, job: Job) -> Costs:
    """Predict T5, whose attention holds a score for every pair of words."""
    config, words = part.config, _words(job)
    scores = 3 * config["num_heads"] * words * words * 4
    inner = words * (3 * config["d_ff"] + 6 * config["d_model"]) * job.element
    scratch = config["d_model"] * config["d_ff"] * job.element
    return Costs(max(scores, inner) + scratch, 2.0 * words * _weights(part))


def connectors(part: Part, job: Job) -> Costs:
    """Predict LTX-2's connectors: the stacked states are normalised and projected."""
    words = max(_words(job), 1024)
    states = words * 3840 * 49
    return Costs(int(states * (2 * job.element + 8)), 2.0 * words * _weights(part))


def _words(job: Job) -> int:
    return int(job.facts.get("longest_prompt") or USUAL_LONGEST)


def _weights(part: Part) -> int:
    return sum(source.info.count for source in part.tensors.values())
