"""The one style sheet of the program, made from tokens.

It dresses every standard widget, so nobody else writes colours. Variants are chosen by dynamic
properties: `role` of labels ("title", "heading", "dim", "faint", "error", "warning", "good"),
`kind` of buttons ("primary", "danger", "flat", "tool"), `surface` of plain widgets ("window",
"panel", "raised", "card", "bar", "field", "floating").
"""

from __future__ import annotations

from aiprod_studio.ui.theme.glyphs import GLYPHS, glyph_file
from aiprod_studio.ui.theme.theme import Theme
from aiprod_studio.ui.theme.tokens import mixed

SHEET = """
* { outline: 0; }
QWidget { color: $text; font-size: $body; }
QMainWindow, QDialog, QWizard { background: $window; }
QToolTip { background: $raised; color: $text; border: 1px solid $line_strong;
  padding: $s1 $s2; border-radius: $radius; }

[surface="window"] { background: $window; }
[surface="panel"] { background: $panel; }
[surface="raised"] { background: $raised; }
[surface="bar"] { background: $panel; border: 0; }
[surface="card"] { background: $panel; border: 1px solid $line; border-radius: $radius2; }
[surface="floating"] { background: $raised; border: 1px solid $line_strong;
  border-radius: $radius2; }
[surface="field"] { background: $field; border: 1px solid $line; border-radius: $radius; }

QLabel { background: transparent; border: 0; }
QLabel[role="huge"] { font-size: $huge; font-weight: 600; }
QLabel[role="title"] { font-size: $title; font-weight: 600; }
QLabel[role="heading"] { font-size: $large; font-weight: 600; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="section"] { font-size: $small; font-weight: 600; color: $text_dim; }
QLabel[role="dim"] { color: $text_dim; }
QLabel[role="faint"] { color: $text_faint; font-size: $small; }
QLabel[role="error"] { color: $bad; }
QLabel[role="warning"] { color: $warn; }
QLabel[role="good"] { color: $good; }
QLabel[role="key"] { background: $raised; border: 1px solid $line_strong; border-radius: $radius;
  padding: 0 $s1; font-size: $small; color: $text_dim; }
QLabel:disabled { color: $off; }

QPushButton { background: $raised; border: 1px solid $line_strong; border-radius: $radius;
  padding: 0 $s3; min-height: $rowin; max-height: $rowin; }
QPushButton:hover { background: $hover_raised; border-color: $text_faint; }
QPushButton:pressed { background: $pressed; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $off; border-color: $line; background: $panel; }
QPushButton:checked { background: $selection; border-color: $accent; }
QPushButton[kind="primary"] { background: $accent; color: $accent_text; border-color: $accent;
  font-weight: 600; }
QPushButton[kind="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[kind="primary"]:pressed { background: $accent_down; }
QPushButton[kind="primary"]:focus { border-color: $text; }
QPushButton[kind="primary"]:disabled { background: $raised; color: $off; border-color: $line; }
QPushButton[kind="danger"] { color: $bad; }
QPushButton[kind="danger"]:hover { border-color: $bad; }
QPushButton[kind="flat"] { background: transparent; border-color: transparent; padding: 0 $s2; }
QPushButton[kind="flat"]:hover { background: $hover; }
QPushButton[kind="flat"]:focus { border-color: $accent; }
QPushButton[kind="flat"]:checked { background: $selection; }
QPushButton[kind="link"] { background: transparent; border: 0; color: $accent; padding: 0; }
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[kind="link"]:focus { text-decoration: underline; }

QToolButton { background: transparent; border: 1px solid transparent; border-radius: $radius;
  padding: $s05; min-height: $toolin; }
QToolButton:hover { background: $hover; }
QToolButton:pressed { background: $pressed; }
QToolButton:checked { background: $selection; }
QToolButton:focus { border-color: $accent; }
QToolButton:disabled { color: $off; }
QToolButton::menu-indicator { image: none; }
QToolButton[popupMode="1"] { padding-right: $s4; }
QToolButton::menu-button { border: 0; width: $s4; }
QToolButton::menu-arrow { image: url($down); width: $s3; height: $s3; }

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox, QDateEdit, QTimeEdit,
QKeySequenceEdit { background: $field; border: 1px solid $line_strong; border-radius: $radius;
  selection-background-color: $selection; selection-color: $text; }
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox { min-height: $rowin; max-height: $rowin;
  padding: 0 $s2; }
QPlainTextEdit, QTextEdit { padding: $s1; }
QTextBrowser { border: 0; background: transparent; }
QLineEdit:hover, QPlainTextEdit:hover, QTextEdit:hover, QSpinBox:hover, QDoubleSpinBox:hover,
QComboBox:hover { border-color: $text_faint; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus,
QComboBox:focus, QComboBox:on { border-color: $accent; }
QLineEdit:disabled, QPlainTextEdit:disabled, QTextEdit:disabled, QSpinBox:disabled,
QDoubleSpinBox:disabled, QComboBox:disabled { color: $off; border-color: $line;
  background: $panel; }
QLineEdit[invalid="true"], QPlainTextEdit[invalid="true"], QSpinBox[invalid="true"],
QDoubleSpinBox[invalid="true"], QComboBox[invalid="true"] { border-color: $bad; }
QLineEdit > QToolButton { padding: 0; border: 0; min-height: 0; }

QSpinBox::up-button, QDoubleSpinBox::up-button, QSpinBox::down-button,
QDoubleSpinBox::down-button { border: 0; width: $s4; background: transparent; }
QSpinBox::up-button:hover, QDoubleSpinBox::up-button:hover, QSpinBox::down-button:hover,
QDoubleSpinBox::down-button:hover { background: $hover; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url($up); width: $s25; height: $s25; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url($down); width: $s25; height: $s25; }
QComboBox::drop-down { border: 0; width: $s5; }
QComboBox::down-arrow { image: url($down); width: $s3; height: $s3; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $line_strong;
  border-radius: $radius; padding: $s1; }

QCheckBox, QRadioButton { spacing: $s2; background: transparent; }
QCheckBox::indicator, QRadioButton::indicator { width: $s35; height: $s35;
  border: 1px solid $line_strong; background: $field; }
QCheckBox::indicator { border-radius: 3px; }
QRadioButton::indicator { border-radius: $half35; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $text_faint; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border-color: $accent; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url($check); }
QCheckBox::indicator:indeterminate { background: $accent; border-color: $accent;
  image: url($dash); }
QRadioButton::indicator:checked { background: $accent; border-color: $accent; image: url($dot); }
QCheckBox:disabled, QRadioButton:disabled { color: $off; }
QCheckBox:focus, QRadioButton:focus { color: $accent; }

QSlider { background: transparent; }
QSlider::groove:horizontal { height: 4px; background: $line_strong; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal { width: $s3; height: $s3; margin: -$half3 0; background: $text;
  border-radius: $half3b; border: 1px solid $window; }
QSlider::handle:horizontal:hover { background: $accent; }
QSlider::handle:focus { border-color: $accent; }
QSlider::groove:vertical { width: 4px; background: $line_strong; border-radius: 2px; }
QSlider::add-page:vertical { background: $accent; border-radius: 2px; }
QSlider::handle:vertical { width: $s3; height: $s3; margin: 0 -$half3; background: $text;
  border-radius: $half3b; border: 1px solid $window; }

QProgressBar { background: $field; border: 0; border-radius: 2px; min-height: 4px;
  max-height: 4px; text-align: right; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QProgressBar[state="good"]::chunk { background: $good; }
QProgressBar[state="warn"]::chunk { background: $warn; }
QProgressBar[state="bad"]::chunk { background: $bad; }

QMenuBar { background: $window; border: 0; padding: $s05 $s1; spacing: 0; }
QMenuBar::item { background: transparent; padding: $s1 $s2; border-radius: $radius; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $hover; }
QMenu { background: $raised; border: 1px solid $line_strong; padding: $s1; }
QMenu::item { padding: $s15 $s6 $s15 $s7; border-radius: $radius; min-width: $menuwidth; }
QMenu::item:selected { background: $selection; }
QMenu::item:disabled { color: $off; background: transparent; }
QMenu::icon { padding-left: $s2; }
QMenu::separator { height: 1px; background: $line_strong; margin: $s1 $s2; }
QMenu::indicator { width: $s35; height: $s35; margin-left: $s2; }
QMenu::indicator:checked { image: url($tick); }
QMenu::right-arrow { image: url($right); width: $s3; height: $s3; margin-right: $s2; }

QTabWidget::pane { border: 0; background: $panel; }
QTabBar { background: transparent; border: 0; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $text_dim; padding: 0 $s3; min-height: $row;
  border: 0; border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; background: $hover; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:focus { color: $accent; }
QTabBar::tab:disabled { color: $off; }
QTabBar::close-button { image: url($close); subcontrol-position: right; width: $s3; height: $s3; }
QTabBar::close-button:hover { image: url($close-hover); background: $hover;
  border-radius: $radius; }
QTabBar QToolButton { background: $panel; border: 0; }

QScrollArea, QAbstractScrollArea { border: 0; background: transparent; }
QScrollArea > QWidget > QWidget { background: transparent; }
QScrollBar:vertical { background: transparent; width: $s25; margin: 0; }
QScrollBar:horizontal { background: transparent; height: $s25; margin: 0; }
QScrollBar::handle { background: $line_strong; border-radius: $bar; border: 2px solid $panel; }
QScrollBar::handle:vertical { min-height: $s7; }
QScrollBar::handle:horizontal { min-width: $s7; }
QScrollBar::handle:hover { background: $text_faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: 0; }

QTreeView, QListView, QTableView { background: transparent; border: 0;
  alternate-background-color: $panel; selection-background-color: $selection;
  selection-color: $text; gridline-color: $line; show-decoration-selected: 1; icon-size: $s4; }
QTreeView::item, QListView::item, QTableView::item { padding: $s05 $s1; border: 0;
  min-height: $toolin; }
QTreeView::item:hover, QListView::item:hover, QTableView::item:hover { background: $hover; }
QTreeView::item:selected, QListView::item:selected, QTableView::item:selected {
  background: $selection; color: $text; }
QListView::item { border-radius: $radius; }
QTreeView::branch { background: transparent; }
QTreeView::branch:closed:has-children { image: url($right); }
QTreeView::branch:open:has-children { image: url($down); }
QHeaderView { background: transparent; border: 0; }
QHeaderView::section { background: $panel; color: $text_dim; font-size: $small; font-weight: 600;
  border: 0; border-bottom: 1px solid $line; padding: $s1 $s2; }
QTableView QTableCornerButton::section { background: $panel; border: 0; }

QSplitter::handle { background: $window; }
QSplitter::handle:horizontal { width: $s05; }
QSplitter::handle:vertical { height: $s05; }
QSplitter::handle:hover { background: $accent; }

QDockWidget { color: $text_dim; titlebar-close-icon: none; titlebar-normal-icon: none; }
QDockWidget::title { background: $panel; padding: $s1 $s2; border-bottom: 1px solid $line; }
QStatusBar { background: $panel; border-top: 1px solid $line; color: $text_dim; }
QStatusBar::item { border: 0; }
QToolBar { background: $panel; border: 0; spacing: $s1; padding: $s1; }
QToolBar::separator { background: $line_strong; width: 1px; height: 1px; margin: $s1; }
QGroupBox { border: 0; border-top: 1px solid $line; margin-top: $s4; padding-top: $s2;
  font-weight: 600; }
QGroupBox::title { subcontrol-origin: margin; left: 0; color: $text_dim; padding: 0 $s1 0 0; }
QFrame[frameShape="4"], QFrame[frameShape="5"] { background: $line; border: 0; max-height: 1px; }
QFrame[frameShape="5"] { max-height: 16777215px; max-width: 1px; }
QMessageBox { background: $panel; }
QCalendarWidget QWidget { background: $panel; }
"""


