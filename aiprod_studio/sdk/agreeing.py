"""What is refused while a run is planned: parts of models that do not go together.

Nodes call it from their `facts`, so that a codec of another model is found before an hour of
sampling and not after it. What is not known agrees with everything; the node looks again when it
has the values.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiprod_studio.sdk.errors import Invalid, Refusal
from aiprod_studio.sdk.spec import Facts

REMEDY = "Link both from one Load Model node."


def check_agree(
    inputs: Mapping[str, Facts], first: str, second: str, *, generations: bool = True
) -> None:
    """Refuse `second` when it is of another family, or another generation of it, than `first`.

    Raises:
        Refusal: naming the input and what both are of.
    """
    one, other = (inputs.get(name, {}) for name in (first, second))
    for fact in ("family", "generation") if generations else ("family",):
        had, found = (str(facts.get(fact) or "") for facts in (one, other))
        if had and found and had != found:
            why = f"it is of {fact} {found!r}, and what is linked to {first!r} is of {had!r}"
            raise Refusal(Invalid(f"input {second!r}", why, REMEDY))
