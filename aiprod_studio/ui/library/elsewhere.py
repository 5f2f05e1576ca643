"""What artists who come from ComfyUI, Blender or Nuke call our nodes, so that searching finds them.

Only the search reads it. Words stand in small letters; each is found by its beginning.
"""

from __future__ import annotations

from collections.abc import Mapping

CALLED: Mapping[str, str] = {
    "audio.decode": "vae sound audio",
    "audio.encode": "vae sound audio",
    "audio.of_video": "extract audio sound",
    "decode.video": "vae decode tiled latents images",
    "edit.crop": "reformat transform",
    "edit.crop_image": "reformat transform",
    "edit.frame_rate": "retime fps timewarp oflow",
    "edit.resize": "scale reformat transform",
    "edit.resize_image": "scale reformat transform",
    "edit.trim": "frame range cut",
    "files.load_audio": "read sound",
    "files.load_image": "read input still",
    "files.load_video": "read input movie vhs",
    "files.save_image": "write output preview still",
    "files.save_images": "write output exr sequence",
    "files.save_video": "write output combine vhs render movie",
    "flow.maths": "math expression float int integer constant primitive value",
    "flow.note": "comment sticky markdown text",
    "flow.switch": "if mute select any",
    "graph.reroute": "dot pipe",
    "latents.empty": "empty latent size resolution length noise ltxv wan",
    "latents.encode": "vae encode latents",
    "latents.first_frame": "image to video img2vid i2v start",
    "latents.keyframe": "guide add image i2v",
    "latents.last_frame": "image to video i2v end",
    "latents.pictures": "guide image to video i2v flf2v",
    "latents.reference": "control ic-lora guide",
    "latents.retake": "inpaint mask video to video v2v",
    "models.load": "checkpoint loader unet diffusion clip vae gguf",
    "models.lora": "lora loader",
    "refine.interpolate": "rife film inbetween tween interpolation",
    "refine.latents": "inbetween tween interpolation",
    "refine.metrics": "psnr ssim compare",
    "refine.video": "rife inbetween tween interpolation",
    "sampling.dit": "ksampler advanced custom guider cfg denoise noise scheduler sigmas steps",
    "story.frame": "frame hold freeze",
    "story.join": "append merge concat dissolve",
    "story.splice": "append merge concat",
    "text.encode": "clip text encode positive negative conditioning t5 gemma umt5",
    "text.prompt": "string primitive multiline",
    "text.write_out": "enhance enhancer llm",
    "upscale.frames": "esrgan scale upscaler super resolution",
    "upscale.latents": "upsampler latent scale spatial hires",
}
