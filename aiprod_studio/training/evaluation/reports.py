"""The report of an evaluation: table, JSON, gates and contact sheet, bound to the weights' hash.

Used by the trainer's `evaluate`. Runs the rows and probes; holds no model.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from aiprod_studio.training.evaluation import probing
from aiprod_studio.training.evaluation.questions import Question, pairs, questions
from aiprod_studio.training.evaluation.reading import read
from aiprod_studio.training.evaluation.scoring import (
    Frames,
    Gates,
    Generate,
    RoundTrip,
    Row,
    Score,
    rows,
)

LIMITS: Mapping[str, Mapping[str, float]] = {
    "base": {
        "codec round trip, dB": 27.0, "sky": 0.95, "ground": 0.95, "object": 0.45, "colour": 0.5,
        "direction": 0.5, "pairs sky": 0.6, "pairs ground": 0.6,
        "given frame 0 kept, dB": 27.0, "direction from a picture": 0.5,
    },
    "quality": {
        "codec round trip, dB": 31.0, "sky": 0.98, "ground": 0.98, "object": 0.85, "colour": 0.85,
        "direction": 0.85, "camera": 0.75, "weather": 0.85, "held-out against seen": 0.85,
        "pairs": 0.8, "given frame 0 kept, dB": 31.0, "direction from a picture": 0.85,
    },
}  # fmt: skip
"""What each weight set has to reach."""

SAMPLE = 4
"""Generated films whose readings are kept one by one, so that anyone can check them again."""
_READERS = 0.95
_COLUMNS = ("sky", "ground", "object", "colour", "direction", "camera", "weather")


@dataclass(frozen=True)
class Report:
    """Everything measured on one set of weights."""

    rows: Sequence[Row]
    weights: str
    pairs: Mapping[str, probing.PairScores] = field(default_factory=dict)
    diversity: float | None = None
    nearest: probing.Nearest | None = None
    given: probing.FromPictures | None = None
    sample: Sequence[Mapping[str, str]] = ()

    def row(self, name: str) -> Row:
        """The row of that name."""
        return next(row for row in self.rows if row.name == name)

    def gates(self, level: str = "base") -> Gates:
        """The limits of `level` ("base" or "quality"), and of the readers themselves."""
        gates = Gates()
        for name, score in self.row("truth").scores.items():
            gates.check(f"reader {name}", score.share, _READERS)
        values = self._values()
        for name, limit in LIMITS[level].items():
            gates.check(name, values.get(name, float("nan")), limit)
        for name in ("sky", "object", "colour"):
            floor = self.row("generated, shuffled prompts").scores[name].share
            gates.check(f"{name} above shuffled", values[name] - floor, 0.1)
        return gates

    def _values(self) -> dict[str, float]:
        made = self.row("generated")
        values = {name: score.share for name, score in made.scores.items()}
        values["codec round trip, dB"] = self.row("codec round trip").psnr or float("nan")
        values["held-out against seen"] = _mean(made.held_out) / max(1e-6, _mean(made.seen))
        values |= {f"pairs {name}": found.both.share for name, found in self.pairs.items()}
        if self.given is not None:
            values["given frame 0 kept, dB"] = self.given.kept
            values["direction from a picture"] = self.given.scores["direction"].share
        if self.pairs:
            values["pairs"] = float(np.mean([found.both.share for found in self.pairs.values()]))
        return values

    def json(self) -> str:
        """The whole report as JSON with sorted keys."""
        plain: dict[str, Any] = {
            "weights": self.weights,
            "rows": {row.name: _row(row) for row in self.rows},
            "pairs": {name: asdict(found) for name, found in self.pairs.items()},
            "diversity": self.diversity,
            "nearest": asdict(self.nearest) if self.nearest else None,
            "given": asdict(self.given) if self.given else None,
            "sample": [dict(reading) for reading in self.sample],
            "gates": {level: _told(self.gates(level)) for level in LIMITS},
        }
        return json.dumps(plain, indent=1, sort_keys=True)

    def table(self) -> str:
        """The rows and probes as Markdown tables."""
        names = [n for n in _COLUMNS if any(n in row.scores for row in self.rows)]
        lines = [f"Weights {self.weights[:16]}", "", "| | " + " | ".join(names) + " | dB |",
                 "|---" * (len(names) + 2) + "|"]  # fmt: skip
        for row in self.rows:
            lines.append(_line(row.name, row.scores, names, row.psnr))
            if row.name == "generated":
                lines.append(_line("- seen combinations", row.seen, names, None))
                lines.append(_line("- held-out combinations", row.held_out, names, None))
        return "\n".join([*lines, "", *self._probes()])

    def _probes(self) -> list[str]:
        lines = [
            "| one word changed | flips | keeps the rest | both | of |",
            "|---|---|---|---|---|",
        ]
        for name, found in self.pairs.items():
            shares = (found.flips.share, found.keeps.share, found.both.share)
            lines.append(f"| {name} | " + " | ".join(f"{s:.2f}" for s in shares)
                         + f" | {found.both.asked} |")  # fmt: skip
        if not self.pairs:
            lines = []
        if self.given is not None:
            lines += ["", *_given(self.given)]
        if self.diversity is not None:
            lines.append(f"\nDiversity, as a share of the world's own: {self.diversity:.2f}")
        if self.nearest is not None:
            lines.append(f"\nNearest training picture: {self.nearest.generated:.1f} away "
                         f"(unseen truth: {self.nearest.unseen:.1f})")  # fmt: skip
        return lines


def _told(gates: Gates) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "reached": round(value, 4) if value == value else None,
            "wanted": limit,
            "passed": passed,
        }
        for name, (value, limit, passed) in gates.results.items()
    }


def _given(found: probing.FromPictures) -> list[str]:
    names = [name for name in _COLUMNS if name in found.scores]
    return [
        f"First frame given: kept at {found.kept:.1f} dB", "",
        "| first frame given | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|",
        _cells("its prompt", found.scores, names), _cells("shuffled prompts", found.floor, names),
    ]  # fmt: skip


def _cells(name: str, scores: Mapping[str, Score], names: list[str]) -> str:
    return f"| {name} | " + " | ".join(f"{scores[n].share:.2f}" for n in names) + " |"


def _mean(scores: Mapping[str, Score]) -> float:
    shares = [score.share for score in scores.values() if score.asked]
    return float(np.mean(shares)) if shares else float("nan")


def _line(name: str, scores: Mapping[str, Score], names: list[str], psnr: float | None) -> str:
    cells = [f"{scores[n].share:.2f}" if n in scores else "" for n in names]
    return f"| {name} | " + " | ".join(cells) + f" | {'' if psnr is None else f'{psnr:.1f}'} |"


def _row(row: Row) -> dict[str, Any]:
    def shares(scores: Mapping[str, Score]) -> dict[str, Any]:
        return {n: {**asdict(s), "share": round(s.share, 4)} for n, s in scores.items()}

    return {
        "all": shares(row.scores), "seen": shares(row.seen), "held_out": shares(row.held_out),
        "psnr": row.psnr,
    }  # fmt: skip


def report(found: Sequence[Row], weights: Iterable[Path] = (), **probes: Any) -> Report:
    """Bind rows and probes (`pairs`, `given`, `diversity`, ...) to the hash of the weight files."""
    return Report(found, weights_hash(weights), **probes)


def weights_hash(files: Iterable[Path]) -> str:
    """SHA-256 over names and contents of the files, in order of their names."""
    digest = hashlib.sha256()
    for path in sorted(files, key=lambda one: one.name):
        digest.update(path.name.encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def evaluate(
    generate: Generate, round_trip: RoundTrip, weights: Iterable[Path] = (), *, prompts: int = 128,
    minimal_pairs: int = 64, diverse_prompts: int = 8, training_scenes: int = 1500,
    animate: probing.Animate | None = None, given_pictures: int = 32, sheet: Path | None = None,
) -> Report:  # fmt: skip
    """The full evaluation; a number of 0 leaves that probe out, `sheet` is a PNG to write."""
    asked = questions(prompts)
    clips: dict[int, Frames] = {}
    sample: list[Mapping[str, str]] = []

    def keep(index: int, frames: Frames) -> None:
        clips[index] = frames[[0, len(frames) // 2, -1]]
        if index < SAMPLE:
            sample.append(read(frames))

    found = rows(asked, generate, round_trip, keep)
    if sheet is not None:
        cv2.imwrite(str(sheet), contact_sheet(asked, clips)[..., ::-1])
    few = asked[:diverse_prompts]
    return report(
        found, weights,
        pairs=probing.pair_scores(pairs(minimal_pairs), generate) if minimal_pairs else {},
        diversity=probing.diversity(few, generate) if diverse_prompts else None,
        nearest=probing.nearest(clips, asked, training_scenes) if training_scenes else None,
        given=probing.from_pictures(asked[:given_pictures], animate) if animate else None,
        sample=sample,
    )  # fmt: skip


def contact_sheet(asked: Sequence[Question], clips: Mapping[int, Frames]) -> Frames:
    """First, middle and last frame of the first twelve questions, their prompts below."""
    cells = [_cell(asked[index].prompt, frames) for index, frames in sorted(clips.items())[:12]]
    cells += [np.full_like(cells[0], 255)] * (-len(cells) % 2)
    return np.vstack([np.hstack(cells[i : i + 2]) for i in range(0, len(cells), 2)])


def _cell(prompt: str, frames: Frames) -> Frames:
    strip = np.hstack([frames[0], frames[len(frames) // 2], frames[-1]])
    margin = cv2.copyMakeBorder(strip, 4, 32, 4, 4, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    letters = margin.shape[1] // 6
    cut = prompt.rfind(" ", 0, letters) if len(prompt) > letters else len(prompt)
    for line, text in enumerate((prompt[:cut], prompt[cut:].strip())):
        at = (6, strip.shape[0] + 16 + 13 * line)
        cv2.putText(margin, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.34, (20, 20, 20), 1, cv2.LINE_AA)
    return np.asarray(margin, np.uint8)
