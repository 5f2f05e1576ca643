"""Parts are loaded from the published layouts, can be cancelled, and refuse what does not fit."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from aiprod_studio.models import COMPONENTS, Request, Stream, codecs, forward, load_component
from aiprod_studio.models.files import open_model
from aiprod_studio.sdk import Cancelled, ExitCode, Refusal
from tests.models.conftest import PARITY, plain_config, relative

MONO = PARITY / "v20_mono.safetensors"


def test_the_starters_parts_come_from_its_folder(tiny_starter: Path) -> None:
    transformer: Any = load_component([tiny_starter], "transformer", dtype=torch.float32)
    vae: Any = load_component([tiny_starter], "video_vae", dtype=torch.float32)
    assert transformer.aiprod.family == "starter"
    assert transformer.aiprod.blocks == "transformer_blocks"
    assert transformer.aiprod.settings["rate"] == 12
    assert transformer.aiprod.settings["guidance"] == 3.0
    video = torch.rand(1, 3, 9, 32, 48) * 2 - 1
    with torch.inference_mode():
        latents = codecs.encode_video(vae, video)
        assert codecs.decode_video(vae, latents).shape == video.shape
        tokens = latents.flatten(2).transpose(1, 2)
        count = tokens.shape[1]
        positions = torch.rand(1, 3, count, 2) * 10
        stream = Stream(tokens, torch.full((1, count), 0.5), positions, torch.randn(1, 4, 16))
        out = forward(transformer, Request(stream, torch.tensor([0.5])))
    assert out.audio is None
    assert out.video.shape == tokens.shape


def test_held_tokens_and_skipped_blocks_change_the_answer(tiny_starter: Path) -> None:
    transformer = load_component([tiny_starter], "transformer", dtype=torch.float32)
    torch.manual_seed(3)
    tokens, positions = torch.randn(1, 12, 8), torch.rand(1, 3, 12, 2) * 100
    sigmas, context = torch.full((1, 12), 0.7), torch.randn(1, 4, 16)
    sigma = torch.tensor([0.7])

    def run(levels: torch.Tensor, **options: Any) -> torch.Tensor:
        strengths = options.pop("strengths", None)
        stream = Stream(tokens, levels, positions, context, strengths=strengths)
        with torch.inference_mode():
            return forward(transformer, Request(stream, sigma, **options)).video

    plain = run(sigmas)
    held = sigmas.clone()
    held[:, :4] = 0
    assert relative(run(held), plain) > 1e-3
    assert relative(run(sigmas, skip=(1,)), plain) > 1e-3
    assert relative(run(sigmas, strengths=torch.ones(1, 12, 12)), plain) < 1e-6
    alone = torch.eye(12)[None]
    assert relative(run(sigmas, strengths=alone), plain) > 1e-3
    assert torch.equal(run(sigmas), plain)


def test_what_others_trained_without_metadata_is_built_from_shapes(tmp_path: Path) -> None:
    state = load_file(PARITY / "v25_transformer.safetensors")
    bare = {k.removeprefix("model.diffusion_model."): v for k, v in state.items()}
    config = json.loads(_metadata(PARITY / "v25_transformer.safetensors")["config"])
    path = tmp_path / "community.safetensors"
    save_file(bare, path, {"config": json.dumps({"transformer": _heads(config)})})
    with_config: Any = load_component([path], "transformer")
    official: Any = load_component([PARITY / "v25_transformer.safetensors"], "transformer")
    left, right = dict(with_config.config), dict(official.config)
    assert {k: v for k, v in left.items() if k[0] != "_"} == {
        k: v for k, v in right.items() if k[0] != "_"
    }


def _heads(config: dict[str, Any]) -> dict[str, Any]:
    """Only the head counts, which no shape tells, and the one value whose absence means another."""
    names = (
        "num_attention_heads", "audio_num_attention_heads", "av_ca_timestep_scale_multiplier"
    )  # fmt: skip
    return {name: config["transformer"][name] for name in names}


def _metadata(path: Path) -> dict[str, str]:
    with safe_open(path, "pt") as file:
        found: dict[str, str] = file.metadata()
    return found


def test_cancel_is_asked_between_tensors() -> None:
    asked = 0

    def check() -> None:
        nonlocal asked
        asked += 1
        if asked == 5:
            raise Cancelled

    with pytest.raises(Cancelled):
        load_component([MONO], "transformer", check=check)
    assert asked == 5


def test_every_weight_is_mapped_and_none_is_copied_when_nothing_changes() -> None:
    transformer: Any = load_component([MONO], "transformer")
    pointers = sorted(p.data_ptr() for p in transformer.parameters())
    size = open_model(MONO).size
    assert pointers[-1] - pointers[0] < size
    assert not any(p.requires_grad for p in transformer.parameters())
    assert not transformer.training


@pytest.mark.parametrize("component", ["text_encoder", "duration_head", "latent_upsampler"])
def test_a_part_that_is_not_there_is_named(component: str) -> None:
    with pytest.raises(Refusal) as caught:
        load_component([MONO], component)
    assert component in str(caught.value)
    assert "v20_mono.safetensors holds transformer" in str(caught.value)
    assert caught.value.exit_code == ExitCode.MISSING


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(Refusal, match="'scheduler' is no part of a model"):
        load_component([MONO], "scheduler")
    assert "scheduler" not in COMPONENTS


def test_connectors_of_2_5_need_the_projection_beside_them() -> None:
    with pytest.raises(Refusal, match="text projection"):
        load_component([PARITY / "v25_transformer.safetensors"], "connectors")


def test_generations_and_families_are_not_mixed() -> None:
    with pytest.raises(Refusal, match="different generations of LTX-2"):
        load_component([MONO, PARITY / "v25_vae_conv.safetensors"], "video_vae")
    with pytest.raises(Refusal, match="do not belong together"):
        load_component([MONO, PARITY / "ltxv095_mono.safetensors"], "video_vae")


def test_an_audio_vae_where_a_transformer_belongs_is_refused_by_the_adapter() -> None:
    vae = load_component([MONO], "audio_vae")
    one = torch.zeros(1, 1, 8)
    stream = Stream(one, torch.zeros(1, 1), torch.zeros(1, 3, 1, 2), one)
    with pytest.raises(Refusal, match="AutoencoderKLLTX2Audio stands where"):
        forward(vae, Request(stream, torch.ones(1)))


def changed_copy(folder: Path, drop: str = "", add: str = "", **metadata: str) -> Path:
    state = load_file(MONO)
    if drop:
        state = {name: tensor for name, tensor in state.items() if not name.endswith(drop)}
    if add:
        state[add] = torch.zeros(2)
    path = folder / "changed.safetensors"
    save_file(state, path, _metadata(MONO) | metadata)
    return path


def test_missing_and_surplus_tensors_are_named(tmp_path: Path) -> None:
    path = changed_copy(tmp_path, drop="transformer_blocks.1.attn1.to_q.weight")
    with pytest.raises(Refusal, match=r"missing: transformer_blocks.1.attn1.to_q.weight"):
        load_component([path], "transformer")
    name = "model.diffusion_model.transformer_blocks.0.attn9.to_q.weight"
    path = changed_copy(tmp_path, add=name)
    with pytest.raises(Refusal, match=r"fit nowhere: transformer_blocks.0.attn9.to_q.weight"):
        load_component([path], "transformer")


@pytest.mark.parametrize(
    "blocks", ['[["res_q", {}]]', '"x"', "[1]", '[["res_x", "many"]]', '[["res_x", {}]]']
)
def test_nonsense_in_the_metadata_is_said(blocks: str, tmp_path: Path) -> None:
    config = json.loads(_metadata(MONO)["config"])
    config["vae"]["encoder_blocks"] = json.loads(blocks)
    path = changed_copy(tmp_path, config=json.dumps(config))
    with pytest.raises(Refusal) as caught:
        load_component([path], "video_vae")
    assert "changed.safetensors" in str(caught.value)


@pytest.mark.parametrize("text", ["{", "[]", "null", '{"transformer": 3}', '{"vae": []}'])
def test_metadata_of_another_kind_is_not_fatal(text: str, tmp_path: Path) -> None:
    path = changed_copy(tmp_path, config=text)
    with pytest.raises(Refusal):
        load_component([path], "video_vae")


def test_a_file_replaced_while_in_use_is_refused(tmp_path: Path) -> None:
    from aiprod_studio.models.recognising import family_of
    from aiprod_studio.models.weights import WeightFiles

    path = tmp_path / "m.safetensors"
    shutil.copy(MONO, path)
    file = open_model(path)
    part = family_of([file]).part([file], "vocoder")
    path.write_bytes(path.read_bytes()[:-8] + bytes(8))
    with WeightFiles() as files, pytest.raises(Refusal, match="replaced while it was in use"):
        files.read(next(iter(part.tensors.values())))


@pytest.mark.parametrize("component", ["transformer", "video_vae", "audio_vae", "vocoder"])
def test_a_diffusers_folder_is_built_from_its_own_description(
    component: str, tmp_path: Path
) -> None:
    source: Any = load_component([MONO], component, dtype=torch.float32)
    folder = tmp_path / component
    folder.mkdir()
    config = json.loads(json.dumps(plain_config(source)))
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    state = {name: tensor.clone() for name, tensor in source.state_dict().items()}
    save_file(state, folder / "diffusion_pytorch_model.safetensors")
    loaded: Any = load_component([tmp_path], component, dtype=torch.float32)
    assert loaded.aiprod.family == "ltx2"
    for name, tensor in loaded.state_dict().items():
        assert torch.equal(tensor, state[name])


def test_a_class_that_is_not_known_is_never_built(tmp_path: Path, tiny_starter: Path) -> None:
    state = load_file(tiny_starter / "vae.safetensors")
    for name in ("os.system", "Path", "Sequential", "__import__"):
        config = {"video_vae": {"_class_name": name}}
        path = tmp_path / "vae.safetensors"
        metadata = {"config": json.dumps(config), "model_version": "aiprod-starter-1-x"}
        save_file(state, path, metadata)
        with pytest.raises(Refusal, match="is not known"):
            load_component([path], "video_vae")
