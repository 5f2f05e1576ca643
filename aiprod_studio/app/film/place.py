"""Where on the graph a shot is rendered, and a graph to begin with where there is none.

The board and the timeline ask it when an artist opens the graph of a shot. It changes nothing; it
returns the command that does.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aiprod_studio.app.places import shipped

if TYPE_CHECKING:
    from aiprod_studio.graph import Document
    from aiprod_studio.graph.commands import PasteNodes
    from aiprod_studio.story.board import Board

SHOT = "story.shot"
USUAL = "storyboard_to_film.json"


def node_of_shot(document: Document, board: Board, shot: str) -> str:
    """Return the node of the document's own graph that a shot renders through, "" for none.

    It is the Shot node, or the use of the sub-graph that the shot (or the board) names. A shot that
    renders through a file of its own has none.

    Raises:
        Refusal: the board has no such shot.
    """
    _, found = board.find_shot(shot)
    wanted = found.workflow or board.workflow
    for node in document.nodes.values():
        if (node.subgraph == wanted) if wanted else node.type == SHOT:
            return node.name
    return ""


def file_of_shot(board: Board, shot: str, folder: Path) -> Path | None:
    """Return the workflow file that a shot renders through, None when it is no file."""
    _, found = board.find_shot(shot)
    wanted = found.workflow or board.workflow
    return folder / wanted if wanted.lower().endswith(".json") else None


def usual_graph() -> PasteNodes:
    """Return the command that adds the graph of the storyboard template, which renders any shot.

    Raises:
        Refusal: the template is missing from this installation.
    """
    from aiprod_studio import graph
    from aiprod_studio.graph.commands import PasteNodes, clip
    from aiprod_studio.sdk import Refusal

    loaded = graph.load(shipped("workflows") / USUAL, None)
    if loaded.document is None:
        raise Refusal(loaded.problems)
    return PasteNodes(clip(loaded.document, loaded.document.nodes))
