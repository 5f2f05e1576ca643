"""Films between pictures: filled, or made by the trained refiner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, Literal

from aiprod_studio.sdk import (
    Facts,
    Group,
    Invalid,
    Keyframes,
    Missing,
    Number,
    Rate,
    Refiner,
    Refusal,
    Run,
    Seed,
    Slider,
    Video,
    When,
    node,
    weights_of,
)

if TYPE_CHECKING:
    from aiprod_studio.diffusion.refiner.refining import Corrector, Manner, Proposal
    from aiprod_studio.sdk.values import UInt8Array

ADVANCED = Group("advanced", advanced=True)
Fill = Literal["flow", "linear", "hold"]
Fitting = Literal["crop", "bars", "stretch"]
Noise = Literal["none", "distance", "gaussian"]
Length = Annotated[int, Number(0, 100_000, zero="to the last picture")]
Side = Annotated[int, Number(0, 8192, unit="px", zero="as the picture"), ADVANCED]
KEPT_BYTES = 256 * 2**20
"""Up to this size, the frames made so far go into the checkpoint."""


def _facts(params: Facts, inputs: Mapping[str, Facts]) -> Facts:
    had = {**inputs.get("refiner", {}), **inputs.get("keyframes", {})}
    sides = {side: params[side] for side in ("width", "height") if params[side]}
    return {**had, **sides, "frames": params["frames"] or had.get("last", 0) + 1,
            "rate": params["rate"]}  # fmt: skip


@node("refine.interpolate", "Fill Between Keyframes", since="1.0", facts=_facts)
def fill_between(
    run: Run,
    keyframes: Keyframes,
    *,
    fill: Fill = "flow",
    frames: Length = 0,
    rate: Annotated[Fraction, Rate()] = Fraction(12),
    fit: Annotated[Fitting, ADVANCED] = "crop",
    width: Side = 0,
    height: Side = 0,
) -> Video:
    """Make a film between pictures without any model: moved by optical flow, cross-faded or held.

    Pictures of strength 1 come out byte for byte as they went in, if they have the film's size.

    Args:
        keyframes: the pinned pictures; the film has the size of the first
        fill: flow moves things along from one picture to the next, linear cross-fades, hold
            repeats the nearer picture
        frames: the length of the film; 0 ends it with the last picture
        rate: frames a second
        fit: how pictures of another size are brought to the film's
        width: another width than the first picture's; 0 for its own
        height: another height than the first picture's; 0 for its own
    """
    from aiprod_studio.diffusion.refiner.refining import Manner

    board = _Board(run, keyframes, frames, fit, width, height)
    return board.film(rate, Manner(fill=fill), None)


@node(
    "refine.video",
    "Refine Between Keyframes",
    since="1.0",
    costs=weights_of("refiner", phase="refine"),
    facts=_facts,
)
def refine_video(
    run: Run,
    keyframes: Keyframes,
    refiner: Refiner,
    *,
    frames: Length = 0,
    rate: Annotated[Fraction, Rate()] = Fraction(12),
    levels: Annotated[int, Number(0, 12, zero="all")] = 1,
    fill: Annotated[Fill, ADVANCED] = "flow",
    noise: Annotated[Noise, ADVANCED] = "none",
    strength: Annotated[
        float, Slider(0, 0.5, step=0.01), ADVANCED, When("noise", ("distance", "gaussian"))
    ] = 0.1,
    seed: Annotated[int, Seed(), ADVANCED, When("noise", ("distance", "gaussian"))] = 0,
    fit: Annotated[Fitting, ADVANCED] = "crop",
    width: Side = 0,
    height: Side = 0,
) -> Video:
    """Make a film between pictures with the trained refiner: what moves far is found again.

    Where the refiner is not sure, the fill by optical flow stays. Pictures of strength 1 come out
    byte for byte as they went in, if they have the film's size.

    Args:
        keyframes: the pinned pictures; the film has the size of the first
        refiner: the refiner of a model; the starter has one
        frames: the length of the film; 0 ends it with the last picture
        rate: frames a second
        levels: 1 makes all frames straight between the pictures; 0 goes from coarse to fine by
            halves, each level between the frames of the one before; a number stops halving there
        fill: what the refiner begins from
        noise: roughens the fill before it is refined: more the farther from the pictures, or
            everywhere alike
        strength: how much noise
        seed: another seed, other noise
        fit: how pictures of another size are brought to the film's
        width: another width than the first picture's; 0 for its own
        height: another height than the first picture's; 0 for its own
    """
    if not refiner.files:
        why = "the model has no refiner"
        raise Refusal(Missing("input 'refiner'", why, "Choose a model with one, say the starter."))
    from aiprod_studio.diffusion.refiner.refining import Manner
    from aiprod_studio.diffusion.refiner.trained import Trained

    board = _Board(run, keyframes, frames, fit, width, height)
    manner = Manner(fill, levels, noise, strength, seed)
    with run.use(refiner) as network:
        return board.film(rate, manner, Trained(network, run.device, run.dtype))


class _Board:
    """The pinned pictures at one size, and the film that is made between them."""

    def __init__(
        self, run: Run, keyframes: Keyframes, frames: int, fit: Fitting, width: int, height: int
    ) -> None:
        from aiprod_studio.media import on_paper, resize_pixels

        if not keyframes.pinned:
            why = "no picture is pinned"
            raise Refusal(Invalid("input 'keyframes'", why, "Pin at least one."))
        self._run, first = run, keyframes.pinned[0].image
        size = (width or first.width, height or first.height)
        self._firm: dict[int, UInt8Array] = {}
        self._weak: dict[int, Proposal] = {}
        for pinned in keyframes.pinned:
            had = (pinned.image.width, pinned.image.height)
            if had != size:
                run.say(f"the picture at frame {pinned.frame} is {had[0]} x {had[1]}; it is "
                        f"brought to {size[0]} x {size[1]} ({fit})")  # fmt: skip
            pixels = resize_pixels(on_paper(pinned.image.pixels), *size, fit)
            self._put(pinned.frame, pixels, pinned.strength)
        last = keyframes.pinned[-1].frame
        self._frames = frames or last + 1
        if last >= self._frames:
            why = f"a picture is pinned to frame {last}, and the film has {self._frames} frames"
            raise Refusal(Invalid("param 'frames'", why, f"Set it to {last + 1} or more, or 0."))
        if not self._firm:
            self._stand()

    def _put(self, frame: int, pixels: UInt8Array, strength: float) -> None:
        from aiprod_studio.diffusion.refiner.refining import Proposal

        if strength >= 1:
            self._firm[frame] = pixels
        else:
            self._weak[frame] = Proposal(pixels, strength)

    def _stand(self) -> None:
        """Without a picture of the artist's, the outer proposals stand as they are."""
        ends = {min(self._weak), max(self._weak)}
        for frame in ends:
            self._firm[frame] = self._weak.pop(frame).picture
        named = " and ".join(str(frame) for frame in sorted(ends))
        self._run.say(f"no picture has strength 1; those at frames {named} are kept as they are")

    def film(self, rate: Fraction, manner: Manner, corrector: Corrector | None) -> Video:
        """Make the film and keep it."""
        from aiprod_studio.media import store_frames

        return store_frames(
            self._made(manner, corrector),
            self._run.scratch(".frames"),
            rate,
            self._run.check,
            progress=lambda done, total: self._run.progress(done, total, "refining"),
            total=self._frames,
        )

    def _made(self, manner: Manner, corrector: Corrector | None) -> Iterator[UInt8Array]:
        """The frames; those of a broken-off run come from its checkpoint."""
        from aiprod_studio.diffusion.refiner.refining import film

        kept = _kept(self._run)
        yield from kept
        begun = max((f for f in self._firm if f <= len(kept)), default=0) if kept else 0
        made = film(
            self._firm, self._frames, manner, corrector, proposals=self._weak,
            check=self._run.check, begin=begun,
        )  # fmt: skip
        keeper = _Keeper(self._run, kept)
        for number, frame in enumerate(made, begun):
            if number < len(kept):
                continue
            keeper.add(frame, done=number + 1 in self._firm)
            self._run.preview(frame)
            yield frame


def _kept(run: Run) -> list[UInt8Array]:
    saved = run.checkpoint.load()
    return [frame.numpy() for frame in saved["frames"]] if saved else []


class _Keeper:
    """Keeps the frames made so far in the checkpoint, whenever a keyframe is reached."""

    def __init__(self, run: Run, kept: list[UInt8Array]) -> None:
        self._run, self._frames = run, list(kept)
        self._bytes = sum(frame.nbytes for frame in kept)

    def add(self, frame: UInt8Array, done: bool) -> None:
        """Take a frame; `done` when the next one is a keyframe."""
        self._bytes += frame.nbytes
        if self._bytes > KEPT_BYTES:
            self._frames.clear()
            return
        self._frames.append(frame)
        if done:
            self._run.checkpoint.save({"frames": _stacked(self._frames)})


def _stacked(frames: list[UInt8Array]) -> Any:
    import numpy as np
    import torch

    return torch.from_numpy(np.stack(frames))
