"""Opening a workflow: bytes, JSON, header, upgrades, shape, replacements, document.

Used by the window, the headless run and recovery. Each stage collects all it finds wrong before
the loader gives up, and nothing is ever raised for what a file holds. Whether the graph makes
sense is not asked here; `check` does that, so that an unfinished or foreign graph still opens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from aiprod_studio.graph.document import Document
from aiprod_studio.graph.errors import (
    DuplicateName,
    FromTheFuture,
    GraphProblem,
    Unreadable,
    WrongFormat,
    WrongShape,
    listed,
    shown,
)
from aiprod_studio.graph.format import DOCUMENT, FORMAT, VERSION, read_content
from aiprod_studio.graph.graphs import Content, Graph
from aiprod_studio.graph.places import place_at
from aiprod_studio.graph.records import Json, Node
from aiprod_studio.graph.specs import Specs, replaced, resolve
from aiprod_studio.graph.strict_json import LARGEST_FILE, MOST_PROBLEMS, parse
from aiprod_studio.graph.upgrades import UPGRADES, upgraded


@dataclass(frozen=True)
class Loaded:
    """What opening a file gave.

    `document` is None exactly when there are `problems`. `upgraded_from` is the older version of
    the file, if it was one; `replacements` are sentences on nodes that have new names today.
    """

    document: Document | None
    problems: tuple[GraphProblem, ...] = ()
    upgraded_from: int | None = None
    replacements: tuple[str, ...] = ()


def load(path: str | Path, specs: Specs | None = None) -> Loaded:
    """Open a workflow file.

    `specs` are the packs' nodes; with them, old names of nodes, parameters and inputs become
    today's, and the document's commands check types and ranges.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        remedy = "Check that the file is there and that you may read it."
        return Loaded(None, (Unreadable(str(path), f"it cannot be opened: {why}", remedy),))
    return loads(data, specs, name=path.name)


def loads(text: str | bytes, specs: Specs | None = None, *, name: str = "workflow") -> Loaded:
    """Open a workflow from its text; `name` is what problems call the file."""
    data = text.encode(errors="surrogatepass") if isinstance(text, str) else text
    raw, problems = parse(data, name)
    if problems:
        return Loaded(None, problems)
    wrong = _wrong_header(raw, name)
    if wrong:
        return Loaded(None, (wrong,))
    version = raw["version"]
    raw = upgraded(raw, version)
    problems = tuple(_shape_problems(raw))
    if problems:
        return Loaded(None, problems)
    content, replacements = _with_new_names(read_content(raw), specs)
    upgraded_from = version if version != VERSION else None
    return Loaded(Document(content, specs), (), upgraded_from, replacements)


def _wrong_header(raw: Json, name: str) -> GraphProblem | None:
    if not isinstance(raw, dict):
        why = f"a workflow is a JSON object, and this is {shown(raw)}"
        return WrongFormat(name, why, "Choose a workflow file.")
    if raw.get("format") != FORMAT:
        found = f"'format' is {shown(raw['format'])}" if "format" in raw else "'format' is missing"
        why = f"it is no workflow of this program: {found}, and {FORMAT!r} is expected"
        return WrongFormat(name, why, "Choose a workflow file.")
    version = raw.get("version")
    if type(version) is int and version > VERSION:
        why = f"it is of version {version}, and this program reads versions up to {VERSION}"
        return FromTheFuture(name, why, "Update the program, or save the file in an older form.")
    if type(version) is not int or (version != VERSION and version not in UPGRADES):
        found = f"'version' is {shown(version)}" if "version" in raw else "'version' is missing"
        known = listed(str(number) for number in (*UPGRADES, VERSION))
        return WrongFormat(name, f"{found}, and one of {known} is expected", "Correct the field.")
    return None


def _shape_problems(raw: Json) -> Iterator[GraphProblem]:
    found = 0
    for path, why, remedy in DOCUMENT.faults(raw, ()):
        yield place_at(path).says(WrongShape, why, remedy)
        found += 1
        if found == MOST_PROBLEMS:
            return
    if not found:
        for path, part in (((), raw), *_subgraphs(raw)):
            for kind in ("frames", "notes"):
                yield from _doubled((*path, kind), part.get(kind, ()))


def _subgraphs(raw: Json) -> Iterator[tuple[tuple[str, str], Json]]:
    for name, part in raw.get("subgraphs", {}).items():
        yield ("subgraphs", name), part


def _doubled(path: tuple[str, ...], items: Iterable[Json]) -> Iterator[GraphProblem]:
    seen: set[str] = set()
    for index, item in enumerate(items):
        name = item.get("name", "")
        if name and name in seen:
            why = f"the name {shown(name)} stands twice among the {path[-1]}"
            yield place_at((*path, index)).says(DuplicateName, why, "Rename one of them.")
        seen.add(name)


def _with_new_names(content: Content, specs: Specs | None) -> tuple[Content, tuple[str, ...]]:
    if specs is None:
        return content, ()
    said: list[str] = []
    for within, graph in content.scopes():
        for node in list(graph.nodes.values()):
            spec = resolve(specs, node.type)
            newer = replaced(node, spec) if spec else node
            if newer is not node:
                graph.swap("nodes", node.name, newer)
                said.append(_said(within, node, newer))
        _rename_promoted(graph, specs)
    return content, tuple(said)


def _said(within: str, old: Node, new: Node) -> str:
    place = f"sub-graph {within!r}, node {old.name!r}" if within else f"node {old.name!r}"
    if old.type != new.type:
        return f"{place}: {old.type!r} is called {new.type!r} today."
    before, now = {*old.params, *old.inputs}, {*new.params, *new.inputs}
    return f"{place}: {listed(before - now)} is called {listed(now - before)} today."


def _rename_promoted(graph: Graph, specs: Specs) -> None:
    for name, (node, param) in list(graph.params.items()):
        spec = resolve(specs, graph.nodes[node].type) if node in graph.nodes else None
        if spec and spec.param(param) is None and param in spec.renamed:
            graph.swap("params", name, (node, spec.renamed[param]))
