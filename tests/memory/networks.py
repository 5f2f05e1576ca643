"""Small real networks for these tests, and how the application would describe them."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from aiprod_studio.memory.describing import Check, FileSpan, ModelOnDisk


class Block(torch.nn.Module):
    """A block with a weight, a transposed weight, integers and a number."""

    def __init__(self, width: int, extra: int = 0) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.randn(width, width) / width**0.5)
        self.turned = torch.nn.Parameter((torch.randn(width, width) / width**0.5).t())
        self.register_buffer("codes", torch.randint(0, 255, (width + extra,), dtype=torch.uint8))
        self.register_buffer("scale", torch.tensor(0.5))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        offset = self.codes[: x.shape[-1]].to(x.dtype) / 255
        return x + torch.tanh(x @ self.weight + offset) @ self.turned * self.scale


class Net(torch.nn.Module):
    """A few blocks between two layers."""

    def __init__(self, blocks: int, width: int, uneven: bool = False) -> None:
        super().__init__()
        self.first = torch.nn.Linear(width, width)
        extras = [37 * i if uneven else 0 for i in range(blocks)]
        self.blocks = torch.nn.ModuleList([Block(width, extra) for extra in extras])
        self.last = torch.nn.Linear(width, width)

    def forward(self, x: torch.Tensor, skip: frozenset[int] = frozenset()) -> torch.Tensor:
        x = self.first(x)
        for index, block in enumerate(self.blocks):
            if index not in skip:
                x = block(x)
        return self.last(x)


def net(blocks: int = 6, width: int = 32, seed: int = 0, *, uneven: bool = False) -> Net:
    """A network whose weights depend on the seed alone."""
    torch.manual_seed(seed)
    return Net(blocks, width, uneven).eval().requires_grad_(False)


def tiny_ltx(dtype: torch.dtype = torch.float32, layers: int = 7) -> torch.nn.Module:
    """A real diffusion transformer of the LTX-Video kind, small."""
    from diffusers import LTXVideoTransformer3DModel

    torch.manual_seed(1)
    network = LTXVideoTransformer3DModel(
        in_channels=8, out_channels=8, num_attention_heads=2, attention_head_dim=16,
        cross_attention_dim=32, num_layers=layers, caption_channels=24,
    )  # fmt: skip
    return network.eval().requires_grad_(False).to(dtype)


def run_ltx(network: torch.nn.Module, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    """One forward pass of `tiny_ltx` on fixed inputs."""
    draw = torch.Generator().manual_seed(2)
    with torch.inference_mode():
        return network(
            hidden_states=torch.randn(2, 24, 8, generator=draw).to(dtype),
            encoder_hidden_states=torch.randn(2, 5, 24, generator=draw).to(dtype),
            timestep=torch.full((2, 1), 500.0),
            encoder_attention_mask=torch.ones(2, 5),
            num_frames=2, height=3, width=4, return_dict=False,
        )[0]  # fmt: skip


def tiny_t5() -> torch.nn.Module:
    """A real text encoder, small; its embedding is tied."""
    from transformers import T5Config, T5EncoderModel

    torch.manual_seed(3)
    config = T5Config(vocab_size=50, d_model=32, d_kv=8, d_ff=64, num_layers=5, num_heads=4)
    return T5EncoderModel(config).eval().requires_grad_(False)


def run_t5(network: torch.nn.Module) -> torch.Tensor:
    with torch.inference_mode():
        return network(torch.arange(12)[None]).last_hidden_state


@dataclass(frozen=True)
class Described:
    """A description together with how often it was loaded."""

    model: ModelOnDisk
    loads: list[str]


def described(
    make: Callable[[], torch.nn.Module],
    key: str = "net",
    blocks: str = "blocks",
    activations: int = 1000,
) -> Described:
    """A model that the loader builds in RAM."""
    loads: list[str] = []

    def load(check: Check) -> torch.nn.Module:
        check()
        loads.append(key)
        return make()

    sizes, outside = _sizes(make(), blocks)
    model = ModelOnDisk(key, f"model {key}", outside, load, sizes, blocks, activations)
    return Described(model, loads)


def on_disk(
    make: Callable[[], torch.nn.Module],
    path: Path,
    key: str = "net",
    blocks: str = "blocks",
    activations: int = 1000,
    spans: bool = True,
) -> Described:
    """A model whose tensors map a file; with `spans` blocks may also be read from it."""
    loads: list[str] = []

    def load(check: Check) -> torch.nn.Module:
        check()
        loads.append(key)
        network = make()
        network.load_state_dict(load_file(path), assign=True, strict=False)
        return network.requires_grad_(False)

    whole = make()
    save_file({n: t.contiguous().clone() for n, t in whole.state_dict().items()}, path)
    sizes, outside = _sizes(whole, blocks)
    model = ModelOnDisk(key, f"model {key}", outside, load, sizes, blocks, activations, mapped=True)
    found = replace(model, spans=lambda: spans_of(path)) if spans else model
    return Described(found, loads)


def _sizes(network: torch.nn.Module, blocks: str) -> tuple[tuple[int, ...], int]:
    """Bytes of each block, every tensor aligned as in a buffer, and bytes outside the blocks."""
    parts = list(network.get_submodule(blocks).children())
    inside = {id(t) for part in parts for t in _tensors(part)}
    outside = sum(t.nbytes for t in _tensors(network) if id(t) not in inside)
    return tuple(sum(-(-t.nbytes // 256) * 256 for t in _tensors(part)) for part in parts), outside


def _tensors(module: torch.nn.Module) -> list[torch.Tensor]:
    return [*module.parameters(), *module.buffers()]


def spans_of(path: Path) -> dict[str, FileSpan]:
    """Where each tensor of a safetensors file lies."""
    stat = path.stat()
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    header.pop("__metadata__", None)
    stamp = (stat.st_size, stat.st_mtime_ns)
    return {
        name: FileSpan(path, 8 + length + start, end - start, stamp)
        for name, info in header.items()
        for start, end in [info["data_offsets"]]
    }


def reader_threads() -> list[threading.Thread]:
    """Reader threads that still run."""
    return [t for t in threading.enumerate() if t.name == "block reader"]
