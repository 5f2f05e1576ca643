"""How close block streaming comes to the best that card and bus allow, beside the alternatives.

    python benchmarks/streaming.py [--device cuda] [--cap 8GB] [--storage fp8,bf16] [--json]

Builds random transformers of LTX-2's size and runs denoising steps at 768x512, 121 frames: fully
resident, streamed under the cap, and with diffusers' group offloading (streams, pinned) under the
same cap. The best possible step takes max(compute, streamed bytes / bandwidth); compute is the
resident step and bandwidth is measured, both in this run. Goal: at most 1.05 of that.

Without a card it runs small on the processor and proves nothing about speed.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from aiprod_studio.memory.accounting import AccountingDevice, ActivationMeter
from aiprod_studio.memory.budgets import CONTEXT, GB, Budgets, measure_ram, parse_size, show_size
from aiprod_studio.memory.describing import ModelOnDisk
from aiprod_studio.memory.devices import Device, open_device
from aiprod_studio.memory.layout import dissect
from aiprod_studio.memory.planning import Rules
from aiprod_studio.memory.rates import measure_bus
from aiprod_studio.memory.residency import Residency
from aiprod_studio.models.linear import StoredLinear, put

BLOCKS = "transformer_blocks"
LARGE: dict[str, Any] = {}
SMALL: dict[str, Any] = {
    "num_layers": 8, "num_attention_heads": 8, "attention_head_dim": 32,
    "cross_attention_dim": 256, "audio_num_attention_heads": 4, "audio_attention_head_dim": 32,
    "audio_cross_attention_dim": 128, "caption_channels": 128,
}  # fmt: skip
GOAL = 1.05


@dataclass(frozen=True)
class Film:
    """The size of what is denoised, in latent frames, rows, columns, audio frames and words."""

    frames: int
    rows: int
    columns: int
    audio: int
    words: int


def skeleton(config: dict[str, Any], storage: str) -> torch.nn.Module:
    """Return the transformer without memory."""
    from diffusers import LTX2VideoTransformer3DModel

    with torch.device("meta"):
        network: torch.nn.Module = LTX2VideoTransformer3DModel(**config)
        torch.nn.Module.to(network, torch.bfloat16)
        for block in getattr(network, BLOCKS) if storage == "fp8" else ():
            in_fp8(block)
    return network


def build(config: dict[str, Any], storage: str) -> torch.nn.Module:
    """Return a random transformer in host memory; all blocks have the same values."""
    network = skeleton(config, storage).to_empty(device="cpu").eval().requires_grad_(False)
    torch.manual_seed(0)
    drawn: dict[str, torch.Tensor] = {}
    for name, tensor in network.named_parameters():
        key = name.split(".", 2)[2] + " of a block" if name.startswith(BLOCKS) else name
        if key not in drawn:
            drawn[key] = torch.randn(tensor.shape, dtype=torch.bfloat16).mul_(0.02)
        tensor.data.copy_(drawn[key])
    return network


def in_fp8(block: torch.nn.Module) -> None:
    """Let a block's linear layers hold fp8 and expand it as they run."""
    layers = [(n, m) for n, m in block.named_modules() if isinstance(m, torch.nn.Linear)]
    for path, layer in layers:
        stored = torch.empty_like(layer.weight, dtype=torch.float8_e4m3fn)
        bias = None if layer.bias is None else layer.bias.data
        shape = (layer.out_features, layer.in_features)
        put(block, path, StoredLinear(stored, shape, bias=bias, compute=torch.bfloat16))


def inputs(network: Any, film: Film, device: torch.device) -> dict[str, Any]:
    draw = torch.Generator().manual_seed(1)

    def noise(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=draw).to(device, torch.bfloat16)

    config = network.config
    words = noise(1, film.words, config.caption_channels)
    return {
        "hidden_states": noise(1, film.frames * film.rows * film.columns, config.in_channels),
        "audio_hidden_states": noise(1, film.audio, config.audio_in_channels),
        "encoder_hidden_states": words,
        "audio_encoder_hidden_states": words,
        "timestep": torch.full((1, 1), 700.0, device=device),
        "audio_timestep": torch.full((1, 1), 700.0, device=device),
        "num_frames": film.frames,
        "height": film.rows,
        "width": film.columns,
        "audio_num_frames": film.audio,
        "return_dict": False,
    }


