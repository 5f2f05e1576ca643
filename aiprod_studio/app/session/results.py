"""Results of nodes, read from the store for the eyes: films, pictures, sounds, texts, numbers.

The window shows them; it knows a node's key from the worker's plans. A `Result` is only a handle
and costs nothing; `open` and `thumbnail` read the disk and belong into a worker thread. Nothing
here computes anything or imports torch.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from aiprod_studio.sdk import Image, Invalid, Missing, NodeSpec, Refusal, SavedFile, Video

if TYPE_CHECKING:
    from aiprod_studio.engine import Store
    from aiprod_studio.sdk.values import UInt8Array

Kind: TypeAlias = Literal["video", "image", "audio", "text", "number", "file", "other"]
KINDS: Mapping[str, Kind] = {
    "video": "video", "image": "image", "audio": "audio", "text": "text", "integer": "number",
    "number": "number", "boolean": "number", "file": "file",
}  # fmt: skip
SHOWN: tuple[Kind, ...] = ("video", "image", "file", "audio", "text", "number")
"""What a node with several outputs shows first."""
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".avif")
FILMS = (".mp4", ".mov", ".mkv", ".webm", ".m4v", ".avi")


@dataclass(frozen=True)
class Result:
    """What a node gave: which output, of which kind, under which key of the store.

    `stale` says that the document has changed since. `note` is one line for people.
    """

    node: str
    output: str
    kind: Kind
    key: str
    stale: bool = False
    note: str = ""
    _results: Results | None = field(default=None, compare=False, repr=False)

    def value(self) -> Any:
        """Return the value itself: a Video, an Image, an Audio, text...; reads the disk.

        Raises:
            Refusal: it is no longer in the store.
        """
        assert self._results is not None
        return self._results.value(self)

    def frames(self) -> Video | Image | None:
        """Return what can be looked at, None for what cannot; a saved file is opened.

        Raises:
            Refusal: it is no longer there, or cannot be read.
        """
        return _seen(self.value())

    @property
    def file(self) -> Path | None:
        """The file that the node wrote for the artist, if it did; reads the disk."""
        value = self.value()
        return value.path if isinstance(value, SavedFile) else None

    def thumbnail(self, size: int = 256) -> UInt8Array | None:
        """Return a small picture, uint8 (height, width, 3), None where there is nothing to see.

        Raises:
            Refusal: it is no longer there, or cannot be read.
        """
        seen = self.frames()
        return None if seen is None else small_picture(seen, size)

    def film(self, size: int = 160, most: int = 24) -> list[UInt8Array]:
        """Return a few small pictures spread over a film (one of an image), for a moving preview.

        Raises:
            Refusal: it is no longer there, or cannot be read.
        """
        seen = self.frames()
        return [] if seen is None else small_film(seen, size, most)


class Results:
    """Reads the store that all runs share; any thread may ask.

    Args:
        folder: the store's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._store: Store | None = None

    def of(
        self, node: str, spec: NodeSpec, key: str, *, stale: bool = False, output: str = ""
    ) -> Result | None:
        """Return a node's result as a handle, None for a node without outputs."""
        outputs = [o for o in spec.outputs if output in ("", o.name)]
        if not key or not outputs:
            return None
        kinds = {o.name: KINDS.get(o.type, "other") for o in outputs}
        best = min(kinds, key=lambda name: _rank(kinds[name]))
        return Result(node, best, kinds[best], key, stale, spec.title, self)

    def there(self, keys: Iterable[str]) -> set[str]:
        """Return those keys whose results are in the store; asks the index only."""
        return set(self._opened().known(keys))

    def value(self, result: Result) -> Any:
        """Return the value of a result.

        Raises:
            Refusal: it is no longer in the store, or is nothing for eyes and ears.
        """
        if result.kind == "other":
            # Reading tensors would import torch, which holds up a whole program for seconds.
            why = "what it gives is for other nodes, not for looking at"
            raise Refusal(Invalid(f"node {result.node!r}", why, "Look at a node after it."))
        import aiprod_studio.media  # noqa: F401 - its value classes must be known to the store

        found = self._opened().get(result.key)
        if found is None or result.output not in found:
            why = "its result is no longer in the store"
            raise Refusal(Missing(f"node {result.node!r}", why, "Run it again."))
        return found[result.output]

    def close(self) -> None:
        """Let go of the store."""
        with self._lock:
            if self._store is not None:
                self._store.close()
            self._store = None

    def _opened(self) -> Store:
        from aiprod_studio.engine import Store

        with self._lock:
            if self._store is None:
                self._store = Store(self._folder, ram=64 << 20)
            return self._store


def small_picture(seen: Video | Image, size: int) -> UInt8Array:
    """Return a picture whose longer side is at most `size`; of a film, a frame a tenth in."""
    if isinstance(seen, Image):
        return _shrunk(_opaque(seen.pixels), size)
    return _shrunk(next(iter(seen.frames(seen.frame_count // 10))), size)


def small_film(seen: Video | Image, size: int, most: int) -> list[UInt8Array]:
    """Return at most `most` small pictures spread over a film."""
    if isinstance(seen, Image):
        return [small_picture(seen, size)]
    step = max(1, -(-seen.frame_count // most))
    found = []
    for number, frame in enumerate(seen.frames()):
        if number % step == 0:
            found.append(_shrunk(frame, size))
    return found


def open_file(path: Path) -> Video | Image | None:
    """Return what a media file shows, None when it is neither picture nor film.

    Raises:
        Refusal: it cannot be read.
    """
    from aiprod_studio.media import load_image, open_video

    openers: list[tuple[tuple[str, ...], Callable[[Path], Video | Image]]] = [
        (PICTURES, load_image), (FILMS, open_video),
    ]  # fmt: skip
    for endings, opener in openers:
        if path.suffix.lower() in endings:
            return opener(path)
    return None


def _seen(value: Any) -> Video | Image | None:
    if isinstance(value, Video | Image):
        return value
    return open_file(value.path) if isinstance(value, SavedFile) else None


def _rank(kind: Kind) -> int:
    return SHOWN.index(kind) if kind in SHOWN else len(SHOWN)


def _opaque(pixels: UInt8Array) -> UInt8Array:
    if pixels.shape[2] == 3:
        return pixels
    import numpy as np

    alpha = pixels[..., 3:].astype(np.uint16)
    return (pixels[..., :3] * alpha // 255).astype(np.uint8)


def _shrunk(pixels: UInt8Array, size: int) -> UInt8Array:
    from aiprod_studio.media.fit import inner_size, resize_pixels

    height, width = pixels.shape[:2]
    if max(width, height) <= size:
        return pixels
    return resize_pixels(pixels, *inner_size((width, height), (size, size)))
