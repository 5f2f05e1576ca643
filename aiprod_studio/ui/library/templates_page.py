"""The templates that ship with the program; a double click opens one as a new document."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from aiprod_studio.app.session.templates import Template, templates
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.library.list_page import ListPage, ListRow


class TemplatesPage(ListPage):
    """Workflows to begin with."""

    def __init__(self, editing: Editing, parent: QWidget | None = None) -> None:
        super().__init__("templates", "No templates are installed.", parent)
        self._editing = editing
        editing.studio.later(templates, self._take, owner=self)

    def _take(self, found: list[Template]) -> None:
        rows = [ListRow("Run at once", heading=True)]
        rows += [_row(template) for template in found if not template.needs]
        rows += [ListRow("Need a model", heading=True)]
        rows += [_row(template) for template in found if template.needs]
        self.show_rows(rows)
        for template in found:
            self._editing.studio.later(
                partial(_picture, template), partial(self.show_picture, template), owner=self
            )


def _picture(template: Template) -> QImage | None:
    """Read a template's picture, in a thread."""
    return QImage(str(template.picture)) if template.picture.is_file() else None


def _row(template: Template) -> ListRow:
    detail = f"{template.needs}: {template.about}" if template.needs else template.about
    return ListRow(
        template.title, template, detail, mark="layout-template", path=str(template.file),
        tip=template.about,
    )  # fmt: skip
