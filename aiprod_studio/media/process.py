"""ffmpeg as a child process: one that gives bytes, one that takes bytes.

Threads move the bytes between the pipes and short queues, so the caller's thread never blocks on
a pipe: it polls the queue and the cancel check, and kills the child when the check raises. Every
way out (end, error, cancel, a dropped generator) leaves no process and no thread behind.
Only `file` and `pipe` protocols are allowed, whatever a file says.
"""

from __future__ import annotations

import os
import queue
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np

from aiprod_studio.media.faults import damaged, missing, not_encoded, reason
from aiprod_studio.media.watch import POLL_SECONDS, check_now

Listen = Callable[[str], bool]
"""Says which lines of ffmpeg's log are worth keeping; giving one makes ffmpeg talkative."""
Bytes = np.ndarray[Any, np.dtype[np.uint8]]

LOCAL_ONLY = ("-protocol_whitelist", "file,pipe")
# glibc would keep freed frames in one pool a thread: 150 MB more for 4K.
_FRUGAL = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "1000000"}
_QUEUED = 2
_TAIL_LINES = 60


@cache
def executable() -> str:
    """Return the path of the ffmpeg that is shipped with imageio-ffmpeg."""
    import imageio_ffmpeg

    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:
        remedy = "Run the installer again, or name one in IMAGEIO_FFMPEG_EXE."
        raise missing("ffmpeg", "no ffmpeg program was found", remedy) from None


def url(path: Path) -> str:
    """Name a file so that ffmpeg can take it for nothing but a file."""
    return f"file:{path}"


class Process:
    """A running ffmpeg with its complaints; used through `ByteSource` and `ByteSink`."""

    def __init__(
        self, arguments: Sequence[str], *, stdin: bool, listen: Listen | None = None
    ) -> None:
        level = "info" if listen else "error"
        command = [executable(), "-hide_banner", "-v", level, *arguments]
        if not stdin:
            command.insert(1, "-nostdin")
        self._worth = listen or bool
        # A session of its own: Ctrl-C reaches us, and we end the child in order.
        own: dict[str, Any] = {"start_new_session": True, "env": {**os.environ, **_FRUGAL}}
        if os.name == "nt":
            own = {"creationflags": subprocess.CREATE_NO_WINDOW}  # type: ignore[attr-defined, unused-ignore]
        self.popen = subprocess.Popen(
            command,
            bufsize=0,
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if stdin else subprocess.PIPE,
            stderr=subprocess.PIPE,
            **own,
        )
        self.stopping = threading.Event()
        self._lines: deque[str] = deque(maxlen=_TAIL_LINES)
        self._threads = [threading.Thread(target=self._listen, name="ffmpeg-words", daemon=True)]
        self._threads[0].start()

    def _listen(self) -> None:
        assert self.popen.stderr is not None
        with self.popen.stderr as stream:
            self._lines.extend(line for line in _lines(stream) if self._worth(line))

    def start_thread(self, target: Any) -> None:
        """Run `target` until the process stops."""
        thread = threading.Thread(target=target, name="ffmpeg-bytes", daemon=True)
        self._threads.append(thread)
        thread.start()

    @property
    def complaints(self) -> list[str]:
        """The last lines that ffmpeg wrote to stderr; complete once it was waited for."""
        return list(self._lines)

    def wait(self) -> int:
        """Wait for the end, calling the check; returns the exit code."""
        while True:
            try:
                code = self.popen.wait(POLL_SECONDS)
                break
            except subprocess.TimeoutExpired:
                check_now()
        self._threads[0].join()
        return code

    def stop(self) -> None:
        """End the child and the threads, whatever they are doing."""
        self.stopping.set()
        if self.popen.poll() is None:
            self.popen.kill()
        self.popen.wait()
        for thread in self._threads:
            thread.join()
        for pipe in (self.popen.stdin, self.popen.stdout):
            if pipe is not None and not pipe.closed:
                _close_quietly(pipe)


