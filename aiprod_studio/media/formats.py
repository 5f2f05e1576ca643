"""The formats that a film can be saved in: names, suffixes, limits and encoder settings.

Nodes offer `FORMATS` as choices; `write` turns one into ffmpeg arguments. Colours are written as
BT.709 in the narrow range, and tagged so, in every format that has such tags.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from aiprod_studio.media.faults import invalid

MAX_SIDE = 16384
LARGE_PIXELS = 1 << 22
TAGS = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"


@dataclass(frozen=True)
class Format:
    """One way to save a film.

    `quality` is (best, worst, usual) of the encoder's scale, None where there is no choice.
    `sound` are the arguments for its sound, empty where it cannot carry any. `even` names the
    sides that must be even because chroma is stored at half size. `frugal` are settings for large
    frames, of which the encoder would otherwise hold a gigabyte.
    """

    name: str
    title: str
    suffix: str
    muxer: str = ""
    video: tuple[str, ...] = ()
    pixels: str = "yuv420p"
    sound: tuple[str, ...] = ()
    quality: tuple[int, int, int] | None = None
    even: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    frugal: tuple[str, ...] = ()
    max_rate: int = 1000

    def check(self, path: Path, width: int, height: int, rate: Fraction) -> None:
        """Refuse sizes and rates that the format cannot hold, naming the nearest that it can."""
        odd = [s for s, n in (("width", width), ("height", height)) if s in self.even and n % 2]
        if odd:
            what = " and ".join(odd)
            up, down = self._evened(width, height, 1), self._evened(width, height, -1)
            remedy = f"Resize or crop to {down} or {up}."
            raise invalid(
                path, f"{self.title} needs an even {what}, the film is {width} x {height}", remedy
            )
        if not 1 <= width <= MAX_SIDE or not 1 <= height <= MAX_SIDE:
            why = f"the film is {width} x {height}, at most {MAX_SIDE} x {MAX_SIDE} can be saved"
            raise invalid(path, why, "Resize it.")
        if not 0 < rate <= self.max_rate or rate.numerator >= 1 << 31:
            why = f"{self.title} cannot hold {float(rate):g} frames a second"
            raise invalid(path, why, f"Change the rate to {self.max_rate} or less.")

    def encoder(self, path: Path, quality: int | None, pixels: int) -> list[str]:
        """Return the arguments of the video encoder at a quality, for frames of so many pixels.

        Raises:
            Refusal: the quality is outside of the format's scale.
        """
        video = [*self.video, *(self.frugal if pixels > LARGE_PIXELS else ())]
        if self.quality is None:
            if quality is not None:
                raise invalid(path, f"{self.title} has no quality setting", "Leave it empty.")
            return video
        best, worst, usual = self.quality
        chosen = usual if quality is None else quality
        if not best <= chosen <= worst:
            why = f"quality {chosen} is outside of {best} (best) to {worst} for {self.title}"
            raise invalid(path, why, f"Use {usual}.")
        return [*video, "-crf", str(chosen)]

    def _evened(self, width: int, height: int, step: int) -> str:
        sides = [
            max(2, side + step) if name in self.even and side % 2 else side
            for name, side in (("width", width), ("height", height))
        ]
        return f"{sides[0]} x {sides[1]}"


_H264 = ("-c:v", "libx264", "-preset", "medium", "-threads", "4", "-x264-params",
         "rc-lookahead=20:sync-lookahead=0")  # fmt: skip
_H264_LARGE = ("-threads", "2", "-x264-params",
               "rc-lookahead=5:sync-lookahead=0:ref=2:bframes=2")  # fmt: skip
_PRORES = ("-c:v", "prores_ks", "-vendor", "apl0", "-threads", "2", "-profile:v")
_VP9 = ("-c:v", "libvpx-vp9", "-b:v", "0", "-deadline", "good", "-cpu-used", "4", "-row-mt", "1",
        "-lag-in-frames", "16", "-threads", "2")  # fmt: skip
_AAC = ("-c:a", "aac", "-b:a", "192k")
_PCM = ("-c:a", "pcm_s24le")
_OPUS = ("-c:a", "libopus", "-b:a", "160k", "-ar", "48000")
_TAGGED = ("-movflags", "+use_metadata_tags+write_colr")
_STREAMABLE = ("-movflags", "+faststart+use_metadata_tags+write_colr")

FORMATS: dict[str, Format] = {
    format.name: format
    for format in (
        Format("h264", "H.264 mp4", ".mp4", "mp4", _H264, "yuv420p", _AAC, (0, 51, 18),
               ("width", "height"), _STREAMABLE, _H264_LARGE),
        Format("prores_422", "ProRes 422", ".mov", "mov", (*_PRORES, "2"), "yuv422p10le", _PCM,
               None, (), _TAGGED),
        Format("prores_hq", "ProRes 422 HQ", ".mov", "mov", (*_PRORES, "3"), "yuv422p10le", _PCM,
               None, (), _TAGGED),
        Format("prores_4444", "ProRes 4444", ".mov", "mov", (*_PRORES, "4"), "yuv444p10le", _PCM,
               None, (), _TAGGED),
        Format("webm", "WebM VP9", ".webm", "webm", _VP9, "yuv420p", _OPUS, (0, 63, 24),
               frugal=("-lag-in-frames", "6")),
        Format("gif", "GIF", ".gif", "gif", ("-c:v", "gif"), "pal8", max_rate=50),
        Format("png", "PNG sequence", "", sound=_PCM),
    )
}  # fmt: skip
"""All formats by the name that workflows use."""


def format_named(name: str, path: Path) -> Format:
    """Return a format, or refuse with the names that exist."""
    if name not in FORMATS:
        raise invalid(path, f"there is no format {name!r}", f"Use one of {', '.join(FORMATS)}.")
    return FORMATS[name]
