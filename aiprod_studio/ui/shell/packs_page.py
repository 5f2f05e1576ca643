"""The page of the settings where packs of third parties are switched on and off."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from aiprod_studio.app.packs import Pack
from aiprod_studio.ui.studio import Studio
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.theme.pieces import dress, label


class PacksPage(QWidget):
    """Packs of third parties: what they are, what they ask for, on or off."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._boxes: list[tuple[Pack, QCheckBox]] = []
        theme = current()
        column = QVBoxLayout(self)
        column.setSpacing(theme.space(3))
        words = (
            "A pack is a program: it can do whatever you can. Switch on only packs whose author "
            "you trust. A pack whose files change is off again."
        )
        about = label(words, "dim")
        about.setWordWrap(True)
        column.addWidget(about)
        foreign = [pack for pack in studio.registry.packs if not pack.own]
        for pack in foreign:
            column.addWidget(self._card(pack))
        if not foreign:
            column.addWidget(label(f"No packs lie in {studio.places.packs}.", "faint"))
        column.addStretch(1)

    def allowed(self) -> dict[str, str]:
        """Return the digests of the packs that are switched on, by name."""
        known = {pack.name for pack, _ in self._boxes}
        kept = {n: d for n, d in self._studio.settings.packs.items() if n not in known}
        return kept | {pack.name: pack.digest for pack, box in self._boxes if box.isChecked()}

    def _card(self, pack: Pack) -> QWidget:
        theme = current()
        card = QWidget()
        dress(card, "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(*[theme.space(3)] * 4)
        box = QCheckBox(f"{pack.name} {pack.version}".strip())
        box.setChecked(pack.allowed)
        self._boxes.append((pack, box))
        column.addWidget(box)
        parts = (
            pack.about, f"By {pack.author}" if pack.author else "By an unnamed author",
            f"Asks for: {', '.join(pack.asks)}" if pack.asks else "Does not say what it asks for",
        )  # fmt: skip
        for words in filter(None, parts):
            found = label(words, "dim")
            found.setWordWrap(True)
            column.addWidget(found)
        return card