class ByteSource:
    """What ffmpeg writes to its standard output, in blocks of a fixed size (the last may be less).

    Iterate inside a `with` block; a bad exit code raises a `Refusal` that names `about`.
    """

    def __init__(
        self, arguments: Sequence[str], block: int, about: Path, *, listen: Listen | None = None
    ) -> None:
        self._about = about
        self._block = block
        self._blocks: queue.Queue[Bytes | None] = queue.Queue(_QUEUED)
        self.process = Process(arguments, stdin=False, listen=listen)
        self.process.start_thread(self._pump)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.process.stop()

    def __iter__(self) -> Iterator[Bytes]:
        yield from self.blocks()
        code = self.process.wait()
        if code != 0:
            raise damaged(self._about, reason(code, self.process.complaints))

    def blocks(self) -> Iterator[Bytes]:
        """Yield the blocks without judging the exit code."""
        while (block := self._next()) is not None:
            yield block

    def _next(self) -> Bytes | None:
        while True:
            check_now()
            try:
                return self._blocks.get(timeout=POLL_SECONDS)
            except queue.Empty:
                continue

    def _pump(self) -> None:
        assert self.process.popen.stdout is not None
        stream = self.process.popen.stdout
        got = self._block
        try:
            while got == self._block and not self.process.stopping.is_set():
                block = np.empty(self._block, np.uint8)
                got = _fill(stream, block.data)
                if got:
                    self._put(block[:got])
        except MemoryError:
            self.process.popen.kill()
        self._put(None)

    def _put(self, block: Bytes | None) -> None:
        while not self.process.stopping.is_set():
            try:
                self._blocks.put(block, timeout=POLL_SECONDS)
                return
            except queue.Full:
                continue


class ByteSink:
    """What ffmpeg reads from its standard input; `about` is the file that it writes.

    Use it in a `with` block and call `finish` when all is written; leaving the block without
    having finished kills ffmpeg. A failed encode raises a `Refusal` that names `about`.
    """

    def __init__(self, arguments: Sequence[str], about: Path) -> None:
        self._about = about
        self._blocks: queue.Queue[Bytes | None] = queue.Queue(_QUEUED)
        self.process = Process(arguments, stdin=True)
        self.process.start_thread(self._pump)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.process.stop()

    def write(self, block: Bytes) -> None:
        """Hand over contiguous bytes; they must not be changed afterwards."""
        while True:
            check_now()
            if self.process.popen.poll() is not None:
                self._fail()
            try:
                self._blocks.put(block, timeout=POLL_SECONDS)
                return
            except queue.Full:
                continue

    def finish(self) -> None:
        """Close the input and wait until ffmpeg has written everything."""
        self._hand_over_the_end()
        if self.process.wait() != 0:
            self._fail()

    def _hand_over_the_end(self) -> None:
        while self.process.popen.poll() is None:
            check_now()
            try:
                self._blocks.put(None, timeout=POLL_SECONDS)
                return
            except queue.Full:
                continue

    def _fail(self) -> None:
        code = self.process.wait()
        raise not_encoded(self._about, code, self.process.complaints)

    def _pump(self) -> None:
        assert self.process.popen.stdin is not None
        stream = self.process.popen.stdin
        while not self.process.stopping.is_set():
            try:
                block = self._blocks.get(timeout=POLL_SECONDS)
            except queue.Empty:
                continue
            if block is None or not _drain(stream, block.data):
                break
        _close_quietly(stream)


def listing(
    arguments: Sequence[str], about: Path, listen: Listen | None = None
) -> tuple[list[str], list[str], int]:
    """Run ffmpeg to its end; returns the lines it wrote, its complaints and its exit code."""
    with ByteSource(arguments, 1 << 16, about, listen=listen) as source:
        text = b"".join(block.tobytes() for block in source.blocks())
        code = source.process.wait()
        # Only at line feeds: tags of a file may hold all that Unicode calls a line end.
        return text.decode("utf-8", "replace").split("\n"), source.process.complaints, code


def _fill(stream: IO[bytes], view: memoryview) -> int:
    got = 0
    while got < len(view):
        count = stream.readinto(view[got:])  # type: ignore[attr-defined]
        if not count:
            break
        got += count
    return got


def _drain(stream: IO[bytes], view: memoryview) -> bool:
    """Write everything; False when ffmpeg has closed its end."""
    sent = 0
    try:
        while sent < len(view):
            sent += stream.write(view[sent:]) or 0
    except (BrokenPipeError, OSError, ValueError):
        return False
    return True


def _lines(stream: IO[bytes]) -> Iterator[str]:
    """Yield lines from an unbuffered pipe; a line of megabytes (metadata) is cut to its head."""
    rest = b""
    while chunk := stream.read(1 << 16):
        *whole, rest = (rest + chunk).split(b"\n")
        rest = rest[:4096]
        yield from (line[:4096].decode("utf-8", "replace").rstrip("\r") for line in whole)
    if rest:
        yield rest.decode("utf-8", "replace")


def _close_quietly(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except OSError:
        return
