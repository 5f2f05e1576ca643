"""The journal: every job, step and checkpoint, and how long things took on this machine.

The runner writes it, the planner reads its history, the application asks what was interrupted. It
survives a kill at any moment. Writes are gathered and committed in groups; a journal that cannot be
written never stops a job, it only makes it impossible to resume, and says so.
"""

from __future__ import annotations

import json
import sqlite3
import time
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aiprod_studio.engine import checkpoints, history
from aiprod_studio.engine.checkpoints import Checkpoints
from aiprod_studio.engine.database import Batch, Database
from aiprod_studio.engine.history import History
from aiprod_studio.engine.owners import Owner, myself
from aiprod_studio.engine.services import Peaks
from aiprod_studio.sdk import Missing, Refusal

VERSION = 1
SCHEMA = (
    """CREATE TABLE IF NOT EXISTS jobs (
        id INTEGER PRIMARY KEY AUTOINCREMENT, workflow TEXT, recipe BLOB, targets TEXT, state TEXT,
        steps INTEGER, owner TEXT, started REAL, ended REAL)""",
    "CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state)",
    """CREATE TABLE IF NOT EXISTS steps (
        job INTEGER, node TEXT, type TEXT, key TEXT, state TEXT, seconds REAL, peaks TEXT, at REAL,
        PRIMARY KEY (job, node)) WITHOUT ROWID""",
    checkpoints.SCHEMA,
    history.SCHEMA,
)
SAVE_STEP = "INSERT OR REPLACE INTO steps VALUES (?,?,?,?,?,?,?,?)"
KEPT_JOBS = 1000

JobState = Literal["running", "done", "failed", "cancelled", "interrupted", "resumed", "dismissed"]


@dataclass(frozen=True, slots=True)
class Job:
    """A run as the journal knows it. `done` of `steps` were done when it stopped."""

    id: int
    workflow: str
    targets: tuple[str, ...]
    state: JobState
    steps: int
    done: int
    started: float
    ended: float | None


@dataclass(frozen=True, slots=True)
class Made:
    """A result that a step of a job gave: its key, and when, in seconds since 1970."""

    job: int
    type: str
    key: str
    at: float


