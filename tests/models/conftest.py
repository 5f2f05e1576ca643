"""Fixtures of the models' tests: the parity checkpoints, and tiny real ones made on the spot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

PARITY = Path(__file__).parent / "parity"


@pytest.fixture(scope="session")
def parity() -> Path:
    return PARITY


def parity_io(name: str) -> dict[str, torch.Tensor]:
    return load_file(PARITY / f"{name}.io.safetensors")


def relative(found: torch.Tensor, expected: torch.Tensor) -> float:
    """The largest difference over the largest expected value."""
    difference = (found.double() - expected.double()).abs().max()
    return float(difference / expected.double().abs().max())


def save_part(
    path: Path, state: dict[str, torch.Tensor], config: dict[str, Any], version: str
) -> Path:
    metadata = {"config": json.dumps(config), "model_version": version}
    save_file({name: t.contiguous().clone() for name, t in state.items()}, path, metadata)
    return path


WORDS = ["<pad>", "<unk>", "a", "red", "blue", "ball", "boat", "rolls", "to", "the", "left"]


@pytest.fixture(scope="session")
def tiny_starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A starter model of a few thousand numbers in the published layout, saved in bfloat16."""
    folder = tmp_path_factory.mktemp("starter")
    torch.manual_seed(0)
    version = "aiprod-starter-1-test"
    for stem, network, config in (_starter_transformer(), _starter_text(), _starter_codec()):
        state = {name: tensor.bfloat16() for name, tensor in network.state_dict().items()}
        save_part(folder / f"{stem}.safetensors", state, config, version)
    _starter_tokenizer().save(str(folder / "tokenizer.json"))
    manifest = {"version": version, "rate": 12, "guidance": 3.0, "files": {}}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def plain_config(network: Any) -> dict[str, Any]:
    config = {k: v for k, v in dict(network.config).items() if not k.startswith("_")}
    return config | {"_class_name": type(network).__name__}


def _starter_transformer() -> tuple[str, Any, dict[str, Any]]:
    from aiprod_studio.models.networks.starter_transformer import StarterTransformer

    network = StarterTransformer(
        in_channels=8, out_channels=8, num_attention_heads=2, attention_head_dim=12,
        cross_attention_dim=24, num_layers=2, caption_channels=16,
    )  # fmt: skip
    return "transformer", network, {"transformer": plain_config(network)}


def _starter_text() -> tuple[str, Any, dict[str, Any]]:
    from transformers import T5Config, T5EncoderModel

    config = T5Config(
        vocab_size=len(WORDS), d_model=16, d_kv=8, d_ff=32, num_layers=2, num_heads=2,
        feed_forward_proj="gated-gelu", pad_token_id=0,
    )  # fmt: skip
    inner = {"_class_name": "T5EncoderModel", **config.to_diff_dict()}
    return "text_encoder", T5EncoderModel(config), {"text_encoder": inner}


def _starter_codec() -> tuple[str, Any, dict[str, Any]]:
    from aiprod_studio.models.networks.patch_autoencoder import PatchAutoencoder

    network = PatchAutoencoder(still_channels=6, change_channels=2, polish_width=8, polish_depth=1)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    return "vae", network, {"video_vae": plain_config(network)}


def _starter_tokenizer() -> Any:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    ids = {word: index for index, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordLevel(ids, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return tokenizer
