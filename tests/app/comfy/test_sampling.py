"""How ComfyUI's samplers, schedulers and guiders are said in the words of our sampler."""

from __future__ import annotations

from typing import Any

import pytest

from tests.app.comfy.drawing import Canvas, Wire, read


def sampled(
    sampler: str = "euler",
    sigmas: tuple[str, list[Any]] = ("BasicScheduler", ["simple", 20, 1.0]),
    guider: tuple[str, list[Any]] = ("CFGGuider", [3.0]),
    seed: int = 1,
    **linked: str,
) -> tuple[dict[str, Any], list[str]]:
    """Return our sampler's parameters for a SamplerCustomAdvanced, and what was said."""
    canvas = Canvas()
    model: Wire = (canvas.node("UNETLoader", ["a.safetensors"], outputs=["MODEL"]), 0)
    size = canvas.node("EmptyLTXVLatentVideo", [768, 512, 97, 1], outputs=["LATENT"])
    clip = canvas.node("CLIPLoader", ["t5.safetensors"], outputs=["CLIP"])
    words = canvas.node("CLIPTextEncode", ["x"], outputs=["CONDITIONING"], clip=(clip, 0))
    noise = canvas.node("RandomNoise", [seed, "fixed"], outputs=["NOISE"])
    extra: dict[str, Wire] = {}
    if "parameters" in linked:
        voice = canvas.node(
            "GuiderParameters", ["AUDIO", 7, 1, True, 0.7, 3, 0, True], outputs=["P"]
        )
        look = canvas.node("GuiderParameters", ["VIDEO", 3.5, 1, True, 0.9, 2, 0, True],
                           outputs=["P"], parameters=(voice, 0))  # fmt: skip
        extra["parameters"] = (look, 0)
    if "shift" in linked:
        shift = canvas.node(
            "ModelSamplingSD3", [float(linked["shift"])], outputs=["MODEL"], model=model
        )
        model = (shift, 0)
    led = canvas.node(guider[0], guider[1], outputs=["GUIDER"], model=model, positive=(words, 0),
                      negative=(words, 0), **extra)  # fmt: skip
    method = canvas.node("KSamplerSelect", [sampler], outputs=["SAMPLER"])
    latent = {"latent": (size, 0)} if linked.get("latent") else {}
    levels = canvas.node(sigmas[0], sigmas[1], outputs=["SIGMAS"], model=model, **latent)
    canvas.node("SamplerCustomAdvanced", outputs=["LATENT", "LATENT"], noise=(noise, 0),
                guider=(led, 0), sampler=(method, 0), sigmas=(levels, 0),
                latent_image=(size, 0))  # fmt: skip
    raw, said = read(canvas)
    return raw["nodes"]["sampler"].get("params", {}), said


@pytest.mark.parametrize(
    ("theirs", "ours", "exact"),
    [
        ("euler", "euler", True),
        ("euler_ancestral", "ancestral", True),
        ("res_2s", "res_2s", True),
        ("euler_ancestral_cfg_pp", "ancestral", False),
        ("dpmpp_2m", "euler", False),
        ("of a pack nobody knows", "euler", False),
    ],
)
def test_samplers_become_ours_or_the_nearest_and_that_is_said(
    theirs: str, ours: str, exact: bool
) -> None:
    params, said = sampled(theirs)
    assert params.get("sampler", "euler") == ours
    assert any(repr(theirs) in sentence and repr(ours) in sentence for sentence in said) != exact


