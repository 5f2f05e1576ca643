"""A remark on the canvas."""

from typing import Annotated

from aiprod_studio.sdk import Prompt, node


@node("flow.note", "Note", since="1.0")
def note(*, text: Annotated[str, Prompt()] = "") -> None:
    """Say something to whoever opens the workflow; it computes nothing.

    Args:
        text: the remark
    """
