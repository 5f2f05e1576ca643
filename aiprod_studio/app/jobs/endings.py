"""How jobs end: what the list says of one that is over, and of a worker that is no more."""

from __future__ import annotations

import time
from dataclasses import replace

from aiprod_studio.app.jobs.history import Entry
from aiprod_studio.app.jobs.messages import Ended
from aiprod_studio.sdk import Failed, Problem


def over(entry: Entry, ended: Ended) -> Entry:
    """Return how a job is listed when it is over."""
    node = next(iter(ended.report.failed), "")
    return replace(
        entry,
        state=ended.state,
        ended=time.time(),
        share=1.0 if ended.state == "done" else entry.share,
        note="",
        seconds_left=None,
        problems=tuple(map(str, ended.problems)),
        node=node,
        files=tuple(str(f.path) for f in (*ended.report.files, *ended.report.kept)),
    )


def death_of_worker(code: int) -> Problem:
    """Return why a worker is no more, from the exit code of its process."""
    killed = code in (-9, 137)
    why = (
        "The process that renders was ended by the system, most likely because memory ran out"
        if killed
        else f"The process that renders ended unexpectedly (code {code})"
    )
    remedy = "Run it again: it goes on from where it stopped."
    if killed:
        remedy = "Close other programs or lower the RAM budget in the settings. " + remedy
    return Failed("", why, remedy)
