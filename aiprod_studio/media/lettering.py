"""Words in pictures: titles of the cut, and slates that stand in for what cannot be shown.

`composing` lays them over the film. The letters are those of the shipped font; sizes follow the
height of the picture, so that a preview and an export at the same size agree to the pixel.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from aiprod_studio.story.cut import Place

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array

SCALE: dict[str, float] = {"centre": 0.105, "lower": 0.062, "bottom": 0.056}
"""Height of the letters as a share of the picture's height."""
WIDEST = 0.86
MARGIN = 0.07
SHADOW = 0.06
PAPER, INK, FAINT = (38, 40, 44), (214, 216, 220), (140, 144, 152)


@lru_cache(maxsize=64)
def title_picture(text: str, width: int, height: int, place: Place) -> UInt8Array:
    """Return a title as uint8 (height, width, 4), colours not multiplied by alpha; shared."""
    picture = Pillow.new("RGBA", (width, height))
    draw = ImageDraw.Draw(picture)
    font, lines = _fitted(text, width, height, SCALE[place])
    step = _line_height(font)
    top = _top(place, height, step * len(lines))
    shift = max(1, round(font.size * SHADOW / 2))
    for index, line in enumerate(lines):
        x = width * MARGIN if place == "lower" else (width - font.getlength(line)) / 2
        at = (x, top + index * step)
        draw.text((at[0] + shift, at[1] + shift), line, (0, 0, 0, 170), font)
        draw.text(at, line, (255, 255, 255, 255), font, stroke_width=shift // 2,
                  stroke_fill=(0, 0, 0, 200))  # fmt: skip
    pixels = np.array(picture)
    pixels.flags.writeable = False
    return pixels


@lru_cache(maxsize=64)
def slate(heading: str, why: str, width: int, height: int) -> UInt8Array:
    """Return a card, uint8 (height, width, 3), that says what is missing and why; shared."""
    picture = Pillow.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(picture)
    large, title = _fitted(heading, width, height, 0.11)
    small, words = _fitted(why, width, height, 0.05)
    block = len(title) * _line_height(large) + len(words) * _line_height(small)
    top = (height - block) / 2
    for font, lines, ink in ((large, title, INK), (small, words, FAINT)):
        for line in lines:
            draw.text(((width - font.getlength(line)) / 2, top), line, ink, font)
            top += _line_height(font)
    edge = max(1, height // 240)
    draw.rectangle((edge * 3, edge * 3, width - edge * 3 - 1, height - edge * 3 - 1),
                   outline=(74, 78, 86), width=edge)  # fmt: skip
    pixels = np.array(picture)
    pixels.flags.writeable = False
    return pixels


@lru_cache(maxsize=32)
def font_of(size: int) -> ImageFont.FreeTypeFont:
    """Return the shipped font at a size in pixels."""
    return ImageFont.truetype(str(_font_file()), max(6, size))


@lru_cache(maxsize=1)
def _font_file() -> Path:
    package = Path(__file__).resolve().parent.parent
    bundled = package / "bundled" / "resources"
    resources = bundled if bundled.is_dir() else package.parent / "resources"
    return resources / "fonts" / "Inter_600SemiBold.ttf"


def _line_height(font: ImageFont.FreeTypeFont) -> float:
    return font.size * 1.28


def _top(place: Place, height: int, block: float) -> float:
    if place == "centre":
        return (height - block) / 2
    return height * (0.80 if place == "lower" else 0.94) - block


def _fitted(
    text: str, width: int, height: int, scale: float
) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """Return the largest font up to a scale in which the text fits, and its lines."""
    size = round(height * scale)
    while True:
        font = font_of(size)
        lines = _broken(text, font, width * WIDEST)
        high = len(lines) * _line_height(font) <= height * 0.8
        if (high and all(font.getlength(line) <= width * WIDEST for line in lines)) or size <= 8:
            return font, lines
        size -= max(1, size // 12)


def _broken(text: str, font: ImageFont.FreeTypeFont, widest: float) -> list[str]:
    lines: list[str] = []
    for part in text[:2000].splitlines() or [""]:
        line = ""
        for word in part.split():
            longer = f"{line} {word}".strip()
            if line and font.getlength(longer) > widest:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return lines
