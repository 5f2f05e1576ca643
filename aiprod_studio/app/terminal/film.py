"""Films on the command line: rendering what is stale, planning it, exporting.

`--run FILE` comes here when the file has a story with shots. Takes are written beside the file and
recorded in it, as the window would; a file that may not be written, such as a shipped template, is
left as it is, and its takes go to the output folder.
"""

from __future__ import annotations

import argparse
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiprod_studio.app.film import exporting, filming
from aiprod_studio.app.opened import Wishes, read_document
from aiprod_studio.app.overrides import apply_overrides
from aiprod_studio.app.packs import Registry, registry
from aiprod_studio.app.places import shipped, user_places
from aiprod_studio.app.settings import load_settings
from aiprod_studio.app.terminal import console, progress
from aiprod_studio.app.terminal.film_errands import Stage
from aiprod_studio.app.terminal.film_rendering import Rendered, render
from aiprod_studio.app.terminal.film_report import FilmReport
from aiprod_studio.engine import events
from aiprod_studio.sdk import ExitCode, Invalid, Problem, Refusal
from aiprod_studio.story import sections
from aiprod_studio.story.edits import BoardEdit

if TYPE_CHECKING:
    from aiprod_studio.graph import Document

MARK = b'"story"'
ONLY_EXPORTS = ("animatic", "pdf", "otio")


def is_film(given: argparse.Namespace) -> bool:
    """Say whether the command line is about a film; refuses film options for other files."""
    asked = [name for name in ("shots", *ONLY_EXPORTS) if getattr(given, name, None)]
    path = given.run or given.file
    found = _has_shots(path)
    if asked and not found and path.is_file():
        where = f"argument --{asked[0]}"
        why = f"{path} has no storyboard with shots"
        raise Refusal(Invalid(where, why, "Add shots on the board, or leave the option out."))
    return found


def _has_shots(path: Path) -> bool:
    from aiprod_studio import graph

    try:
        if MARK not in path.read_bytes():
            return False
    except OSError:
        return False
    document = graph.load(path).document
    if document is None:
        return False
    try:
        return any(True for _ in filming.board_of(document).shots())
    except Refusal:
        return False


def run_film(given: argparse.Namespace) -> int:
    """Render what is stale, export what was asked for, print a report."""
    started = time.monotonic()
    film = _Film(given)
    exports_only = any(getattr(given, name) for name in ONLY_EXPORTS)
    rendered = Rendered((), ())
    if not exports_only or given.shots:
        rendered = film.render()
        film.record(rendered.edits)
    report = FilmReport(rendered.shots, notes=film.notes)
    if report.exit_code != ExitCode.CANCELLED:
        files, problems = film.export()
        report = replace(report, files=tuple(files), problems=tuple(problems))
    report = replace(report, seconds=time.monotonic() - started)
    _show(report, as_json=given.json, quiet=given.quiet)
    return report.exit_code


def plan_film(given: argparse.Namespace) -> int:
    """Show what rendering the stale shots would take."""
    from aiprod_studio.app.terminal import film_planning

    found = film_planning.plan_shots(*_Film(given).rendering())
    return film_planning.show(found, as_json=given.json)


