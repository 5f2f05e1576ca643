"""What is put around a network while a node uses it: a watch over its files, chunked layers.

Used by `services`. Everything is taken off again afterwards; the network itself is not changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aiprod_studio.sdk import Model

if TYPE_CHECKING:
    import torch


def guarded(model: Model, check: Callable[[], None]) -> Callable[[], None]:
    """Return a check that also refuses to go on once a file of the model has changed.

    Weights are mapped: reading past the end of a file that was cut short in place would end the
    process, so the files are looked at before each block. It takes microseconds.
    """
    from aiprod_studio.models.files import refused, stamp_of

    before = {file.path: stamp_of(file.path) for file in model.files}

    def look() -> None:
        check()
        for path, stamp in before.items():
            if stamp_of(path) != stamp:
                why = "it was replaced or changed while it was in use"
                raise refused(path, why, "Run again; the file is then read from its start.")

    return look


@contextmanager
def looked_after(network: torch.nn.Module, look: Callable[[], None]) -> Iterator[None]:
    """Call `look` before every layer of a network that computes, and so before it reads weights."""
    hooks = [
        module.register_forward_pre_hook(lambda *_: look())
        for module in network.modules()
        if next(module.parameters(recurse=False), None) is not None
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


@contextmanager
def chunked(network: torch.nn.Module, model: Model, tokens: int) -> Iterator[None]:
    """Let a network's feed-forward layers take at most so many tokens at a time; 0 leaves them."""
    from aiprod_studio.memory.chunking import Chunks
    from aiprod_studio.models.recognising import family_named

    last = family_named(model.family).forward_layers.get(model.component) if tokens else None
    if last is None:
        yield
        return

    def chosen(name: str, module: torch.nn.Module) -> bool:
        # A network that is in use twice is wrapped once.
        return name.endswith(f".{last}") and "forward" not in module.__dict__

    with Chunks(network, chosen, tokens):
        yield
