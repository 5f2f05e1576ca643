"""What can vary in a scene: attributes, their canonical values, and which of them go together.

Used by sampling, captions and evaluation. Holds words and weights, draws nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

WIDTH, HEIGHT, FRAMES, RATE = 128, 96, 25, 12
"""Picture size in pixels, frames of a scene, frames per second."""

ASPECT = WIDTH / HEIGHT
"""Width of the picture in picture heights."""

VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "object": ("ball", "balloon", "bird", "boat", "car", "cat", "fish", "train"),
    "colour": (
        "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "white", "black",
    ),
    "motion": (
        "bounce", "drift", "drive", "fall", "fly", "orbit", "rise", "roll", "sail", "still",
        "swim", "walk",
    ),
    "direction": ("left", "right", "up", "down", "none"),
    "sky": ("day", "dawn", "sunset", "night"),
    "ground": ("meadow", "sea", "desert", "snow"),
    "backdrop": ("none", "hills", "mountains", "trees", "houses"),
    "weather": ("clear", "rain", "snow", "fog"),
    "camera": ("static", "pan_left", "pan_right", "zoom_in", "zoom_out"),
    "companion": ("none", "bird", "balloon"),
}  # fmt: skip
"""Canonical values per attribute; "none" where the attribute is absent."""

MOTIONS: Mapping[str, Mapping[str, float]] = {
    "ball": {
        "bounce": 0.25, "roll": 0.25, "rise": 0.15, "fall": 0.15, "orbit": 0.1, "still": 0.1,
    },
    "balloon": {"drift": 0.35, "rise": 0.22, "fall": 0.22, "orbit": 0.08, "still": 0.13},
    "bird": {"fly": 0.4, "rise": 0.2, "fall": 0.2, "orbit": 0.1, "still": 0.1},
    "boat": {"sail": 0.85, "still": 0.15},
    "car": {"drive": 0.85, "still": 0.15},
    "cat": {"walk": 0.55, "bounce": 0.25, "still": 0.2},
    "fish": {"swim": 0.6, "bounce": 0.25, "still": 0.15},
    "train": {"drive": 0.85, "still": 0.15},
}  # fmt: skip
"""What each object can do, with how often it does so."""

_SIDEWAYS = ("left", "right")
DIRECTIONS: Mapping[str, tuple[str, ...]] = {
    "rise": ("up",),
    "fall": ("down",),
    "orbit": ("none",),
    "still": ("none",),
    **dict.fromkeys(("bounce", "drift", "drive", "fly", "roll", "sail", "swim", "walk"), _SIDEWAYS),
}
"""Where each motion can lead on the page."""

SEA_SHARE: Mapping[str, float] = {
    "ball": 0.25, "balloon": 0.25, "bird": 0.25, "boat": 0.5, "car": 0.13, "cat": 0.13,
    "fish": 0.5, "train": 0.13,
}  # fmt: skip
"""How often each object is seen at sea; the other grounds share the rest evenly."""

CAMERAS: Mapping[str, float] = {
    "static": 0.6, "pan_left": 0.1, "pan_right": 0.1, "zoom_in": 0.1, "zoom_out": 0.1,
}  # fmt: skip
WEATHERS: Mapping[str, float] = {"clear": 0.46, "rain": 0.18, "snow": 0.18, "fog": 0.18}
COMPANIONS: Mapping[str, float] = {"none": 0.85, "bird": 0.075, "balloon": 0.075}

SWIMMERS = ("boat", "fish")
"""They always have water under them: the sea, or a lake in front of the land."""

WALKERS = ("car", "cat", "train")
"""They always have firm ground under them: the land, or a bridge over the sea."""
