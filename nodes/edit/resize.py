"""Changing the size of pictures and films."""

from typing import Annotated, Any, Literal

from aiprod_studio.sdk import Facts, Image, Number, Video, node

Fit = Literal["stretch", "bars", "crop"]
Smoothness = Literal["lanczos", "cubic", "linear", "nearest"]
Side = Annotated[int, Number(1, 16384, unit="px")]


def _facts(params: Facts, inputs: Any) -> Facts:
    known = next(iter(inputs.values()), {})
    return {**known, "width": params["width"], "height": params["height"]}


@node("edit.resize_image", "Resize Image", since="1.0", facts=_facts)
def resize_image(
    image: Image,
    *,
    width: Side = 768,
    height: Side = 512,
    fit: Fit = "crop",
    smooth: Smoothness = "lanczos",
) -> Image:
    """Bring a picture to another size.

    Args:
        image: the picture
        width: the new width
        height: the new height
        fit: stretch changes proportions, bars shows all of it on black, crop fills and cuts
        smooth: how it is enlarged; making smaller always averages
    """
    from aiprod_studio.media import resize_pixels

    return Image(resize_pixels(image.pixels, width, height, fit, smooth))


@node("edit.resize", "Resize Video", since="1.0", facts=_facts)
def resize(
    video: Video,
    *,
    width: Side = 768,
    height: Side = 512,
    fit: Fit = "crop",
    smooth: Smoothness = "lanczos",
) -> Video:
    """Bring a film to another size, frame by frame as it is read.

    Args:
        video: the film
        width: the new width
        height: the new height
        fit: stretch changes proportions, bars shows all of it on black, crop fills and cuts
        smooth: how it is enlarged; making smaller always averages
    """
    from aiprod_studio.media import ResizedVideo

    return ResizedVideo(video, width, height, fit, smooth)
