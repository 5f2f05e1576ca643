"""A real starter model of a few thousand numbers, in the published layout, made in a moment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

WORDS = ["<pad>", "</s>", "<unk>", "a", "red", "blue", "ball", "boat", "rolls", "to", "the", "left"]
VERSION = "aiprod-starter-1-tiny"
SETTINGS = {
    "width": 64, "height": 48, "frames": 9, "rate": 12, "multiple": 16, "frame_step": 4,
    "frame_offset": 1, "channels": 8, "prediction": "velocity", "steps": 4, "guidance": 3.0,
    "shift": 2.0, "space": "frames", "upscale": 2, "words": WORDS[3:],
    "positions": {"scales": [4, 16, 16], "causal": True, "seconds": True},
}  # fmt: skip


def make(folder: Path, *, upscaler: bool = True, tokenizer: Any = None) -> Path:
    """Write the model's files into a folder and return it."""
    words = tokenizer or _tokenizer()
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    parts = [_transformer(), _text(words.get_vocab_size()), _codec()] + (
        [_upscaler()] if upscaler else []
    )
    for stem, component, network, config in parts:
        config = {"_class_name": type(network).__name__, **config}
        facts = {"config": json.dumps({component: config}), "model_version": VERSION}
        tensors = dict(network.state_dict())
        tensors.pop("encoder.embed_tokens.weight", None)
        half = {name: tensor.bfloat16().contiguous() for name, tensor in tensors.items()}
        save_file(half, folder / f"{stem}.safetensors", metadata=facts)
    words.save(str(folder / "tokenizer.json"))
    manifest = {"version": VERSION, "files": [], "settings": SETTINGS}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def _transformer() -> tuple[str, str, Any, dict[str, Any]]:
    from aiprod_studio.models.networks.starter_transformer import StarterTransformer

    config = {
        "in_channels": 8, "out_channels": 8, "num_attention_heads": 2, "attention_head_dim": 12,
        "cross_attention_dim": 24, "num_layers": 2, "caption_channels": 16,
    }  # fmt: skip
    return "transformer", "transformer", StarterTransformer(**config), config


def _text(words: int) -> tuple[str, str, Any, dict[str, Any]]:
    from transformers import T5Config, T5EncoderModel

    config = T5Config(
        vocab_size=words, d_model=16, d_kv=8, d_ff=32, num_layers=2, num_heads=2,
        feed_forward_proj="gated-gelu", pad_token_id=0,
    )  # fmt: skip
    return "text_encoder", "text_encoder", T5EncoderModel(config), config.to_diff_dict()


def _codec() -> tuple[str, str, Any, dict[str, Any]]:
    from aiprod_studio.models.networks.patch_autoencoder import PatchAutoencoder

    config = {"still_channels": 6, "change_channels": 2, "polish_width": 8, "polish_depth": 1}
    network = PatchAutoencoder(**config)
    for name, parameter in network.named_parameters():
        if name != "scale":
            torch.nn.init.normal_(parameter, std=0.05)
    basis = torch.linalg.qr(network.still_basis.detach().T)[0].T
    network.still_basis.data.copy_(basis)
    network.still_mean.data.zero_()
    return "vae", "video_vae", network, config


def _upscaler() -> tuple[str, str, Any, dict[str, Any]]:
    from aiprod_studio.models.networks.frame_upscaler import FrameUpscaler

    config = {"width": 8, "depth": 1}
    network = FrameUpscaler(**config)
    torch.nn.init.normal_(network.leave.weight, std=0.02)
    return "upscaler", "latent_upsampler", network, config


def _tokenizer() -> Any:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    ids = {word: index for index, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordLevel(ids, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)]
    )
    return tokenizer
