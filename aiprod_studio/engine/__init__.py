"""Plan, order, cache keys, store, journal, run loop and events; knows neither Qt nor any model.

The application makes a `Store`, a `Journal` and its `Services`, an `Engine` from the three, then
calls `plan` and `run`. Nothing here imports torch or numpy before a value needs it.
"""

from aiprod_studio.engine.cancel import CancelToken
from aiprod_studio.engine.events import (
    Event,
    EventQueue,
    JobCancelled,
    JobDone,
    JobStarted,
    Nowhere,
    Sink,
    StepCached,
    StepDone,
    StepEvent,
    StepFailed,
    StepPreview,
    StepProgress,
    StepSaid,
    StepSkipped,
    StepStarted,
    StoreDamaged,
)
from aiprod_studio.engine.journal import Job, Journal
from aiprod_studio.engine.plan import Plan, Step
from aiprod_studio.engine.planner import plan
from aiprod_studio.engine.report import Report
from aiprod_studio.engine.runner import Engine
from aiprod_studio.engine.services import Forecast, Peaks, Services
from aiprod_studio.engine.store import Store

__all__ = [
    "CancelToken",
    "Engine",
    "Event",
    "EventQueue",
    "Forecast",
    "Job",
    "JobCancelled",
    "JobDone",
    "JobStarted",
    "Journal",
    "Nowhere",
    "Peaks",
    "Plan",
    "Report",
    "Services",
    "Sink",
    "Step",
    "StepCached",
    "StepDone",
    "StepEvent",
    "StepFailed",
    "StepPreview",
    "StepProgress",
    "StepSaid",
    "StepSkipped",
    "StepStarted",
    "Store",
    "StoreDamaged",
    "plan",
]
