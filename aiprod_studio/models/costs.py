"""What one use of a network costs at a size: bytes beside its weights, and arithmetic, by formula.

The plan asks before anything is loaded, so this reads configurations only and never imports torch.
Each formula counts the tensors that live at once at the widest point of a forward pass; it was
measured with `memory.accounting.ActivationMeter` and is held within a tenth of that by the tests.
Used by the application's forecasts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiprod_studio.models.costs_codecs import (
    conv_codec,
    diffusion_decoder,
    frame_refiner,
    frame_upscaler,
    latent_upscaler,
    patch_codec,
    wan_codec,
)
from aiprod_studio.models.costs_sound import audio_codec, duration_head, vocoder
from aiprod_studio.models.costs_text import connectors, gemma, t5
from aiprod_studio.models.costs_transformers import ltx, ltx2, starter, wan
from aiprod_studio.models.descriptor import Costs, Job, Part

Formula = Callable[[Part, Job], Costs]

FORMULAS: Mapping[str, Formula] = {
    "LTX2VideoTransformer3DModel": ltx2,
    "LTXVideoTransformer3DModel": ltx,
    "StarterTransformer": starter,
    "WanTransformer3DModel": wan,
    "AutoencoderKLLTX2Video": conv_codec,
    "AutoencoderKLLTXVideo": conv_codec,
    "LTX2VideoDiffusionDecoderModel": diffusion_decoder,
    "AutoencoderKLWan": wan_codec,
    "PatchAutoencoder": patch_codec,
    "FrameUpscaler": frame_upscaler,
    "FrameRefiner": frame_refiner,
    "LTXLatentUpsamplerModel": latent_upscaler,
    "LTX2LatentUpsamplerModel": latent_upscaler,
    "AutoencoderKLLTX2Audio": audio_codec,
    "LTX2Vocoder": vocoder,
    "LTX2VocoderWithBWE": vocoder,
    "LTX2DurationHead": duration_head,
    "LTX2TextConnectors": connectors,
    "Gemma3TextModel": gemma,
    "Gemma4UnifiedTextModel": gemma,
    "T5EncoderModel": t5,
    "UMT5EncoderModel": t5,
}


def predict(part: Part, job: Job) -> Costs:
    """Predict one use of a part; a network without a formula costs nothing that is known.

    A configuration that lacks what a formula reads counts as unknown too: the file is refused in
    words when it is loaded, not when it is planned.
    """
    formula = FORMULAS.get(part.class_name)
    if formula is None:
        return Costs(0)
    try:
        return formula(part, job)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError):
        return Costs(0)
