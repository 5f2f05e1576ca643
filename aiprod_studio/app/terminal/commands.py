"""The commands of the command line by name. Nothing heavy is imported before one is called."""

from __future__ import annotations

import argparse
from collections.abc import Callable


def run(given: argparse.Namespace) -> int:
    """Run a workflow with no window; of a film, its shots are rendered and it is exported."""
    from aiprod_studio.app.terminal import film
    from aiprod_studio.app.terminal.headless import run_file

    return film.run_film(given) if film.is_film(given) else run_file(given)


def plan(given: argparse.Namespace) -> int:
    """Show what a run would do; of a film, what rendering its stale shots would take."""
    from aiprod_studio.app.terminal import film
    from aiprod_studio.app.terminal.headless import plan_file

    return film.plan_film(given) if film.is_film(given) else plan_file(given)


def nodes(given: argparse.Namespace) -> int:
    """List the nodes."""
    from aiprod_studio.app.terminal import listing

    return listing.nodes(given)


def extract(given: argparse.Namespace) -> int:
    """Get the workflow out of a file."""
    from aiprod_studio.app.terminal import listing

    return listing.extract(given)


def check(given: argparse.Namespace) -> int:
    """Say what is wrong with a workflow."""
    from aiprod_studio.app.terminal import listing

    return listing.check(given)


def comfy(given: argparse.Namespace) -> int:
    """Take over a workflow of ComfyUI."""
    from aiprod_studio.app.terminal.comfy import convert

    return convert(given)


def inspect(given: argparse.Namespace) -> int:
    """Say what model files are."""
    from aiprod_studio.app.terminal import inspecting

    return inspecting.inspect(given)


def packs(given: argparse.Namespace) -> int:
    """List, allow and forbid packs."""
    from aiprod_studio.app.terminal import listing

    return listing.packs(given)


def story(given: argparse.Namespace) -> int:
    """List the shots of a film."""
    from aiprod_studio.app.terminal import film_listing

    return film_listing.story(given)


def doctor(given: argparse.Namespace) -> int:
    """Say what this machine has."""
    from aiprod_studio.app.terminal.doctor import examine

    return examine(as_json=given.json)


def download(given: argparse.Namespace) -> int:
    """Fetch model files from the hub."""
    from aiprod_studio.app.terminal import downloading

    return downloading.download(given)


def models(given: argparse.Namespace) -> int:
    """List the model files of this machine."""
    from aiprod_studio.app.terminal import downloading

    return downloading.models(given)


LOOKING = (nodes, extract, check, inspect, models, packs, story, doctor)
COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    command.__name__: command for command in (*LOOKING, plan, comfy, download)
}
