"""Command line of the evaluation: `fit` the object reader, `validate` all readers on truth."""

from __future__ import annotations

import argparse
from pathlib import Path

from aiprod_studio.training.evaluation import fitting
from aiprod_studio.training.evaluation.questions import questions
from aiprod_studio.training.evaluation.reading import read
from aiprod_studio.training.evaluation.reports import report
from aiprod_studio.training.evaluation.scoring import score, shuffled
from aiprod_studio.training.evaluation.shapes import WEIGHTS


def main() -> None:
    """Run one command."""
    parser = argparse.ArgumentParser(prog="aiprod_studio.training.evaluation")
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("fit", help="fit the object reader on truth")
    one.add_argument("--scenes", type=int, default=5000)
    one.add_argument("--rounds", type=int, default=5)
    one.add_argument("--processes", type=int, default=1)
    one.add_argument("--out", type=Path, default=WEIGHTS)
    two = commands.add_parser("validate", help="read truth, rightly and wrongly labelled")
    two.add_argument("--prompts", type=int, default=128)
    given = parser.parse_args()
    if given.command == "fit":
        fitting.fit(given.scenes, given.rounds, given.processes, given.out, _say)
    else:
        print(_validated(given.prompts))


def _say(line: str) -> None:
    print(line, flush=True)


def _validated(prompts: int) -> str:
    """The table of truth, and of truth against shuffled prompts."""
    asked = questions(prompts)
    readings = [read(question.scene.render().frames) for question in asked]
    wrong = score("truth, shuffled prompts", shuffled(asked), readings)
    return report([score("truth", asked, readings), wrong], [WEIGHTS]).table()


if __name__ == "__main__":
    main()
