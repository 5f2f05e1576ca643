"""Every edit of board and cut, as frozen commands with `section`, `title` and `apply`.

The application, the window and scripts import them from here.
"""

from aiprod_studio.story.edits.clips import SetGain, SetOpacity, SetSource, SetSpeed, SetTitle
from aiprod_studio.story.edits.counting import SetCutRate
from aiprod_studio.story.edits.edit import BoardEdit, CutEdit
from aiprod_studio.story.edits.joining import Link, LockClip, LockTrack, Unlink
from aiprod_studio.story.edits.marking import AddMarker, RemoveMarker
from aiprod_studio.story.edits.panels import (
    AddPanel,
    JoinPanels,
    MovePanel,
    RemovePanel,
    SetPanel,
    SplitPanel,
)
from aiprod_studio.story.edits.passages import AddTransition, RemoveTransition
from aiprod_studio.story.edits.placing import (
    Extract,
    Insert,
    Lift,
    Move,
    Overwrite,
    Remove,
    Split,
)
from aiprod_studio.story.edits.scenes import AddScene, MoveScene, RemoveScene, Renumber, SetScene
from aiprod_studio.story.edits.shots import (
    AddShot,
    JoinShots,
    MoveShot,
    RemoveShot,
    SetShot,
    SplitShot,
)
from aiprod_studio.story.edits.taking import AddTake, NoteTake, PickTake, RateTake, RemoveTake
from aiprod_studio.story.edits.tracks import (
    AddTrack,
    MoveTrack,
    RemoveTrack,
    RenameTrack,
    SetTrackGain,
    SwitchTrack,
)
from aiprod_studio.story.edits.trimming import Ripple, Roll, Slide, Slip, Trim
from aiprod_studio.story.edits.whole import SetBoard, SetRate

__all__ = [
    "AddMarker",
    "AddPanel",
    "AddScene",
    "AddShot",
    "AddTake",
    "AddTrack",
    "AddTransition",
    "BoardEdit",
    "CutEdit",
    "Extract",
    "Insert",
    "JoinPanels",
    "JoinShots",
    "Lift",
    "Link",
    "LockClip",
    "LockTrack",
    "Move",
    "MovePanel",
    "MoveScene",
    "MoveShot",
    "MoveTrack",
    "NoteTake",
    "Overwrite",
    "PickTake",
    "RateTake",
    "Remove",
    "RemoveMarker",
    "RemovePanel",
    "RemoveScene",
    "RemoveShot",
    "RemoveTake",
    "RemoveTrack",
    "RemoveTransition",
    "RenameTrack",
    "Renumber",
    "Ripple",
    "Roll",
    "SetBoard",
    "SetCutRate",
    "SetGain",
    "SetOpacity",
    "SetPanel",
    "SetRate",
    "SetScene",
    "SetShot",
    "SetSource",
    "SetSpeed",
    "SetTitle",
    "SetTrackGain",
    "Slide",
    "Slip",
    "Split",
    "SplitPanel",
    "SplitShot",
    "SwitchTrack",
    "Trim",
    "Unlink",
]
