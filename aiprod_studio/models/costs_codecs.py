"""Activations and arithmetic of codecs and upscalers, on one piece at a time; see `costs`.

A convolutional decoder is widest at its last stage: the input of a convolution padded in time, once
more where it is padded in space, its result, the residual, and what is left of the stage before.
"""

from __future__ import annotations

from fractions import Fraction

from aiprod_studio.models.descriptor import Costs, Job, Part

PATCH = 4
PER_PIXEL = 2.4e6
"""Operations per pixel of a frame in the published LTX decoder."""
ENCODES = ("encode_video", "encode_image")


def conv_codec(part: Part, job: Job) -> Costs:
    """Predict the LTX video codecs, both ways."""
    if job.phase == "upscale":
        return Costs(_latents(part, job))  # only its statistics are read
    frames, height, width = job.piece
    pixels, element = frames * height * width, job.element
    if job.phase in ENCODES:
        numbers = _encoder(part, frames)
    else:
        numbers = _decoder(part, frames, height, width)
    result = 3 * (element + 4)
    held = pixels * max(numbers * element, result)
    return Costs(int(held * 1.01) + _latents(part, job), PER_PIXEL * pixels * _width(part) / 8)


def _decoder(part: Part, frames: int, height: int, width: int) -> float:
    """Numbers per pixel of decoding."""
    config, last = part.config, _width(part)
    newer = part.class_name == "AutoencoderKLLTX2Video"
    in_time = 1 + 2 / frames
    in_space = (1 + 2 * PATCH / height) * (1 + 2 * PATCH / width)
    before = 0.25 * (1 + 1 / frames) + 2 / frames
    if newer and config.get("decoder_spatial_padding_mode", "reflect") != "zeros":
        wide = last * (in_time * (1 + in_space) + 3 + before)
    else:
        wide = last * (in_time + 1 + 1 / frames + 2 + before)
    return max(wide, 6.0)


def _encoder(part: Part, frames: int) -> float:
    newer = part.class_name == "AutoencoderKLLTX2Video"
    first = int(part.config["block_out_channels"][0]) / PATCH**2 / (2 if newer else 1)
    return max(first * (5 + 6 / frames), 6.3 + 11.6 / frames)


def _width(part: Part) -> float:
    """Numbers per pixel in one tensor of the last stage."""
    config = part.config
    channels = (config.get("decoder_block_out_channels") or config["block_out_channels"])[0]
    factor = (config.get("upsample_factor") or (1,))[0]
    return float(channels) / float(factor) / PATCH**2


def _latents(part: Part, job: Job) -> int:
    """The whole film's latents, which lie on the device while its pieces are decoded."""
    cells = (job.width // 32) * (job.height // 32) * ((job.frames - 1) // 8 + 1)
    return int(cells * part.config.get("latent_channels", 128) * (job.element + 4))


def diffusion_decoder(part: Part, job: Job) -> Costs:
    """Predict LTX-2.5's diffusion decoder: a transformer over the pixels of its last stage."""
    frames, height, width = job.piece
    channels = (part.config.get("decoder_stage_channels") or (256,))[-1]
    pixels = frames * height * width
    steps = int(part.config.get("decoder_num_inference_steps") or 1)
    held = pixels * job.element * max(12.0, channels / PATCH**2 * 12)
    return Costs(int(held) + _latents(part, job), 2 * PER_PIXEL * pixels * steps)


def wan_codec(part: Part, job: Job) -> Costs:
    """Predict Wan's codec, which goes through time four frames at a time and keeps two."""
    frames, height, width = job.piece
    area = height * width
    several = 52 if frames > 1 else 18.1
    if job.phase in ENCODES:
        several = 37 if frames > 1 else 10.2
    numbers = area * (several * part.config.get("base_dim", 96) + 6 * frames)
    return Costs(int(numbers * job.element), 8e6 * area * frames)


def patch_codec(part: Part, job: Job) -> Costs:
    """Predict the starter's codec: a linear map, and a small network that polishes the frames."""
    frames, height, width = job.piece
    pixels = frames * height * width
    if job.phase in ENCODES:
        return Costs(int(pixels * job.element * 9.8), 3e3 * pixels)
    # The first frame is a group of its own, filled up to the length of the others.
    filled = (frames + part.config.get("group", 4) - 1) / frames
    wide = 12.3 + part.config.get("polish_width", 64) / 55
    return Costs(int(pixels * job.element * wide * filled), 1e4 * pixels)


def frame_upscaler(part: Part, job: Job) -> Costs:
    """Predict the starter's upscaler; width and height are those of the large frame."""
    _, height, width = job.piece
    whole = job.width * job.height
    numbers = height * width * (12 + part.config.get("width", 32) / 16) + 0.75 * whole
    return Costs(int(numbers * job.element), 2e4 * whole * job.frames)


def frame_refiner(part: Part, job: Job) -> Costs:
    """Predict the starter's refiner: matching at a small size, and weighing at the film's own.

    No time is promised: the optical flow beside the network takes most of it.
    """
    config, pixels = part.config, job.width * job.height
    candidates, factor = int(config.get("candidates", 3)), 1.0
    if pixels > (working := int(config.get("working", 12288))):
        factor = (working / pixels) ** 0.5
    # The working size in steps of 8 pixels, and cells of 4.
    rows, columns = (max(4, 2 * round(s * factor / 8)) for s in (job.height, job.width))
    cells = rows * columns
    matching = 10.2 * 4 * cells * cells + 10 * pixels * job.element
    finding = max(matching, 22.2 * pixels * job.element)
    told = 8 * candidates + 1
    judging = pixels * job.element * (2 * told + 1.125 * int(config.get("mix", 24)))
    return Costs(int(max(finding, judging)))


def latent_upscaler(part: Part, job: Job) -> Costs:
    """Predict a latent upscaler; width and height are those of the large film.

    A whole factor is widest in the last residual blocks. A fraction first enlarges by its upper
    number, which is wider.
    """
    config, across = part.config, 32
    frames = (job.frames - 1) // 8 + 1
    cells = (job.width // across) * (job.height // across) * frames
    mid = int(config.get("mid_channels") or 1024)
    scale = float(config.get("rational_spatial_scale") or 2.0)
    enlarged = config.get("spatial_upsample", True)
    small = cells / (scale**2 if enlarged else 1) / (2 if config.get("temporal_upsample") else 1)
    widest = cells * (4 + (1 / frames if config.get("temporal_upsample") else 0))
    if enlarged and config.get("use_rational_resampler", True) and not scale.is_integer():
        widest = max(widest, small * (2 * Fraction(scale).limit_denominator(8).numerator ** 2 + 1))
    read = 3 * small * int(config.get("in_channels") or 128)
    return Costs(int((widest * mid + read) * job.element), 7e5 * mid * 2 * cells)
