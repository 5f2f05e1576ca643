"""The commands that only look: nodes, packs, extract, check. Called by the command line alone."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import Any

from aiprod_studio.app.packs import Registry, registry
from aiprod_studio.app.places import user_places
from aiprod_studio.app.settings import load_settings, save_settings
from aiprod_studio.app.terminal import console
from aiprod_studio.sdk import ExitCode, Invalid, Missing, NodeSpec, Refusal


def nodes(given: argparse.Namespace) -> int:
    """List node types, or show one with its manual."""
    known = registry()
    if given.type is not None:
        return _show_node(known, given.type, as_json=given.json)
    specs = sorted(known.specs.values(), key=lambda spec: spec.type)
    if given.json:
        console.show_json([spec_facts(spec) for spec in specs])
        return ExitCode.DONE
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True, style="bold", min_width=max(map(len, known.specs)) + 1)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    for spec in specs:
        table.add_row(spec.type, spec.doc.partition("\n")[0])
    console.terminal().print(table)
    console.show_problems(known.problems, as_json=False)
    return ExitCode.DONE


def _show_node(known: Registry, type_name: str, *, as_json: bool) -> int:
    spec = known.specs.get(type_name)
    if spec is None:
        from difflib import get_close_matches

        close = get_close_matches(type_name, known.specs, n=1)
        remedy = f"Did you mean {close[0]!r}?" if close else "`aiprod-studio nodes` lists them all."
        raise Refusal(Invalid("argument type", f"there is no node {type_name!r}", remedy))
    if as_json:
        console.show_json(spec_facts(spec))
    else:
        console.show_text(f"{spec.title} ({spec.type}, since {spec.version})\n\n{spec.doc}")
    return ExitCode.DONE


def spec_facts(spec: NodeSpec) -> dict[str, Any]:
    """Return a node's spec as plain values, for programs and editors."""
    return {
        "type": spec.type,
        "title": spec.title,
        "version": spec.version,
        "category": spec.category,
        "pack": spec.pack,
        "doc": spec.doc,
        "writes": spec.writes,
        "costs": {"models": list(spec.costs.models), "phase": spec.costs.phase},
        "replaces": list(spec.replaces),
        "renamed": dict(spec.renamed),
        "inputs": [dataclasses.asdict(item) for item in spec.inputs],
        "outputs": [dataclasses.asdict(item) for item in spec.outputs],
        "params": [
            {
                "name": param.name,
                "kind": param.kind,
                "default": param.default,
                "doc": param.doc,
                "group": param.group.name,
                "advanced": param.group.advanced,
                "editor": type(param.hint).__name__ if param.hint else "",
                **(param.hint.schema() if param.hint else {}),
            }
            for param in spec.params
        ],
    }


def packs(given: argparse.Namespace) -> int:
    """List packs; `--allow NAME` and `--forbid NAME` decide about third-party ones."""
    places = user_places()
    known = registry()
    third = {pack.name: pack for pack in known.packs if not pack.own}
    for name in filter(None, (given.allow, given.forbid)):
        if name not in third:
            remedy = f"Put it into {places.packs} first; there now: {', '.join(third) or 'none'}."
            raise Refusal(
                Missing("argument NAME", f"there is no third-party pack {name!r}", remedy)
            )
    if given.allow or given.forbid:
        settings = load_settings(places.settings)
        allowed = {key: value for key, value in settings.packs.items() if key != given.forbid}
        if given.allow:
            allowed[given.allow] = third[given.allow].digest
        save_settings(dataclasses.replace(settings, packs=allowed), places.settings)
        known = registry()
    _show_packs(known, as_json=given.json)
    return ExitCode.DONE


def _show_packs(known: Registry, *, as_json: bool) -> None:
    if as_json:
        facts = [dataclasses.asdict(pack) | {"folder": str(pack.folder)} for pack in known.packs]
        console.show_json(facts)
        return
    for pack in known.packs:
        state = "ours" if pack.own else ("allowed" if pack.allowed else "off")
        asks = f", asks for: {', '.join(pack.asks)}" if pack.asks else ""
        console.show_text(f"{pack.name:<16} {state:<8} {pack.version} {pack.about}{asks}".rstrip())
    console.show_problems(known.problems, as_json=False)


def extract(given: argparse.Namespace) -> int:
    """Write the workflow that made a file to standard output, or to the file `--to`."""
    from aiprod_studio import media

    recipe = media.extract(_existing(given.file))
    if recipe is None:
        why = "no workflow is inside it"
        remedy = "Only files saved by AIPROD Studio carry one, and other programs may strip it."
        raise Refusal(Missing(f"file {given.file}", why, remedy))
    if given.to is None:
        console.show_text(recipe.rstrip("\n"))
        return ExitCode.DONE
    if given.to.exists():
        raise Refusal(Invalid("argument --to", f"{given.to} exists already", "Choose a new name."))
    given.to.write_text(recipe, encoding="utf-8")
    return ExitCode.DONE


def check(given: argparse.Namespace) -> int:
    """Say everything that is wrong with a workflow; exit code 0 when nothing is."""
    from aiprod_studio import graph

    specs = registry().specs
    loaded = graph.load(given.file, specs)
    problems = list(loaded.problems)
    if loaded.document is not None:
        problems += graph.check(loaded.document, specs)
    console.show_problems(problems, as_json=given.json)
    if not problems and not given.json:
        console.show_text(f"{given.file}: nothing is wrong")
    return Refusal(problems).exit_code if problems else ExitCode.DONE


def _existing(path: Path) -> Path:
    if not path.exists():
        raise Refusal(Missing(f"file {path}", "it does not exist", "Check the name and folder."))
    return path
