"""How good a film is, in numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from aiprod_studio.sdk import Facts, Invalid, Keyframes, Refusal, Run, Video, node

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array


class Measures(NamedTuple):
    report: str
    psnr: float
    ssim: float
    fidelity: float
    consistency: float
    flicker: float


def _facts(params: Facts, inputs: Mapping[str, Facts]) -> Facts:
    return {}


@node("refine.metrics", "Measure Film", since="1.0", facts=_facts)
def measure_film(
    run: Run, video: Video, truth: Video | None = None, keyframes: Keyframes | None = None
) -> Measures:
    """Measure a film: against a true one, against its keyframes, and how calm it is by itself.

    PSNR and SSIM compare with the truth, keyframes left out (PSNR in dB: 30 is close, 40 hard to
    tell apart; SSIM: 1 is equal). Fidelity is the lowest PSNR at a keyframe of strength 1; 100 dB
    means the very same bytes. Consistency compares each frame with the one before, moved along the
    motion (dB, more is calmer). Flicker is how far the brightness jumps from frame to frame (of
    255, less is calmer). What cannot be measured is -1.

    Args:
        video: the film to measure
        truth: the film as it should be, of the same size and length
        keyframes: the pictures it was made between
    """
    from aiprod_studio.diffusion.refiner import metrics

    keys = _keys(keyframes, video)
    lines: list[str] = []
    psnr = ssim = fidelity = -1.0
    if truth is not None:
        _check(video, truth)
        found = metrics.likeness(_read(run.part(0, 0.4), video), truth.frames(), {*keys})
        psnr, ssim = found.psnr, found.ssim
        lines.append(f"against the truth, {found.frames} frames: PSNR {psnr:.2f} dB, "
                     f"SSIM {ssim:.4f}")  # fmt: skip
    if keys:
        kept = metrics.keyframe_fidelity(_read(run.part(0.4, 0.6), video), keys)
        fidelity = min(kept.values())
        same = sum(value >= metrics.BEST_PSNR for value in kept.values())
        lines.append(f"keyframes: {same} of {len(kept)} identical, the farthest {fidelity:.2f} dB")
    calm = metrics.steadiness(_read(run.part(0.6, 1), video), run.check)
    lines.append(f"by itself: consistency {calm.consistency:.2f} dB, flicker {calm.flicker:.3f}")
    run.say("; ".join(lines))
    report = "\n".join(lines)
    return Measures(report, psnr, ssim, fidelity, calm.consistency, calm.flicker)


def _keys(keyframes: Keyframes | None, video: Video) -> dict[int, UInt8Array]:
    """The artist's pictures by frame.

    Raises:
        Refusal: one has another size than the video, or lies outside it.
    """
    from aiprod_studio.media import on_paper

    found = {}
    for pinned in keyframes.pinned if keyframes else ():
        if pinned.strength < 1:
            continue
        size = (pinned.image.width, pinned.image.height)
        if size != (video.width, video.height) or pinned.frame >= video.frame_count:
            why = (f"the picture at frame {pinned.frame} is {size[0]} x {size[1]}, the video "
                   f"{video.width} x {video.height} with {video.frame_count} frames")  # fmt: skip
            remedy = "Resize the pictures before they are pinned."
            raise Refusal(Invalid("input 'keyframes'", why, remedy))
        found[pinned.frame] = on_paper(pinned.image.pixels)
    return found


def _check(video: Video, truth: Video) -> None:
    had, wanted = ((v.width, v.height, v.frame_count) for v in (video, truth))
    if had != wanted:
        why = (f"it is {wanted[0]} x {wanted[1]} with {wanted[2]} frames, the video {had[0]} x "
               f"{had[1]} with {had[2]}")  # fmt: skip
        raise Refusal(Invalid("input 'truth'", why, "Bring both to one size and length."))


def _read(run: Run, video: Video) -> Iterator[UInt8Array]:
    for number, frame in enumerate(video.frames()):
        run.progress(number + 1, video.frame_count, "measuring")
        yield frame
