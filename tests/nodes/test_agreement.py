"""The sampling node makes what the trainer's own generator makes of the same weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from aiprod_studio.sdk import Image
from aiprod_studio.training import world
from aiprod_studio.training.backbone import sampling
from aiprod_studio.training.backbone.words import tokenizer
from tests.nodes import tiny
from tests.nodes.bench import Desk

PROMPT = "a red ball rolls to the left"


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "starter"
    return tiny.make(folder, tokenizer=tokenizer(world.WORDS))


@pytest.mark.parametrize("pinned", [(), (0,), (8,), (0, 4, 8)])
@pytest.mark.parametrize("guidance", [1.0, 3.0])
def test_the_node_and_the_trainers_generator_agree(
    desk: Desk, pinned: tuple[int, ...], guidance: float
) -> None:
    parts = desk.call("models.load", model="starter")
    start = desk.call("latents.empty", parts.vae, width=64, height=48, frames=9)
    for frame in pinned:
        picture = Image(np.full((48, 64, 3), 60 + 20 * frame, np.uint8))
        start = desk.call("latents.keyframe", start, picture, parts.vae, frame=frame)
    words = desk.call("text.encode", PROMPT, parts.text_encoder)
    made = desk.call("sampling.dit", parts.dit, words, start, steps=5, seed=11, guidance=guidance)
    wish = sampling.Wish(
        frames=9, width=64, height=48, steps=5, guidance=guidance, shift=2.0,
        given={keyframe.frame: keyframe.latents for keyframe in start.keyframes},
    )  # fmt: skip
    with desk.run.use(parts.dit) as network, desk.run.use(parts.text_encoder) as encoder:
        expected = sampling.generate(network, encoder, [PROMPT], [11], wish)
    torch.testing.assert_close(made.samples, expected, atol=2e-4, rtol=1e-4)
