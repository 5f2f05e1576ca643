"""The phrases that captions are made of: synonyms for every value of every attribute.

The first phrase of each value is its plain name. Used by the captions; the closed list of words
is collected from here.
"""

from __future__ import annotations

from collections.abc import Mapping

Phrases = Mapping[str, tuple[str, ...]]

OBJECT: Phrases = {
    "ball": ("ball", "toy ball"),
    "balloon": ("balloon", "hot air balloon"),
    "bird": ("bird", "little bird"),
    "boat": ("boat", "sailboat", "ship"),
    "car": ("car", "automobile"),
    "cat": ("cat", "kitten"),
    "fish": ("fish", "round fish"),
    "train": ("train", "steam train", "locomotive"),
}
COLOUR: Phrases = {
    "red": ("red", "scarlet"),
    "orange": ("orange",),
    "yellow": ("yellow", "golden"),
    "green": ("green", "emerald"),
    "blue": ("blue",),
    "purple": ("purple", "violet"),
    "pink": ("pink", "rosy"),
    "brown": ("brown",),
    "white": ("white",),
    "black": ("black",),
}
MOTION: Phrases = {
    "bounce": ("bounces|bouncing", "hops|hopping", "jumps|jumping"),
    "drift": ("drifts|drifting", "floats|floating"),
    "drive": ("drives|driving", "travels|travelling", "moves|moving"),
    "fall": ("falls|falling", "sinks|sinking", "goes down|going down", "comes down|coming down"),
    "fly": ("flies|flying", "flaps|flapping"),
    "orbit": ("circles|circling", "goes in circles|going in circles", "orbits|orbiting"),
    "rise": ("rises|rising", "goes up|going up", "climbs|climbing"),
    "roll": ("rolls|rolling", "tumbles|tumbling"),
    "sail": ("sails|sailing", "glides|gliding"),
    "still": ("stays still|staying still", "rests|resting", "waits|waiting"),
    "swim": ("swims|swimming", "paddles|paddling"),
    "walk": ("walks|walking", "strolls|strolling", "runs|running"),
}
DIRECTION: Phrases = {
    "left": ("left", "to the left", "towards the left"),
    "right": ("right", "to the right", "towards the right"),
    "up": ("up", "upwards"),
    "down": ("down", "downwards"),
}
SKY: Phrases = {
    "day": ("in daylight", "by day", "on a bright day", "at noon"),
    "dawn": ("at dawn", "at daybreak", "early in the morning"),
    "sunset": ("at sunset", "in the evening", "at dusk"),
    "night": ("at night", "under the moon", "under the stars"),
}
GROUND: Phrases = {
    "meadow": ("in a meadow", "over green hills", "in green fields", "on the grass"),
    "sea": ("at sea", "by the sea", "on the ocean", "over the waves"),
    "desert": ("in the desert", "on the sand", "among the dunes"),
    "snow": ("in a snowy land", "on snowy ground", "in a white winter land"),
}
BACKDROP: Phrases = {
    "hills": ("with hills behind", "with hills in the distance"),
    "mountains": ("with mountains behind", "before the mountains"),
    "trees": ("with trees behind", "in front of trees"),
    "houses": ("with houses behind", "near a village"),
}
WEATHER: Phrases = {
    "clear": ("in clear weather", "with clear air"),
    "rain": ("in the rain", "while it rains", "in rainy weather"),
    "snow": ("in falling snow", "while it snows", "while snow falls"),
    "fog": ("in the fog", "in the mist", "in foggy weather"),
}
CAMERA: Phrases = {
    "static": ("the camera stays still", "static camera", "with a fixed camera"),
    "pan_left": ("the camera pans left", "camera pan to the left"),
    "pan_right": ("the camera pans right", "camera pan to the right"),
    "zoom_in": ("the camera zooms in", "camera zoom in"),
    "zoom_out": ("the camera zooms out", "camera zoom out"),
}
COMPANION: Phrases = {
    "bird": ("with a small bird in the sky", "and a small bird flies by"),
    "balloon": ("with a small balloon in the sky", "and a small balloon drifts by"),
}
TABLES: Mapping[str, Phrases] = {
    "object": OBJECT, "colour": COLOUR, "motion": MOTION, "direction": DIRECTION, "sky": SKY,
    "ground": GROUND, "backdrop": BACKDROP, "weather": WEATHER, "camera": CAMERA,
    "companion": COMPANION,
}  # fmt: skip

FRAMES = ("a picture of", "a film of", "here", "there is", "is", "the", "a", "an", "of", "in",
          "colour")  # fmt: skip
"""The words between the phrases."""


def _collected() -> tuple[str, ...]:
    phrases = [text for table in TABLES.values() for texts in table.values() for text in texts]
    words = {word for text in (*phrases, *FRAMES) for word in text.replace("|", " ").split()}
    return tuple(sorted(words | {",", "."}))


WORDS = _collected()
"""Every word and mark that a caption can hold."""
