"""Opening a picture."""

from typing import Annotated, Any

from aiprod_studio.sdk import NO_FILE, Facts, File, Image, SourceFile, node


def _facts(params: Facts, inputs: Any) -> Facts:
    from aiprod_studio.media import image_size

    width, height = image_size(params["file"].path)
    return {"width": width, "height": height}


@node("files.load_image", "Load Image", since="1.0", facts=_facts)
def load_image(*, file: Annotated[SourceFile, File("image")] = NO_FILE) -> Image:
    """Open a picture (PNG, JPEG, WebP, TIFF...), upright and in sRGB.

    Args:
        file: the picture, relative to the workflow
    """
    from aiprod_studio.media import load_image as load
    from aiprod_studio.media import verify

    return load(verify(file))
