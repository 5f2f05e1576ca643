"""Noise levels as ComfyUI's scheduler nodes describe them, in the words of our sampler.

`folding` asks for them. Where ours has a schedule of that name it is used; else the levels are
reckoned and written down.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from aiprod_studio.app.comfy.sheet import Part
from aiprod_studio.app.comfy.work import Given, Work

DISTILLED = (1.0, 0.99375, 0.9875, 0.98125, 0.975, 0.909375, 0.725, 0.421875, 0.0)
REFINE = (0.909375, 0.725, 0.421875, 0.0)
EVEN = frozenset({"simple", "normal", "sgm_uniform", "ddim_uniform", ""})
"""Schedulers that visit evenly spaced levels, but for the model's shift."""

NAMED = {"beta": "beta", "beta57": "beta", "linear_quadratic": "linear-quadratic"}
USUAL_SHIFT = 5.0
"""Of Wan, for reckoning where nothing says otherwise."""


@dataclass(frozen=True)
class Levels:
    """What our sampler is told: a schedule with its shift, or levels written down."""

    steps: int = 20
    schedule: str = "model"
    shift: float | None = None
    sigmas: tuple[float, ...] = ()

    def written(self) -> tuple[float, ...]:
        """Return the levels as numbers where they can be reckoned, else nothing."""
        if self.sigmas:
            return self.sigmas
        if self.schedule == "shifted":
            return even(self.steps, self.shift or 1.0)
        if self.schedule in ("model", "ltx2-by-size"):
            return ()  # they depend on the model, or on the size
        from aiprod_studio.diffusion.schedules import ANCHOR_TOKENS, named

        return tuple(named(self.schedule, self.steps, ANCHOR_TOKENS, {}).tolist())


def even(steps: int, shift: float, begin: float = 1.0) -> tuple[float, ...]:
    """Return evenly spaced levels from `begin`, shifted; a shift of no sense is none."""
    shift = shift if shift > 1e-3 else 1.0
    spaced = (begin * (1 - step / steps) for step in range(steps + 1))
    return tuple(shift * level / (1 + (shift - 1) * level) for level in spaced)


def scheduled(
    work: Work, name: str, scheduler: str, steps: int, model: Given, denoise: float = 1.0
) -> Levels:
    """Return the levels of a scheduler by its name; `name` is the node, for what is said."""
    shift = model.facts.get("shift", model.facts.get("usual_shift"))
    steps = max(1, min(steps, 100))
    if scheduler in NAMED:
        if "shift" in model.facts:
            work.remarks.say(name, f"the schedule {scheduler!r} is not shifted by the model here")
        return Levels(steps, NAMED[scheduler])
    if scheduler not in EVEN:
        now = "evenly spaced levels" if shift else "the model's own schedule"
        work.remarks.say(
            name, f"there is no schedule {scheduler!r} here; it uses {now}, the nearest"
        )
    if shift is None and denoise >= 1:
        return Levels(steps)
    if denoise >= 1:
        return Levels(steps, "shifted", float(shift or 1.0))
    return Levels(steps, sigmas=_rounded(even(steps, float(shift or USUAL_SHIFT), denoise)))


def told(work: Work, given: Given) -> Levels:
    """Return the levels that a node for SIGMAS makes."""
    part = given.part
    if part is None:
        return Levels()
    if part.kind.startswith("SplitSigmas") and not given.facts.get("slot"):
        why = "a sampler that stops before the end does not exist here; it goes all the way"
        work.remarks.say(part.title or part.kind, why)
        return told(work, work.given(part, "sigmas"))
    reader = READERS.get(part.kind)
    return reader(part, work) if reader else Levels()


def _manual(part: Part, work: Work) -> Levels:
    words = work.text(part, "sigmas").replace(",", " ").replace(";", " ").split()
    try:
        sigmas = tuple(float(word) for word in words)
    except ValueError:
        sigmas = ()
    for name, usual in (("distilled", DISTILLED), ("distilled-refine", REFINE)):
        if sigmas == usual:
            return Levels(len(usual) - 1, name)
    return _proper(part, work, sigmas)


