"""The JSON Schema of a workflow, generated from the description that the loader checks against.

`python -m aiprod_studio.graph.schema` writes the shipped `resources/workflow.schema.json`; editors
and other programs read it. With specs, the parameters and inputs of known nodes are described too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from aiprod_studio.graph.format import (
    DOCUMENT,
    FRAME,
    INPUT,
    NODE,
    NOTE,
    SOURCE,
    SUBGRAPH,
    VIEW,
    text_of,
)
from aiprod_studio.graph.specs import Specs
from aiprod_studio.sdk import NodeSpec, ParamSpec

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TYPES: dict[str, dict[str, Any]] = {
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "rate": {"type": ["number", "string"]},
}


def schema(specs: Specs | None = None) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a workflow file; unknown fields are always allowed."""
    records = (NODE, VIEW, FRAME, NOTE, INPUT, SUBGRAPH)
    definitions = {record.name: record.definition() for record in records}
    if specs is not None:
        definitions["node"]["allOf"] = list(_conditions(specs))
    return {
        "$schema": DIALECT,
        "title": "AIPROD Studio workflow",
        "$defs": definitions,
        **DOCUMENT.definition(),
    }


def _conditions(specs: Specs) -> Iterator[dict[str, Any]]:
    for name, spec in sorted(specs.items()):
        yield {
            "if": {"properties": {"type": {"const": name}}},
            "then": {"properties": _parts(spec), "description": spec.doc},
        }


def _parts(spec: NodeSpec) -> dict[str, Any]:
    params = {param.name: _param(param) for param in spec.params}
    inputs = {
        socket.name: SOURCE.schema() | {"description": socket.doc or socket.type}
        for socket in spec.sockets
    }
    closed = {"type": "object", "additionalProperties": False}
    return {"params": closed | {"properties": params}, "inputs": closed | {"properties": inputs}}


def _param(param: ParamSpec) -> dict[str, Any]:
    found: dict[str, Any] = dict(TYPES.get(param.kind, {"type": "string"}))
    found["default"] = param.default
    if param.doc:
        found["description"] = param.doc
    return found | (param.hint.schema() if param.hint else {})


def main() -> None:
    """Write the schema of the base format to the standard output."""
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.stdout.write(text_of(schema()))


if __name__ == "__main__":
    main()
