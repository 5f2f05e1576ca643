"""Writing a prompt."""

from typing import Annotated

from aiprod_studio.sdk import Prompt, node


@node("text.prompt", "Prompt", since="1.0")
def prompt(*, text: Annotated[str, Prompt()] = "") -> str:
    """Say in words what the video shows.

    Args:
        text: what is seen, who does what, where to; several lines are fine
    """
    return text
