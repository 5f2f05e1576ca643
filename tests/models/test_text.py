"""Text encoders load from every layout, with their tokenizer, and encode only real words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from aiprod_studio.models import encode, load_component, open_model
from aiprod_studio.models.recognising import recognise
from aiprod_studio.sdk import Refusal
from tests.models.conftest import relative


def saved(path: Path, state: dict[str, torch.Tensor], **metadata: str) -> Path:
    save_file({k: v.contiguous().clone() for k, v in state.items()}, path, metadata or None)
    return path


def sentencepiece_model(path: Path, *, start: bool) -> Path:
    import sentencepiece

    text = path.with_suffix(".txt")
    text.write_text("a red ball rolls over green hills\n" * 50, encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(path.with_suffix("")), vocab_size=40,
        hard_vocab_limit=False, pad_id=0, eos_id=1, unk_id=3, bos_id=2 if start else -1,
        minloglevel=2,
    )  # fmt: skip
    return path


def test_the_starter_says_which_words_it_does_not_know(tiny_starter: Path) -> None:
    encoder = load_component([tiny_starter], "text_encoder", dtype=torch.float32)
    found = encode(encoder, "A red dragon rolls to Paris")
    assert found.pieces == ("a", "red", "<unk>", "rolls", "to", "<unk>")
    assert found.unknown == ("dragon", "Paris")
    assert found.embeddings.shape == (1, 6, 16)
    assert found.cut == 0


@pytest.mark.parametrize("text", ["", "  ", "ぬるぽ", "a" * 3000, "red " * 2000, "\0"])
def test_any_text_is_encoded(text: str, tiny_starter: Path) -> None:
    encoder = load_component([tiny_starter], "text_encoder", dtype=torch.float32)
    found = encode(encoder, text, longest=100)
    assert torch.isfinite(found.embeddings).all()
    assert found.embeddings.shape[1] <= 100
    assert (found.cut > 0) == (text == "red " * 2000)


def t5(umt5: bool = False) -> Any:
    from transformers import T5Config, T5EncoderModel, UMT5Config, UMT5EncoderModel

    torch.manual_seed(0)
    kind, network = (UMT5Config, UMT5EncoderModel) if umt5 else (T5Config, T5EncoderModel)
    config = kind(
        vocab_size=64, d_model=24, d_kv=8, d_ff=48, num_layers=3, num_heads=3,
        feed_forward_proj="gated-gelu", dropout_rate=0.0,
    )  # fmt: skip
    return network(config).eval()


@pytest.mark.parametrize("umt5", [False, True])
def test_a_t5_encoder_without_metadata_is_built_from_its_shapes(umt5: bool, tmp_path: Path) -> None:
    network = t5(umt5)
    state = network.state_dict()
    state.pop("encoder.embed_tokens.weight", None)
    path = saved(tmp_path / "t5xxl.safetensors", state)
    sentencepiece_model(tmp_path / "spiece.model", start=False)
    encoder: Any = load_component([path], "text_encoder", dtype=torch.float32)
    assert encoder.aiprod.family == ("wan" if umt5 else "ltx_video")
    ids = torch.tensor([[5, 6, 7]])
    with torch.inference_mode():
        expected = network(input_ids=ids).last_hidden_state
        assert relative(encoder(input_ids=ids).last_hidden_state, expected) < 1e-6
    found = encode(encoder, "red ball")
    assert found.pieces[-1] == "</s>"
    assert found.embeddings.shape[1] == len(found.pieces)


def gemma3() -> Any:
    from transformers import Gemma3TextConfig, Gemma3TextModel

    from aiprod_studio.models.families.ltx2_text import GEMMA3_ROPE

    torch.manual_seed(0)
    config = Gemma3TextConfig(
        vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=7,
        num_attention_heads=4, num_key_value_heads=2, head_dim=16, sliding_window=1024,
        query_pre_attn_scalar=16, rope_parameters=json.loads(json.dumps(GEMMA3_ROPE)),
    )  # fmt: skip
    return Gemma3TextModel(config).eval()


def gemma4() -> Any:
    from transformers import Gemma4UnifiedTextConfig, Gemma4UnifiedTextModel

    torch.manual_seed(0)
    config = Gemma4UnifiedTextConfig(
        vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=6,
        num_attention_heads=4, num_key_value_heads=2, head_dim=16, global_head_dim=32,
        num_global_key_value_heads=1, attention_k_eq_v=True,
    )  # fmt: skip
    return Gemma4UnifiedTextModel(config).eval()


@pytest.mark.parametrize("prefix", ["model.", "model.language_model.", "language_model.model."])
@pytest.mark.parametrize("make", [gemma3, gemma4])
def test_gemma_is_built_from_its_shapes(make: Any, prefix: str, tmp_path: Path) -> None:
    network = make()
    state = {prefix + name: tensor for name, tensor in network.state_dict().items()}
    state |= {"vision_tower.patch.weight": torch.ones(2), "lm_head.weight": torch.ones(2)}
    model = sentencepiece_model(tmp_path / "gemma.model", start=True)
    state["spiece_model"] = torch.frombuffer(bytearray(model.read_bytes()), dtype=torch.uint8)
    path = saved(tmp_path / "gemma.safetensors", state)
    encoder: Any = load_component([path], "text_encoder", dtype=torch.float32)
    found = encode(encoder, "a red ball")
    ids = torch.tensor([list(encoder.aiprod.tokenizer.encode("a red ball").ids)])
    with torch.inference_mode():
        out = network(input_ids=ids, output_hidden_states=True, use_cache=False)
    expected = torch.stack(out.hidden_states, dim=-1)
    assert found.pieces[0] == "<s>"
    assert relative(found.embeddings, expected) < 1e-5
    assert found.embeddings.shape[-1] == len(network.layers) + 1


def test_gemma_4_belongs_to_2_5_and_gemma_3_to_no_generation_alone(tmp_path: Path) -> None:
    for make, generation in ((gemma3, ""), (gemma4, "2.5")):
        path = saved(tmp_path / f"{make.__name__}.safetensors", make().state_dict())
        known = recognise(open_model(path))
        assert known is not None
        assert (known[0].name, known[1].generation) == ("ltx2", generation)


def test_numbered_files_are_read_as_one(tmp_path: Path) -> None:
    network = gemma3()
    items = [("model." + k, v) for k, v in network.state_dict().items()]
    half = len(items) // 2
    names = [tmp_path / f"model-{i:05d}-of-00002.safetensors" for i in (1, 2)]
    saved(names[0], dict(items[:half]))
    saved(names[1], dict(items[half:]))
    encoder: Any = load_component([names[0]], "text_encoder", dtype=torch.float32)
    assert len(encoder.layers) == len(network.layers)
    names[1].unlink()
    with pytest.raises(Refusal, match="00002-of-00002"):
        load_component([names[0]], "text_encoder")


def test_an_encoder_without_tokenizer_says_what_to_add(tmp_path: Path) -> None:
    path = saved(tmp_path / "t5.safetensors", t5().state_dict())
    encoder = load_component([path], "text_encoder")
    with pytest.raises(Refusal, match="no tokenizer was found"):
        encode(encoder, "a red ball")


def test_a_damaged_tokenizer_is_said(tmp_path: Path) -> None:
    path = saved(tmp_path / "t5.safetensors", t5().state_dict())
    for name in ("tokenizer.json", "spiece.model"):
        (tmp_path / name).write_bytes(b"{nonsense")
        with pytest.raises(Refusal, match="cannot be read"):
            load_component([path, tmp_path / name], "text_encoder")
        (tmp_path / name).unlink()


def write_gguf(path: Path, network: Any, arch: str) -> Path:
    """Write a network as llama.cpp's converter does: its names, norms of Gemma raised by 1."""
    import gguf

    kind = gguf.MODEL_ARCH[arch]
    names = gguf.get_tensor_name_map(kind, 16)
    writer = gguf.GGUFWriter(str(path), arch.lower())
    for name, tensor in network.state_dict().items():
        full = name if arch == "T5" else f"model.{name}"
        new = names.get_name(full, try_suffixes=(".weight",))
        if new is None or ("embed_tokens" in name and arch == "T5"):
            continue
        raised = arch == "GEMMA3" and name.endswith("norm.weight")
        data = (tensor.float() + (1 if raised else 0)).numpy()
        packed = data.ndim == 2 and data.shape[1] % 32 == 0 and "rel" not in new
        if packed:
            q8 = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(new, gguf.quants.quantize(data, q8), raw_dtype=q8)
        else:
            writer.add_tensor(new, data)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def wide_t5(umt5: bool) -> Any:
    from transformers import T5Config, T5EncoderModel, UMT5Config, UMT5EncoderModel

    torch.manual_seed(0)
    kind, network = (UMT5Config, UMT5EncoderModel) if umt5 else (T5Config, T5EncoderModel)
    return network(kind(
        vocab_size=64, d_model=32, d_kv=16, d_ff=64, num_layers=3, num_heads=4,
        feed_forward_proj="gated-gelu", dropout_rate=0.0,
    )).eval()  # fmt: skip


