"""What a plan predicts of text encoders and connectors is what encoding takes, at three lengths."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from aiprod_studio.memory.accounting import ActivationMeter
from aiprod_studio.models import Encoded, connect
from aiprod_studio.models.classes import find_class
from aiprod_studio.models.costs import predict
from aiprod_studio.models.descriptor import Job, Part
from tests.models.conftest import plain_config

TYPES = pytest.mark.parametrize(
    "dtype", [torch.float32, torch.bfloat16], ids=["float32", "bfloat16"]
)
LENGTHS = (64, 256, 512)
T5: dict[str, Any] = {"vocab_size": 64, "d_model": 64, "d_kv": 16, "d_ff": 160, "num_layers": 3,
                      "num_heads": 4, "feed_forward_proj": "gated-gelu"}  # fmt: skip
GEMMA: dict[str, Any] = {
    "vocab_size": 64, "hidden_size": 64, "intermediate_size": 256, "num_hidden_layers": 8,
    "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16, "sliding_window": 1024,
    "use_cache": False,
}  # fmt: skip
GEMMA4: dict[str, Any] = {
    "global_head_dim": 32, "num_global_key_value_heads": 1, "attention_k_eq_v": True,
    "layer_types": ["sliding_attention", "full_attention"] * 4,
}  # fmt: skip
CONNECTORS: dict[str, Any] = {
    "caption_channels": 48, "text_proj_in_factor": 49, "video_connector_num_attention_heads": 3,
    "video_connector_attention_head_dim": 16, "audio_connector_num_attention_heads": 3,
    "audio_connector_attention_head_dim": 16,
}  # fmt: skip
APART: dict[str, Any] = {
    "per_modality_projections": True, "video_hidden_dim": 64, "audio_hidden_dim": 32,
    "video_connector_num_attention_heads": 4, "audio_connector_num_attention_heads": 2,
    "rope_type": "split", "video_gated_attn": True, "audio_gated_attn": True,
}  # fmt: skip


def encoder(name: str, config: dict[str, Any], dtype: torch.dtype) -> torch.nn.Module:
    found: Any = find_class(name)
    network = found(found.config_class.from_dict(config)).eval().requires_grad_(False)
    torch.set_num_threads(1)
    return torch.nn.Module.to(network, dtype)


def held_within_a_tenth(part: Part, words: int, dtype: torch.dtype, peak: int) -> None:
    job = Job("encode", 0, 0, 0, dtype.itemsize, facts={"longest_prompt": words})
    predicted = predict(part, job).activations
    assert peak <= predicted <= 1.1 * peak, (words, peak, predicted)


@TYPES
@pytest.mark.parametrize("name", ["T5EncoderModel", "UMT5EncoderModel"])
@pytest.mark.parametrize(
    "changed",
    [{}, {"num_heads": 32, "d_kv": 2}, {"d_ff": 2560, "d_model": 512, "num_heads": 8, "d_kv": 64}],
    ids=["places", "scores", "forward"],
)
def test_t5_takes_what_was_predicted(
    name: str, changed: dict[str, int], dtype: torch.dtype
) -> None:
    config = {**T5, **changed}
    network = encoder(name, config, dtype)
    for words in LENGTHS:
        ids = torch.zeros(1, words, dtype=torch.long)
        with torch.inference_mode(), ActivationMeter() as meter:
            network(input_ids=ids, attention_mask=torch.ones_like(ids))
        held_within_a_tenth(Part("", "", name, config, {}), words, dtype, meter.peak)


@TYPES
@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("Gemma3TextModel", {}),
        ("Gemma3TextModel", {"intermediate_size": 1024}),
        ("Gemma3TextModel", {"num_hidden_layers": 48}),
        ("Gemma4UnifiedTextModel", GEMMA4),
        ("Gemma4UnifiedTextModel", {**GEMMA4, "intermediate_size": 1024}),
    ],
    ids=["3", "3 wide", "3 deep", "4", "4 wide"],
)
def test_gemma_takes_what_was_predicted(
    name: str, changed: dict[str, Any], dtype: torch.dtype
) -> None:
    config = {**GEMMA, **changed}
    network: Any = encoder(name, config, dtype)
    for words in LENGTHS:
        ids = torch.zeros(1, words, dtype=torch.long)
        with torch.inference_mode(), ActivationMeter() as meter:
            out = network(
                input_ids=ids, attention_mask=torch.ones_like(ids), output_hidden_states=True,
                use_cache=False,
            )  # fmt: skip
            torch.stack(out.hidden_states, dim=-1)
        del out
        held_within_a_tenth(Part("", "", name, config, {}), words, dtype, meter.peak)


@TYPES
@pytest.mark.parametrize("factor", [2, 49], ids=["connecting", "levelling"])
@pytest.mark.parametrize("apart", [False, True], ids=["2.0", "2.3"])
def test_connectors_take_what_was_predicted(apart: bool, factor: int, dtype: torch.dtype) -> None:
    from diffusers.pipelines.ltx2.connectors import LTX2TextConnectors

    config = {**CONNECTORS, **(APART if apart else {}), "text_proj_in_factor": factor}
    network = LTX2TextConnectors(**config).eval().requires_grad_(False)
    torch.nn.Module.to(network, dtype)
    torch.set_num_threads(1)
    part = Part("connectors", "ltx2", "LTX2TextConnectors", plain_config(network), {})
    for words in (256, 512, 1024):
        with ActivationMeter() as meter:
            states = torch.zeros(1, words, 48, factor, dtype=dtype)
            found = Encoded(states, torch.ones(1, words, dtype=torch.long), (), (), 0)
            connect(network, found, longest=words)
        del states, found
        held_within_a_tenth(part, words, dtype, meter.peak)


def test_the_connectors_of_the_published_model_take_one_gigabyte_at_most_beside_the_states() -> (
    None
):
    """The whole states of 1,024 words, levelled at once, would take four."""
    part = Part("connectors", "ltx2", "LTX2TextConnectors", {}, {})
    states = 1024 * 3840 * 49 * 4
    predicted = predict(part, Job("encode", 0, 0, 0, 4, facts={"longest_prompt": 1024}))
    assert states < predicted.activations < states + (1 << 30)
