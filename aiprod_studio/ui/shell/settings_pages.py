"""Pages of the settings that are forms: looks and habits, and the memory budgets."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLineEdit, QWidget

from aiprod_studio.memory.budgets import measure_ram, parse_size, show_size
from aiprod_studio.sdk import Refusal
from aiprod_studio.ui.shell.memory_keeper import MemoryKeeper
from aiprod_studio.ui.studio import Studio
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.theme.pieces import label, set_role

SCALES = (100, 125, 150, 175, 200)


class LooksPage(QWidget):
    """Theme, scale, and what is shown when."""

    def __init__(self, keeper: MemoryKeeper) -> None:
        super().__init__()
        memory = keeper.memory
        self.theme = QComboBox()
        self.theme.addItems(["Dark", "Light"])
        self.theme.setCurrentIndex(1 if memory.theme == "light" else 0)
        self.scale = QComboBox()
        for percent in SCALES:
            self.scale.addItem(f"{percent} %", percent)
        self.scale.setCurrentIndex(
            min(range(len(SCALES)), key=lambda i: abs(SCALES[i] - memory.scale))
        )
        self.plan = QCheckBox("Show the plan before each run")
        self.plan.setChecked(memory.show_plan)
        self.notify = QCheckBox("Tell when a job ends while I look elsewhere")
        self.notify.setChecked(memory.notify)
        form = form_of(self)
        form.addRow("Theme", self.theme)
        form.addRow("Size of everything", self.scale)
        form.addRow("", label("The size changes when the program starts again.", "faint"))
        form.addRow("Running", self.plan)
        form.addRow("", self.notify)
        for box, name in ((self.theme, "Theme"), (self.scale, "Size of everything")):
            box.setAccessibleName(name)

    def values(self) -> dict[str, object]:
        """Return what is chosen, by the names of the window's memory."""
        return {
            "theme": "light" if self.theme.currentIndex() else "dark",
            "scale": int(self.scale.currentData()),
            "show_plan": self.plan.isChecked(),
            "notify": self.notify.isChecked(),
        }


class MemoryPage(QWidget):
    """The budgets."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.vram, self.ram = QLineEdit(studio.settings.vram), QLineEdit(studio.settings.ram)
        total, free = measure_ram()
        self.vram.setPlaceholderText("what is free at the start")
        self.ram.setPlaceholderText(f"what is free ({show_size(free)} of {show_size(total)})")
        form = form_of(self)
        about = label(
            "A plan that does not fit these budgets is refused before it runs, with what would "
            "make it fit. Leave them empty to use what is free.", "dim",
        )  # fmt: skip
        about.setWordWrap(True)
        form.addRow(about)
        form.addRow("Graphics memory", self.vram)
        form.addRow("Main memory", self.ram)
        form.addRow("", label("Write a size such as 8GB or 7.5GB.", "faint"))
        for field, name in ((self.vram, "Graphics memory"), (self.ram, "Main memory")):
            field.setAccessibleName(name)
            field.textChanged.connect(self._mark)

    def problem(self) -> str:
        """Return why the budgets cannot be used, "" when they can."""
        for field, name in ((self.vram, "Graphics memory"), (self.ram, "Main memory")):
            try:
                if field.text().strip():
                    parse_size(field.text(), where=name)
            except Refusal as refusal:
                return str(refusal)
        return ""

    def _mark(self) -> None:
        for field in (self.vram, self.ram):
            text = field.text().strip()
            try:
                if text:
                    parse_size(text)
                set_role(field, "invalid", False)
            except Refusal:
                set_role(field, "invalid", True)


def form_of(page: QWidget) -> QFormLayout:
    """Lay a page out as names and fields."""
    theme = current()
    form = QFormLayout(page)
    form.setContentsMargins(0, 0, theme.space(2), 0)
    form.setHorizontalSpacing(theme.space(6))
    form.setVerticalSpacing(theme.space(3))
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    return form
