"""`@node`: turn a function into a node by reading its signature.

Positional arguments are inputs, keyword-only arguments are parameters, the return type gives the
outputs, the docstring is the manual. The function comes back unchanged, with its spec attached, so
that tests call it like any other function. Mistakes of the author are found here, at registration.
"""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar

from aiprod_studio.sdk.hints import Choice, Group, Hint, When
from aiprod_studio.sdk.run import Run
from aiprod_studio.sdk.spec import (
    ANY,
    Costs,
    Facts,
    InputSpec,
    NodeSpec,
    OutputSpec,
    ParamSpec,
    kind_of,
    plain,
)
from aiprod_studio.sdk.values import NO_FILE, Socket

F = TypeVar("F", bound=Callable[..., Any])
TYPE_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
PLAIN_SOCKETS = {str: "text", int: "integer", float: "number", bool: "boolean", Any: ANY}


class Misdeclared(TypeError):
    """A node function that cannot be a node; the message names function, argument and remedy."""


def node(
    type_name: str,
    title: str,
    *,
    since: str,
    writes: bool = False,
    costs: Costs | None = None,
    replaces: Sequence[str] = (),
    renamed: Mapping[str, str] | None = None,
    facts: Callable[[Facts, Mapping[str, Facts]], Facts] | None = None,
    needs: Callable[[Facts], frozenset[str]] | None = None,
) -> Callable[[F], F]:
    """Declare a node.

    Args:
        type_name: `category.name`, stable for ever.
        title: what the artist sees.
        since: the version of what it computes; change it when results change.
        writes: it puts files into the output folder.
        costs: the models it uses and its kind of work, see `weights_of`.
        replaces: older type names that this node stands for.
        renamed: old names of parameters and inputs, by old name.
        facts: from (params, facts of inputs) what is known of the outputs before running; without
            it the facts of the inputs are merged, the first input winning.
        needs: from the params, which inputs will be read (a switch reads one of many).

    Raises:
        Misdeclared: when the signature cannot be read as a node.
    """

    def declare(function: F) -> F:
        function.node_spec = _spec_of(  # type: ignore[attr-defined]
            function,
            type=type_name,
            title=title,
            version=since,
            writes=writes,
            costs=costs or Costs(),
            replaces=tuple(replaces),
            renamed=dict(renamed or {}),
            facts=facts,
            needs=needs,
        )
        return function

    return declare


def weights_of(*inputs: str, phase: str) -> Costs:
    """Say that a step needs the models of these inputs on the device, for one kind of work."""
    return Costs(models=inputs, phase=phase)


def _spec_of(function: Callable[..., Any], **declared: Any) -> NodeSpec:
    where = f"node {declared['type']!r} ({function.__qualname__})"
    if not TYPE_NAME.fullmatch(declared["type"]):
        raise Misdeclared(f"{where}: the type must look like 'category.name' in small letters")
    doc = inspect.getdoc(function) or ""
    if not doc:
        raise Misdeclared(f"{where}: it needs a docstring, which is its tooltip and manual")
    annotations = typing.get_type_hints(function, include_extras=True)
    manual = _argument_docs(doc)
    inputs: list[InputSpec] = []
    params: list[ParamSpec] = []
    takes_run = False
    for index, argument in enumerate(inspect.signature(function).parameters.values()):
        annotation = annotations.get(argument.name)
        if annotation is None:
            raise Misdeclared(f"{where}: argument {argument.name!r} needs a type")
        about = manual.get(argument.name, "")
        if annotation is Run and index == 0:
            takes_run = True
        elif argument.kind is argument.KEYWORD_ONLY:
            params.append(_param(where, argument, annotation, about))
        elif argument.kind is argument.POSITIONAL_OR_KEYWORD:
            inputs.append(_input(where, argument, annotation, about))
        else:
            raise Misdeclared(f"{where}: {argument.name!r} must be a plain or keyword argument")
    spec = NodeSpec(
        inputs=tuple(inputs),
        params=tuple(params),
        outputs=_outputs(where, annotations.get("return")),
        doc=doc,
        function=function,
        takes_run=takes_run,
        **declared,
    )
    _check_whole(where, spec)
    return spec


