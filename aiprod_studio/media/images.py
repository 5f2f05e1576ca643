"""Pictures in and out: turned upright, in sRGB, 8 bits, with alpha where there is any.

`load_image` takes what cameras, painters and the web make (JPEG, PNG, WebP, GIF, TIFF, BMP, AVIF,
16 bit, CMYK, grey, palettes) and refuses picture bombs before a pixel is decoded. `save_image`
embeds the recipe. Formats that can run or fetch anything (EPS, SVG, PDF) are never opened.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image as Pillow
from PIL import ImageCms, ImageOps, PngImagePlugin, UnidentifiedImageError

from aiprod_studio.media.containers import media_file
from aiprod_studio.media.faults import damaged, invalid, unreadable
from aiprod_studio.media.formats import MAX_SIDE
from aiprod_studio.media.placing import placing
from aiprod_studio.media.provenance import RECIPE_KEY, jpeg_with_recipe, storable
from aiprod_studio.sdk import Image

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array

MAX_PIXELS = 160_000_000
"""Largest picture that is opened; its RGBA pixels take 640 MB."""
_READ = ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "PPM", "TGA", "JPEG2000")
_DEEP = ("I;16", "I;16B", "I;16L", "I;16N", "I")
_QUALITY = 95
_REMEDY = "Use a PNG, JPEG, WebP, TIFF, GIF, BMP or AVIF picture."


def load_image(path: Path | str) -> Image:
    """Load a picture; of an animated one the first frame.

    Raises:
        Refusal: the file is missing, no picture, damaged, or larger than `MAX_PIXELS`.
    """
    path = media_file(path)
    with _opened(path) as picture:
        if picture.format in ("PNG", "TIFF") and (deep := _sixteen_bit(path, picture)) is not None:
            return Image(deep)
        picture.load()
        return Image(_upright_srgb(picture))


def image_size(path: Path | str) -> tuple[int, int]:
    """Return (width, height) of a picture as shown, reading only its head."""
    path = media_file(path)
    with _opened(path) as picture:
        turned = picture.getexif().get(0x0112, 1) in (5, 6, 7, 8)
        return (picture.height, picture.width) if turned else (picture.width, picture.height)


def save_image(image: Image, path: Path | str, recipe: str = "") -> None:
    """Write a PNG or, by its suffix, a JPEG, with the recipe (JSON of the workflow) inside.

    Raises:
        Refusal: the suffix is neither .png nor .jpg, or the disk is full or closed to us.
    """
    path = Path(path)
    write = {".png": png_bytes, ".jpg": _jpeg_bytes, ".jpeg": _jpeg_bytes}.get(path.suffix.lower())
    if write is None:
        why = f"{path.suffix or 'no suffix'} is no picture format that is written"
        raise invalid(path, why, "Name it .png or .jpg.")
    if max(image.width, image.height) > MAX_SIDE:
        raise invalid(path, f"the picture is {image.width} x {image.height}", "Make it smaller.")
    with placing(path) as part:
        part.write_bytes(write(image.pixels, recipe))


def png_bytes(pixels: UInt8Array, recipe: str = "") -> bytes:
    """Return a PNG file of (h, w, 3 or 4) pixels with the recipe in a text chunk."""
    texts = PngImagePlugin.PngInfo()
    if recipe:
        # Not compressed: readers limit what a compressed text may grow to.
        texts.add_itxt(RECIPE_KEY, storable(recipe), zip=False)
    file = io.BytesIO()
    Pillow.fromarray(pixels).save(file, "PNG", pnginfo=texts, compress_level=4)
    return file.getvalue()


def _jpeg_bytes(pixels: UInt8Array, recipe: str = "") -> bytes:
    file = io.BytesIO()
    picture = _on_black(Pillow.fromarray(pixels))
    picture.save(file, "JPEG", quality=_QUALITY, subsampling=0)
    return jpeg_with_recipe(file.getvalue(), recipe)


@contextmanager
def _opened(path: Path) -> Iterator[Pillow.Image]:
    """Open a picture's head, wording all that can go wrong until the end of the block."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Pillow.open(path, formats=_READ) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise _bomb(path, f"{picture.width} x {picture.height} pixels")
                yield picture
    except UnidentifiedImageError:
        raise invalid(path, "is not a picture that can be read", _REMEDY) from None
    except Pillow.DecompressionBombError:
        raise _bomb(path, "too many pixels") from None
    except OSError as error:
        if error.errno is not None:
            raise unreadable(path, error) from None
        raise damaged(path, str(error)) from None
    except (SyntaxError, ValueError, EOFError, IndexError, TypeError, OverflowError) as error:
        raise damaged(path, str(error) or type(error).__name__) from None


