"""Images, video and audio in and out, for nodes: open, transform, keep, save.

Everything streams frame by frame and chunk by chunk. Values are lazy frozen dataclasses; files
are written whole or not at all; ffmpeg is called with file protocols only.
"""

from aiprod_studio.media.assembled import ImageSequence, JoinedVideo, StillVideo
from aiprod_studio.media.fit import Fit, Smoothness, on_paper, resize_frames, resize_pixels
from aiprod_studio.media.formats import FORMATS, Format
from aiprod_studio.media.frame_store import FrameStore, FrameWriter, StoredVideo, store_frames
from aiprod_studio.media.identity import identity_of, identity_of_weights, source_of, verify
from aiprod_studio.media.images import image_size, load_image, save_image
from aiprod_studio.media.overlapping import OverlappedVideo, SplicedVideo
from aiprod_studio.media.probe import MediaInfo, probe
from aiprod_studio.media.provenance import extract, texts_of
from aiprod_studio.media.read import FileVideo, open_video
from aiprod_studio.media.sequence import save_sequence
from aiprod_studio.media.sound_file import FileAudio, open_audio
from aiprod_studio.media.sounds import (
    FittedAudio,
    JoinedAudio,
    RemixedAudio,
    ResampledAudio,
    SilentAudio,
)
from aiprod_studio.media.thumbnails import thumbnail
from aiprod_studio.media.transforms import (
    CroppedVideo,
    RatedVideo,
    ResizedVideo,
    RetimedVideo,
    ReversedVideo,
    SoundedVideo,
    TrimmedVideo,
    check_rectangle,
)
from aiprod_studio.media.watch import watching
from aiprod_studio.media.wav import StoredAudio, save_audio, store_audio
from aiprod_studio.media.write import VideoWriter, save_video

__all__ = [
    "FORMATS",
    "CroppedVideo",
    "FileAudio",
    "FileVideo",
    "Fit",
    "FittedAudio",
    "Format",
    "FrameStore",
    "FrameWriter",
    "ImageSequence",
    "JoinedAudio",
    "JoinedVideo",
    "MediaInfo",
    "OverlappedVideo",
    "RatedVideo",
    "RemixedAudio",
    "ResampledAudio",
    "ResizedVideo",
    "RetimedVideo",
    "ReversedVideo",
    "SilentAudio",
    "Smoothness",
    "SoundedVideo",
    "SplicedVideo",
    "StillVideo",
    "StoredAudio",
    "StoredVideo",
    "TrimmedVideo",
    "VideoWriter",
    "check_rectangle",
    "extract",
    "identity_of",
    "identity_of_weights",
    "image_size",
    "load_image",
    "on_paper",
    "open_audio",
    "open_video",
    "probe",
    "resize_frames",
    "resize_pixels",
    "save_audio",
    "save_image",
    "save_sequence",
    "save_video",
    "source_of",
    "store_audio",
    "store_frames",
    "texts_of",
    "thumbnail",
    "verify",
    "watching",
]  # fmt: skip
