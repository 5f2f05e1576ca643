"""The command line: reads arguments, calls the room that does the work, turns refusals into words.

Imports here are late on purpose: `--help` must answer at once, and nothing here may import Qt.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from aiprod_studio import __version__
from aiprod_studio.app.libraries import tell_libraries
from aiprod_studio.sdk.errors import ExitCode, Failed, Invalid, Refusal


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    tell_libraries()
    given = _parser().parse_args(arguments)
    try:
        return int(_dispatch(given))
    except Refusal as refusal:
        return _refused(refusal, as_json=given.json)
    except KeyboardInterrupt:
        return ExitCode.CANCELLED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.DONE
    except Exception as error:
        return _refused(Refusal(_defect(error)), as_json=given.json)


def _dispatch(given: argparse.Namespace) -> int:
    from aiprod_studio.app.terminal import commands

    if given.run is not None and given.command is not None:
        raise Refusal(
            Invalid("arguments", f"--run and the command {given.command!r} exclude each other")
        )
    if given.run is not None:
        return commands.run(given)
    if given.command is not None:
        return commands.COMMANDS[given.command](given)
    _parser().print_help()
    return ExitCode.DONE


def _refused(refusal: Refusal, *, as_json: bool) -> int:
    from aiprod_studio.app.terminal import console

    console.show_problems(refusal.problems, as_json=as_json)
    return refusal.exit_code


def _defect(error: Exception) -> Failed:
    """Keep the trace in a file; the user gets one sentence."""
    import traceback

    from aiprod_studio.app.places import user_places

    log = user_places().cache / "crash.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    why = f"the program has a defect ({type(error).__name__}: {error})"
    return Failed("", why, f"Please report it with the file {log}.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="aiprod-studio",
        description="Films from storyboards on a graphics card with 8 GB. Without arguments, or "
        "with the name of a workflow, the window opens.",
        epilog="Exit codes: 0 done, 1 a node failed, 2 the file or the arguments are wrong, "
        "3 a model or media file is missing, 4 it does not fit the budget, 130 cancelled.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    parser.add_argument("--run", metavar="FILE", type=Path, help="run a workflow with no window")
    _add_run_options(parser)
    _add_film_options(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    plan = commands.add_parser("plan", help="show what a run would do, without running it")
    plan.add_argument("file", type=Path)
    plan.add_argument("--shots", metavar="1A,2B", help="of a film, plan only these shots")
    _add_run_options(plan)

    nodes = commands.add_parser("nodes", help="list the nodes, or show one")
    nodes.add_argument("type", nargs="?", help="show this node's manual")
    _add_json(nodes)

    extract = commands.add_parser("extract", help="get the workflow out of a file it made")
    extract.add_argument("file", type=Path)
    extract.add_argument("--to", type=Path, metavar="FILE", help="write it here")
    _add_json(extract)

    check = commands.add_parser("check", help="say what is wrong with a workflow")
    check.add_argument("file", type=Path)
    _add_json(check)

    comfy = commands.add_parser("comfy", help="turn a workflow of ComfyUI into one of this program")
    comfy.add_argument("file", type=Path, help="a .json of ComfyUI, or a film that it rendered")
    comfy.add_argument("-o", "--to", type=Path, metavar="FILE", help="write it here")
    _add_json(comfy)

    inspect = commands.add_parser("inspect", help="say what model files are")
    inspect.add_argument("files", type=Path, nargs="+", metavar="file")
    _add_json(inspect)

    models = commands.add_parser("models", help="list the model files here and what they lack")
    _add_json(models)

    download = commands.add_parser("download", help="fetch model files from the Hugging Face hub")
    download.add_argument("name", nargs="?", metavar="NAME|OWNER/REPO[/FILE]",
        help="a known name or a file of the hub; without it the known are listed")  # fmt: skip
    download.add_argument("--to", type=Path, metavar="DIR", help="the folder of models")
    _add_json(download)

    packs = commands.add_parser("packs", help="list packs of nodes, allow or forbid one")
    packs.add_argument("--allow", metavar="NAME", help="load this pack from now on")
    packs.add_argument("--forbid", metavar="NAME", help="no longer load this pack")
    _add_json(packs)

    story = commands.add_parser("story", help="list the shots of a film and their takes")
    story.add_argument("file", type=Path)
    _add_json(story)

    doctor = commands.add_parser("doctor", help="say what this machine has and what is missing")
    _add_json(doctor)
    return parser


def _add_film_options(parser: argparse.ArgumentParser) -> None:
    film = parser.add_argument_group(
        "films", "for files with a storyboard: stale shots are rendered, the film is exported"
    )
    add = film.add_argument
    add("--shots", metavar="1A,2B", help="render only these shots")
    add("--animatic", action="store_true", help="write the panels as a film; renders nothing")
    add("--pdf", action="store_true", help="write the board as a PDF; renders nothing")
    add("--otio", metavar="FORMAT", nargs="?", const="otio",
        choices=("otio", "otioz", "fcp_xml", "fcpx_xml", "edl"),
        help="write the cut for other programs as otio (default), otioz, fcp_xml, fcpx_xml "
        "or edl")  # fmt: skip
    add("--format", metavar="NAME", default="h264",
        choices=("h264", "prores_422", "prores_hq", "prores_4444", "webm", "png"),
        help="how the film is written: h264 (default), prores_422, prores_hq, prores_4444, "
        "webm, png")  # fmt: skip
    add("--size", metavar="1920x1080", default="", help="size of the exported film")


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON for programs")


def _add_run_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--set", metavar="NODE.PARAM=VALUE", action="append", default=[], dest="set",
        help="give a parameter another value for this run (may be repeated)")  # fmt: skip
    add("--output", metavar="DIR", type=Path, default=Path("outputs"),
        help="where files are written (default: outputs)")  # fmt: skip
    add("--seed", metavar="N", help="use this seed in every node that has one")
    add("--device", default="auto", metavar="auto|cpu|cuda:0", help="where models run")
    add("--vram", default="", metavar="8GB", help="the most graphics memory to use")
    add("--ram", default="", metavar="16GB", help="the most main memory to use")
    add("--allow", metavar="DIR", type=Path, action="append", default=[], dest="folders",
        help="let the workflow read files from this folder (may be repeated)")  # fmt: skip
    add("--fresh", action="store_true", help="compute everything again")
    add("--quiet", action="store_true", help="print nothing but errors")
    _add_json(parser)


if __name__ == "__main__":
    sys.exit(main())
