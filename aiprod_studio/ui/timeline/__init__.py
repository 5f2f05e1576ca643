"""The Edit workspace: the cut as a timeline below its viewer.

The shell shows `EditWorkspace` for an open document. The half in `model` knows no Qt.
"""

from aiprod_studio.ui.timeline.workspace import EditWorkspace

__all__ = ["EditWorkspace"]