@pytest.mark.parametrize("umt5", [False, True])
def test_a_t5_in_gguf_keeps_its_packed_layers(umt5: bool, tmp_path: Path) -> None:
    network = wide_t5(umt5)
    path = write_gguf(tmp_path / "t5.gguf", network, "T5")
    encoder: Any = load_component([path], "text_encoder", dtype=torch.float32)
    layer = encoder.encoder.block[0].layer[1].DenseReluDense.wo
    assert layer.kind == "Q8_0"
    ids = torch.tensor([[5, 6, 7, 8]])
    with torch.inference_mode():
        expected = network(input_ids=ids).last_hidden_state
        assert relative(encoder(input_ids=ids).last_hidden_state, expected) < 0.05


def test_gemma_in_gguf_gets_its_norms_back(tmp_path: Path) -> None:
    network = gemma3()
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if "norm" in name:
                parameter.normal_(0, 0.3)
    path = write_gguf(tmp_path / "gemma.gguf", network, "GEMMA3")
    encoder: Any = load_component([path], "text_encoder", dtype=torch.float32)
    for name, tensor in network.state_dict().items():
        if name.endswith("norm.weight"):
            assert relative(encoder.state_dict()[name], tensor) < 1e-6
    ids = torch.tensor([[5, 6, 7, 8]])
    with torch.inference_mode():
        expected = network(input_ids=ids).last_hidden_state
        assert relative(encoder(input_ids=ids).last_hidden_state, expected) < 0.1


