"""A plan in words and numbers, as the window shows it. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aiprod_studio.app.jobs.messages import Seconds, Sheet, SheetRow
from aiprod_studio.memory.budgets import show_size

if TYPE_CHECKING:
    from aiprod_studio.app.planning.phases import PhaseRow, PlanView

STATES = {
    "run": "runs", "cached": "is there already", "blocked": "cannot run", "unneeded": "not needed",
}  # fmt: skip
KINDS = (("vram", "VRAM"), ("host", "RAM"), ("disk", "Disk"))


def range_shown(seconds: Seconds) -> str:
    """Return a time range: "12 s", "3 to 5 min", "" for unknown."""
    if seconds is None:
        return ""
    low, high = seconds
    if high < 90:
        one, other, unit = round(low), max(1, round(high)), "s"
    else:
        one, other, unit = round(low / 60), max(1, round(high / 60)), "min"
    return f"{other} {unit}" if one == other else f"{one} to {other} {unit}"


def summary(sheet: Sheet) -> str:
    """Return a plan in one line."""
    if sheet.problems:
        count = len(sheet.problems)
        return "1 thing to mend" if count == 1 else f"{count} things to mend"
    if not sheet.rows:
        return "Nothing to run"
    running, cached = sheet.count("run"), sheet.count("cached")
    if not running:
        return "Everything is there already"
    if sheet.short:
        return "Does not fit this machine"
    steps = "1 step" if running == 1 else f"{running} steps"
    time = range_shown(sheet.seconds) if not sheet.unknown else ""
    kept = f"{cached} there already" if cached else ""
    return "  ·  ".join(part for part in (steps, f"about {time}" if time else "", kept) if part)


def peak_rows(sheet: Sheet) -> list[tuple[str, int, int]]:
    """Return (name, planned peak, budget) in bytes for each kind of memory that matters."""
    found = []
    for kind, name in KINDS:
        peak, budget = int(getattr(sheet.peaks, kind)), sheet.budgets.of(kind)
        if peak or (kind == "host" and budget):
            found.append((name, peak, budget))
    return found


def held_words(phase: PhaseRow) -> str:
    """Return how a model's weights are held: whole, or some blocks and the rest streamed."""
    if not phase.fits:
        return f"{phase.model} does not fit"
    if not phase.streamed:
        return f"{phase.model}, {show_size(phase.resident)}" if phase.resident else phase.model
    source = "pinned RAM" if phase.pinned else "RAM" if phase.host else "the disk"
    return (
        f"{phase.model}, {phase.resident_blocks} of {phase.blocks} blocks stay, "
        f"{show_size(phase.streamed)} streamed from {source}"
    )


def row_words(row: SheetRow, view: PlanView | None = None) -> Sequence[str]:
    """Return the cells of a step: node, kind, what happens, models, memory, time."""
    phases = [phase for phase in view.phases if phase.node == row.node] if view else []
    told = [words for phase in phases for words in (held_words(phase), phase.note) if words]
    held = ", ".join(told) or ", ".join(row.models)
    most = max(row.peaks.vram, row.peaks.host)
    runs = row.state == "run"
    return (
        row.node,
        row.title,
        STATES[row.state],
        held if runs else "",
        show_size(most) if most and runs else "",
        (range_shown(row.seconds) or "?") if runs else "",
    )
