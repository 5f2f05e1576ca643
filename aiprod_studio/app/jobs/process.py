"""The window's hold on its worker process: starts it when needed, hears it, notices its death.

`jobs.Queue` owns one. Messages arrive in a thread of their own and are handed on from there.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from aiprod_studio.app.jobs.messages import FromWindow, FromWorker, Goodbye, Greeting

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

PATIENCE = 25.0
"""Seconds that the worker has to end by itself when the window closes."""


class WorkerProcess:
    """A worker that lives from the first message until `close`, or until it dies.

    Args:
        greeting: what it is told first.
        heard: gets its messages, in a thread of this.
        died: is told its exit code when it ended without being asked to, in that thread too.
    """

    def __init__(
        self,
        greeting: Greeting,
        heard: Callable[[FromWorker], None],
        died: Callable[[int], None],
    ) -> None:
        self._greeting, self._heard, self._died = greeting, heard, died
        self._lock = threading.Lock()
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._reader: threading.Thread | None = None
        self._closing = False

    @property
    def pid(self) -> int | None:
        """The number of the process, None while there is none."""
        return self._process.pid if self._process is not None else None

    def send(self, message: FromWindow) -> None:
        """Tell the worker something; it is started if it is not there."""
        with self._lock:
            if self._closing:
                return
            if self._connection is None:
                self._start()
            assert self._connection is not None
            with contextlib.suppress(OSError):
                self._connection.send(message)

    def close(self) -> None:
        """End the worker; a run at work stops and can be gone on with."""
        with self._lock:
            self._closing = True
            process, reader = self._process, self._reader
            if self._connection is not None:
                # Closing alone would not be noticed while our own thread is reading.
                with contextlib.suppress(OSError):
                    self._connection.send(Goodbye())
        if process is not None:
            process.join(PATIENCE)
            if process.is_alive():
                process.kill()
                process.join()
        if reader is not None and reader is not threading.current_thread():
            reader.join()
        if process is not None:
            process.close()
        if self._connection is not None:
            self._connection.close()
        self._process = self._connection = None

    def _start(self) -> None:
        from aiprod_studio.app.jobs.worker import serve

        # A fresh process: a fork of a program with a window and threads is not safe.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(
            target=serve, args=(theirs,), name="aiprod-studio worker", daemon=True
        )
        self._process.start()
        theirs.close()
        self._connection = ours
        ours.send(self._greeting)
        self._reader = threading.Thread(
            target=self._listen, args=(ours, self._process), name="hearing worker", daemon=True
        )
        self._reader.start()

    def _listen(self, connection: Connection, process: SpawnProcess) -> None:
        try:
            while True:
                self._heard(connection.recv())
        except (EOFError, OSError):
            pass
        if self._closing:
            return
        process.join(5)
        with self._lock:
            if self._connection is connection:
                self._connection.close()
                self._connection, self._process = None, None
        self._died(process.exitcode or 0)
