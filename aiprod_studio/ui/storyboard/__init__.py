"""The Board workspace: panels as cards, what is said and done on them, their shots and takes.

The model half (`model/`) knows no Qt; the rest paints it and turns gestures into story edits.
"""

from aiprod_studio.ui.storyboard.workspace import BoardWorkspace

__all__ = ["BoardWorkspace"]
