"""Choose the file that holds a component, or say in words which are held and what is missing."""

from __future__ import annotations

from collections.abc import Sequence

from aiprod_studio.models.descriptor import Family
from aiprod_studio.models.files import ModelFile, refused
from aiprod_studio.sdk import Missing


def file_with(family: Family, files: Sequence[ModelFile], component: str) -> ModelFile:
    """Return the first file in which the family recognises the component.

    Raises:
        Refusal: none holds it; the sentence says what they hold.
    """
    held: list[str] = []
    for file in files:
        found = family.recognise(file)
        parts = found.components if found else ()
        if component in parts:
            return file
        held.append(f"{file.path.name} holds {', '.join(parts) or 'nothing of it'}")
    why = f"the {component} of {family.title} is not in it ({'; '.join(held)})"
    raise refused(files[0].path, why, f"Add the file that holds the {component}.", Missing)
