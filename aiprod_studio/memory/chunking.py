"""Feed-forward layers in chunks of tokens, so that their wide middle never exists all at once.

Applied from outside to the modules that the caller names; what a token becomes does not depend on
its neighbours there, so the result is the same up to rounding: libraries choose their kernel by
the number of rows, and then the last bits may differ. Where they choose the same, so are the bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from types import TracebackType
from typing import Any

import torch

Chosen = Callable[[str, torch.nn.Module], bool]


class Chunks:
    """Chunked layers of one network, until `remove` or the end of a `with` block.

    Args:
        network: its modules are wrapped in place.
        chosen: says by name and module which layers to chunk; each takes and gives one tensor
            with the same number of tokens.
        tokens: the most tokens at a time; may be changed between two forward passes.
        dim: the axis of the tokens.
    """

    def __init__(
        self, network: torch.nn.Module, chosen: Chosen, tokens: int, *, dim: int = 1
    ) -> None:
        self.tokens = tokens
        self._dim = dim
        self._modules = [m for name, m in network.named_modules() if chosen(name, m)]
        for module in self._modules:
            self._wrap(module)

    def __len__(self) -> int:
        return len(self._modules)

    def remove(self) -> None:
        """Leave the network as it was found."""
        for module in self._modules:
            del module.__dict__["forward"]
        self._modules = []

    def __enter__(self) -> Chunks:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.remove()

    def _wrap(self, module: torch.nn.Module) -> None:
        whole = module.forward

        def forward(x: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
            count = chunks_of(x.shape[self._dim], self.tokens)
            return self._in_chunks(x, count, lambda piece: whole(piece, *args, **kwargs))

        module.__dict__["forward"] = forward

    def _in_chunks(
        self, x: torch.Tensor, count: int, whole: Callable[[torch.Tensor], torch.Tensor]
    ) -> torch.Tensor:
        if count == 1:
            return whole(x)
        result, start = None, 0
        for piece in x.tensor_split(count, dim=self._dim):
            done = whole(piece)
            if result is None:
                result = self._empty(done, x.shape[self._dim])
            result.narrow(self._dim, start, done.shape[self._dim]).copy_(done)
            start += done.shape[self._dim]
        return x if result is None else result

    def _empty(self, like: torch.Tensor, tokens: int) -> torch.Tensor:
        shape = list(like.shape)
        shape[self._dim] = tokens
        return like.new_empty(shape)


def chunks_of(tokens: int, most: int) -> int:
    """Return how many chunks of at most `most` tokens it takes; they are made equally long."""
    return max(1, math.ceil(tokens / max(1, most)))


def tokens_that_fit(free: int, per_token: int, *, step: int = 256) -> int:
    """Return the largest chunk, in whole steps, whose middle takes at most `free` bytes.

    `per_token` is what one token takes in the middle: for a GELU layer twice its width (input and
    output of the activation) times the bytes of a number.
    """
    return max(step, free // max(1, per_token) // step * step)
