"""The flat block lists of LTX video VAEs, turned into diffusers' nested layout.

An LTX checkpoint numbers the blocks of its encoder and decoder in one row each and describes them
in `config.vae.encoder_blocks` and `decoder_blocks` (0.9.0: `blocks` for both). diffusers nests
them: residual groups hold their own down- or upsampler. This gives, for a list, the renaming of
block prefixes and the sizes that diffusers' constructor wants. The decoder's list runs from the
pixels to the latents, so it is read backwards. Used by the LTX descriptors; pure arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

DOWN = {
    "compress_space_res": "spatial",
    "compress_time_res": "temporal",
    "compress_all_res": "spatiotemporal",
    "compress_all": "conv",
}
UP = {
    "compress_space": "spatial",
    "compress_time": "temporal",
    "compress_all": "spatiotemporal",
}
Block = tuple[str, Mapping[str, Any]]


@dataclass
class Group:
    """One nested block: its residual layers and what changes size after (or before) them."""

    layers: int = 0
    kind: str = ""
    channels: int = 0
    factor: int = 1
    residual: bool = False
    noise: bool = False


@dataclass
class Nested:
    """A whole encoder or decoder: groups in running order, the middle block, new prefixes."""

    groups: list[Group] = field(default_factory=list)
    middle: Group = field(default_factory=Group)
    prefixes: dict[str, str] = field(default_factory=dict)
    channels: int = 0


class UnknownBlock(ValueError):
    """The list holds a block that diffusers' layout has no place for."""


def read_blocks(raw: Any) -> list[Block]:
    """Read a block list from metadata; a bare number stands for `num_layers`.

    Raises:
        UnknownBlock: it is not a list of names with parameters.
    """
    if not isinstance(raw, list):
        raise UnknownBlock(f"{str(raw)[:60]} is no list of blocks")
    found: list[Block] = []
    for entry in raw:
        if not isinstance(entry, list) or len(entry) != 2 or not isinstance(entry[0], str):
            raise UnknownBlock(f"{str(entry)[:60]} is no block")
        name, params = entry
        if isinstance(params, int):
            params = {"num_layers": params}
        if not isinstance(params, dict):
            raise UnknownBlock(f"block {name!r} has the parameters {str(params)[:40]}")
        _check_params(name, params)
        found.append((name, params))
    return found


def _check_params(name: str, params: Mapping[str, Any]) -> None:
    layers, factor = params.get("num_layers"), params.get("multiplier", 1)
    if name == "res_x" and not (isinstance(layers, int) and 0 < layers < 1000):
        raise UnknownBlock(f"block {name!r} has {layers!r} layers")
    if not (isinstance(factor, int) and 0 < factor < 1000):
        raise UnknownBlock(f"block {name!r} multiplies by {factor!r}")


def nest_encoder(blocks: Sequence[Block], base: int) -> Nested:
    """Nest an encoder's list; `base` is its first channel count."""
    walk = _Encoder(Nested(channels=base), base)
    for index, (name, params) in enumerate(blocks):
        new = walk.place(name, params, last=index == len(blocks) - 1)
        if not new:
            raise UnknownBlock(f"the encoder holds the block {name!r} at place {index}")
        walk.nested.prefixes[f"down_blocks.{index}."] = new
    return walk.nested


def nest_decoder(listed: Sequence[Block], base: int) -> Nested:
    """Nest a decoder's list, given from the pixels to the latents; `base` is its last count."""
    blocks = list(reversed(listed))
    channels = base * _product(blocks)
    walk = _Decoder(Nested(channels=channels), channels)
    for index, (name, params) in enumerate(blocks):
        new = walk.place(name, params, first=index == 0)
        if not new:
            raise UnknownBlock(f"the decoder holds the block {name!r} at place {index}")
        walk.nested.prefixes[f"up_blocks.{index}."] = new
    return walk.nested


@dataclass
class _Encoder:
    """Walks an encoder's blocks: layers first, then what makes the picture smaller."""

    nested: Nested
    channels: int

    def place(self, name: str, params: Mapping[str, Any], *, last: bool) -> str:
        """Return the nested prefix of the next block, or an empty text where none fits."""
        groups = self.nested.groups
        if name == "res_x" and last:
            self.nested.middle = Group(int(params["num_layers"]), channels=self.channels)
            return "mid_block."
        if name == "res_x":
            groups.append(Group(int(params["num_layers"]), channels=self.channels))
            return f"down_blocks.{len(groups) - 1}."
        if not groups or (name != "res_x_y" and name not in DOWN):
            return ""
        if name in DOWN:
            groups[-1].kind = DOWN[name]
        if name == "res_x_y" or name.endswith("_res"):
            self.channels *= int(params.get("multiplier", 2))
        groups[-1].channels = self.channels
        inner = "downsamplers.0" if name in DOWN else "conv_out"
        return f"down_blocks.{len(groups) - 1}.{inner}."


@dataclass
class _Decoder:
    """Walks a decoder's blocks: what makes the picture larger first, then layers."""

    nested: Nested
    channels: int

    def place(self, name: str, params: Mapping[str, Any], *, first: bool) -> str:
        """Return the nested prefix of the next block, or an empty text where none fits."""
        noise = bool(params.get("inject_noise", False))
        if name == "res_x" and first:
            layers = int(params["num_layers"])
            self.nested.middle = Group(layers, channels=self.channels, noise=noise)
            return "mid_block."
        if name == "res_x":
            group = self._open(lambda last: not last.layers)
            group.layers, group.noise = int(params["num_layers"]), noise
            return self._prefix("")
        if name == "res_x_y":
            self.channels //= int(params.get("multiplier", 2))
            self.nested.groups.append(Group(channels=self.channels, noise=noise))
            return self._prefix("conv_in.")
        return self._enlarge(name, params) if name in UP else ""

    def _enlarge(self, name: str, params: Mapping[str, Any]) -> str:
        group = self._open(lambda last: not last.layers and not last.kind)
        group.kind, group.factor = UP[name], int(params.get("multiplier", 1))
        group.residual = bool(params.get("residual", False))
        self.channels //= group.factor
        group.channels = self.channels
        return self._prefix("upsamplers.0.")

    def _open(self, fits: Callable[[Group], bool]) -> Group:
        """Return the group that the next block belongs to, a new one where the last is full."""
        groups = self.nested.groups
        if not groups or not fits(groups[-1]):
            groups.append(Group(channels=self.channels))
        return groups[-1]

    def _prefix(self, inner: str) -> str:
        return f"up_blocks.{len(self.nested.groups) - 1}.{inner}"


def _product(blocks: Sequence[Block]) -> int:
    total = 1
    for name, params in blocks:
        if name == "res_x_y":
            total *= int(params.get("multiplier", 2))
        elif name.startswith("compress"):
            total *= int(params.get("multiplier", 1))
    return total
