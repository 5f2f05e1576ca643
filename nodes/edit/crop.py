"""Cutting a rectangle out of pictures and films."""

from typing import Annotated, Any

from aiprod_studio.sdk import Facts, Image, Number, Video, node

Place = Annotated[int, Number(0, 16383, unit="px")]
Side = Annotated[int, Number(1, 16384, unit="px")]


def _facts(params: Facts, inputs: Any) -> Facts:
    known = next(iter(inputs.values()), {})
    return {**known, "width": params["width"], "height": params["height"]}


@node("edit.crop_image", "Crop Image", since="1.0", facts=_facts)
def crop_image(
    image: Image, *, left: Place = 0, top: Place = 0, width: Side = 512, height: Side = 512
) -> Image:
    """Cut a rectangle out of a picture.

    Args:
        image: the picture
        left: where the rectangle begins, from the left edge
        top: where the rectangle begins, from the upper edge
        width: the rectangle's width
        height: the rectangle's height
    """
    from aiprod_studio.media import check_rectangle

    check_rectangle(image.width, image.height, left, top, width, height)
    return Image(image.pixels[top : top + height, left : left + width].copy())


@node("edit.crop", "Crop Video", since="1.0", facts=_facts)
def crop(
    video: Video, *, left: Place = 0, top: Place = 0, width: Side = 512, height: Side = 512
) -> Video:
    """Cut a rectangle out of a film, frame by frame as it is read.

    Args:
        video: the film
        left: where the rectangle begins, from the left edge
        top: where the rectangle begins, from the upper edge
        width: the rectangle's width
        height: the rectangle's height
    """
    from aiprod_studio.media import CroppedVideo

    return CroppedVideo(video, left, top, width, height)
