"""The inspector at the right: editors of parameters, made from what the nodes declare."""

from aiprod_studio.ui.inspector.panel import InspectorPanel

__all__ = ["InspectorPanel"]