@pytest.mark.parametrize("name", ["v20", "v25"])
def test_connectors_fill_what_words_leave_with_registers(name: str) -> None:
    from aiprod_studio.models import Encoded, connect
    from tests.models.conftest import PARITY, parity_io

    files = {
        "v20": ["v20_mono.safetensors"],
        "v25": ["v25_transformer.safetensors", "v25_text_projection.safetensors"],
    }[name]
    connectors = load_component([PARITY / f for f in files], "connectors", dtype=torch.float32)
    io = parity_io(name)
    count = int(io["conn.right.attention_mask"][0].sum())
    hidden = io["conn.hidden_states"][:1, :count]
    found = Encoded(hidden, torch.ones(1, count, dtype=torch.long), (), (), 0)
    video, audio, mask = connect(connectors, found, longest=16)
    assert relative(video, io["conn.right.video"][:1]) < 1e-5
    assert relative(audio, io["conn.right.audio"][:1]) < 1e-5
    assert mask.shape == (1, 16)


def test_gemma_4_in_gguf_is_refused_with_what_to_use_instead(tmp_path: Path) -> None:
    import gguf

    path = tmp_path / "gemma4.gguf"
    writer = gguf.GGUFWriter(str(path), "gemma4")
    for name, shape in (
        ("blk.0.post_ffw_norm.weight", (8,)), ("blk.0.attn_q_norm.weight", (8,)),
        ("token_embd.weight", (16, 8)), ("blk.0.attn_q.weight", (8, 8)),
    ):  # fmt: skip
        writer.add_tensor(name, np.zeros(shape, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(Refusal, match="Gemma 4 as GGUF") as caught:
        load_component([path], "text_encoder")
    assert "safetensors" in str(caught.value)
