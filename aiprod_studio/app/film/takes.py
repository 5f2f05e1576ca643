"""Takes: the recipe of what was rendered, the edit that puts it on the board, and making it again.

`filming` and the window call these when a shot has been rendered. The file that the run wrote gets
its name from the recipe, so that a take that is rendered again lies where it lay. Nothing here runs
a graph.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiprod_studio import __version__
from aiprod_studio.app.film.ground import Ground
from aiprod_studio.app.film.shot_graph import TARGET, Frozen
from aiprod_studio.sdk import Failed, Invalid, Refusal
from aiprod_studio.story.board import Board
from aiprod_studio.story.edits import AddTake, BoardEdit, PickTake
from aiprod_studio.story.takes import Recipe, Take, digest_of

if TYPE_CHECKING:
    from aiprod_studio.engine import Report
    from aiprod_studio.graph import Document

LIBRARIES = ("torch", "diffusers", "transformers", "numpy", "opencv-python-headless")


def recipe_of(frozen: Frozen, ground: Ground) -> Recipe:
    """Return the recipe of a shot as it is now: its graph, its seed, and what it reads.

    Raises:
        Refusal: the graph cannot run.
    """
    from aiprod_studio import graph

    flat = graph.flatten(frozen.document, ground.specs)
    return Recipe(frozen.recipe_graph, frozen.seed, ground.identities(flat))


def digest_of_frozen(frozen: Frozen, ground: Ground) -> str:
    """Return the hash of a shot's recipe. Raises as `recipe_of`."""
    recipe = recipe_of(frozen, ground)
    return digest_of(recipe.graph, recipe.seed, recipe.files)


def record_take(
    board: Board,
    frozen: Frozen,
    report: Report,
    ground: Ground,
    *,
    device: str = "",
    note: str = "",
    pick: bool = True,
) -> BoardEdit | None:
    """Return the edit that puts a rendered shot on the board; None when it is there already.

    The file that the run wrote moves to its place among the takes. The film is opened to count its
    frames, so call it outside of the window's thread.

    Args:
        board: the board as it is now.
        frozen: what was rendered.
        report: what the run said of it.
        ground: where the document lies.
        device: the machine, in words.
        note: what the take is called.
        pick: let it play in the cut.

    Raises:
        Refusal: the run failed, or what it wrote cannot be used.
    """
    written = written_file(frozen, report)
    recipe = _whole_recipe(frozen, ground, report, device)
    _, shot = board.find_shot(frozen.shot)
    known = next((take for take in shot.takes if take.recipe.digest == recipe.digest), None)
    if known is not None:
        _moved(written, ground.folder / known.media)
        return PickTake(known.name) if pick and shot.picked != known.name else None
    media = _moved(written, ground.takes / f"{_stem(frozen, recipe)}{written.suffix}")
    return AddTake(frozen.shot, _take(frozen, recipe, media, ground, note), pick)


def written_file(frozen: Frozen, report: Report) -> Path:
    """Return the file that a run wrote for a shot, or found where it had written it before.

    Raises:
        Refusal: with the reasons why there is none.
    """
    files = [*report.files, *report.kept]
    if report.problems and not files:
        raise Refusal(report.problems)
    if not files:
        where = f"shot {frozen.number}"
        why = "the run was cancelled" if report.cancelled else "the run wrote no take"
        raise Refusal(Failed(where, why, "Render it again."))
    return files[0].path


def frozen_take(take: Take, shot: str, number: str, ground: Ground) -> Frozen:
    """Return the workflow of a take's own recipe, to render the very same take again.

    Raises:
        Refusal: the take has no recipe, or one that this program cannot read.
    """
    from aiprod_studio import graph
    from aiprod_studio.app.film.shot_graph import Layout

    where = f"take {take.name}"
    if not take.recipe.graph:
        raise Refusal(Invalid(where, "it has no recipe", "Render the shot instead."))
    loaded = graph.loads(json.dumps(_plain(take.recipe.graph)), ground.specs, name=where)
    if loaded.document is None:
        raise Refusal(loaded.problems)
    total = take.head + take.frames + take.tail
    layout = Layout(take.rate, take.head, take.frames, total)
    return Frozen(shot, number, "", loaded.document, layout, take.recipe.seed or 0)


def restored(take: Take, frozen: Frozen, report: Report, ground: Ground) -> Path:
    """Put what was rendered again where the take's film lay. Raises as `written_file`."""
    return _moved(written_file(frozen, report), ground.folder / take.media)


def has_media(take: Take, ground: Ground) -> bool:
    """Say whether a take's film is there."""
    try:
        return bool(take.media) and ground.locate(take.media).is_file()
    except Refusal:
        return False


def graph_document(take: Take, ground: Ground) -> Document:
    """Return the workflow of a take, to open it. Raises as `frozen_take`."""
    return frozen_take(take, "", "", ground).document


def _whole_recipe(frozen: Frozen, ground: Ground, report: Report, device: str) -> Recipe:
    recipe = recipe_of(frozen, ground)
    cost = {"seconds": round(report.seconds, 3)} | {
        f"{name} bytes": size for name, size in report.peaks.to_dict().items() if size
    }
    return replace(recipe, versions=versions(), device=device, cost=cost, made_for=frozen.made_for)


def versions() -> dict[str, str]:
    """Return the versions of this program and of the libraries that decide pixels."""
    found = {"aiprod-studio": __version__}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _stem(frozen: Frozen, recipe: Recipe) -> str:
    shot = re.sub(r"[^\w-]+", "_", frozen.shot).strip("_") or "shot"
    return f"{shot}-{recipe.digest[:10]}"


def _moved(written: Path, place: Path) -> Path:
    """Give a film its place; on another disk it is copied."""
    if written == place:
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        written.replace(place)
    except OSError:
        part = place.with_name(f".{place.name}.part")
        shutil.copyfile(written, part)
        part.replace(place)
    return place


def _take(frozen: Frozen, recipe: Recipe, media: Path, ground: Ground, note: str) -> Take:
    from aiprod_studio.media import open_video

    film = open_video(media)
    layout = frozen.layout
    head = min(layout.head, film.frame_count - 1)
    frames = max(1, min(layout.frames, film.frame_count - head))
    return Take(
        media=ground.relative(media),
        frames=frames,
        head=head,
        tail=film.frame_count - head - frames,
        rate=film.rate,
        recipe=recipe,
        sound=film.audio is not None,
        note=note,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value


__all__ = [
    "TARGET", "digest_of_frozen", "frozen_take", "graph_document", "has_media", "recipe_of",
    "record_take", "restored", "versions", "written_file",
]  # fmt: skip
