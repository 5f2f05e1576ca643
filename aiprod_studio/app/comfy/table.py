"""Which class of ComfyUI's nodes becomes what: the whole correspondence, as data.

`converting` looks up every node here, `widgets` the order of its widgets. A class that is not in
the table becomes a ghost.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiprod_studio.app.comfy import folding
from aiprod_studio.app.comfy.counterpart import Counterpart
from aiprod_studio.app.comfy.rules import fixed, latents, loading, pictures, saving, words

SIZE = ("width", "height", "length", "batch_size")
SAMPLING = ("seed", "steps", "cfg", "sampler_name", "scheduler", "denoise")
IMAGES, WORDS = ("images",), ("positive", "negative")
SAVED = ("filename_prefix",)
TUNED = "it only tunes ComfyUI's way through the model, and is left out"
SEEN = "previews are left out: every node here shows what it made"

LOADERS: Mapping[str, Counterpart] = {
    "CheckpointLoaderSimple": Counterpart(loading.checkpoint, ("ckpt_name",)),
    "LowVRAMCheckpointLoader": Counterpart(loading.checkpoint, ("ckpt_name",)),
    "UNETLoader": Counterpart(loading.transformer, ("unet_name", "weight_dtype")),
    "UnetLoaderGGUF": Counterpart(loading.transformer, ("unet_name",)),
    "UnetLoaderGGUFAdvanced": Counterpart(
        loading.transformer, ("unet_name", "dequant_dtype", "patch_dtype", "patch_on_device")
    ),
    "DiffusionModelLoaderKJ": Counterpart(loading.transformer, ("model_name",)),
    "CLIPLoader": Counterpart(loading.text_encoder, ("clip_name", "type", "device")),
    "CLIPLoaderGGUF": Counterpart(loading.text_encoder, ("clip_name", "type")),
    "DualCLIPLoader": Counterpart(
        loading.text_encoder, ("clip_name1", "clip_name2", "type", "device")
    ),
    "DualCLIPLoaderGGUF": Counterpart(loading.text_encoder, ("clip_name1", "clip_name2", "type")),
    "LTXAVTextEncoderLoader": Counterpart(
        loading.text_encoder, ("text_encoder", "ckpt_name", "device")
    ),
    "LTXVGemmaCLIPModelLoader": Counterpart(
        loading.text_encoder, ("gemma_path", "ltxv_path", "max_length")
    ),
    "VAELoader": Counterpart(loading.codec, ("vae_name",)),
    "VAELoaderKJ": Counterpart(loading.codec, ("vae_name", "device", "weight_dtype")),
    "LTXVAudioVAELoader": Counterpart(loading.sound_codec, ("ckpt_name",)),
    "LowVRAMAudioVAELoader": Counterpart(loading.sound_codec, ("ckpt_name",)),
    "LatentUpscaleModelLoader": Counterpart(loading.upscaler, ("model_name",)),
    "LowVRAMLatentUpscaleModelLoader": Counterpart(loading.upscaler, ("model_name",)),
    "LTXVLatentUpsamplerModelLoader": Counterpart(loading.upscaler, ("model_name",)),
    "UpscaleModelLoader": Counterpart(loading.upscaler, ("model_name",)),
    "LoraLoaderModelOnly": Counterpart(loading.lora, ("lora_name", "strength_model")),
    "LTXICLoRALoaderModelOnly": Counterpart(loading.lora, ("lora_name", "strength_model")),
    "LoraLoader": Counterpart(loading.lora, ("lora_name", "strength_model", "strength_clip")),
    "Power Lora Loader (rgthree)": Counterpart(loading.several_loras),
    "ModelSamplingSD3": Counterpart(loading.shifted, ("shift",)),
    "ModelSamplingLTXV": Counterpart(loading.shifted, ("max_shift", "base_shift")),
    "ModelSamplingFlux": Counterpart(
        loading.shifted, ("max_shift", "base_shift", "width", "height")
    ),
    "CLIPVisionLoader": Counterpart(words.nothing, ("clip_name",), folded=True),
    "CLIPVisionEncode": Counterpart(
        words.nothing, ("crop",), folded=True,
        says="models that also want a CLIP view of the picture cannot be run here yet",
    ),
}  # fmt: skip

PROMPTS: Mapping[str, Counterpart] = {
    "CLIPTextEncode": Counterpart(words.encoded, ("text",)),
    "ConditioningZeroOut": Counterpart(words.nothing),
    "LTXVConditioning": Counterpart(widgets=("frame_rate",), passes=WORDS),
    "TextGenerateLTX2Prompt": Counterpart(
        words.written_out, ("prompt", "max_length", "sampling_mode"),
        {"sampling_mode=on": ("temperature", "top_k", "top_p", "min_p", "repetition_penalty",
                              "seed")},
    ),
    "LTXVGemmaEnhancePrompt": Counterpart(
        words.written_out, ("prompt", "system_prompt", "max_tokens", "bypass_i2v", "seed")
    ),
}  # fmt: skip

LATENTS: Mapping[str, Counterpart] = {
    "EmptyLTXVLatentVideo": Counterpart(latents.empty, SIZE),
    "EmptyHunyuanLatentVideo": Counterpart(latents.empty, SIZE),
    "LTXVImgToVideo": Counterpart(latents.begun, (*SIZE, "strength")),
    "LTXVImgToVideoInplace": Counterpart(latents.pinned, ("strength", "bypass")),
    "LTXVImgToVideoConditionOnly": Counterpart(latents.pinned, ("strength", "bypass")),
    "LTXVAddGuide": Counterpart(latents.guided, ("frame_idx", "strength")),
    "LTXAddVideoICLoRAGuide": Counterpart(
        latents.guided, ("frame_idx", "strength", "latent_downscale_factor", "crop",
                         "use_tiled_encode", "tile_size", "tile_overlap"),
    ),
    "LTXAddVideoICLoRAGuideAdvanced": Counterpart(
        latents.guided, ("frame_idx", "strength", "latent_downscale_factor", "crop",
                         "use_tiled_encode", "tile_size", "tile_overlap", "attention_strength"),
    ),
    "LTXVCropGuides": Counterpart(passes=(*WORDS, "latent")),
    "WanImageToVideo": Counterpart(latents.wan_begun, SIZE),
    "WanFirstLastFrameToVideo": Counterpart(latents.wan_begun, SIZE),
    "Wan22ImageToVideoLatent": Counterpart(latents.wan_pinned, SIZE),
    "LTXVEmptyLatentAudio": Counterpart(
        latents.silence, ("frames_number", "frame_rate", "batch_size")
    ),
    "LTXVAudioVAEEncode": Counterpart(latents.heard),
    "VAEEncodeAudio": Counterpart(latents.heard),
    "SetLatentNoiseMask": Counterpart(latents.masked),
    "LTXVConcatAVLatent": Counterpart(latents.joined),
    "LTXVSeparateAVLatent": Counterpart(latents.parted),
    "LTXVAudioVAEDecode": Counterpart(latents.sounded),
    "VAEDecode": Counterpart(latents.decoded),
    "VAEDecodeTiled": Counterpart(
        latents.decoded, ("tile_size", "overlap", "temporal_size", "temporal_overlap")
    ),
    "LTXVTiledVAEDecode": Counterpart(
        latents.decoded, ("horizontal_tiles", "vertical_tiles", "overlap", "last_frame_fix",
                          "working_device", "working_dtype"),
    ),
    "LTXVSpatioTemporalTiledVAEDecode": Counterpart(
        latents.decoded, ("spatial_tiles", "spatial_overlap", "temporal_tile_length",
                          "temporal_overlap", "last_frame_fix", "working_device",
                          "working_dtype"),
    ),
    "VAEEncode": Counterpart(latents.encoded),
    "VAEEncodeTiled": Counterpart(
        latents.encoded, ("tile_size", "overlap", "temporal_size", "temporal_overlap")
    ),
    "LTXVLatentUpsampler": Counterpart(latents.enlarged),
    "ImageUpscaleWithModel": Counterpart(latents.enlarged_film),
    "LatentRotate": Counterpart(latents.unchanged, ("rotation",)),
    "SolidMask": Counterpart(None, ("value", "width", "height"), folded=True),
    "TrimVideoLatent": Counterpart(latents.unchanged, ("trim_amount",)),
    "TrimAudioDuration": Counterpart(latents.unchanged, ("start_index", "duration")),
    "LTXVAdainLatent": Counterpart(
        widgets=("factor",), passes=("latents",), says="latents are not evened out here"
    ),
    "Set VAE Decoder Noise": Counterpart(
        widgets=("timestep", "scale", "seed"), passes=("vae",),
        says="the decoder's noise is the usual one here",
    ),
}  # fmt: skip

SAMPLERS: Mapping[str, Counterpart] = {
    "KSampler": Counterpart(folding.simple, SAMPLING),
    "KSamplerAdvanced": Counterpart(
        folding.advanced, ("add_noise", "noise_seed", *SAMPLING[1:5], "start_at_step",
                           "end_at_step", "return_with_leftover_noise"),
    ),
    "SamplerCustom": Counterpart(folding.custom, ("add_noise", "noise_seed", "cfg")),
    "SamplerCustomAdvanced": Counterpart(folding.guided),
    "LTXVNormalizingSampler": Counterpart(
        folding.guided, ("video_normalization_factors", "audio_normalization_factors")
    ),
    "LTXVTiledSampler": Counterpart(folding.guided),
    "LTXVBaseSampler": Counterpart(
        folding.base, ("width", "height", "num_frames", "optional_cond_indices", "strength",
                       "crop", "crf", "blur"),
    ),
    "RandomNoise": Counterpart(None, ("noise_seed",), folded=True),
    "DisableNoise": Counterpart(None, folded=True),
    "KSamplerSelect": Counterpart(None, ("sampler_name",), folded=True),
    **{kind: Counterpart(None, folded=True) for kind in folding.OBJECTS},
    "ManualSigmas": Counterpart(None, ("sigmas",), folded=True),
    "BasicScheduler": Counterpart(None, ("scheduler", "steps", "denoise"), folded=True),
    "BetaSamplingScheduler": Counterpart(None, ("steps", "alpha", "beta"), folded=True),
    "LTXVScheduler": Counterpart(
        None, ("steps", "max_shift", "base_shift", "stretch", "terminal"), folded=True
    ),
    "SplitSigmas": Counterpart(None, ("step",), folded=True),
    "SplitSigmasDenoise": Counterpart(None, ("denoise",), folded=True),
    "SetFirstSigma": Counterpart(None, ("sigma",), folded=True),
    "ExtendIntermediateSigmas": Counterpart(None, folded=True),
    "BasicGuider": Counterpart(None, folded=True),
    "CFGGuider": Counterpart(None, ("cfg",), folded=True),
    "DualCFGGuider": Counterpart(None, ("cfg_conds", "cfg_cond2_negative", "style"), folded=True),
    "APGGuider": Counterpart(None, ("cfg_scale",), folded=True),
    "STGGuider": Counterpart(None, ("cfg", "stg", "rescale"), folded=True),
    "STGGuiderAdvanced": Counterpart(
        None, ("skip_steps_sigma_threshold", "cfg_star_rescale", "sigmas", "cfg_values",
               "stg_scale_values", "stg_rescale_values", "stg_layers_indices"), folded=True,
    ),
    "STGAdvancedPresets": Counterpart(None, ("preset",), folded=True),
    "MultimodalGuider": Counterpart(None, ("skip_blocks",), folded=True),
    "GuiderParameters": Counterpart(
        None, ("modality", "cfg", "stg", "perturb_attn", "rescale", "modality_scale",
               "skip_step", "cross_attn"), folded=True,
    ),
    **{kind: Counterpart(passes=("model",), says=TUNED) for kind in (
        "PathchSageAttentionKJ", "ModelPatchTorchSettings", "TorchCompileModel", "CFGZeroStar",
        "TorchCompileModelWanVideo", "TorchCompileModelWanVideoV2", "SkipLayerGuidanceDiT",
        "UNetTemporalAttentionMultiply", "LTXVApplySTG", "LTXVChunkFeedForward", "EasyCache",
        "LazyCache", "TeaCache", "LTX2MemoryEfficientSageAttentionPatch", "WanVideoNAG",
        "LTX2_NAG", "LTX2AttentionTunerPatch", "PatchModelPatcherOrder",
    )},
}  # fmt: skip

PICTURES: Mapping[str, Counterpart] = {
    "LoadImage": Counterpart(pictures.picture, ("image", "upload")),
    "LoadVideo": Counterpart(pictures.film, ("file", "upload")),
    "VHS_LoadVideo": Counterpart(pictures.film_of_suite),
    "VHS_LoadVideoPath": Counterpart(pictures.film_of_suite),
    "LoadAudio": Counterpart(pictures.sound, ("audio", "audioUI", "upload")),
    "VHS_LoadAudio": Counterpart(pictures.sound),
    "VHS_LoadAudioUpload": Counterpart(pictures.sound),
    "GetVideoComponents": Counterpart(pictures.apart),
    "EmptyImage": Counterpart(pictures.blank, ("width", "height", "batch_size", "color")),
    "GetImageSize": Counterpart(pictures.sized),
    "GetImageSizeAndCount": Counterpart(pictures.sized),
    "easy imageSize": Counterpart(pictures.sized),
    "ImageScale": Counterpart(pictures.scaled, ("upscale_method", "width", "height", "crop")),
    "ImageResizeKJv2": Counterpart(
        pictures.scaled, ("width", "height", "upscale_method", "keep_proportion", "pad_color",
                          "crop_position", "divisible_by", "device"),
    ),
    "ImageResizeKJ": Counterpart(
        pictures.scaled, ("width", "height", "upscale_method", "keep_proportion",
                          "divisible_by", "crop"),
    ),
    "ImageScaleBy": Counterpart(pictures.scaled_by, ("upscale_method", "scale_by")),
    "ImageScaleToMaxDimension": Counterpart(
        pictures.scaled_to_side, ("upscale_method", "largest_size")
    ),
    "ImageScaleToTotalPixels": Counterpart(
        pictures.scaled_to_area, ("upscale_method", "megapixels", "resolution_steps")
    ),
    "ResizeImagesByLongerEdge": Counterpart(pictures.scaled_to_side, ("longer_edge",)),
    "ResizeImageMaskNode": Counterpart(
        pictures.scaled_somehow, ("resize_type", "scale_method"),
        {
            "resize_type=scale dimensions": ("width", "height", "crop"),
            "resize_type=scale longer dimension": ("longer_size",),
            "resize_type=scale shorter dimension": ("shorter_size",),
            "resize_type=scale by multiplier": ("multiplier",),
            "resize_type=scale width": ("width",),
            "resize_type=scale height": ("height",),
            "resize_type=scale total pixels": ("megapixels",),
        },
    ),
    "ImageFromBatch": Counterpart(pictures.one_frame, ("batch_index", "length")),
    "GetImageRangeFromBatch": Counterpart(pictures.one_frame, ("start_index", "num_frames")),
    "LTXVPreprocess": Counterpart(widgets=("img_compression",), passes=("image",)),
    "CreateVideo": Counterpart(saving.film, ("fps",)),
    "SaveVideo": Counterpart(saving.saved_film, (*SAVED, "format", "codec")),
    "SaveAnimatedWEBP": Counterpart(
        saving.saved_frames, (*SAVED, "fps", "lossless", "quality", "method")
    ),
    "SaveAnimatedPNG": Counterpart(saving.saved_frames, (*SAVED, "fps", "compress_level")),
    "SaveWEBM": Counterpart(saving.saved_frames, (*SAVED, "codec", "fps", "crf")),
    "VHS_VideoCombine": Counterpart(saving.saved_frames),
    "SaveImage": Counterpart(saving.saved_pictures, SAVED),
    **{kind: Counterpart(passes=("",), says=SEEN) for kind in (
        "PreviewImage", "PreviewAny", "PreviewAudio", "MaskPreview", "Display Any (rgthree)",
    )},
    "ShowText|pysssss": Counterpart(passes=("text",), says=SEEN),
    "easy showAnything": Counterpart(passes=("anything",), says=SEEN),
}  # fmt: skip

FIXED: Mapping[str, Counterpart] = {
    **{kind: Counterpart(fixed.constant, ("value",)) for kind in (
        "PrimitiveInt", "PrimitiveFloat", "PrimitiveString", "PrimitiveStringMultiline",
        "PrimitiveBoolean", "PrimitiveNode", "INTConstant", "FloatConstant", "StringConstant",
        "StringConstantMultiline", "Text Multiline", "easy int", "easy float", "easy string",
        "easy boolean", "Float", "Int", "Seed (rgthree)",
    )},
    "LTXFloatToInt": Counterpart(fixed.whole, ("a",)),
    "CM_FloatToInt": Counterpart(fixed.whole, ("a",)),
    "CR Integer To String": Counterpart(fixed.as_text, ("int_",)),
    "ComfyMathExpression": Counterpart(fixed.reckoned, ("expression",)),
    "MathExpression|pysssss": Counterpart(fixed.reckoned, ("expression",)),
    "SimpleMath+": Counterpart(fixed.reckoned, ("value",)),
    "ComfySwitchNode": Counterpart(fixed.chosen, ("switch",)),
    "InversionDemoLazySwitch": Counterpart(fixed.chosen, ("switch",)),
    "StringConcatenate": Counterpart(fixed.joined, ("string_a", "string_b", "delimiter")),
    "StringReplace": Counterpart(fixed.replaced, ("string", "find", "replace")),
    "Reroute": Counterpart(passes=("",)),
    "ImpactExecutionOrderController": Counterpart(passes=("signal", "value")),
}  # fmt: skip

COUNTERPARTS: Mapping[str, Counterpart] = {
    **LOADERS, **PROMPTS, **LATENTS, **SAMPLERS, **PICTURES, **FIXED,
}  # fmt: skip
