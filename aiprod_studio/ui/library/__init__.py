"""The library at the left: nodes by category, found by a few letters, dragged to the canvas."""

from aiprod_studio.ui.library.panel import LibraryPanel

__all__ = ["LibraryPanel"]
