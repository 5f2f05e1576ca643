"""Writing a picture."""

from typing import Annotated, Literal

from aiprod_studio.sdk import Image, OutputName, Run, SavedFile, node


@node("files.save_image", "Save Image", since="1.0", writes=True)
def save_image(
    run: Run,
    image: Image,
    *,
    name: Annotated[str, OutputName()] = "picture",
    format: Literal["png", "jpg"] = "png",
) -> SavedFile:
    """Write a picture into the output folder; the workflow that made it is inside.

    Args:
        image: the picture
        name: the file's name without its ending; a number is added when it is taken
        format: png keeps every pixel and transparency, jpg is smaller
    """
    from aiprod_studio.media import save_image as save

    with run.writing(name, f".{format}") as path:
        save(image, path, run.recipe())
    return run.saved()