def _proper(part: Part, work: Work, sigmas: tuple[float, ...]) -> Levels:
    """Return levels as our sampler takes them: at most 1, falling, with 0 at the end."""
    inside = [sigma for sigma in sigmas if math.isfinite(sigma) and 0 < sigma <= 1]
    falling = [s for at, s in enumerate(inside) if at == 0 or s < min(inside[:at])]
    if not falling:
        work.remarks.say(part.title or part.kind, "its noise levels cannot be used; it is left out")
        return Levels()
    if tuple(falling) != sigmas[:-1] or sigmas[-1] != 0:
        work.remarks.say(
            part.title or part.kind, "its noise levels are made to fall from 1 to 0 here"
        )
    return Levels(len(falling), sigmas=(*falling, 0.0))


def _basic(part: Part, work: Work) -> Levels:
    steps, denoise = work.whole(part, "steps", 20), work.number(part, "denoise", 1.0)
    name = part.title or part.kind
    return scheduled(
        work, name, work.text(part, "scheduler"), steps, work.given(part, "model"), denoise
    )


def _beta(part: Part, work: Work) -> Levels:
    return Levels(max(1, work.whole(part, "steps", 20)), "beta")


def _ltx(part: Part, work: Work) -> Levels:
    """LTX's own scheduler; our names for it hold its usual settings."""
    steps = max(1, min(work.whole(part, "steps", 20), 100))
    usual = {"max_shift": 2.05, "base_shift": 0.95, "terminal": 0.1}
    own = {name: work.number(part, name, value) for name, value in usual.items()}
    stretch = work.value(part, "stretch", True) is not False
    latent = work.given(part, "latent")
    linked = "latent" in part.sources
    if own == usual and stretch:
        return Levels(steps, "ltx2-by-size" if linked else "ltx2")
    tokens = _tokens(latent) if linked else 4096
    if tokens is None:
        why = "its settings are not the usual ones, and the size is not known beforehand"
        work.remarks.say(part.title or part.kind, f"{why}; it uses LTX's usual schedule")
        return Levels(steps, "ltx2-by-size")
    slope = (own["max_shift"] - own["base_shift"]) / (4096 - 1024)
    shift = math.exp(min(own["base_shift"] + slope * (tokens - 1024), 20))
    levels = even(steps, shift)[:-1]
    rest = 1 - levels[-1]
    if stretch and rest > 0:
        levels = tuple(1 - (1 - level) * (1 - own["terminal"]) / rest for level in levels)
    return Levels(steps, sigmas=(*_rounded(levels), 0.0))


def _split(part: Part, work: Work) -> Levels:
    """The second half of other levels; our sampler always goes down to 0."""
    whole = told(work, work.given(part, "sigmas"))
    written = whole.written()
    at = work.whole(part, "step", 0)
    if part.kind == "SplitSigmasDenoise":
        at = round(len(written) * (1 - work.number(part, "denoise", 1.0)))
    if not written or not 0 <= at < len(written) - 1:
        why = "its noise levels are not known beforehand and are used whole"
        work.remarks.say(part.title or part.kind, why)
        return whole
    return Levels(len(written) - 1 - at, sigmas=_rounded(written[at:]))


def _same(part: Part, work: Work) -> Levels:
    work.remarks.say(part.title or part.kind, "noise levels are not changed in this way here")
    return told(work, work.given(part, "sigmas"))


def _tokens(latent: Given) -> int | None:
    sides = [latent.facts.get(name) for name in ("width", "height", "frames")]
    if not all(isinstance(side, int) for side in sides):
        return None
    width, height, frames = (int(side or 0) for side in sides)
    return max(1, (width // 32) * (height // 32) * ((frames - 1) // 8 + 1))


def _rounded(levels: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(round(level, 6) for level in levels)


READERS = {
    "ManualSigmas": _manual,
    "BasicScheduler": _basic,
    "BetaSamplingScheduler": _beta,
    "LTXVScheduler": _ltx,
    "SplitSigmas": _split,
    "SplitSigmasDenoise": _split,
    "SetFirstSigma": _same,
    "ExtendIntermediateSigmas": _same,
}
