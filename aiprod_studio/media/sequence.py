"""Films as folders of numbered PNG pictures, `frame_00001.png` onwards, with the sound beside.

Used by `write` for the "png" format. The folder appears whole or not at all.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aiprod_studio.media.images import png_bytes
from aiprod_studio.media.placing import placing_folder
from aiprod_studio.media.watch import Check, Progress, check_now, silent, watching
from aiprod_studio.media.wav import save_audio
from aiprod_studio.sdk import Video

if TYPE_CHECKING:
    from aiprod_studio.sdk import Audio

_SMALL_RECIPE = 1 << 16


def save_sequence(
    video: Video,
    path: Path | str,
    *,
    audio: Audio | None = None,
    recipe: str = "",
    progress: Progress | None = None,
    check: Check | None = None,
) -> None:
    """Write every frame as a PNG into a new folder; `audio` becomes `sound.wav` there.

    A recipe goes into every picture, a large one (over 64 KB) into the first only.

    Raises:
        Refusal: the folder is there and not empty, or the disk is full.
    """
    progress = progress or silent
    digits = max(5, len(str(video.frame_count)))
    with watching(check), placing_folder(Path(path)) as folder:
        for number, frame in enumerate(video.frames(), 1):
            check_now()
            text = recipe if number == 1 or len(recipe) <= _SMALL_RECIPE else ""
            (folder / f"frame_{number:0{digits}}.png").write_bytes(png_bytes(frame, text))
            progress(number, video.frame_count)
        if audio is not None:
            save_audio(audio, folder / "sound.wav")
