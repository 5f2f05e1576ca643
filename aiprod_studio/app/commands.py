"""The commands of the command line by name. Nothing heavy is imported before one is called."""

from __future__ import annotations

import argparse
from collections.abc import Callable


def run(given: argparse.Namespace) -> int:
    """Run a workflow with no window."""
    from aiprod_studio.app.headless import run_file

    return run_file(given)


def plan(given: argparse.Namespace) -> int:
    """Show what a run would do."""
    from aiprod_studio.app.headless import plan_file

    return plan_file(given)


def nodes(given: argparse.Namespace) -> int:
    """List the nodes."""
    from aiprod_studio.app import listing

    return listing.nodes(given)


def extract(given: argparse.Namespace) -> int:
    """Get the workflow out of a file."""
    from aiprod_studio.app import listing

    return listing.extract(given)


def check(given: argparse.Namespace) -> int:
    """Say what is wrong with a workflow."""
    from aiprod_studio.app import listing

    return listing.check(given)


def inspect(given: argparse.Namespace) -> int:
    """Say what model files are."""
    from aiprod_studio.app import inspecting

    return inspecting.inspect(given)


def packs(given: argparse.Namespace) -> int:
    """List, allow and forbid packs."""
    from aiprod_studio.app import listing

    return listing.packs(given)


def doctor(given: argparse.Namespace) -> int:
    """Say what this machine has."""
    from aiprod_studio.app.doctor import examine

    return examine(as_json=given.json)


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    command.__name__: command for command in (plan, nodes, extract, check, inspect, packs, doctor)
}
