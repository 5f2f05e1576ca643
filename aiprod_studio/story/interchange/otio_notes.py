"""What our `.otio` files carry beyond what OpenTimelineIO knows: records as JSON in its metadata.

Written and read by the two halves of the interchange. The text form keeps large seeds and exact
fractions, which other programs' numbers would not survive.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from aiprod_studio.story.records import Json

OURS = "aiprod_studio"
VERSION = 1


def noted(record: Json) -> dict[str, Json]:
    """Return a record as metadata."""
    text = json.dumps(record, default=dict, sort_keys=True, ensure_ascii=False)
    return {OURS: {"version": VERSION, "record": text}}


def note_of(metadata: Json) -> Mapping[str, Json]:
    """Return the record in some metadata, or nothing when there is none that makes sense."""
    try:
        found = json.loads(metadata[OURS]["record"])
    except (KeyError, TypeError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
