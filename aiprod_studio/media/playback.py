"""Playback copies: films as frame stores in the user's cache, so that any frame is near.

A film in an exchange format costs a new ffmpeg for every jump; a frame store gives the very same
pixels in a fifth of the time. `Reels` reads a copy where there is one, and makes them when the
window has nothing better to do. They are named by the film's content and leave, the least used
first, when they take too much room. The film itself stays the truth and is never touched.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from aiprod_studio.media.faults import unwritable
from aiprod_studio.media.frame_store import SUFFIX, FrameStore, store_frames
from aiprod_studio.media.identity import identity_of
from aiprod_studio.media.read import open_video
from aiprod_studio.media.watch import Check
from aiprod_studio.sdk import Refusal

MOST_BYTES = 20 << 30


class Copies:
    """The playback copies in a folder.

    Args:
        folder: where they lie; made when needed.
        most: bytes that they may take together.
    """

    def __init__(self, folder: Path, most: int = MOST_BYTES) -> None:
        self.folder, self._most = folder, most

    def find(self, film: Path) -> Path | None:
        """Return the copy of a film as it is now, None when there is none."""
        place = self._place(film)
        try:
            FrameStore(place)
            os.utime(place)
        except (Refusal, OSError):
            return None
        return place

    def make(self, film: Path, check: Check | None = None) -> Path:
        """Return the copy of a film, made now if there is none; takes as long as playing it.

        Raises:
            Refusal: the film cannot be read, or the disk is full.
        """
        found = self.find(film)
        if found is not None:
            return found
        video, place = open_video(film), self._place(film)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(place, error) from None
        store_frames(video.frames(), place, video.rate, check)
        self._make_room(keep=place)
        return place

    def _place(self, film: Path) -> Path:
        return self.folder / f"{identity_of(film).partition(':')[2][:32]}{SUFFIX}"

    def _make_room(self, keep: Path) -> None:
        """Remove the copies that were not used for longest."""
        with suppress(OSError):
            held = sorted((path.stat().st_mtime, path) for path in self.folder.glob(f"*{SUFFIX}"))
            size = sum(path.stat().st_size for _, path in held)
            for _, path in held:
                if size <= self._most:
                    return
                if path != keep:
                    size -= path.stat().st_size
                    path.unlink(missing_ok=True)
