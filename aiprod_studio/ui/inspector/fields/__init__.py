"""Editors of single values, chosen by a parameter's kind and hint."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from aiprod_studio.sdk import Choice, Colour, Curve, ParamSpec, Seed, Text
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.inspector.fields.choice import ChoiceField
from aiprod_studio.ui.inspector.fields.colour import ColourField
from aiprod_studio.ui.inspector.fields.curve import CurveField
from aiprod_studio.ui.inspector.fields.field import Field, paint_role, words_of
from aiprod_studio.ui.inspector.fields.file import FileField
from aiprod_studio.ui.inspector.fields.line import LineField
from aiprod_studio.ui.inspector.fields.model import ModelField
from aiprod_studio.ui.inspector.fields.number import NumberField
from aiprod_studio.ui.inspector.fields.prompt import PromptField
from aiprod_studio.ui.inspector.fields.rate import RateField
from aiprod_studio.ui.inspector.fields.seed import SeedField
from aiprod_studio.ui.inspector.fields.toggle import ToggleField
from aiprod_studio.ui.inspector.prompts import PromptHistory

__all__ = ["Field", "SeedField", "field_for", "paint_role", "words_of"]

BY_HINT: tuple[tuple[type, type[Field]], ...] = (
    (Seed, SeedField), (Choice, ChoiceField), (Colour, ColourField), (Curve, CurveField),
)  # fmt: skip
BY_KIND: dict[str, type[Field]] = {
    "integer": NumberField, "number": NumberField, "boolean": ToggleField, "rate": RateField,
    "text": LineField,
}  # fmt: skip


def field_for(
    param: ParamSpec, editing: Editing, history: PromptHistory, parent: QWidget | None = None
) -> Field:
    """Return the editor of a parameter."""
    for hint, kind in BY_HINT:
        if isinstance(param.hint, hint):
            return kind(param, parent)
    if param.kind == "file":
        return FileField(param, editing, parent)
    if param.kind == "model":
        return ModelField(param, editing, parent)
    if isinstance(param.hint, Text) and param.hint.lines:
        return PromptField(param, parent, history)
    return BY_KIND[param.kind](param, parent)
