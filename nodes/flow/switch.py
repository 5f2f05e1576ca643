"""Choosing one of several values."""

from typing import Any, Literal

from aiprod_studio.sdk import Failed, Refusal, node


@node("flow.switch", "Switch", since="1.0", needs=lambda params: frozenset({params["use"]}))
def switch(
    first: Any = None,
    second: Any = None,
    third: Any = None,
    fourth: Any = None,
    *,
    use: Literal["first", "second", "third", "fourth"] = "first",
) -> Any:
    """Pass on one of its inputs; what only feeds the others is not computed.

    Args:
        use: the input that is passed on
    """
    chosen = {"first": first, "second": second, "third": third, "fourth": fourth}[use]
    if chosen is None:
        remedy = f"Link something to {use!r}, or choose another input."
        raise Refusal(Failed(f"input {use!r}", "nothing is linked to it", remedy))
    return chosen
