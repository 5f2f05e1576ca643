"""The Qt style under the style sheet: Fusion, with what a sheet cannot say.

Menus and tooltips appear at once and without animation; the theme puts it on the application.
"""

from __future__ import annotations

from PySide6.QtWidgets import QProxyStyle, QStyle, QStyleHintReturn, QStyleOption, QWidget

HINTS = {
    QStyle.StyleHint.SH_ToolTip_WakeUpDelay: 450,
    QStyle.StyleHint.SH_DialogButtonBox_ButtonsHaveIcons: 0,
    QStyle.StyleHint.SH_Slider_AbsoluteSetButtons: 1,
    QStyle.StyleHint.SH_EtchDisabledText: 0,
    QStyle.StyleHint.SH_ItemView_ShowDecorationSelected: 1,
    QStyle.StyleHint.SH_ComboBox_Popup: 0,
}


class QuietStyle(QProxyStyle):
    """Fusion without what distracts."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returnData: QStyleHintReturn | None = None,  # noqa: N803 - the name is Qt's
    ) -> int:
        """Answer a few hints ourselves."""
        if hint in HINTS:
            return HINTS[hint]
        return super().styleHint(hint, option, widget, returnData)
