"""What a node gave in earlier runs of a document, also before the document was opened this time.

The journal says which results there were, the store whether they are still there; the recipes say
how the runs differed. It reads the disk and belongs into a thread. No Qt.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiprod_studio.app.session.differences import differences
from aiprod_studio.app.session.results import Result, Results
from aiprod_studio.sdk import NodeSpec

if TYPE_CHECKING:
    from aiprod_studio.engine import Journal
    from aiprod_studio.engine.journal import Made

MOST = 20


@dataclass(frozen=True)
class Earlier:
    """A result of an earlier run, and when it was made.

    `about` says how that run differed from the one that gave what is shown: "seed 7, steps 12".
    """

    result: Result
    at: datetime
    about: str = ""

    def words(self, now: datetime) -> str:
        """Return how a menu calls it: the time, with the day when that was another one."""
        same_day = self.at.date() == now.date()
        when = f"{self.at:%H:%M:%S}" if same_day else f"{self.at.day} {self.at:%b %H:%M}"
        return f"{when}, {self.about}" if self.about else when


class EarlierRuns:
    """Finds results of earlier runs; any thread may ask.

    Args:
        folder: where store and journal lie.
        results: makes handles, and knows what is still there.
    """

    def __init__(self, folder: Path, results: Results) -> None:
        self._folder, self._results = folder, results
        self._lock = threading.Lock()
        self._journal: Journal | None = None

    def of(
        self,
        files: Iterable[Path],
        node: str,
        spec: NodeSpec,
        specs: Mapping[str, NodeSpec],
        shown: str = "",
        output: str = "",
    ) -> list[Earlier]:
        """Return what a node gave in other runs, the latest first.

        Args:
            files: where the document lies, and where it lay.
            node: its name, `use/inner` in a sub-graph.
            spec: its type; results of another type that had its name are left out.
            specs: all types, for what parameters are when a recipe does not say it.
            shown: the key of the result that is seen, which others are compared with.
            output: which of several outputs.

        Raises:
            Refusal: the journal cannot be read.
        """
        journal = self._opened()
        made = [one for one in journal.made(_names(files), node) if one.type == spec.type]
        there = self._results.there([one.key for one in made])
        first = {one.key: one for one in made if one.key in there}
        recipes = {key: self._recipe(one) for key, one in list(first.items())[: MOST + 1]}
        now = recipes.get(shown) or next(iter(recipes.values()), {})
        found = []
        for key, recipe in recipes.items():
            result = self._results.of(node, spec, key, stale=True, output=output)
            if result is not None and key != shown:
                about = differences(recipe, now, node.partition("/")[0], specs)
                found.append(Earlier(result, datetime.fromtimestamp(first[key].at), about))
        return found

    def moved(self, old: Path, new: Path) -> None:
        """Note that a document lies elsewhere now, so that its runs are found there."""
        self._opened().moved(str(old), str(new))

    def close(self) -> None:
        """Let go of the journal."""
        with self._lock:
            if self._journal is not None:
                self._journal.close()
            self._journal = None

    def _recipe(self, made: Made) -> Mapping[str, Any]:
        try:
            recipe = json.loads(self._opened().recipe(made.job))
        except (KeyError, ValueError):
            return {}
        return recipe if isinstance(recipe, dict) else {}

    def _opened(self) -> Journal:
        from aiprod_studio.engine import Journal

        with self._lock:
            if self._journal is None:
                self._journal = Journal(self._folder)
            return self._journal


def _names(files: Iterable[Path]) -> Sequence[str]:
    """Return how the journal may call these files: the command line resolves links."""
    return tuple(dict.fromkeys(str(p) for file in files for p in (file, file.resolve())))
