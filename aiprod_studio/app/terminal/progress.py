"""What a headless run shows: bars where a person watches, plain lines in a log, JSON for programs.

A display takes the engine's events one by one. Nothing here decides anything.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol, Self

from aiprod_studio.app.terminal import console
from aiprod_studio.engine import events
from aiprod_studio.memory.budgets import show_size

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID
    from rich.table import Table

    from aiprod_studio.app.planning.phases import PlanView
    from aiprod_studio.engine import Plan, Report

WAITS = {
    "compute": "computing",
    "bus": "moving weights to the card",
    "disk": "reading weights from the disk",
}
STATES = {"run": "runs", "cached": "is there already", "blocked": "cannot run", "unneeded": "-"}


class Display(Protocol):
    """Shows a run; used as a `with` block around it."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...
    def take(self, event: events.Event) -> None:
        """Show an event."""


def display_for(*, as_json: bool, quiet: bool) -> Display:
    """Return the display that suits whoever watches."""
    if as_json:
        return JsonLines()
    if quiet:
        return Silence()
    return Bars() if sys.stderr.isatty() else Lines()


class Silence:
    """Shows problems only."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def take(self, event: events.Event) -> None:
        """Show nothing but what went wrong."""
        if isinstance(event, events.StepFailed):
            console.show_problems(event.problems, as_json=False)


class JsonLines(Silence):
    """One JSON object a line."""

    def take(self, event: events.Event) -> None:
        """Print the event; problems get lines of their own, as refusals do."""
        console.show_json(event.to_dict())
        if isinstance(event, events.StepFailed):
            console.show_problems(event.problems, as_json=True)


class Lines(Silence):
    """A line for each thing that matters later, for logs."""

    def take(self, event: events.Event) -> None:
        """Print a line for starts, ends, remarks and problems."""
        super().take(event)
        text = _line(event)
        if text:
            self._show(text)

    def _show(self, text: str) -> None:
        console.show_text(text)


class Bars(Lines):
    """A bar for the step at work, above it the lines of what is done."""

    def __init__(self) -> None:
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self._progress: Progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console.terminal(errors=True),
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()

    def take(self, event: events.Event) -> None:
        """Move the step's bar, or print a line above it."""
        super().take(event)
        if isinstance(event, events.StepProgress):
            self._move(event)
        elif isinstance(event, events.StepDone | events.StepFailed):
            task = self._tasks.pop(event.node, None)
            if task is not None:
                self._progress.remove_task(task)

    def _move(self, event: events.StepProgress) -> None:
        # Shares such as 0.25 of 1 are shown as percent.
        scale = 100 if event.total <= 1 else 1
        if event.node not in self._tasks:
            self._tasks[event.node] = self._progress.add_task(event.node)
        self._progress.update(
            self._tasks[event.node],
            total=round(event.total * scale),
            completed=int(event.done * scale),
            description=f"{event.node} {event.note}".strip(),
        )

    def _show(self, text: str) -> None:
        self._progress.console.print(text, markup=False)


def _line(event: events.Event) -> str:
    if isinstance(event, events.JobStarted):
        return _summary(event.plan)
    if isinstance(event, events.StepDone):
        return f"{event.node}: done in {event.seconds:.1f} s"
    if isinstance(event, events.StepSaid):
        return f"{event.node}: {event.text}"
    if isinstance(event, events.StepSkipped):
        return f"{event.node}: skipped, because {event.because} failed"
    if isinstance(event, events.StoreDamaged):
        return f"note: {event.text}"
    if isinstance(event, events.JobDone):
        return _ending(event.report)
    return ""


def _summary(plan: Plan) -> str:
    running, cached = plan.count("run"), plan.count("cached")
    if not running:
        return "Nothing to render: everything is there already."
    known = f", about {_duration(plan)}" if plan.seconds and not plan.unknown else ""
    kept = f", {cached} are there already" if cached else ""
    return f"{running} steps to run{kept}{known}."


def _duration(plan: Plan) -> str:
    assert plan.seconds is not None
    low, high = plan.seconds
    return f"{high:.0f} s" if round(low) == round(high) else f"{low:.0f} to {high:.0f} s"


def _ending(report: Report) -> str:
    lines = [f"wrote {file.path}" for file in report.files]
    lines += [f"already there: {file.path}" for file in report.kept]
    if report.cancelled:
        lines.append("Cancelled. Run the same command again to go on from here.")
    elif report.failed:
        lines.append(f"{len(report.failed)} failed, {len(report.skipped)} skipped.")
    else:
        lines.append(f"Done in {report.seconds:.1f} s.")
    return "\n".join(lines)


def show_plan(plan: Plan, view: PlanView, *, as_json: bool) -> None:
    """Print a plan: its steps, the phases of its models, what is short, and the budgets."""
    if as_json:
        console.show_json({**plan.to_dict(), **view.to_dict()})
        return
    console.terminal().print(_steps(plan))
    if view.phases:
        console.terminal().print(_phases(view))
    console.show_text(budget_line(plan, view))


def table_of(texts: tuple[str, ...], numbers: tuple[str, ...]) -> Table:
    """Return an empty table with columns of texts and of numbers."""
    from rich.table import Table as RichTable

    table = RichTable(box=None, pad_edge=False, header_style="bold")
    for heading in texts:
        table.add_column(heading, justify="left", no_wrap=True)
    for heading in numbers:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _steps(plan: Plan) -> Table:
    table = table_of(("node", "type", ""), ("seconds", "disk"))
    for step in plan.steps:
        time = range_of(step.seconds) if step.state == "run" else ""
        disk = show_size(step.peaks.disk) if step.peaks.disk else ""
        table.add_row(step.name, step.spec.type, STATES[step.state], time, disk)
    return table


def _phases(view: PlanView) -> Table:
    """One row for each model at work: what stays, what streams, and what it waits for."""
    heads = ("stays", "streams", "computing", "VRAM", "RAM", "pinned")
    held = [
        (row.resident, row.streamed, row.activations, row.vram, row.host, row.pinned)
        for row in view.phases
    ]
    used = [place for place in range(len(heads)) if any(sizes[place] for sizes in held)]
    table = table_of(
        ("phase", "model"), (*(heads[place] for place in used), "seconds", "waits for")
    )
    for row, sizes in zip(view.phases, held, strict=True):
        shown = [show_size(sizes[place]) if sizes[place] else "" for place in used]
        ending = (range_of(row.seconds), row.limit) if row.fits else ("", "does not fit")
        table.add_row(row.node, row.model + (f" ({row.note})" if row.note else ""), *shown, *ending)
    table.columns[1].no_wrap = False
    return table


def range_of(seconds: tuple[float, float] | None) -> str:
    """Return a range of seconds as it is shown."""
    if seconds is None:
        return "?"
    low, high = seconds
    return f"{low:.1f}-{high:.1f}" if high < 100 else f"{low:.0f}-{high:.0f}"


def budget_line(plan: Plan, view: PlanView) -> str:
    """Return how much runs, what it takes at its peak, and what most of the time goes into."""
    budgets = view.budgets
    uses = [
        f"{label} {show_size(used)} of {show_size(most)}"
        for label, used, most in (
            ("VRAM", plan.peaks.vram, budgets.vram),
            ("RAM", plan.peaks.host, budgets.host),
            ("pinned", plan.peaks.pinned, budgets.pinned),
            ("disk", plan.peaks.disk, budgets.disk),
        )
        if used or label == "RAM"
    ]
    slowest = f" Most of the time goes into {WAITS[view.limit]}." if view.limit else ""
    return f"{_summary(plan)} Peak: {', '.join(uses)}.{slowest}"
