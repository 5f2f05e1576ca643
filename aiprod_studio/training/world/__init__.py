"""The illustrated world: picture-book scenes with exact words, masks and motion, by seed.

The starter model and the refiner are trained and judged on it. Everything follows from a seed and
is the same in every process. Training and evaluation import this module; nothing imports it at run
time, and it never touches torch.
"""

from aiprod_studio.training.world.held_out import HELD_OUT, HeldOut
from aiprod_studio.training.world.rendering import Rendering
from aiprod_studio.training.world.scenes import Scene, Split, compose, scene
from aiprod_studio.training.world.sheet import sheet
from aiprod_studio.training.world.vocabulary import FRAMES, HEIGHT, RATE, VOCABULARY, WIDTH
from aiprod_studio.training.world.words import WORDS

__all__ = [
    "FRAMES", "HEIGHT", "HELD_OUT", "RATE", "VOCABULARY", "WIDTH", "WORDS", "HeldOut", "Rendering",
    "Scene", "Split", "compose", "scene", "sheet",
]  # fmt: skip
