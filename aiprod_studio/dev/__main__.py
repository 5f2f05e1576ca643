"""The developers' command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m aiprod_studio.dev", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="format, lint, types, contracts, fast tests")
    check.add_argument("--no-tests", action="store_true", help="leave the fast tests out")
    check.add_argument("--fix", action="store_true", help="format and mend what can be mended")
    new_node = commands.add_parser("new-node", help="start a node: its file and its test")
    new_node.add_argument("type", help="category.name, say edit.flip")
    docs = commands.add_parser(
        "docs", help="write what is made from the code: nodes, shortcuts, schema"
    )
    docs.add_argument("--check", action="store_true", help="only say whether they are stale")
    shots = commands.add_parser("shots", help="take pictures of the window in all its looks")
    shots.add_argument("scenes", nargs="*", help="only these scenes")
    shots.add_argument("--to", type=Path, default=Path("tests/pictures"), help="into this folder")
    shots.add_argument(
        "--gallery", action="store_true", help="render the pictures of templates instead"
    )
    given = parser.parse_args()
    root = Path(__file__).resolve().parents[2]
    if given.command == "check":
        from aiprod_studio.dev.check import check_all

        return check_all(root, fix=given.fix, tests=not given.no_tests)
    if given.command == "new-node":
        from aiprod_studio.dev.new_node import start_node

        return start_node(root, given.type)
    if given.command == "shots":
        from aiprod_studio.dev.shots import take_gallery, take_shots

        if given.gallery:
            take_gallery(given.scenes)
            return 0
        return take_shots(given.to, given.scenes)
    from aiprod_studio.dev.docs import write_docs

    return write_docs(root, only_check=given.check)


if __name__ == "__main__":
    sys.exit(main())
