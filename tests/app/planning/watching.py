"""The program's own services on a device that accounts, which write down what each use took."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from aiprod_studio.app.device import Device
from aiprod_studio.app.modelling import STARTER
from aiprod_studio.app.sandbox import Sandbox
from aiprod_studio.app.services import RunServices
from aiprod_studio.memory.accounting import AccountingDevice, ActivationMeter
from aiprod_studio.memory.budgets import GB, Budgets
from aiprod_studio.models import Library
from aiprod_studio.sdk import Model, Run

PLENTY = Budgets(4 * GB, 8 * GB, 2 * GB, 50 * GB)


class Watched(RunServices):
    """The real services, which also write down the ledger's peaks of every use of a model.

    `limits` gives a node so many bytes of activations; more of them run out as on a card.
    """

    peaks: dict[str, dict[str, int]]
    limits: dict[str, int]

    @contextmanager
    def use(self, model: Model, run: Run) -> Iterator[Any]:
        with super().use(model, run) as network, ExitStack() as stack:
            if run.node in self.limits:
                stack.enter_context(ActivationMeter(self.limits[run.node]))
            yield network
            now = self._models_in_memory().ledger.peaks
            before = self.peaks.setdefault(run.node, dict.fromkeys(now, 0))
            self.peaks[run.node] = {kind: max(before[kind], now[kind]) for kind in now}


def watched(workflow: Path, output: Path, budgets: Budgets, *folders: Path) -> Watched:
    """Return services for a workflow within budgets, with models from folders or the starter."""
    made = Watched(
        sandbox=Sandbox.around(workflow, []), output=output, recipe="{}",
        device=Device("cpu", "float32", "tensors stay on the processor"), budgets=budgets,
        library=Library(list(folders), None, STARTER), memory=AccountingDevice(budgets),
    )  # fmt: skip
    made.peaks, made.limits = {}, {}
    return made
