"""Words on the pages of a printed board, in whatever script they are written.

The shipped font has Latin, Greek and Cyrillic letters. Others come from a font of this machine and
are embedded; Chinese, Japanese and Korean ones that no font here has are left to the fonts of
whoever reads the PDF. `board_pdf` draws with it.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from aiprod_studio.app.places import shipped

SHIPPED = {"Inter": "Inter_400Regular.ttf", "Inter-bold": "Inter_600SemiBold.ttf"}
OTHERS = (
    "DejaVuSans.ttf", "NotoSansHebrew-Regular.ttf", "NotoSansArabic-Regular.ttf",
    "NotoSansThai-Regular.ttf", "NotoSansDevanagari-Regular.ttf", "segoeui.ttf", "arial.ttf",
    "leelawui.ttf", "nirmala.ttf", "yugothm.ttc", "msgothic.ttc", "malgun.ttf", "msyh.ttc",
    "simsun.ttc", "arial unicode.ttf", "applesdgothicneo.ttc", "wqy-microhei.ttc",
    "wqy-zenhei.ttc", "droidsansfallbackfull.ttf", "seguiemj.ttf",
)  # fmt: skip
"""Files of fonts that machines have, the most usual letters first."""
ASIAN = (
    ("HYGothic-Medium", re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")),
    ("HeiseiKakuGo-W5", re.compile("[\u3040-\u30ff\u31f0-\u31ff]")),
    (
        "STSong-Light",
        re.compile("[\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]"),
    ),
)
"""Fonts that a reader of PDFs brings, and the letters that each is taken for."""
LEFT = "[\u0590-\u08ff\ufb1d-\ufdfd\ufe70-\ufefc]+"
LEFTWARD = re.compile(rf"{LEFT}(?:[\s,'\"-]+{LEFT})*")
"""Hebrew and Arabic words in a row, which are read from the right."""
SIGN = "\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
UNSPACED = re.compile(rf"[{SIGN}]|[^{SIGN}\s]+")
"""What stays on one line: a word, or one sign of a script that is written without spaces."""


class Words:
    """Measures, breaks and draws words on a canvas of reportlab; lengths are in points."""

    def __init__(self, paper: Any) -> None:
        self._paper = paper
        for name, file in SHIPPED.items():
            _register(name, shipped("resources") / "fonts" / file)

    def has(self, letter: str) -> bool:
        """Say whether a letter can be drawn, rather than left out."""
        return _font_of(letter, "Inter") != "Inter" or _holds("Inter", letter)

    def width(self, text: str, size: float, weight: str = "") -> float:
        """Return how wide a text is."""
        return float(
            sum(self._paper.stringWidth(part, font, size) for font, part in _runs(text, weight))
        )

    def draw(self, text: str, x: float, y: float, size: float, weight: str = "") -> None:
        """Draw one line from a place on, `y` counted from below."""
        for font, part in _runs(_visual(text), weight):
            self._paper.setFont(font, size)
            self._paper.drawString(x, y, part)
            x += self._paper.stringWidth(part, font, size)

    def fitted(self, text: str, width: float, size: float, weight: str = "") -> str:
        """Return a text, or as much of its beginning as fits, with an ellipsis."""
        if self.width(text, size, weight) <= width:
            return text
        while text and self.width(f"{text}…", size, weight) > width:
            text = text[:-1]
        return f"{text.rstrip()}…"

    def broken(self, text: str, width: float, indent: float, size: float) -> list[str]:
        """Return a text's lines; the first is shorter by what stands before it."""
        lines: list[str] = []
        for part in text.splitlines():
            line = ""
            for word in _words(part):
                room = width - (indent if not lines else 0)
                if line and self.width(line + word.rstrip(), size) > room:
                    lines.append(line.rstrip())
                    line, room = "", width
                for piece in self._pieces(word, room, size):
                    if line and self.width(line + piece.rstrip(), size) > room:
                        lines.append(line.rstrip())
                        line, room = "", width
                    line += piece
            lines.append(line.rstrip())
        return lines

    def _pieces(self, word: str, width: float, size: float) -> Iterator[str]:
        """Yield a word, in pieces where it alone is wider than a line."""
        while len(word) > 1 and self.width(word.rstrip(), size) > width:
            count = len(word) - 1
            while count > 1 and self.width(word[:count], size) > width:
                count -= 1
            yield word[:count]
            word = word[count:]
        yield word


def _words(text: str) -> Iterator[str]:
    """Yield words with the space behind them; signs that need no spaces one by one."""
    ends = [match.start() for match in UNSPACED.finditer(text)]
    for start, stop in zip(ends, [*ends[1:], len(text)], strict=False):  # none in an empty line
        yield text[start:stop]


def _visual(text: str) -> str:
    """Return a line with what is read from the right turned round, as paper needs it."""
    return LEFTWARD.sub(lambda found: found[0][::-1], text)


def _runs(text: str, weight: str) -> Iterator[tuple[str, str]]:
    """Yield fonts and the parts of a text that are drawn in them."""
    usual = "Inter-bold" if weight else "Inter"
    for font, letters in groupby(text, key=lambda letter: _font_of(letter, usual)):
        yield font, "".join(letters)


@cache
def _font_of(letter: str, usual: str) -> str:
    """Return the font that has a letter; the usual one where none has."""
    for name in (usual, *_others()):
        if _holds(name, letter):
            return name
    for name, letters in ASIAN:
        if letters.match(letter):
            return _asian(name)
    return usual


def _holds(font: str, letter: str) -> bool:
    from reportlab.pdfbase import pdfmetrics

    return ord(letter) in pdfmetrics.getFont(font).face.charToGlyph


@cache
def _others() -> tuple[str, ...]:
    """Return the fonts of this machine that can be embedded, in the order of `OTHERS`."""
    found: dict[str, Path] = {}
    for folder in _folders():
        for place, _, files in os.walk(folder):
            for file in files:
                if file.lower() in WANTED:
                    found.setdefault(file.lower(), Path(place) / file)
    names = (name.lower() for name in OTHERS if name.lower() in found)
    return tuple(name for name in names if _register(name, found[name]))


WANTED = frozenset(name.lower() for name in OTHERS)


def _folders() -> list[Path]:
    home = Path.home()
    if sys.platform == "win32":
        return [Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"]
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    return [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local/share/fonts"]


def _register(name: str, file: Path) -> bool:
    """Make a font known to the PDF writer; False when it cannot be embedded."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    if name not in pdfmetrics.getRegisteredFontNames():
        try:
            pdfmetrics.registerFont(TTFont(name, str(file)))
        except (TTFError, OSError, ValueError):
            return False
    return True


def _asian(name: str) -> str:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    if name not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    return name