class Journal:
    """What ran, what is running, and what was interrupted.

    Args:
        folder: where it lies; made when missing. Several processes may share it.

    Raises:
        Refusal: the folder cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self._steps: dict[tuple[int, str], tuple[object, ...]] = {}
        self.trouble = ""
        try:
            self._database = Database(folder / "journal.sqlite", SCHEMA, VERSION)
            self.checkpoints = Checkpoints(self._database, folder / "checkpoints")
            self.history = History(self._database)
            self._mark_interrupted()
        except (OSError, sqlite3.Error) as error:
            why = f"the journal's folder cannot be used ({error})"
            raise Refusal(Missing(str(folder), why, "Choose another cache folder.")) from error

    def begin(self, workflow: str, recipe: str, targets: Sequence[str], steps: int) -> int:
        """Note that a job of so many steps begins now; return its number (0: it cannot be noted).

        Interrupted and cancelled jobs of the same workflow count as resumed by it.
        """
        packed = zlib.compress(recipe.encode(errors="surrogatepass"), 1)
        row = (workflow, packed, json.dumps(list(targets)), steps, str(myself()), time.time())
        try:
            if workflow:
                sql = (
                    "UPDATE jobs SET state='resumed' WHERE workflow=? "
                    "AND state IN ('interrupted', 'cancelled')"
                )
                self._database.write([(sql, [(workflow,)])])
            return self._database.insert(
                "INSERT INTO jobs (workflow, recipe, targets, state, steps, owner, started) "
                "VALUES (?,?,?,'running',?,?,?)",
                row,
            )
        except sqlite3.Error as error:
            self._troubled(error)
            return 0

    def step(
        self,
        job: int,
        node: str,
        type_name: str,
        key: str,
        state: str,
        seconds: float = 0.0,
        peaks: Peaks | None = None,
    ) -> None:
        """Note the state of a step; written with the next `flush`."""
        told = json.dumps(peaks.to_dict()) if peaks is not None else ""
        row = (job, node, type_name, key, state, seconds, told, time.time())
        self._steps[(job, node)] = row

    def flush(self) -> None:
        """Write what is new, in one transaction."""
        batches: list[Batch] = [(SAVE_STEP, list(self._steps.values()))] if self._steps else []
        batches += self.history.batch()
        if not batches:
            return
        try:
            self._database.write(batches)
        except sqlite3.Error as error:
            self._troubled(error)
        self._steps = {}

    def end(self, job: int, state: JobState) -> None:
        """Note that a job ended."""
        self.flush()
        self._set_state(job, state)

    def interrupted(self) -> list[Job]:
        """Return the jobs that can be gone on with, the latest first: killed or cancelled ones."""
        with suppress(sqlite3.Error):
            self._mark_interrupted()
            return self._jobs("state IN ('interrupted', 'cancelled')", ())
        return []

    def jobs(self, limit: int = 50) -> list[Job]:
        """Return the latest jobs."""
        return self._jobs("1", ())[:limit]

    def recipe(self, job: int) -> str:
        """Return the workflow that a job ran, as it was then.

        Raises:
            KeyError: there is no such job.
        """
        rows = self._database.read("SELECT recipe FROM jobs WHERE id=?", (job,))
        if not rows:
            raise KeyError(job)
        return zlib.decompress(rows[0][0]).decode(errors="surrogatepass")

    def made(self, workflows: Sequence[str], node: str) -> list[Made]:
        """Return what a node gave in all jobs of these workflows, the latest first, each once.

        A result that later jobs found in the store counts for the job that made it.
        """
        sql = (
            "SELECT job, type, key, at FROM steps WHERE node=? AND key<>'' "
            "AND state IN ('done', 'cached') "
            f"AND job IN (SELECT id FROM jobs WHERE workflow IN ({','.join('?' * len(workflows))}))"
            "ORDER BY job DESC"
        )
        found: dict[str, Made] = {}
        for row in self._database.read(sql, (node, *workflows)):
            found.pop(row[2], None)
            found[row[2]] = Made(*row)
        return sorted(found.values(), key=lambda made: -made.job)

    def moved(self, old: str, new: str) -> None:
        """Note that a workflow lies elsewhere now, with all its jobs."""
        sql = "UPDATE jobs SET workflow=? WHERE workflow=?"
        try:
            self._database.write([(sql, [(new, old)])])
        except sqlite3.Error as error:
            self._troubled(error)

    def dismiss(self, job: int) -> None:
        """Do not offer a job again."""
        self._set_state(job, "dismissed")

    def close(self) -> None:
        """Write what is new and close the file."""
        self.flush()
        self._database.close()

    def _set_state(self, job: int, state: JobState) -> None:
        sql = "UPDATE jobs SET state=?, ended=? WHERE id=?"
        try:
            self._database.write([(sql, [(state, time.time(), job)])])
        except sqlite3.Error as error:
            self._troubled(error)

    def _jobs(self, where: str, values: Sequence[object]) -> list[Job]:
        rows = self._database.read(
            "SELECT id, workflow, targets, state, steps, "
            "(SELECT COUNT(*) FROM steps WHERE job=id AND steps.state IN ('done', 'cached')), "
            f"started, ended FROM jobs WHERE {where} ORDER BY id DESC LIMIT {KEPT_JOBS}",
            values,
        )
        return [Job(row[0], row[1], tuple(json.loads(row[2])), *row[3:]) for row in rows]

    def _mark_interrupted(self) -> None:
        rows = self._database.read("SELECT id, owner FROM jobs WHERE state='running'")
        dead = [row[0] for row in rows if (owner := Owner.read(row[1])) and not owner.lives()]
        batches: list[Batch] = []
        if dead:
            sql = "UPDATE jobs SET state='interrupted' WHERE id=?"
            batches.append((sql, [(job,) for job in dead]))
        last = self._database.read("SELECT MAX(id) FROM jobs")[0][0] or 0
        if last > KEPT_JOBS:
            old = [(last - KEPT_JOBS,)]
            batches.append(("DELETE FROM jobs WHERE id<=? AND state<>'running'", old))
            batches.append(("DELETE FROM steps WHERE job<=?", old))
        if batches:
            self._database.write(batches)

    def _troubled(self, error: sqlite3.Error) -> None:
        self.trouble = f"The journal cannot be written ({error}); this run cannot be resumed."
