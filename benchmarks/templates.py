"""From the command to the finished film: wall time, processor time and peak memory of templates.

    python benchmarks/templates.py [--json]

Each template runs in a fresh process with an empty store. The limit in the same run: importing the
libraries and doing nothing but the sampler's forward passes, in one process.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from aiprod_studio.app.places import shipped

TEMPLATES = ("text_to_video", "image_to_video")
BARE = """
import sys, torch
from aiprod_studio.app.modelling import STARTER
from aiprod_studio.models import Request, Stream, forward, load_component
files = sorted(STARTER.glob("*.safetensors")) + [STARTER / "tokenizer.json"]
net = load_component(files, "transformer", dtype=torch.float32)
channels, width = net.config.in_channels, net.config.caption_channels
tokens, words = 7 * 6 * 8, 12
stream = Stream(
    tokens=torch.randn(1, tokens, channels), sigmas=torch.ones(1, tokens),
    positions=torch.rand(1, 3, tokens, 2), context=torch.randn(1, words, width),
)
with torch.inference_mode():
    for _ in range(int(sys.argv[1])):
        forward(net, Request(video=stream, sigma=torch.ones(1), grid=(7, 6, 8)))
"""


@dataclass(frozen=True)
class Row:
    """Seconds of wall and processor time, and the largest resident memory in megabytes."""

    name: str
    wall: float
    processor: float
    memory: float


def measure(name: str, command: list[str], home: Path) -> Row:
    """Run a command to its end and measure it with its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    environment = {**os.environ, "AIPROD_HOME": str(home)}
    subprocess.run(command, check=True, cwd=home, env=environment, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Row(name, wall, processor, after.ru_maxrss / 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = []
    for name in TEMPLATES:
        path = shipped("workflows") / f"{name}.json"
        steps = json.loads(path.read_text())["nodes"]["sampler"]["params"]["steps"]
        with tempfile.TemporaryDirectory() as home:
            run = [sys.executable, "-m", "aiprod_studio", "--run", str(path), "--quiet"]
            rows.append(measure(name, run, Path(home)))
            # Guidance takes two passes a step.
            rows.append(
                measure(f"{name}, bare passes", [sys.executable, "-c", BARE, str(2 * steps)],
                        Path(home))
            )  # fmt: skip
    if given.json:
        print(json.dumps([asdict(row) for row in rows]))
        return
    for row in rows:
        print(f"{row.name:<28} {row.wall:6.1f} s wall {row.processor:6.1f} s processor "
              f"{row.memory:6.0f} MB")  # fmt: skip
    for whole, bare in zip(rows[::2], rows[1::2], strict=True):
        print(f"{whole.name}: {whole.processor / bare.processor:.2f} times the bare passes")


if __name__ == "__main__":
    main()
