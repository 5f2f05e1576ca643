"""The jobs in their order, kept on the disk: at work and waiting first, then what has been.

The queue has one and runs what is in it; it is not safe for several threads by itself.
"""

from __future__ import annotations

import time

from aiprod_studio.app.jobs.history import MOST_PAST, Entry, QueueFiles


class JobList:
    """Entries by number, and the documents they run.

    Args:
        files: where they are kept; what gone processes left there is taken over.
    """

    def __init__(self, files: QueueFiles) -> None:
        self._files = files
        self._entries = {entry.id: entry for entry in files.take_over()}
        self.write()

    def get(self, number: int) -> Entry | None:
        """Return a job, None when it is forgotten."""
        return self._entries.get(number)

    def text(self, number: int) -> str | None:
        """Return the document that a job runs or ran, None when it is gone."""
        return self._files.text(number)

    def add(self, entry: Entry, text: str) -> None:
        """Take a new job in at the end, with its document."""
        self._files.write_text(entry.id, text)
        self._entries[entry.id] = entry

    def put(self, entry: Entry) -> None:
        """Take another state of a known job."""
        self._entries[entry.id] = entry

    def drop(self, number: int) -> None:
        """Forget a job and its document."""
        self._entries.pop(number, None)
        self._files.forget(number)

    def drop_oldest(self) -> None:
        """Forget what ended so long ago that nobody asks for it."""
        for old in self.past()[MOST_PAST:]:
            self.drop(old.id)

    def write(self) -> str:
        """Keep the list on the disk; return what is wrong with it when that is new, or ""."""
        before = self._files.trouble
        self._files.write(self.all())
        return "" if before else self._files.trouble

    def new_number(self) -> int:
        """Return a number that no job has: the time, so that jobs of all starts stay apart."""
        return max(int(time.time() * 1000), max(self._entries, default=0) + 1)

    def all(self) -> list[Entry]:
        """Return all jobs: at work and waiting in their order, then the past, latest first."""
        opened = [entry for entry in self._entries.values() if entry.is_open]
        return opened + self.past()

    def past(self) -> list[Entry]:
        """Return the jobs that ended, the latest first."""
        found = [entry for entry in self._entries.values() if not entry.is_open]
        return sorted(found, key=lambda entry: -(entry.ended or entry.added))

    def waiting(self) -> list[Entry]:
        """Return the jobs that wait, in their order."""
        return [entry for entry in self._entries.values() if entry.state == "waiting"]

    def kept(self) -> list[Entry]:
        """Return the jobs that waited or ran when the program ended."""
        return [entry for entry in self._entries.values() if entry.state == "kept"]

    def move(self, number: int, place: int) -> bool:
        """Put a waiting job at another place among those that wait; False when it does not wait."""
        order = [entry.id for entry in self.waiting()]
        if number not in order:
            return False
        order.remove(number)
        order.insert(max(0, place), number)
        rest = {n: e for n, e in self._entries.items() if n not in order}
        self._entries = rest | {n: self._entries[n] for n in order}
        return True
