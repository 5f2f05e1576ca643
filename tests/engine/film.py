"""A film made by the engine in a process of its own, so that tests can kill it.

    python film.py FOLDER
    python film.py --nursery

Makes the same files in FOLDER/project/outputs however often it was stopped. Its nodes do what real
ones do: long loops with checkpoints and random numbers, frames in scratch files, files written
piece by piece. Prints "ready" when the run begins and a JSON report at the end. As a nursery it
reads folders from its input and makes the film in a forked process for each, which saves starting
Python: it prints the process number before and "exit CODE" after.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from aiprod_studio.engine import CancelToken, Engine, EventQueue, Journal, Store
from aiprod_studio.sdk import Image, Run, SavedFile, StoredFile, node
from engine.bench import Studio, graph

PAUSE = 0.004
STEPS = 12
FRAMES = 10


class Noise(NamedTuple):
    image: Image
    text: str


@node("film.prompt", "Prompt", since="1")
def prompt(*, text: str = "") -> str:
    """Say what to see."""
    return text


@node("film.encode", "Encode", since="1")
def encode(run: Run, text: str) -> Image:
    """Turn words into numbers, slowly."""
    for part in range(5):
        run.progress(part, 5)
        time.sleep(PAUSE)
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "little")
    return Image(np.random.default_rng(seed).integers(0, 255, (64, 64, 3), np.uint8))


@node("film.sample", "Sample", since="1")
def sample(run: Run, words: Image, *, seed: int = 0) -> Noise:
    """Sample with checkpoints: the state and the random generator, after each step."""
    generator = np.random.default_rng(seed)
    state, first = words.pixels.astype(np.float64), 0
    saved = run.checkpoint.load()
    if saved is not None:
        state, first = saved["state"], saved["step"]
        generator.bit_generator.state = json.loads(saved["generator"])
        run.say(f"goes on at step {first}")
    for step in range(first, STEPS):
        run.progress(step, STEPS)
        time.sleep(PAUSE)
        state = np.tanh(state / 100 + generator.standard_normal(state.shape)) * 100
        told = json.dumps(generator.bit_generator.state)
        run.checkpoint.save({"state": state, "step": step + 1, "generator": told})
    return Noise(Image((state + 128).astype(np.uint8)), f"after {STEPS} steps")


@node("film.decode", "Decode", since="1")
def decode(run: Run, image: Image) -> Any:
    """Make frames in a scratch file."""
    path = run.scratch(".frames")
    with path.open("wb") as file:
        for frame in range(FRAMES):
            run.check()
            time.sleep(PAUSE)
            file.write(np.roll(image.pixels, frame, axis=1).tobytes())
    return StoredFile(path)


@node("film.save", "Save", since="1", writes=True)
def save(run: Run, frames: Any, text: str, *, name: str = "film") -> SavedFile:
    """Write the film piece by piece."""
    with run.writing(name, ".raw") as path, path.open("wb") as file:
        content = frames.path.read_bytes()
        for start in range(0, len(content), 20_000):
            run.check()
            time.sleep(PAUSE)
            file.write(content[start : start + 20_000])
        file.write(text.encode())
    return run.saved()


def film() -> Any:
    nodes: dict[str, Any] = {}
    for shot in ("one", "two"):
        nodes[f"{shot}_prompt"] = (prompt, {"text": f"shot {shot}"})
        nodes[f"{shot}_encode"] = (encode, {}, {"text": f"{shot}_prompt.text"})
        nodes[f"{shot}_sample"] = (sample, {"seed": 7}, {"words": f"{shot}_encode.image"})
        nodes[f"{shot}_decode"] = (decode, {}, {"image": f"{shot}_sample.image"})
        links = {"frames": f"{shot}_decode.value", "text": f"{shot}_sample.text"}
        nodes[f"{shot}_save"] = (save, {"name": f"film_{shot}"}, links)
    return graph(**nodes)


def tell(line: str) -> None:
    """Let the test know."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(folder: Path) -> int:
    store, journal = Store(folder / "store"), Journal(folder / "state")
    interrupted = [job.workflow for job in journal.interrupted()]
    engine = Engine(store, journal, Studio(folder / "project"))
    cancel, events = CancelToken(), EventQueue()
    asked: list[float] = []

    def stop(*_: object) -> None:
        asked.append(time.perf_counter())
        cancel.set()

    signal.signal(signal.SIGINT, stop)
    plan = engine.plan(film())
    tell("ready")
    began = time.perf_counter()
    report = engine.run(plan, cancel=cancel, events=events, workflow="film.json")
    ended = time.perf_counter()
    told = report.to_dict()
    told["seconds_of_run"] = ended - began
    told["seconds_to_stop"] = ended - asked[0] if asked else None
    told["interrupted"] = interrupted
    said = [events.get_nowait().to_dict() for _ in range(events.qsize())]
    told["said"] = [event["text"] for event in said if event["event"] == "step_said"]
    told["damaged"] = [event["text"] for event in said if event["event"] == "store_damaged"]
    store.close()
    journal.close()
    tell(json.dumps(told))
    return int(report.exit_code)


def nursery() -> int:
    """Make a film for each folder named on the standard input."""
    for line in sys.stdin:
        child = os.fork()
        if not child:
            tell(str(os.getpid()))
            code = main(Path(line.strip()))
            os._exit(code)
        _, status = os.waitpid(child, 0)
        # A killed film may have left half a line.
        tell(f"\nexit {os.waitstatus_to_exitcode(status)}")
    return 0


if __name__ == "__main__":
    sys.exit(nursery() if sys.argv[1] == "--nursery" else main(Path(sys.argv[1])))
