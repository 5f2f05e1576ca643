"""Judges films by what they show: rules that read frames, and the report made from them.

The trainer's `evaluate` calls `evaluate` with a model as two functions; `read` serves anywhere.
Knows the world and its palette, knows no model, and is never loosened to let one pass.
"""

from aiprod_studio.training.evaluation.probing import (
    FromPictures,
    Nearest,
    PairScores,
    diversity,
    from_pictures,
    nearest,
    pair_scores,
)
from aiprod_studio.training.evaluation.questions import ASKED, Pair, Question, pairs, questions
from aiprod_studio.training.evaluation.reading import Reading, read, understand
from aiprod_studio.training.evaluation.reports import (
    LIMITS,
    SAMPLE,
    Report,
    contact_sheet,
    evaluate,
    report,
    weights_hash,
)
from aiprod_studio.training.evaluation.scoring import Gates, Row, Score, psnr, rows, score, shuffled

__all__ = [
    "ASKED", "LIMITS", "SAMPLE", "FromPictures", "Gates", "Nearest", "Pair", "PairScores",
    "Question", "Reading", "Report", "Row", "Score", "contact_sheet", "diversity", "evaluate",
    "from_pictures", "nearest", "pair_scores", "pairs", "psnr", "questions", "read", "report",
    "rows", "score", "shuffled", "understand", "weights_hash",
]  # fmt: skip
