"""Where things lie: what ships with the program, and the user's own folders.

`AIPROD_HOME` moves all the user's folders to one place (portable installs, tests). Nothing here
creates a folder before it is needed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
APP_NAME = "aiprod-studio"


def shipped(name: str) -> Path:
    """Return the folder `nodes`, `resources` or `workflows`, from a wheel or from a source tree."""
    bundled = PACKAGE / "bundled" / name
    return bundled if bundled.is_dir() else PACKAGE.parent / name


@dataclass(frozen=True)
class Places:
    """The user's folders: settings and packs in `data`, the store and journal in `cache`."""

    data: Path
    cache: Path

    @property
    def packs(self) -> Path:
        """Third-party packs, one folder each."""
        return self.data / "packs"

    @property
    def models(self) -> Path:
        """The folder for models that the program looks into without being told."""
        return self.data / "models"

    @property
    def settings(self) -> Path:
        return self.data / "settings.json"

    @property
    def store(self) -> Path:
        return self.cache / "store"


def user_places() -> Places:
    """Return the folders of this user on this system."""
    home = os.environ.get("AIPROD_HOME")
    if home:
        return Places(data=Path(home) / "data", cache=Path(home) / "cache")
    import platformdirs

    return Places(
        data=Path(platformdirs.user_data_dir(APP_NAME, appauthor=False)),
        cache=Path(platformdirs.user_cache_dir(APP_NAME, appauthor=False)),
    )