@pytest.mark.parametrize(
    ("sigmas", "linked", "expected"),
    [
        (("BasicScheduler", ["simple", 12, 1.0]), {}, {"steps": 12}),
        (("BasicScheduler", ["simple", 12, 1.0]), {"shift": "5"},
         {"steps": 12, "schedule": "shifted", "shift": 5.0}),
        (("BasicScheduler", ["beta", 12, 1.0]), {}, {"steps": 12, "schedule": "beta"}),
        (("BasicScheduler", ["linear_quadratic", 12, 1.0]), {},
         {"steps": 12, "schedule": "linear-quadratic"}),
        (("LTXVScheduler", [12, 2.05, 0.95, True, 0.1]), {}, {"steps": 12, "schedule": "ltx2"}),
        (("LTXVScheduler", [12, 2.05, 0.95, True, 0.1]), {"latent": "1"},
         {"steps": 12, "schedule": "ltx2-by-size"}),
        (("ManualSigmas", ["1., .99375, .9875, .98125, .975, .909375, .725, .421875, 0"]), {},
         {"steps": 8, "schedule": "distilled"}),
        (("ManualSigmas", ["0.85, 0.7250, 0.4219, 0.0"]), {},
         {"steps": 3, "sigmas": "0.85, 0.725, 0.4219, 0"}),
        (("BasicScheduler", ["simple", 2, 0.5]), {"shift": "1"},
         {"steps": 2, "sigmas": "0.5, 0.25, 0"}),
    ],
)  # fmt: skip
def test_noise_levels_are_named_where_ours_are_the_same_and_written_down_elsewhere(
    sigmas: tuple[str, list[Any]], linked: dict[str, str], expected: dict[str, Any]
) -> None:
    params, _ = sampled(sigmas=sigmas, **linked)
    assert {n: params[n] for n in params if n in ("steps", "schedule", "shift", "sigmas")} == {
        name: value for name, value in expected.items() if (name, value) != ("steps", 20)
    }


def test_unusual_settings_of_ltxs_schedule_give_the_levels_that_comfyui_would() -> None:
    from aiprod_studio.diffusion.schedules import ltx2

    params, _ = sampled(sigmas=("LTXVScheduler", [10, 3.0, 1.0, True, 0.2]), latent="1")
    tokens = (768 // 32) * (512 // 32) * 13
    expected = ltx2(10, tokens, base_shift=1.0, max_shift=3.0, terminal=0.2).tolist()
    found = [float(word) for word in params["sigmas"].split(",")]
    assert found == pytest.approx(expected, abs=2e-6)


@pytest.mark.parametrize(
    ("guider", "linked", "expected"),
    [
        (("BasicGuider", []), {}, {"guidance": 1.0}),
        (("CFGGuider", [4.5]), {}, {"guidance": 4.5}),
        (("STGGuider", [2.0, 1.5, 0.6]), {}, {"guidance": 2.0, "stg": 1.5, "rescale": 0.6}),
        (("MultimodalGuider", ["28"]), {"parameters": "1"},
         {"guidance": 3.5, "stg": 1.0, "rescale": 0.9, "modality": 2.0, "sound_guidance": 7.0}),
    ],
)  # fmt: skip
def test_guidance_is_taken_over(
    guider: tuple[str, list[Any]], linked: dict[str, str], expected: dict[str, float]
) -> None:
    params, _ = sampled(guider=guider, **linked)
    assert {name: params.get(name) for name in expected} == expected


def test_values_beyond_our_range_are_brought_into_it_and_said() -> None:
    params, said = sampled(guider=("CFGGuider", [50.0]), seed=2**60 + 3)
    assert params["guidance"] == 20 and params["seed"] == 3
    assert any("guidance was 50.0 and is 20" in sentence for sentence in said)
    assert any("seeds end at 2^53" in sentence for sentence in said)


def test_levels_that_our_sampler_cannot_take_are_mended_and_said() -> None:
    params, said = sampled(sigmas=("ManualSigmas", ["14.6, 0.9, 0.95, 0.5"]))
    assert params["sigmas"] == "0.9, 0.5, 0"
    assert any("fall from 1 to 0" in sentence for sentence in said)


def test_the_lower_half_of_split_levels_is_what_is_sampled() -> None:
    canvas = Canvas()
    model = canvas.node("UNETLoader", ["a.safetensors"], outputs=["MODEL"])
    whole = canvas.node("ManualSigmas", ["1, 0.8, 0.5, 0.2, 0"], outputs=["SIGMAS"])
    split = canvas.node("SplitSigmas", [2], outputs=["SIGMAS", "SIGMAS"], sigmas=(whole, 0))
    canvas.node("SamplerCustom", [True, 1, "fixed", 3.0], outputs=["LATENT"], model=(model, 0),
                sigmas=(split, 1))  # fmt: skip
    params = read(canvas)[0]["nodes"]["sampler"]["params"]
    assert params["sigmas"] == "0.5, 0.2, 0" and params["steps"] == 2
