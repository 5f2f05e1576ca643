"""What learns to draw: scenes as latents, words, the text encoder, the backbone and its stages."""
