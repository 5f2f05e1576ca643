"""Looking inside needs the header alone, names everything, and finds what completes a model."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch
from safetensors.torch import load_file, save_file

from aiprod_studio.models import Library, describe, inspect
from aiprod_studio.models.families.layout import rename
from aiprod_studio.models.families.ltx2 import RULES
from aiprod_studio.models.recognising import families, family_named
from aiprod_studio.sdk import Refusal
from tests.models.conftest import PARITY

MONO = PARITY / "v20_mono.safetensors"


def test_a_single_file_shows_its_parts() -> None:
    report = inspect([MONO]).files[0]
    parts = {part.component: part for part in report.parts}
    assert list(parts) == ["transformer", "connectors", "video_vae", "audio_vae", "vocoder"]
    assert (report.family, report.generation, report.storage) == ("ltx2", "2.0", "bfloat16")
    transformer = parts["transformer"]
    assert transformer.blocks == 3
    assert transformer.dimensions["num_attention_heads"] == 4
    assert transformer.nbytes == 2 * transformer.parameters
    assert transformer.blocks * transformer.block_bytes < transformer.nbytes


@pytest.mark.parametrize(
    ("name", "family", "generation", "storage"),
    [
        ("v23_fp8_scaled.safetensors", "ltx2", "2.3", "scaled fp8"),
        ("v23_q8_0.gguf", "ltx2", "2.3", "GGUF Q8_0"),
        ("v25_transformer.safetensors", "ltx2", "2.5", "bfloat16"),
        ("v25_vae_conv.safetensors", "ltx2", "2.5", "bfloat16"),
        ("v25_text_projection.safetensors", "ltx2", "2.5", "bfloat16"),
        ("ltxv095_mono.safetensors", "ltx_video", "0.9.5", "bfloat16"),
    ],
)
def test_generation_and_storage_are_recognised(
    name: str, family: str, generation: str, storage: str
) -> None:
    report = inspect([PARITY / name]).files[0]
    assert (report.family, report.generation, report.storage) == (family, generation, storage)
    assert not report.problem


def test_what_would_complete_a_model_is_named_with_its_folder() -> None:
    missing = {part.component: part for part in inspect([MONO]).missing}
    assert list(missing) == ["text_encoder"]
    assert missing["text_encoder"].folder == "text_encoders"
    assert missing["text_encoder"].nbytes > 10**9


def test_one_bad_file_hides_nothing_of_the_others(tmp_path: Path) -> None:
    bad = tmp_path / "bad.safetensors"
    bad.write_bytes(b"\x80\x02}q.")
    found = inspect([MONO, bad, tmp_path / "none.safetensors"])
    assert [bool(file.problem) for file in found.files] == [False, True, True]
    assert not found.sound
    assert json.loads(json.dumps(found.to_dict()))["files"][0]["family"] == "ltx2"


def test_a_version_that_disagrees_with_its_keys_is_remarked(tmp_path: Path) -> None:
    state = load_file(PARITY / "v25_transformer.safetensors")
    path = tmp_path / "m.safetensors"
    save_file(state, path, {"model_version": "2.3.0"})
    report = inspect([path]).files[0]
    assert report.generation == "2.5"
    assert any("while it says 2.3.0" in remark for remark in report.remarks)


def test_a_lora_shows_kind_rank_and_whom_it_is_for(tmp_path: Path) -> None:
    def lora(name: str, layer: str, **extra: torch.Tensor) -> Path:
        stem = f"diffusion_model.{layer}"
        state = {
            f"{stem}.lora_A.weight": torch.zeros(16, 4096),
            f"{stem}.lora_B.weight": torch.zeros(4096, 16),
        } | {f"{stem}.{key}": tensor for key, tensor in extra.items()}
        save_file(state, tmp_path / name)
        return tmp_path / name

    layer = "transformer_blocks.0.audio_attn1.to_q"
    report = inspect([lora("a.safetensors", layer, dora_scale=torch.ones(4096))]).files[0]
    assert report.lora is not None
    assert (report.lora.kinds, report.lora.ranks) == (("DoRA",), (16,))
    assert report.lora.made_for == "LTX-2"
    assert report.lora.targets == (layer,)
    wan = inspect([lora("w.safetensors", "blocks.3.self_attn.q")]).files[0]
    assert wan.lora is not None and wan.lora.made_for == "Wan"
    with pytest.raises(Refusal, match="it is a LoRA"):
        describe([tmp_path / "w.safetensors"])


def test_what_cannot_run_is_named_before_it_is_loaded(tmp_path: Path) -> None:
    name = "model.diffusion_model.transformer_blocks.0.attn1.to_q"
    state = load_file(MONO) | {f"{name}.weight_scale_2": torch.ones(())}
    path = tmp_path / "nvfp4.safetensors"
    save_file(state, path)
    assert inspect([path]).files[0].storage == "NVFP4 (cannot run)"


def test_an_unknown_model_says_what_was_seen(tmp_path: Path) -> None:
    path = tmp_path / "flux.safetensors"
    save_file({"double_blocks.0.img_attn.qkv.weight": torch.zeros(2, 2)}, path)
    problem = inspect([path]).files[0].problem
    assert "double_blocks.0.img_attn.qkv.weight" in problem
    assert "unknown model" in problem


def sparse_checkpoint(path: Path) -> Path:
    """The published 19B transformer as a header and a hole: real names and shapes, no bytes."""
    from aiprod_studio.models.classes import skeleton

    network = skeleton("LTX2VideoTransformer3DModel", {"rope_type": "split"})
    back = [(new, old) for old, new in reversed(RULES)]
    header: dict[str, Any] = {}
    at = 0
    for name, tensor in network.state_dict().items():
        size = 2 * tensor.numel()
        key = "model.diffusion_model." + rename(name, back)
        entry = {"dtype": "BF16", "shape": list(tensor.shape), "data_offsets": [at, at + size]}
        header[key] = entry
        at += size
    text = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + at)
    return path


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS does not count what is read")
def test_a_38_gigabyte_file_answers_from_its_header(tmp_path: Path) -> None:
    path = sparse_checkpoint(tmp_path / "ltx-2-19b.safetensors")
    process = psutil.Process()
    before = process.io_counters().read_chars
    report = inspect([path]).files[0]
    read = process.io_counters().read_chars - before
    transformer = report.parts[0]
    assert report.size > 37e9
    assert transformer.blocks == 48
    assert transformer.block_bytes == pytest.approx(773e6, rel=0.01)
    assert transformer.parameters == pytest.approx(19e9, rel=0.02)
    assert read < 2_000_000, "the header and little more"


def test_looking_inside_never_imports_torch() -> None:
    code = (
        "import sys; from pathlib import Path; from aiprod_studio import models as m;"
        f"p = Path({str(PARITY)!r}); assert m.inspect([p]).files; m.describe([{str(MONO)!r}]);"
        "m.Library([p]).find('v20_mono'); m.compute_type('cuda', (6, 1));"
        "assert not {'torch', 'diffusers', 'transformers', 'numpy'} & set(sys.modules), sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_facts_name_files_bytes_and_blocks(tiny_starter: Path) -> None:
    found = describe([tiny_starter])
    assert set(found) == {"transformer", "text_encoder", "video_vae"}
    text = found["text_encoder"]
    assert [path.name for path in text["files"]] == ["text_encoder.safetensors", "tokenizer.json"]
    assert found["transformer"]["blocks"] == 2
    assert found["transformer"]["blocks_path"] == "transformer_blocks"
    assert json.loads(json.dumps(found["transformer"]["settings"]))["frame_step"] == 4


def test_the_library_puts_split_models_together(tmp_path: Path) -> None:
    library = Library([PARITY], tmp_path / "cache.json")
    assert "v25_transformer" in library.list()
    found = library.find("v25_transformer")
    files = {c: [path.name for path in facts["files"]] for c, facts in found.parts.items()}
    assert files["video_vae"] == ["v25_vae_conv.safetensors"]
    assert files["audio_vae"] == ["v25_audio_vae.safetensors"]
    assert set(files["connectors"]) == {
        "v25_transformer.safetensors", "v25_text_projection.safetensors"
    }  # fmt: skip
    assert [part.component for part in found.missing] == ["text_encoder"]
    assert library.find("v25_transformer.safetensors").parts.keys() == found.parts.keys()


def test_the_library_never_mixes_generations() -> None:
    found = Library([PARITY]).find("v23_fp8_scaled")
    assert "video_vae" not in found.parts
    assert "video_vae" in {part.component for part in found.missing}


def test_a_second_scan_reads_only_what_changed(
    tmp_path: Path, tiny_starter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aiprod_studio.models import library as module

    folder, cache = tmp_path / "models", tmp_path / "cache.json"
    (folder / "vae").mkdir(parents=True)
    for name in ("v20_mono.safetensors", "up_spatial_x2.safetensors"):
        (folder / "vae" / name).write_bytes((PARITY / name).read_bytes())
    Library([folder], cache).scan()
    looked: list[Path] = []
    real = module.inspect

    def counting(paths: Any) -> Any:
        looked.extend(paths)
        return real(paths)

    monkeypatch.setattr(module, "inspect", counting)
    again = Library([folder], cache, tiny_starter)
    assert len(again.scan()) == 2
    assert looked == []
    (folder / "vae" / "v20_mono.safetensors").write_bytes(
        b"version https://git-lfs.github.com/spec/"
    )
    assert "LFS" in next(e.problem for e in again.scan() if e.name == "v20_mono")
    assert len(looked) == 1
    assert again.list() == ("starter",)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1, "files": [{"path": 3}]}'])
def test_a_damaged_cache_is_made_anew(text: str, tmp_path: Path) -> None:
    cache = tmp_path / "cache.json"
    cache.write_text(text, encoding="utf-8")
    assert "v20_mono" in Library([PARITY], cache).list()
    assert json.loads(cache.read_text(encoding="utf-8"))["version"] == 1


def test_the_starter_is_found_by_its_name_and_others_are_refused(tiny_starter: Path) -> None:
    library = Library([PARITY], starter=tiny_starter)
    assert library.list()[0] == "starter"
    assert set(library.find("starter").parts) >= {"transformer", "video_vae"}
    with pytest.raises(Refusal, match="no model is named 'unheard'") as caught:
        library.find("unheard")
    assert "v20_mono" in str(caught.value)


def test_links_that_lead_out_of_the_folder_are_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "out.safetensors").symlink_to(MONO)
    assert Library([folder]).scan() == ()


def test_every_family_snaps_sizes() -> None:
    for family in families():
        sizes = family.sizes
        for frames in (1, 2, 24, 97, 121):
            snapped = sizes.nearest_frames(frames)
            assert (snapped - sizes.frame_offset) % sizes.frame_step == 0
            assert abs(snapped - frames) <= sizes.frame_step
        assert sizes.nearest_size(500) % sizes.multiple == 0


def test_an_absent_multiplier_means_1_where_a_file_describes_itself(tmp_path: Path) -> None:
    from safetensors import safe_open

    from aiprod_studio.models import open_model

    with safe_open(MONO, "pt") as opened:
        metadata = opened.metadata()
    config = json.loads(metadata["config"])
    del config["transformer"]["av_ca_timestep_scale_multiplier"]
    state = load_file(MONO)
    ltx2 = family_named("ltx2")
    for name, text, expected in (("a", json.dumps(config), 1), ("b", "", 1000.0)):
        path = tmp_path / f"{name}.safetensors"
        save_file(state, path, {"config": text})
        part = ltx2.part([open_model(path)], "transformer")
        assert part.config["cross_attn_timestep_scale_multiplier"] == expected


def test_settings_follow_the_file() -> None:
    settings = describe([MONO])["video_vae"]["settings"]
    assert settings["latent_channels"] == 4
    assert settings["text_width"] == 24
    old = describe([PARITY / "ltxv095_mono.safetensors"])["transformer"]["settings"]
    assert old["positions"]["causal"] is True
    assert old["text_width"] == 24
