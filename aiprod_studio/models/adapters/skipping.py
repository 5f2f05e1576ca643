"""Self-attention left out in chosen blocks (STG), and other small changes applied from outside.

Used by the adapters. Each is a context manager: hooks are put on, and are gone afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch

Change = Callable[[dict[str, Any]], None]


@contextmanager
def arguments_changed(modules: Sequence[torch.nn.Module], change: Change) -> Iterator[None]:
    """Let `change` edit the keyword arguments of every call of these modules."""

    def before(
        module: torch.nn.Module, args: tuple[Any, ...], options: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        options = dict(options)
        change(options)
        return args, options

    handles = [m.register_forward_pre_hook(before, with_kwargs=True) for m in modules]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def first_argument(module: torch.nn.Module, value: torch.Tensor) -> Iterator[None]:
    """Give a module another first argument."""

    def before(
        module: torch.nn.Module, args: tuple[Any, ...], options: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (value, *args[1:]), options

    handle = module.register_forward_pre_hook(before, with_kwargs=True)
    try:
        yield
    finally:
        handle.remove()


@contextmanager
def values_only(attentions: Sequence[Any]) -> Iterator[None]:
    """Let attention layers hand on their values instead of attending (diffusers attention API)."""
    kept = [attention.processor for attention in attentions]
    for attention in attentions:
        attention.processor = _values
    try:
        yield
    finally:
        for attention, processor in zip(attentions, kept, strict=True):
            attention.processor = processor


def _values(attention: Any, hidden_states: torch.Tensor, *_: Any, **__: Any) -> torch.Tensor:
    values: torch.Tensor = attention.to_out[0](attention.to_v(hidden_states))
    return values
