"""Writing a film."""

from typing import Annotated, Literal

from aiprod_studio.sdk import Audio, OutputName, Run, SavedFile, Video, node

Format = Literal["h264", "prores_422", "prores_hq", "prores_4444", "webm", "gif"]
Quality = Literal["lossless", "high", "normal", "small"]


@node("files.save_video", "Save Video", since="1.0", writes=True)
def save_video(
    run: Run,
    video: Video,
    audio: Audio | None = None,
    *,
    name: Annotated[str, OutputName()] = "film",
    format: Format = "h264",
    quality: Quality = "normal",
) -> SavedFile:
    """Write a film into the output folder; the workflow that made it is inside.

    Args:
        video: the pictures, with their own sound if they have any
        audio: takes the place of the video's own sound; cut or padded to the film's length
        name: the file's name without its ending; a number is added when it is taken
        format: h264 plays everywhere; prores is for editing; webm for the web; gif has no sound
        quality: how much is kept (h264 and webm); lossless is the encoder's best
    """
    from aiprod_studio.media import FORMATS
    from aiprod_studio.media import save_video as save

    chosen = FORMATS[format]
    with run.writing(name, chosen.suffix) as path:
        save(
            video,
            path,
            format,
            quality=_encoder_quality(chosen.quality, quality),
            audio=audio,
            recipe=run.recipe(),
            progress=run.progress,
            check=run.check,
            say=run.say,
        )
    return run.saved()


def _encoder_quality(scale: tuple[int, int, int] | None, quality: Quality) -> int | None:
    """Return the place on the encoder's scale (best, worst, usual)."""
    if scale is None:
        return None
    best, _, usual = scale
    return {"lossless": best, "high": usual * 2 // 3, "normal": usual, "small": usual + 8}[quality]
