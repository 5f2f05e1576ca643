"""Timestep modulation computed once per distinct noise level, and spread over tokens when used.

A film with held frames has two or three distinct levels among thousands of tokens. diffusers makes
every token its own set of scales and shifts (tokens x 9 x width numbers, twice), which doubles the
activations of image to video. Here the embedding runs on the distinct levels alone, and a
`PerToken` value stands in for the large tensor: blocks add their tables to it and take it apart,
and only the one parameter that is computed with is spread over the tokens, for that moment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import torch

MOST_LEVELS = 16
"""With more distinct levels than this the plain way is not larger."""


class PerToken:
    """Values (batch, levels, ...) of which every token, by `index` (batch, tokens), has one."""

    def __init__(self, values: torch.Tensor, index: torch.Tensor) -> None:
        self.values, self.index = values, index

    @property
    def device(self) -> torch.device:
        return self.values.device

    @property
    def shape(self) -> tuple[int, ...]:
        return (*self.index.shape, *self.values.shape[2:])

    def size(self, axis: int) -> int:
        return self.shape[axis]

    def reshape(self, batch: int, tokens: int, *rest: int) -> PerToken:
        return PerToken(self.values.reshape(batch, self.values.shape[1], *rest), self.index)

    def unbind(self, dim: int) -> tuple[PerToken, ...]:
        return tuple(PerToken(part, self.index) for part in self.values.unbind(dim))

    def squeeze(self, dim: int) -> PerToken:
        """Token values have three axes already, of which none is 1."""
        return self

    def spread(self) -> torch.Tensor:
        """Return the values of every token (batch, tokens, ...)."""
        rows = torch.arange(self.index.shape[0], device=self.index.device)
        return self.values[rows[:, None], self.index]

    def __add__(self, other: Any) -> Any:
        if isinstance(other, PerToken) or not _is_table(other):
            return self.spread() + _plain(other)
        return PerToken(self.values + other, self.index)

    __radd__ = __add__

    def __mul__(self, other: Any) -> Any:
        return self.spread() * _plain(other)

    __rmul__ = __mul__

    @classmethod
    def __torch_function__(
        cls,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """A tensor meets a `PerToken`: tables stay per level, everything else is spread."""
        left, right = (*args, None)[:2]
        if func in (torch.Tensor.add, torch.Tensor.__add__) and isinstance(right, PerToken):
            return right + left
        plain = [_plain(arg) for arg in args]
        return func(*plain, **{name: _plain(value) for name, value in (kwargs or {}).items()})


def _is_table(value: Any) -> bool:
    """A number, or a block's table (1, 1, parameters, width), which all tokens share."""
    if isinstance(value, torch.Tensor):
        return value.ndim == 4 and value.shape[:2] == (1, 1)
    return isinstance(value, int | float)


def _plain(value: Any) -> Any:
    return value.spread() if isinstance(value, PerToken) else value


class Levels:
    """The distinct noise levels of a stream's tokens.

    `sigmas` (batch, tokens) become `timesteps` to compute with: one per item where its tokens all
    agree, the distinct ones where there are few, one per token otherwise.
    """

    def __init__(self, sigmas: torch.Tensor) -> None:
        self.batch = sigmas.shape[0]
        self.index: torch.Tensor | None = None
        self.sigmas = sigmas
        if bool((sigmas == sigmas[:, :1]).all()):
            self.sigmas = sigmas[:, :1]
            return
        levels, index = torch.unique(sigmas, return_inverse=True)
        if len(levels) <= MOST_LEVELS and 2 * len(levels) < sigmas.shape[1]:
            self.sigmas = levels[None].expand(self.batch, -1)
            self.index = index

    def apply(self, changes: ExitStack, embedding: torch.nn.Module) -> None:
        """Let the embedding's second answer, which the last layer reads, be per token again."""
        index = self.index
        if index is None:
            return

        def after(module: torch.nn.Module, args: Any, out: Any) -> Any:
            modulation, embedded = out
            per_level = embedded.reshape(self.batch, -1, embedded.shape[-1])
            return modulation, PerToken(per_level, index).spread().flatten(0, 1)

        changes.callback(embedding.register_forward_hook(after).remove)

    def wrap(self, options: dict[str, Any], *names: str) -> None:
        """Make named arguments of a block per token."""
        if self.index is not None:
            for name in names:
                options[name] = PerToken(options[name], self.index)
