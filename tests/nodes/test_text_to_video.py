"""The shipped nodes together: from a prompt to frames, on a tiny real model."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from aiprod_studio.engine.cancel import CancelToken
from aiprod_studio.engine.events import Event, EventQueue, StepPreview, StepProgress
from tests.nodes.bench import PACKS, Bench, registry
from tests.nodes.workflows import node, text, text_to_video


def test_all_packs_load_without_a_problem() -> None:
    found = registry()
    assert not found.problems
    packs = {spec.pack for spec in found.specs.values()}
    assert packs >= PACKS


def test_a_prompt_becomes_a_video_of_the_asked_size(bench: Bench) -> None:
    workflow = text(text_to_video())
    report = bench.run(workflow, target="decode")
    assert not report.failed, report.failed
    video = bench.value(workflow, "decode")
    assert (video.width, video.height, video.frame_count) == (64, 48, 9)
    assert video.rate == Fraction(12)
    frames = np.stack(list(video.frames()))
    assert frames.shape == (9, 48, 64, 3)
    assert frames.std() > 1


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    new_bench: Callable[..., Bench],
) -> None:
    samples = []
    for name, seed in (("one", 7), ("two", 7), ("three", 8)):
        bench, workflow = new_bench(name), text(text_to_video(seed=seed))
        bench.run(workflow, target="sampler")
        samples.append(bench.value(workflow, "sampler").samples)
    assert torch.equal(samples[0], samples[1])
    assert not torch.equal(samples[0], samples[2])


def test_the_prompt_and_the_guidance_change_the_result(bench: Bench) -> None:
    found = []
    for prompt, guidance in (("a red ball", 3), ("a blue boat", 3), ("a red ball", 1)):
        workflow = text(text_to_video(prompt, guidance=guidance))
        bench.run(workflow, target="sampler")
        found.append(bench.value(workflow, "sampler").samples)
    assert not torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])


def test_changing_the_seed_does_not_load_the_text_encoder_again(bench: Bench) -> None:
    bench.run(text(text_to_video(seed=1)), target="decode")
    assert "text_encoder" in bench.services.uses
    bench.services.uses.clear()
    bench.run(text(text_to_video(seed=2)), target="decode")
    assert bench.services.uses == ["transformer", "video_vae"]
    bench.services.uses.clear()
    bench.run(text(text_to_video(seed=2)), target="decode")
    assert bench.services.uses == []


def test_every_step_shows_a_preview_and_its_progress(bench: Bench) -> None:
    bench.run(text(text_to_video(steps=4)), target="sampler")
    previews = [event for event in bench.events if isinstance(event, StepPreview)]
    assert previews
    assert previews[0].frames.shape == (3, 96, 128, 3)
    done = [event.done for event in bench.events if isinstance(event, StepProgress)]
    assert done[-1] == 4


class StopAfter(EventQueue):
    """Cancels once the sampler has told so many steps of progress."""

    def __init__(self, cancel: CancelToken, previews: int) -> None:
        super().__init__()
        self._cancel, self._left = cancel, previews

    def put(self, event: Event, *_: object) -> None:  # type: ignore[override]
        super().put(event)
        if isinstance(event, StepPreview):
            self._left -= 1
            if self._left == 0:
                self._cancel.set()


@pytest.mark.parametrize("sampler", ["euler", "ancestral", "cfg++", "gradient", "res_2s"])
def test_a_cancelled_run_goes_on_from_its_checkpoint_with_the_same_bytes(
    new_bench: Callable[..., Bench], sampler: str
) -> None:
    workflow = text(text_to_video(steps=6, sampler=sampler))
    undisturbed, broken = new_bench("undisturbed"), new_bench("broken")
    undisturbed.run(workflow, target="sampler")
    cancel = CancelToken()
    report = broken.run(workflow, target="sampler", events=StopAfter(cancel, 1), cancel=cancel)
    assert report.cancelled
    broken.events.clear()
    broken.run(workflow, target="sampler")
    first = next(event.done for event in broken.events if isinstance(event, StepProgress))
    assert first > 1
    samples = [bench.value(workflow, "sampler").samples for bench in (undisturbed, broken)]
    assert torch.equal(samples[0], samples[1])


def test_an_empty_prompt_works(bench: Bench) -> None:
    workflow = text(text_to_video(""))
    assert not bench.run(workflow, target="sampler").failed


def test_the_encoder_says_what_it_understood_and_what_it_does_not_know(bench: Bench) -> None:
    bench.run(text(text_to_video("A red spaceship rolls to the Left.")), target="encode")
    expected = "understood: a red rolls to the left; not known to this model: spaceship"
    assert expected in bench.said()


def test_a_negative_prompt_takes_the_place_of_the_empty_one(bench: Bench) -> None:
    nodes = text_to_video()
    plain = text(nodes)
    nodes["against"] = node("text.prompt", text="a blue boat")
    links = {"text": "against.text", "model": "model.text_encoder"}
    nodes["negative"] = node("text.encode", links)
    nodes["sampler"]["inputs"]["negative"] = "negative.conditioning"
    led = text(nodes)
    for workflow in (plain, led):
        bench.run(workflow, target="sampler")
    values = [bench.value(workflow, "sampler").samples for workflow in (plain, led)]
    assert not torch.equal(*values)


def test_frames_are_upscaled_with_the_starters_upscaler(bench: Bench) -> None:
    nodes = text_to_video()
    links = {"video": "decode.video", "upscaler": "model.upscaler"}
    nodes["upscale"] = node("upscale.frames", links)
    nodes["tiled"] = node("upscale.frames", links, tile=32)
    workflow = text(nodes)
    for name in ("upscale", "tiled"):
        report = bench.run(workflow, target=name)
        assert not report.failed, report.failed
    whole, tiled = (bench.value(workflow, name) for name in ("upscale", "tiled"))
    assert (whole.width, whole.height, whole.frame_count) == (128, 96, 9)
    one, other = (np.stack(list(video.frames())).astype(int) for video in (whole, tiled))
    assert np.abs(one - other).max() <= 1


def test_small_decode_tiles_give_the_same_frames(bench: Bench) -> None:
    nodes = text_to_video()
    links = {"latents": "sampler.latents", "vae": "model.vae"}
    nodes["tiled"] = node("decode.video", links, tile=32, tile_frames=5)
    workflow = text(nodes)
    for name in ("decode", "tiled"):
        bench.run(workflow, target=name)
    one, other = (
        np.stack(list(bench.value(workflow, name).frames())).astype(int)
        for name in ("decode", "tiled")
    )
    assert np.abs(one - other).max() <= 1


def test_the_first_frames_of_a_decode_appear_while_the_rest_decodes(bench: Bench) -> None:
    nodes = text_to_video()
    sizes = {"width": 64, "height": 48, "frames": 33}
    nodes["latents"] = node("latents.empty", {"vae": "model.vae"}, **sizes)
    links = {"latents": "sampler.latents", "vae": "model.vae"}
    nodes["tiled"] = node("decode.video", links, tile=64, tile_frames=9)
    bench.run(text(nodes), target="tiled")
    seen = [
        event
        for event in bench.events
        if isinstance(event, StepPreview | StepProgress) and event.node == "tiled"
    ]
    first = next(place for place, event in enumerate(seen) if isinstance(event, StepPreview))
    preview = seen[first]
    assert isinstance(preview, StepPreview)
    assert 0 < len(preview.frames) < 33
    assert any(isinstance(event, StepProgress) for event in seen[first:])


def test_loading_the_packs_imports_no_heavy_library() -> None:
    code = (
        "import sys\n"
        "from tests.nodes.bench import registry\n"
        "assert not registry().problems\n"
        "heavy = {'torch', 'diffusers', 'transformers', 'cv2', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root, timeout=120)
