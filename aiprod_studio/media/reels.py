"""The pictures and sounds that a cut plays, held open so that the next frame is near.

`composing` and the window's players share one `Reels` for a document. It reads films, frame stores,
pictures and sounds relative to the document's folder, keeps decoded frames within a budget of
bytes, and reads on where it stands when the frames asked for follow each other. It never leaves
the folders that `locate` allows, writes nothing, and may be used from several threads.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Generator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from aiprod_studio.media.containers import VIDEO, media_file, sniff
from aiprod_studio.media.faults import invalid
from aiprod_studio.media.frame_store import SUFFIX, FrameStore, StoredVideo
from aiprod_studio.media.header import has_streams
from aiprod_studio.media.identity import Stamp, stamp
from aiprod_studio.media.images import load_image
from aiprod_studio.media.kept import Kept
from aiprod_studio.media.locating import Locate, within
from aiprod_studio.media.playback import Copies
from aiprod_studio.media.read import open_video
from aiprod_studio.media.sound_file import open_audio
from aiprod_studio.media.sounds import FittedAudio, RemixedAudio, ResampledAudio
from aiprod_studio.media.watch import Check
from aiprod_studio.sdk import Audio, Refusal, StoredFile, Video

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import Float32Array, UInt8Array

FrameKey = tuple[Path, Stamp, int]

HELD_BYTES = 384 << 20
"""Decoded frames kept in memory; 60 frames of 1080p."""
OPEN_FILMS = 6
"""Films kept open for reading on; each may hold an ffmpeg process."""
NEAR = 24
"""Reading on over so many frames is quicker than finding the place anew."""
STEP_BACK = 6
"""Frames read ahead of the wanted one when somebody goes backwards."""
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".avif")
BLOCK = 1 << 17
HELD_BLOCKS = 48


@dataclass
class _Film:
    """A film that is open, and where its reader stands."""

    video: Video
    mark: Stamp
    lock: threading.Lock = field(default_factory=threading.Lock)
    reader: Generator[UInt8Array, None, None] | None = None
    at: int = 0

    def close(self) -> None:
        with self.lock:
            if self.reader is not None:
                self.reader.close()
                self.reader = None


class Reels:
    """Frames, pictures and samples of media files by their paths in the document."""

    def __init__(
        self,
        folder: Path,
        locate: Locate | None = None,
        held: int = HELD_BYTES,
        copies: Copies | None = None,
    ) -> None:
        self.folder, self._copies = folder, copies
        self._locate = locate or within(folder)
        self._films: OrderedDict[Path, _Film] = OrderedDict()
        self._frames = Kept[FrameKey](held)
        self._blocks = Kept[tuple[Any, ...]](HELD_BLOCKS * BLOCK * 8)
        self._sounds: dict[tuple[Path, Stamp], Audio | None] = {}
        self._lock = threading.Lock()

    def path(self, name: str) -> Path:
        """Return the file that a path of the document names.

        Raises:
            Refusal: it is missing or lies outside the folders that may be read.
        """
        return media_file(self._locate(name))

    def film(self, name: str) -> Video:
        """Return a film's facts. Raises a Refusal when it is missing, damaged or no film."""
        return self._film(self.path(name)).video

    def frame(self, name: str, number: int) -> UInt8Array:
        """Return a frame of a film, uint8 (h, w, 3); numbers beyond its ends give its ends.

        The array is shared: nobody may change it.
        """
        path = self.path(name)
        film = self._film(path)
        number = min(max(0, number), film.video.frame_count - 1)
        found = self._frames.get((path, film.mark, number))
        if found is not None:
            return cast("UInt8Array", found)
        with film.lock:
            return self._read(path, film, number)

    def frame_at(self, name: str, seconds: Fraction) -> int:
        """Return the number of the frame that shows at a time of a film."""
        return int(seconds * self.film(name).rate // 1)

    def picture(self, name: str) -> UInt8Array:
        """Return a picture file, uint8 (h, w, 3 or 4); shared, as frames are."""
        path = self.path(name)
        key = (path, stamp(path), -1)
        found = self._frames.get(key)
        if found is None:
            found = self._frames.put(key, load_image(path).pixels)
        return cast("UInt8Array", found)

    def is_picture(self, name: str) -> bool:
        """Say whether a path names a picture rather than a film."""
        return Path(name).suffix.lower() in PICTURES

    def sound(self, name: str) -> Audio | None:
        """Return the sound of a sound file or film, None when it has none.

        Raises:
            Refusal: the file is missing or damaged.
        """
        path = self.path(name)
        key = (path, stamp(path))
        if key not in self._sounds:
            self._sounds[key] = self._opened_sound(path)
        return self._sounds[key]

    def samples(
        self, name: str, rate: int, channels: int, start: int, stop: int, pace: Fraction
    ) -> Float32Array:
        """Return float32 (channels, stop - start) of a sound that plays `pace` times as fast.

        Sample 0 is the beginning of the file, at `rate` samples a second; silence lies around it.
        """
        path = self.path(name)
        source = self.sound(name)
        if source is None:
            return np.zeros((channels, stop - start), np.float32)
        key = (path, stamp(path), rate, channels, pace)
        made = _paced(source, rate, channels, pace)
        pieces = []
        for block in range(start // BLOCK, -(-stop // BLOCK)):
            held = self._block((*key, block), made, block * BLOCK)
            pieces.append(held[:, max(0, start - block * BLOCK) : stop - block * BLOCK])
        return np.concatenate(pieces, axis=1) if pieces else np.zeros((channels, 0), np.float32)

    def loudness(self, name: str, per_second: int = 50) -> Float32Array:
        """Return the peak of a sound, 0 to 1, for each part of a second: a waveform to draw."""
        source = self.sound(name)
        if source is None:
            return np.zeros(0, np.float32)
        step = max(1, source.sample_rate // per_second)
        peaks = np.zeros(-(-source.sample_count // step), np.float32)
        at = 0
        for chunk in source.chunks():
            loud = np.abs(chunk).max(axis=0)
            np.maximum.at(peaks, np.arange(at, at + loud.size) // step, loud)
            at += loud.size
        return peaks

    def prepare(self, name: str, check: Check | None = None) -> bool:
        """Make a playback copy of a film, so that its frames are near; for a patient thread.

        Returns whether there is one now. Raises a Refusal when the film cannot be read.
        """
        path = self.path(name)
        if self._copies is None or self.is_picture(name) or path.suffix.lower() == SUFFIX:
            return False
        if self._copies.find(path) is None:
            self._copies.make(path, check)
            with self._lock:
                film = self._films.pop(path, None)
            if film is not None:
                film.close()
        return True

    def close(self) -> None:
        """Close all readers; the reels may be used again afterwards."""
        with self._lock:
            films, self._films = list(self._films.values()), OrderedDict()
        for film in films:
            film.close()

    def _opened(self, path: Path) -> Video:
        if path.suffix.lower() == SUFFIX:
            return _stored(path)
        copy = self._copies.find(path) if self._copies is not None else None
        return _stored(copy) if copy is not None else open_video(path)

    def _opened_sound(self, path: Path) -> Audio | None:
        if path.suffix.lower() == SUFFIX or path.suffix.lower() in PICTURES:
            return None
        if _has_pictures(path):
            return open_video(path).audio
        return open_audio(path)

    def _block(self, key: tuple[Any, ...], source: Audio, start: int) -> Float32Array:
        held = self._blocks.get(key)
        if held is None:
            chunks = list(FittedAudio(source, start, BLOCK).chunks())
            held = self._blocks.put(key, np.concatenate(chunks, axis=1))
        return cast("Float32Array", held)

    def _film(self, path: Path) -> _Film:
        mark = stamp(path)
        with self._lock:
            film = self._films.get(path)
            if film is not None and film.mark == mark:
                self._films.move_to_end(path)
                return film
        film = _Film(self._opened(path), mark)
        with self._lock:
            gone = [self._films.pop(path)] if path in self._films else []
            self._films[path] = film
            while len(self._films) > OPEN_FILMS:
                gone.append(self._films.popitem(last=False)[1])
        for old in gone:
            old.close()
        return film

    def _read(self, path: Path, film: _Film, number: int) -> UInt8Array:
        """Read on to a frame, or find its place anew; the film's lock is held."""
        found = self._frames.get((path, film.mark, number))
        if found is not None:
            return cast("UInt8Array", found)
        if film.reader is None or not film.at <= number < film.at + NEAR:
            back = film.reader is not None and film.at - 2 * NEAR < number < film.at
            self._stand(film, max(0, number - STEP_BACK) if back else number)
        try:
            return self._read_on(path, film, number)
        except StopIteration:
            raise invalid(path, f"ends before frame {number}", "Render or copy it again.") from None
        except BaseException:
            film.reader = None
            raise

    def _stand(self, film: _Film, number: int) -> None:
        if film.reader is not None:
            film.reader.close()
        film.reader = cast("Generator[UInt8Array, None, None]", film.video.frames(number))
        film.at = number

    def _read_on(self, path: Path, film: _Film, number: int) -> UInt8Array:
        assert film.reader is not None
        while True:
            frame = next(film.reader)
            kept = self._frames.put((path, film.mark, film.at), frame)
            film.at += 1
            if film.at > number:
                return cast("UInt8Array", kept)


def _stored(path: Path) -> Video:
    store = FrameStore(path)
    height, width, _ = store.shape
    return StoredVideo(StoredFile(path), width, height, len(store), store.rate)


def _has_pictures(path: Path) -> bool:
    """Say whether it is a film: the sound of a film is counted from its first frame."""
    try:
        sniff(path, VIDEO, "film")
        return has_streams(path)[0]
    except Refusal:
        return False


def _paced(source: Audio, rate: int, channels: int, pace: Fraction) -> Audio:
    """Return a sound at a rate and channel count, faster by `pace` (and higher, as tape is)."""
    wanted = max(1, round(rate / pace))
    if source.sample_rate != wanted:
        source = ResampledAudio(source, wanted)
    return RemixedAudio(source, channels) if source.channels != channels else source