def _bomb(path: Path, size: str) -> Exception:
    why = f"the picture has {size}, at most {MAX_PIXELS // 1_000_000} megapixels are opened"
    return invalid(path, why, "Make it smaller in another program first.")


def _upright_srgb(picture: Pillow.Image) -> UInt8Array:
    """Turn by EXIF, convert by the colour profile, and give RGB or RGBA pixels."""
    profile = picture.info.get("icc_profile")
    upright: Pillow.Image = ImageOps.exif_transpose(picture)
    if upright.mode in _DEEP or upright.mode == "F":
        return np.repeat(_grey(np.asarray(upright), upright.mode)[..., None], 3, axis=2)
    has_alpha = upright.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in upright.info
    mode = "RGBA" if has_alpha else "RGB"
    if upright.mode in ("P", "PA", "1", "La", "RGBa", "LA", "L") or has_alpha:
        upright = upright.convert(mode)
    return np.array(_to_srgb(upright, profile, mode))


def _to_srgb(picture: Pillow.Image, profile: bytes | None, mode: str) -> Pillow.Image:
    """Convert with the embedded profile; a broken or unfitting one is passed over."""
    if profile:
        try:
            return _with_profile(picture, profile, mode)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            return picture.convert(mode)
    return picture.convert(mode)


def _with_profile(picture: Pillow.Image, profile: bytes, mode: str) -> Pillow.Image:
    own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    srgb = ImageCms.createProfile("sRGB")
    if "sRGB" in ImageCms.getProfileDescription(own) and picture.mode != "CMYK":
        return picture.convert(mode)
    colours = picture.convert("RGB") if picture.mode == "RGBA" else picture
    made = ImageCms.profileToProfile(colours, own, srgb, outputMode="RGB")
    if made is None:
        return picture.convert(mode)
    if mode == "RGBA":
        made.putalpha(picture.getchannel("A"))
    return made


def _grey(values: np.ndarray[Any, np.dtype[Any]], mode: str) -> UInt8Array:
    """Bring deep grey to 8 bits: floats are 0 to 1, 32 bit integers hold 16 bits."""
    if mode == "F":
        scaled = np.nan_to_num(values.astype(np.float64)) * 255
    else:
        scaled = values.astype(np.float64) / 257
    return np.asarray(np.clip(np.rint(scaled), 0, 255), np.uint8)


def _sixteen_bit(path: Path, picture: Pillow.Image) -> UInt8Array | None:
    """Load colours of 16 bits, which Pillow would cut instead of round; None for all others."""
    import cv2

    depth = picture.tag_v2.get(258, (8,)) if hasattr(picture, "tag_v2") else ()
    if picture.format == "PNG":
        with path.open("rb") as file:
            depth = (file.read(26)[24],)
    if max(depth, default=8) != 16 or picture.mode in _DEEP or "icc_profile" in picture.info:
        return None
    data = np.frombuffer(path.read_bytes(), np.uint8)
    values = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    if values is None or values.dtype != np.uint16 or values.ndim != 3:
        return None
    order = cv2.COLOR_BGRA2RGBA if values.shape[2] == 4 else cv2.COLOR_BGR2RGB
    eight = np.rint(cv2.cvtColor(values, order) / 257).astype(np.uint8)
    turned = ImageOps.exif_transpose(_with_exif(eight, picture))
    return np.array(turned)


def _with_exif(pixels: UInt8Array, picture: Pillow.Image) -> Pillow.Image:
    made = Pillow.fromarray(pixels)
    made.getexif().update(dict(picture.getexif()))
    return made


def _on_black(picture: Pillow.Image) -> Pillow.Image:
    """Put a transparent picture on black, for formats without alpha."""
    if picture.mode != "RGBA":
        return picture
    ground = Pillow.new("RGB", picture.size)
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground
