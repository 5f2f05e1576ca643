"""The sound of a video, apart from its pictures."""

from aiprod_studio.sdk import Audio, Invalid, Refusal, Video, node


@node("audio.of_video", "Sound of Video", since="1.0")
def sound_of_video(video: Video) -> Audio:
    """Take the sound of a video.

    Args:
        video: a video with sound
    """
    if video.audio is None:
        why = "the video has no sound"
        raise Refusal(Invalid("input 'video'", why, "Link another, or load a sound file."))
    return video.audio