def _check_whole(where: str, spec: NodeSpec) -> None:
    names = [socket.name for socket in spec.inputs] + [param.name for param in spec.params]
    for name in spec.costs.models:
        if spec.input(name) is None:
            raise Misdeclared(f"{where}: costs name {name!r}, which is no input")
    for new in spec.renamed.values():
        if new not in names:
            raise Misdeclared(f"{where}: renamed= points to {new!r}, which does not exist")


def _input(where: str, argument: inspect.Parameter, annotation: Any, about: str) -> InputSpec:
    wanted, optional = _without_none(annotation)
    if wanted is Any:  # `Any | None` is `Any`, so the default alone tells
        optional = argument.default is None
    if optional and argument.default is not None:
        raise Misdeclared(f"{where}: optional input {argument.name!r} must default to None")
    return InputSpec(argument.name, _socket(where, argument.name, wanted), optional, about)


def _param(where: str, argument: inspect.Parameter, annotation: Any, about: str) -> ParamSpec:
    python_type, extras = _unwrapped(annotation)
    hint = next((extra for extra in extras if isinstance(extra, Hint)), None)
    if typing.get_origin(python_type) is Literal:
        hint, python_type = Choice(tuple(typing.get_args(python_type))), str
    if argument.default is argument.empty:
        raise Misdeclared(f"{where}: parameter {argument.name!r} needs a default")
    try:
        spec = ParamSpec(
            name=argument.name,
            kind=kind_of(python_type, hint),
            default=_default(argument.default),
            hint=hint,
            group=next((extra for extra in extras if isinstance(extra, Group)), Group()),
            when=next((extra for extra in extras if isinstance(extra, When)), None),
            doc=about,
        )
        if spec.kind not in ("file", "model") or spec.default:
            spec.read(spec.default)
    except (TypeError, ValueError) as error:
        raise Misdeclared(f"{where}: parameter {argument.name!r}: {error}") from None
    return spec


def _default(value: Any) -> Any:
    return "" if value is None or value == NO_FILE else plain(value)


def _unwrapped(annotation: Any) -> tuple[Any, list[Any]]:
    if typing.get_origin(annotation) is Annotated:
        python_type, *extras = typing.get_args(annotation)
        return python_type, extras
    return annotation, []


def _outputs(where: str, annotation: Any) -> tuple[OutputSpec, ...]:
    if annotation in (None, type(None)):
        return ()
    fields = getattr(annotation, "_fields", None)
    if fields is not None:
        hints = typing.get_type_hints(annotation)
        return tuple(OutputSpec(name, _socket(where, name, hints[name])) for name in fields)
    name = _socket(where, "return", annotation)
    return (OutputSpec("value" if name == ANY else name, name),)


def _socket(where: str, name: str, annotation: Any) -> str:
    if annotation in PLAIN_SOCKETS:
        return PLAIN_SOCKETS[annotation]
    if isinstance(annotation, type) and issubclass(annotation, Socket):
        return annotation.socket
    raise Misdeclared(f"{where}: {name!r} has type {annotation!r}, which is no socket type")


def _without_none(annotation: Any) -> tuple[Any, bool]:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        rest = [part for part in typing.get_args(annotation) if part is not type(None)]
        if len(rest) == 1:
            return rest[0], True
    return annotation, False


def _argument_docs(doc: str) -> dict[str, str]:
    """Read `name: text` lines under `Args:` of a docstring; deeper lines continue the text."""
    _, _, section = doc.partition("Args:\n")
    found: dict[str, str] = {}
    name = ""
    for line in section.splitlines():
        if line.strip() and not line.startswith(" "):
            break
        match = re.match(r" {4}(\w+): (.*)", line)
        if match:
            name = match[1]
            found[name] = match[2].strip()
        elif name and line.strip():
            found[name] += " " + line.strip()
    return found
