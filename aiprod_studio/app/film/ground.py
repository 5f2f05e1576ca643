"""What filming a document needs to know of its surroundings: folders, nodes, models, files.

The window and the headless run make one `Ground` per document. It answers which file a path
means, which graph a shot renders through, and what identifies the files and models of a graph.
It runs nothing and changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiprod_studio.app.places import Places
from aiprod_studio.app.sandbox import Sandbox
from aiprod_studio.app.settings import Settings
from aiprod_studio.sdk import Missing, Model, NodeSpec, Refusal
from aiprod_studio.story.takes import FILE

if TYPE_CHECKING:
    from aiprod_studio.graph import Document, FlatGraph
    from aiprod_studio.graph.graphs import Content

Models = Callable[[str], Mapping[str, Model]]


@dataclass(frozen=True)
class Ground:
    """Where a document lies and what it may use.

    `folder` is what its paths are relative to, `assets` the folder of its takes (NAME.assets),
    `specs` the nodes by type, `models` the parts of a model by name.
    """

    folder: Path
    assets: Path
    specs: Mapping[str, NodeSpec]
    sandbox: Sandbox
    models: Models

    @property
    def takes(self) -> Path:
        """The folder of the takes."""
        return self.assets / "takes"

    def locate(self, name: str) -> Path:
        """Return the file that a path of the document means. Raises a Refusal."""
        return self.sandbox.file("the document", name)

    def relative(self, path: Path) -> str:
        """Return a path as the document writes it."""
        return Path(os.path.relpath(path.resolve(), self.folder.resolve())).as_posix()

    def identities(self, flat: FlatGraph) -> dict[str, str]:
        """Return what identifies every file and model that a graph reads, by path or name.

        What is missing is named with "missing", so that it counts as a change when it comes back.
        """
        found: dict[str, str] = {}
        for node in flat.nodes.values():
            for param in node.spec.params:
                value = node.params.get(param.name)
                if param.kind == "file" and value:
                    found[f"{FILE}{value}"] = self._file(str(value))
                elif param.kind == "model" and value:
                    found |= self._model(str(value))
        return found

    def _file(self, name: str) -> str:
        from aiprod_studio.media.identity import identity_of

        try:
            return identity_of(self.locate(name))
        except Refusal:
            return "missing"

    def _model(self, name: str) -> dict[str, str]:
        from aiprod_studio.engine.keys import model_identity

        try:
            parts = self.models(name)
        except Refusal:
            return {f"model {name}": "missing"}
        return {f"model {name} {part}": model_identity(model) for part, model in parts.items()}


def ground(
    folder: Path,
    assets: Path,
    specs: Mapping[str, NodeSpec],
    settings: Settings | None = None,
    places: Places | None = None,
    folders: tuple[Path, ...] = (),
) -> Ground:
    """Return the surroundings of a document.

    Args:
        folder: what its paths are relative to.
        assets: where its takes lie, usually `graph.assets_folder(path)`.
        specs: the nodes by type.
        settings: the user's decisions (model folders, folders that may be read).
        places: the user's folders.
        folders: more folders that this document may read.
    """
    from aiprod_studio.app.places import user_places
    from aiprod_studio.app.settings import load_settings

    places = places or user_places()
    settings = settings or load_settings(places.settings)
    readable = [*folders, assets, *map(Path, settings.folders)]
    sandbox = Sandbox.around(folder / "document", readable)
    return Ground(folder, assets, specs, sandbox, _models(places, settings, sandbox))


def _models(places: Places, settings: Settings, sandbox: Sandbox) -> Models:
    known: dict[str, Mapping[str, Model]] = {}
    library: list[Any] = []

    def models(name: str) -> Mapping[str, Model]:
        from aiprod_studio.app import modelling

        if name not in known:
            if not library:
                library.append(modelling.library(places, settings.model_folders))
            known[name] = modelling.models_named(name, library[0], sandbox)
        return known[name]

    return models


def graph_of(document: Document, name: str, ground: Ground, where: str) -> Content:
    """Return the graph that `name` means: "" the document's own, a sub-graph, or a workflow file.

    Raises:
        Refusal: there is no such graph, or the file cannot be read.
    """
    from aiprod_studio.graph.graphs import Content, Graph

    content = document.content
    if not name:
        return content
    if name in content.subgraphs:
        inside = content.subgraphs[name]
        return Content(Graph(inside.nodes.values()), content.subgraphs)
    if not name.lower().endswith(".json"):
        why = f"it renders through {name!r}, which is no sub-graph of this document and no file"
        remedy = "Choose a graph for it, or leave it empty to use the document's own."
        raise Refusal(Missing(where, why, remedy))
    return _from_file(name, ground, where)


def _from_file(name: str, ground: Ground, where: str) -> Content:
    from aiprod_studio import graph

    path = ground.sandbox.file(where, name)
    loaded = graph.load(path, ground.specs)
    if loaded.document is None:
        raise Refusal(loaded.problems)
    return _rebased(loaded.document.content, path.parent, ground)


def _rebased(content: Content, folder: Path, ground: Ground) -> Content:
    """Return a graph whose file paths are relative to the document instead of to its own file."""
    from aiprod_studio.graph.graphs import Content, Graph

    def moved(graph: Graph) -> Graph:
        nodes = []
        for node in graph.nodes.values():
            spec = ground.specs.get(node.type)
            files = [p.name for p in spec.params if p.kind == "file"] if spec else []
            given = {name: node.params[name] for name in files if node.params.get(name)}
            now = {name: ground.relative(folder / str(value)) for name, value in given.items()}
            nodes.append(replace(node, params={**node.params, **now}) if now else node)
        return Graph(nodes, inputs=graph.inputs, outputs=graph.outputs, params=graph.params)

    inner = {name: moved(graph) for name, graph in content.subgraphs.items()}
    return Content(moved(content.root), inner)
