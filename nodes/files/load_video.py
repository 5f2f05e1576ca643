"""Opening a video."""

from typing import Annotated, Any, NamedTuple

from aiprod_studio.sdk import NO_FILE, Audio, Facts, File, Run, SourceFile, Video, node


class Parts(NamedTuple):
    video: Video
    frames: int
    rate: float


def _facts(params: Facts, inputs: Any) -> Facts:
    from aiprod_studio.media import probe

    info = probe(params["file"].path)
    return {
        "width": info.width,
        "height": info.height,
        "frames": info.frame_count,
        "rate": info.rate,
    }


@node("files.load_video", "Load Video", since="1.0", facts=_facts)
def load_video(run: Run, *, file: Annotated[SourceFile, File("video")] = NO_FILE) -> Parts:
    """Open a video with its sound; frames are read later, one by one.

    A variable frame rate is made constant, and said.

    Args:
        file: the video, relative to the workflow
    """
    from aiprod_studio.media import open_video, probe, verify

    path = verify(file)
    video = open_video(path, file, run.check)
    for note in probe(path).notes:
        run.say(note)
    return Parts(video, video.frame_count, float(video.rate))


@node("files.load_audio", "Load Audio", since="1.0")
def load_audio(run: Run, *, file: Annotated[SourceFile, File("audio")] = NO_FILE) -> Audio:
    """Open the sound of a sound file or of a video.

    Args:
        file: the sound, relative to the workflow
    """
    from aiprod_studio.media import open_audio, verify

    return open_audio(verify(file), file, run.check)