def style_sheet(theme: Theme) -> str:
    """Return the style sheet of a theme."""
    words = {**_colours(theme), **_lengths(theme)}
    words |= {name: glyph_file(theme.name, name).as_posix() for name in GLYPHS}
    sheet = SHEET
    for word in sorted(words, key=len, reverse=True):
        sheet = sheet.replace(f"${word}", words[word])
    return sheet


def _colours(theme: Theme) -> dict[str, str]:
    names = (
        "window",
        "panel",
        "raised",
        "field",
        "line",
        "line_strong",
        "text",
        "text_dim",
        "text_faint",
        "accent",
        "accent_text",
        "good",
        "warn",
        "bad",
        "selection",
        "hover",
        "pressed",
    )
    found = {name: theme.hex(name) for name in names}
    found["off"] = mixed(theme.hex("text_faint"), theme.hex("panel"), 0.4)
    found["accent_hover"] = mixed(theme.hex("accent"), theme.hex("text"), 0.2)
    found["accent_down"] = mixed(theme.hex("accent"), theme.hex("window"), 0.2)
    found["hover_raised"] = mixed(theme.hex("raised"), theme.hex("text"), 0.08)
    return found


def _lengths(theme: Theme) -> dict[str, str]:
    steps = {
        "s05": 0.5, "s1": 1, "s15": 1.5, "s2": 2, "s25": 2.5, "s3": 3, "s35": 3.5, "s4": 4,
        "s5": 5, "s6": 6, "s7": 7,
    }  # fmt: skip
    found = {name: f"{theme.space(size)}px" for name, size in steps.items()}
    for kind in ("small", "body", "large", "title", "huge"):
        found[kind] = f"{theme.font_size(kind)}px"
    return found | {
        "radius": f"{theme.radius}px",
        "radius2": f"{theme.px(6)}px",
        "row": f"{theme.row}px",
        "rowin": f"{theme.row - 2}px",
        "toolin": f"{theme.px(22)}px",
        "half3": f"{theme.px(4)}px",
        "half3b": f"{theme.px(6)}px",
        "half35": f"{theme.px(7)}px",
        "bar": f"{theme.px(4)}px",
        "menuwidth": f"{theme.px(140)}px",
    }
