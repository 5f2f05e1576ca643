"""What can be done with the mouse held down: each gesture is an object that makes drafts.

The view begins one when a button goes down, moves it, and does the edits of the last draft when
the button is let go; Escape forgets it. `begin` chooses the gesture for a tool and a place.
"""

from aiprod_studio.ui.timeline.model.gestures.beginning import begin, pointed
from aiprod_studio.ui.timeline.model.gestures.dropping import DropClips
from aiprod_studio.ui.timeline.model.gestures.tools import TOOLS, Tool

__all__ = ["TOOLS", "DropClips", "Tool", "begin", "pointed"]
