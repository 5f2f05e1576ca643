"""From flat nodes to keys: files looked up, models looked up, unread inputs left out.

The planner uses it once per plan, over the whole graph, in time linear in nodes and links. Nothing
is loaded or run here; what is missing becomes a problem of the node that named it.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from aiprod_studio.engine.keys import model_identity, step_key
from aiprod_studio.engine.outside import stamp
from aiprod_studio.engine.services import Services
from aiprod_studio.graph.flat import FlatGraph, FlatNode
from aiprod_studio.sdk import (
    Failed,
    Invalid,
    Missing,
    Model,
    NodeSpec,
    Problem,
    Refusal,
    SourceFile,
)

Link = tuple[str, str]


@dataclass(slots=True)
class Resolved:
    """A node with all that decides its result.

    `inputs` are the links it will read, (node, output); `sources` the same as (key, output).
    `params` are as the function takes them. Without a key its result cannot be told: `problems` are
    its own reasons, an empty list means that something it reads has some.
    """

    node: FlatNode
    inputs: Mapping[str, Link]
    params: Mapping[str, Any]
    sources: dict[str, Link] = field(default_factory=dict)
    files: dict[str, SourceFile] = field(default_factory=dict)
    stamps: dict[str, tuple[int, ...]] = field(default_factory=dict)
    models: dict[str, Mapping[str, Model]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    key: str = ""


@dataclass(frozen=True, slots=True)
class _Form:
    """What is worth knowing of a spec once instead of once per node."""

    files: Mapping[str, Any]
    models: tuple[str, ...]
    required: tuple[str, ...]


class Resolver:
    """Resolves all nodes of a graph; looks each model up once."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._forms: dict[int, _Form] = {}
        self._models: dict[str, Mapping[str, Model]] = {}

    def resolve(self, flat: FlatGraph) -> dict[str, Resolved]:
        """Return every node, resolved, in the order of the graph."""
        found: dict[str, Resolved] = {}
        for name, node in flat.nodes.items():
            form = self._forms.get(id(node.spec))
            if form is None:
                form = self._forms[id(node.spec)] = _form(node.spec)
            found[name] = self._one(node, form, found)
        return found

    def settle(
        self, found: Mapping[str, Resolved], settled: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """Give nodes other values for some parameters; keys after them change too."""
        moved: set[str] = set()
        for name, resolved in found.items():
            changes = settled.get(name)
            if changes:
                node = resolved.node
                resolved.node = replace(node, params={**node.params, **changes})
                resolved.params = {**resolved.params, **changes}
            elif not any(source in moved for source, _ in resolved.inputs.values()):
                continue
            moved.add(name)
            for socket, (source, output) in resolved.inputs.items():
                resolved.sources[socket] = (found[source].key, output)
            if resolved.key:
                resolved.key = self._key(resolved, self._forms[id(resolved.node.spec)])

    def _one(self, node: FlatNode, form: _Form, found: Mapping[str, Resolved]) -> Resolved:
        resolved = Resolved(node, node.inputs, node.params)
        if node.spec.needs is not None:
            resolved.inputs = self._needed(resolved)
        whole = True
        for name, (source, output) in resolved.inputs.items():
            key = found[source].key
            whole = whole and bool(key)
            resolved.sources[name] = (key, output)
        if form.required or form.files or form.models:
            self._look_up(resolved, form)
        if whole and not resolved.problems:
            resolved.key = self._key(resolved, form)
        return resolved

    def _needed(self, resolved: Resolved) -> Mapping[str, Link]:
        node = resolved.node
        if node.spec.needs is None or node.inputs.keys() & node.params.keys():
            # A parameter that comes over a link is only known when it runs.
            return node.inputs
        try:
            wanted = node.spec.needs(node.params)
        except Exception as error:
            why = f"it could not say which inputs it needs ({type(error).__name__}: {error})"
            resolved.problems.append(Failed(f"node {node.name!r}", why, "Report it to its author."))
            return node.inputs
        return {name: link for name, link in node.inputs.items() if name in wanted}

    def _look_up(self, resolved: Resolved, form: _Form) -> None:
        node = resolved.node
        for name in form.required:
            if name not in node.inputs and node.spec.needs is None:
                where = f"node {node.name!r}, input {name!r}"
                resolved.problems.append(Invalid(where, "nothing is linked to it", "Link it."))
        for name in (*form.files, *form.models):
            if name in node.inputs:
                where = f"node {node.name!r}, parameter {name!r}"
                why = "a file or model cannot come over a link"
                resolved.problems.append(Invalid(where, why, "Remove the link and choose it here."))
                return
        for name, annotation in form.files.items():
            self._file(resolved, name, annotation)
        for name in form.models:
            self._model(resolved, name)

    def _file(self, resolved: Resolved, param: str, annotation: Any) -> None:
        given = resolved.node.params[param]
        if not given and _may_be_none(annotation):
            resolved.params = {**resolved.params, param: None}
            return
        try:
            file = self._services.file(resolved.node.name, param, given or "")
            resolved.stamps[param] = stamp(file.path)
        except OSError as error:
            why = f"{given!r} cannot be read ({error.strerror or error})"
            problem = Missing("", why, "Check the file and its folder.")
            resolved.problems += named(resolved.node.name, [problem], param)
            return
        except Refusal as refusal:
            resolved.problems += named(resolved.node.name, refusal.problems, param)
            return
        resolved.files[param] = file
        resolved.params = {**resolved.params, param: _as(annotation, file)}

    def _model(self, resolved: Resolved, param: str) -> None:
        name = resolved.node.params[param]
        try:
            if name not in self._models:
                self._models[name] = self._services.models(name)
        except Refusal as refusal:
            resolved.problems += named(resolved.node.name, refusal.problems, param)
            return
        resolved.models[param] = self._models[name]

    def _key(self, resolved: Resolved, form: _Form) -> str:
        spec, params = resolved.node.spec, resolved.node.params
        if form.files or form.models or resolved.inputs.keys() & params.keys():
            left_out = {*resolved.files, *form.models, *resolved.inputs}
            params = {name: value for name, value in params.items() if name not in left_out}
        models = [
            f"{param}.{component}:{model_identity(model)}"
            for param, parts in sorted(resolved.models.items())
            for component, model in sorted(parts.items())
        ]
        context = self._services.versions if spec.costs.models else ""
        if spec.writes:
            context += f"\0{self._services.output}"
        return step_key(
            spec.type, spec.version, params, resolved.sources, resolved.files, models, context
        )


def named(node: str, problems: Iterable[Problem], param: str = "") -> list[Problem]:
    """Return the problems, each saying which node (and parameter) it is about."""
    head = f"node {node!r}" + (f", parameter {param!r}" if param else "")
    return [
        problem
        if repr(node) in problem.where
        else replace(problem, where=f"{head}, {problem.where}" if problem.where else head)
        for problem in problems
    ]


def _form(spec: NodeSpec) -> _Form:
    files = [param.name for param in spec.params if param.kind == "file"]
    annotations = _annotations(spec) if files else {}
    return _Form(
        files={name: annotations.get(name, Path) for name in files},
        models=tuple(param.name for param in spec.params if param.kind == "model"),
        required=tuple(socket.name for socket in spec.inputs if not socket.optional),
    )


def _annotations(spec: NodeSpec) -> dict[str, Any]:
    try:
        return typing.get_type_hints(spec.function)
    except (NameError, TypeError):
        return {}


def _may_be_none(annotation: Any) -> bool:
    union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    return union and type(None) in typing.get_args(annotation)


def _as(annotation: Any, file: SourceFile) -> Any:
    """Return a file in the form that the function's author asked for; a path unless told."""
    wanted = (annotation, *typing.get_args(annotation))
    if SourceFile in wanted:
        return file
    return str(file.path) if str in wanted else file.path
