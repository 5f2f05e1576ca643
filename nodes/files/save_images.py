"""Writing a film as single pictures."""

from typing import Annotated

from aiprod_studio.sdk import Audio, OutputName, Run, SavedFile, Video, node


@node("files.save_images", "Save Image Sequence", since="1.0", writes=True)
def save_images(
    run: Run,
    video: Video,
    audio: Audio | None = None,
    *,
    name: Annotated[str, OutputName()] = "frames",
) -> SavedFile:
    """Write every frame as a PNG into a new folder; a sound becomes `sound.wav` beside them.

    Args:
        video: the frames
        audio: a sound to keep with them
        name: the folder's name; a number is added when it is taken
    """
    from aiprod_studio.media import save_sequence

    with run.writing(name, "") as folder:
        save_sequence(
            video,
            folder,
            audio=audio or video.audio,
            recipe=run.recipe(),
            progress=run.progress,
            check=run.check,
        )
    return run.saved()