def seconds_per_step(step: Callable[[], Any], device: torch.device, steps: int) -> float:
    """Return the median of several runs of `steps` steps each, after two steps to warm up."""

    def settle() -> None:
        if device.type == "cuda":
            torch.cuda.synchronize(device)

    taken = []
    for count in (2, *[steps] * 3):
        settle()
        started = time.perf_counter()
        for _ in range(count):
            step()
        settle()
        taken.append((time.perf_counter() - started) / count)
    return statistics.median(taken[1:])


class Bench:
    """One storage type on one device: the three ways to run it."""

    def __init__(self, storage: str, name: str, cap: int, steps: int) -> None:
        self.storage, self.name, self.steps = storage, name, steps
        self.card = name.startswith("cuda")
        self.config = LARGE if self.card else SMALL
        self.film = Film(16, 16, 24, 126, 256) if self.card else Film(4, 8, 8, 16, 16)
        self.vram = cap - CONTEXT if self.card else 0
        self.activations = 0
        self.result = torch.empty(0)

    def described(self) -> ModelOnDisk:
        """Describe the network to the residency; it is built anew each time it is loaded."""
        anatomy = dissect(skeleton(self.config, self.storage), BLOCKS, lambda _: False)
        return ModelOnDisk(
            "dit", "LTX-2 sized transformer", anatomy.outside_bytes,
            lambda _: build(self.config, self.storage), anatomy.block_bytes, BLOCKS,
            self.activations,
        )  # fmt: skip

    def resident(self) -> dict[str, Any]:
        """Run with everything on the device; also learn what a step needs beside the weights."""
        device = open_device(self.name, cap=None)
        if self.card:
            torch.cuda.set_per_process_memory_fraction(1.0)
        residency, model = Residency(Budgets(1 << 40, 1 << 40), device), self.described()
        with residency, residency.use(model) as network, torch.inference_mode():
            given = inputs(network, self.film, device.torch)
            self.activations = self.measured_activations(network, given)
            taken = seconds_per_step(lambda: network(**given), device.torch, self.steps)
            self.result = network(**given)[0].cpu()
        self.clear()
        return {"resident_s": taken, "activations": self.activations}

    def measured_activations(self, network: torch.nn.Module, given: dict[str, Any]) -> int:
        """Return the bytes of one step beside weights, with a margin for fragmentation."""
        if not self.card:
            with ActivationMeter() as meter:
                network(**given)
            return int(meter.peak)
        before = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        network(**given)
        torch.cuda.synchronize()
        return int((torch.cuda.max_memory_allocated() - before) * 1.1) + (128 << 20)

    def streamed(self, *, pinned: bool) -> dict[str, Any]:
        """Run under the cap."""
        model = self.described()
        host = measure_ram()[1] - 2 * GB
        vram = self.vram or model.outside_bytes + self.activations + 3 * max(model.block_bytes)
        budgets = Budgets(vram, host, host if pinned else 0)
        device = self.device(budgets)
        with Residency(budgets, device) as residency:
            residency.restrict("dit", Rules(pinned=pinned))
            with residency.use(model) as network, torch.inference_mode():
                placement = residency.placement(model)
                given = inputs(network, self.film, device.torch)
                if self.card:
                    torch.cuda.reset_peak_memory_stats()
                taken = seconds_per_step(lambda: network(**given), device.torch, self.steps)
                same = torch.equal(network(**given)[0].cpu(), self.result)
                peak = self.peak(residency)
        self.clear()
        moved = sum(model.block_bytes) - placement.bytes_from("device", model.block_bytes)
        return {
            "streamed_s": taken, "streamed_bytes": moved,
            "resident_blocks": placement.resident, "pinned_bytes": placement.pinned,
            "equal_to_resident": same, "peak": peak,
        }  # fmt: skip

    def offloaded(self) -> dict[str, Any]:
        """Run with diffusers' group offloading under the same cap."""
        if not self.card:
            return {"group_offloading_s": None, "group_offloading_note": "its streams need a card"}
        open_device(self.name, cap=self.vram)
        torch.cuda.reset_peak_memory_stats()
        try:
            taken = self.offloaded_step()
        except (RuntimeError, MemoryError) as error:
            note = str(error).partition("\n")[0]
            return {"group_offloading_s": None, "group_offloading_note": note}
        finally:
            self.clear()
        return {
            "group_offloading_s": taken,
            "group_offloading_peak": torch.cuda.max_memory_allocated(),
        }

    def offloaded_step(self) -> float:
        from diffusers.hooks import apply_group_offloading

        network, card = build(self.config, self.storage), torch.device(self.name)
        apply_group_offloading(
            network, card, torch.device("cpu"), offload_type="block_level",
            num_blocks_per_group=1, non_blocking=True, use_stream=True, record_stream=True,
        )  # fmt: skip
        with torch.inference_mode():
            given = inputs(network, self.film, card)
            return seconds_per_step(lambda: network(**given), card, self.steps)

    def bandwidth(self) -> float:
        """Return bytes per second from pinned memory, in pieces of a block."""
        block = max(self.described().block_bytes)
        device = self.device(Budgets(1 << 40, 1 << 40, 1 << 40))
        return measure_bus(device, block, times=max(2, (1 << 30) // block))

    def device(self, budgets: Budgets) -> Device:
        """Return the card under its cap, or the accounting device in its place."""
        if self.card:
            return open_device(self.name, cap=self.vram)
        return AccountingDevice(budgets)

    def peak(self, residency: Residency) -> int:
        if self.card:
            return int(torch.cuda.max_memory_allocated())
        return residency.ledger.peaks["vram"]

    def clear(self) -> None:
        gc.collect()
        if self.card:
            torch.cuda.empty_cache()

    def run(self, *, peer: bool) -> dict[str, Any]:
        """Run all ways and compare with the best that is possible."""
        found = {"storage": self.storage, **self.resident(), **self.streamed(pinned=True)}
        found["bandwidth"] = self.bandwidth()
        best = max(found["resident_s"], found["streamed_bytes"] / found["bandwidth"])
        found |= {"best_s": best, "ratio": found["streamed_s"] / best}
        pageable = self.streamed(pinned=False)
        found["pageable_s"] = pageable["streamed_s"]
        return found | (self.offloaded() if peer else {})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--cap", default="8GB")
    parser.add_argument("--storage", default="fp8,bf16")
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--no-peer", action="store_true", help="leave group offloading out")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    card = given.device.startswith("cuda")
    where = torch.cuda.get_device_name(given.device) if card else "processor, small model"
    rows: dict[str, Any] = {"device": where, "cap": given.cap, "torch": torch.__version__}
    if not card:
        rows["note"] = "without a card this proves nothing about speed"
    rows["runs"] = [
        Bench(storage, given.device, parse_size(given.cap), given.steps).run(peer=not given.no_peer)
        for storage in given.storage.split(",")
    ]
    print(json.dumps(rows) if given.json else shown(rows))


def shown(rows: dict[str, Any]) -> str:
    """Return the results for people."""
    lines = [f"{name:<24}{rows[name]}" for name in ("device", "cap", "torch")]
    lines += [rows["note"]] if "note" in rows else []
    for run in rows["runs"]:
        lines += ["", f"{'goal for ratio':<24}{GOAL}"]
        for name, value in run.items():
            size = isinstance(value, int) and not isinstance(value, bool) and value > 1 << 16
            text = show_size(value) if size else value
            if isinstance(value, float):
                text = f"{value / 1e9:.2f} GB/s" if name == "bandwidth" else f"{value:.4f}"
            lines.append(f"{name:<24}{text}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
