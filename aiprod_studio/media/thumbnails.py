"""Small pictures of files, for galleries and nodes: of a picture itself, of a film one frame.

Reads as little as possible and never writes; caching them is the caller's matter.
"""

from __future__ import annotations

from pathlib import Path

from aiprod_studio.media.containers import media_file
from aiprod_studio.media.fit import inner_size, on_paper, resize_pixels
from aiprod_studio.media.images import load_image
from aiprod_studio.media.read import open_video
from aiprod_studio.media.watch import Check, watching
from aiprod_studio.sdk import Image

_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".avif")


def thumbnail(path: Path | str, size: int = 256, check: Check | None = None) -> Image:
    """Return a picture of a file whose longer side is at most `size` pixels.

    Of a film it is the frame a tenth in, since many films begin with black; a drawing without a
    ground lies on white.

    Raises:
        Refusal: the file is missing, damaged, or neither a picture nor a film.
    """
    path = media_file(path)
    with watching(check):
        if path.suffix.lower() in _PICTURES:
            pixels = on_paper(load_image(path).pixels)
        else:
            video = open_video(path)
            pixels = next(video.frames(video.frame_count // 10))
    height, width = pixels.shape[:2]
    if max(width, height) <= size:
        return Image(pixels)
    return Image(resize_pixels(pixels, *inner_size((width, height), (size, size))))
