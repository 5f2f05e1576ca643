"""The algorithms of diffusion: schedules, samplers, guidance, keyframes, tiled decode, previews.

Everything here works on tensors and callables; it imports no model, no media and no engine. The
sampling and decode nodes join these parts to a network.
"""