class _Film:
    """A film that is rendered and exported from the command line."""

    def __init__(self, given: argparse.Namespace) -> None:
        self._given, self._path = given, given.run or given.file
        self._registry = registry()
        self._own = _may_write(self._path)
        self._output = given.output.expanduser().absolute()
        self.document = read_document(self._path, self._registry)
        apply_overrides(self.document, self._registry.specs, given.set, given.seed)
        home = self._path.parent if self._own else self._output
        self._ground = ground_of(self._path, self._registry, tuple(given.folders), home)
        self._display = progress.display_for(as_json=given.json, quiet=given.quiet)
        self.notes: tuple[str, ...] = ()

    def render(self) -> Rendered:
        """Render the shots that were asked for."""
        document, stage, only, fresh, seed = self.rendering()
        return render(document, stage, only=only, fresh=fresh, seed=seed)

    def rendering(self) -> tuple[Document, Stage, Sequence[str] | None, bool, int | None]:
        """Return what there is to be rendered: the film, its surroundings, and what was asked."""
        given, places = self._given, user_places()
        wishes = Wishes(given.device, given.vram, given.ram, tuple(given.folders), self._output)
        stage = Stage(
            self._path,
            self._ground,
            self._registry,
            places,
            load_settings(places.settings),
            wishes,
            self._display,
        )
        only = None
        if given.shots:
            wanted = [each.strip() for each in given.shots.split(",") if each.strip()]
            only = filming.shots_named(filming.board_of(self.document), wanted)
        seed = None if given.seed is None else int(given.seed)
        return self.document, stage, only, given.fresh, seed

    def record(self, edits: Sequence[BoardEdit]) -> None:
        """Put takes into the artist's file as it is now, whatever happened to it meanwhile."""
        from aiprod_studio import graph

        if not edits:
            return
        if not self._own:
            takes = self._ground.takes
            note = f"{self._path.name} is not written to; its takes are in {takes}"
            self.notes = (*self.notes, note)
            return
        document = read_document(self._path, self._registry)
        board = filming.board_of(document)
        for edit in edits:
            try:
                board = edit.apply(board)
            except Refusal as refusal:
                self.notes = (*self.notes, f"not recorded: {refusal}")
        section = graph_section(board)
        document.do(section, title="Render shots")
        graph.save(document, self._path)

    def export(self) -> tuple[list[Path], list[Problem]]:
        """Write what was asked for; without a wish the film."""
        files: list[Path] = []
        problems: list[Problem] = []
        for path, write in self._exports():
            try:
                problems += write(path)
                files.append(path)
            except Refusal as refusal:
                problems += refusal.problems
        return files, problems

    def _exports(self) -> Iterator[tuple[Path, Callable[[Path], Sequence[Problem]]]]:
        given, name = self._given, self._path.stem
        if given.animatic:
            yield self._free(f"{name}_animatic", ".mp4"), self._animatic
        if given.pdf:
            yield self._free(f"{name}_board", ".pdf"), self._pdf
        if given.otio:
            yield self._free(name, exporting.cut_suffix(given.otio)), self._cut
        if not any(getattr(given, each) for each in ONLY_EXPORTS):
            yield self._free(name, exporting.film_suffix(given.format)), self._film

    def _free(self, name: str, suffix: str) -> Path:
        return exporting.free_path(self._output, name, suffix)

    def _film(self, path: Path) -> Sequence[Problem]:
        settings = exporting.FilmSettings(self._given.format, _size(self._given.size))
        return self._composed(exporting.export_film, path, settings)

    def _animatic(self, path: Path) -> Sequence[Problem]:
        settings = exporting.FilmSettings(size=_size(self._given.size))
        return self._composed(exporting.export_animatic, path, settings)

    def _composed(
        self, export: Callable[..., Any], path: Path, settings: exporting.FilmSettings
    ) -> Sequence[Problem]:
        def shown(done: int, total: int) -> None:
            self._display.take(events.StepProgress(path.name, done, total))

        with self._display:
            found: Sequence[Problem] = export(
                self.document, self._ground, path, settings, progress=shown
            )
        self.notes = (*self.notes, *(f"note: {problem}" for problem in found))
        return ()

    def _pdf(self, path: Path) -> Sequence[Problem]:
        from aiprod_studio.app.film.board_pdf import export_board

        found = export_board(self.document, self._ground, path)
        self.notes = (*self.notes, *(f"note: {problem}" for problem in found))
        return ()

    def _cut(self, path: Path) -> Sequence[Problem]:
        lost = exporting.export_cut(self.document, self._ground, path, self._given.otio)
        self.notes = (*self.notes, *(f"{path.name}: {sentence}" for sentence in lost))
        return ()


def graph_section(board: Any) -> Any:
    """Return the command that puts a board into a document."""
    from aiprod_studio.graph.commands import SetSection

    return SetSection(sections.STORY, sections.dump_board(board))


def ground_of(path: Path, known: Registry, folders: tuple[Path, ...], home: Path) -> filming.Ground:
    """Return the surroundings of a film; its takes lie in a folder beside `home`."""
    assets = home / f"{path.stem}.assets"
    return filming.ground(path.resolve().parent, assets.absolute(), known.specs, folders=folders)


def _may_write(path: Path) -> bool:
    ours = path.resolve().is_relative_to(shipped("workflows").resolve())
    return not ours and os.access(path, os.W_OK) and os.access(path.resolve().parent, os.W_OK)


def _size(text: str) -> tuple[int, int] | None:
    if not text:
        return None
    found = re.fullmatch(r"(\d{1,5})x(\d{1,5})", text)
    if not found:
        why = f"{text!r} is no size"
        raise Refusal(Invalid("argument --size", why, "Write it like 1920x1080."))
    return int(found[1]), int(found[2])


def _show(report: FilmReport, *, as_json: bool, quiet: bool) -> None:
    console.show_problems(report.failures, as_json=as_json)
    if as_json:
        console.show_json(report.to_dict())
    elif not quiet:
        for line in report.lines():
            console.show_text(line)
