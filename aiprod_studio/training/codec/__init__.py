"""The codec: a linear part that fixes the latents, the clean-up behind it, the 2x upscaler."""
