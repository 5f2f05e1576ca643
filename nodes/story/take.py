"""What a shot's graph gives back."""

from typing import Any

from aiprod_studio.sdk import Audio, Facts, Video, node


def _facts(params: Facts, inputs: Any) -> Facts:
    return dict(inputs.get("video", {}))


@node("story.take", "Take", since="1.0", facts=_facts)
def take(video: Video, audio: Audio | None = None) -> Video:
    """Mark what becomes the take when a shot is rendered through this graph.

    Args:
        video: the finished pictures of the shot
        audio: takes the place of the video's own sound
    """
    if audio is None:
        return video
    from aiprod_studio.media import SoundedVideo

    return SoundedVideo(video, audio)
