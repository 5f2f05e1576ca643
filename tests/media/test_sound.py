"""Sound keeps its length to the sample, wherever it comes from and whatever is done to it."""

from __future__ import annotations

import wave
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiprod_studio.media import (
    FittedAudio,
    JoinedAudio,
    RemixedAudio,
    ResampledAudio,
    SilentAudio,
    open_audio,
    open_video,
    save_audio,
    save_video,
    store_audio,
)
from aiprod_studio.sdk import Cancelled, Refusal
from tests.media.films import CountingVideo, Hum, all_samples, argv


@pytest.mark.parametrize(("bits", "error"), [(16, 2e-5), (24, 2e-7), (32, 0)])
def test_a_wav_comes_back_to_the_sample(tmp_path, bits, error):
    sound = Hum(12345, 44100, 2)
    save_audio(sound, tmp_path / "a.wav", bits=bits)
    again = open_audio(tmp_path / "a.wav")
    assert (again.sample_rate, again.channels, again.sample_count) == (44100, 2, 12345)
    assert np.abs(all_samples(again) - all_samples(sound)).max() <= error


def test_a_wav_can_be_read_by_others(tmp_path):
    save_audio(Hum(1001, 48000, 1), tmp_path / "a.wav", bits=16)
    from scipy.io import wavfile

    rate, data = wavfile.read(tmp_path / "a.wav")
    assert (rate, data.shape, data.dtype) == (48000, (1001,), np.int16)
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert file.getnframes() == 1001


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.wav", "pcm_s16le"), ("a.flac", "flac"), ("a.mp3", "libmp3lame"), ("a.m4a", "aac"),
     ("a.ogg", "libvorbis"), ("a.opus", "libopus"), ("a.aiff", "pcm_s16be"), ("a.aac", "aac"),
     ("a.mka", "libopus"), ("a.w64", "pcm_s16le"), ("a.caf", "pcm_s16le")],
)  # fmt: skip
def test_every_sound_file_gives_what_it_promises(make, name, codec):
    source = argv("-f lavfi -i sine=f=440:r=48000:d=1.5 -ac 2 -c:a")
    sound = open_audio(make(*source, codec, name))
    samples = all_samples(sound)
    assert (sound.sample_rate, sound.channels) == (48000, 2)
    assert samples.shape == (2, sound.sample_count)
    assert abs(sound.sample_count - 72000) <= (2048 if name in ("a.aac", "a.mp3") else 0)
    assert np.abs(samples[:, 5000:70000]).max() > 0.05
    for start, stop in ((1000, 1500), (70000, 71999)):
        assert np.allclose(all_samples(sound, start, stop), samples[:, start:stop], atol=1e-6)


@pytest.mark.parametrize("codec", ["pcm_s16le", "aac"])
def test_reading_far_into_a_sound_gives_the_same_samples(make, codec):
    source = argv("-f lavfi -i aevalsrc=sin(t*t*50):s=8000:d=60 -c:a")
    sound = open_audio(make(*source, codec, "long.mov"))
    whole = all_samples(sound)
    for start in (0, 159_999, 160_001, 300_000, 479_000):
        part = all_samples(sound, start, start + 900)
        assert np.allclose(part, whole[:, start : start + 900], atol=1e-4)


def test_many_channels_stay_apart(make):
    path = make(*argv("-f lavfi -i sine=r=48000:d=0.5 -af pan=5.1|c3=c0 -c:a pcm_s16le a.wav"))
    sound = open_audio(path)
    loud = np.abs(all_samples(sound)).max(axis=1) > 0.01
    assert sound.channels == 6 and loud.tolist() == [False, False, False, True, False, False]


def test_sound_that_begins_late_in_a_film_stays_late(make, clip):
    late = make(
        "-i",
        str(clip),
        "-itsoffset",
        "0.5",
        "-i",
        str(clip),
        *argv("-map 0:v -map 1:a -c copy late.mkv"),
    )
    sound = open_video(late).audio
    samples = np.abs(all_samples(sound)[0])
    assert samples[:23000].max() < 0.01 and samples[25000:90000].max() > 0.05
    assert abs(sound.sample_count - 120000) < 1100


def test_the_sound_of_a_film_without_any_is_refused(tmp_path):
    save_video(CountingVideo(3), tmp_path / "mute.mp4")
    assert open_video(tmp_path / "mute.mp4").audio is None
    with pytest.raises(Refusal, match="holds no sound"):
        open_audio(tmp_path / "mute.mp4")


@given(
    count=st.integers(0, 50), begin=st.integers(-60, 60), length=st.integers(0, 90), data=st.data()
)
@settings(deadline=None)
def test_a_fitted_sound_is_the_sound_in_silence(count, begin, length, data):
    source = Hum(count)
    fitted = FittedAudio(source, begin, length)
    padded = np.pad(all_samples(source), ((0, 0), (200, 200)))[
        :, 200 + begin : 200 + begin + length
    ]
    assert np.array_equal(all_samples(fitted), padded)
    start = data.draw(st.integers(0, length))
    stop = data.draw(st.integers(start, length))
    assert np.array_equal(all_samples(fitted, start, stop), padded[:, start:stop])


@given(counts=st.lists(st.integers(0, 30), min_size=1, max_size=4), data=st.data())
@settings(deadline=None)
def test_joined_sounds_follow_each_other(counts, data):
    parts = tuple(Hum(count, click=count // 2) for count in counts)
    whole = np.concatenate([all_samples(part) for part in parts], axis=1)
    joined = JoinedAudio(parts)
    start = data.draw(st.integers(0, sum(counts)))
    assert joined.sample_count == sum(counts)
    assert np.array_equal(all_samples(joined, start), whole[:, start:])


@pytest.mark.parametrize(
    ("had", "wanted"), [(44100, 48000), (48000, 44100), (16000, 48000), (48000, 8000)]
)
def test_a_resampled_hum_is_the_same_hum(had, wanted):
    resampled = ResampledAudio(Hum(had * 3, had), wanted)
    assert resampled.sample_count == wanted * 3
    expected = all_samples(Hum(wanted * 3, wanted))
    made = all_samples(resampled)
    assert made.shape == expected.shape
    assert np.abs(made - expected)[:, 2000:-2000].max() < 1e-3
    assert np.allclose(
        all_samples(resampled, 1001, 70003 % wanted + 1002),
        made[:, 1001 : 70003 % wanted + 1002],
        atol=1e-6,
    )


def test_resampling_keeps_out_what_would_fold_back():
    class Hiss(Hum):
        def chunks(self, start=0, stop=None):
            times = np.arange(start, self.sample_count if stop is None else stop)
            yield (0.5 * np.sin(2 * np.pi * 7000 * times / 48000))[None].astype(np.float32)

    assert (
        np.abs(all_samples(ResampledAudio(Hiss(48000, channels=1), 8000))[:, 500:-500]).max() < 1e-3
    )


def test_channels_are_copied_averaged_or_cut():
    left = Hum(100, channels=1)
    assert np.array_equal(all_samples(RemixedAudio(left, 2)), np.repeat(all_samples(left), 2, 0))
    assert np.allclose(all_samples(RemixedAudio(Hum(100), 1)), all_samples(left))
    assert RemixedAudio(SilentAudio(48000, 6, 10), 2).channels == 2


def test_stored_sound_comes_back_exactly(tmp_path):
    sound = Hum(200_001, 48000, 2)
    kept = store_audio(sound.chunks(), tmp_path / "a.wav", 48000, 2)
    assert (kept.sample_count, kept.channels) == (200_001, 2)
    assert np.array_equal(all_samples(kept), all_samples(sound))
    assert np.array_equal(all_samples(kept, 70000, 140001), all_samples(sound)[:, 70000:140001])
    (tmp_path / "a.wav").write_bytes((tmp_path / "a.wav").read_bytes()[:1000])
    with pytest.raises(Refusal, match="ends before"):
        all_samples(kept)


def test_a_cancelled_wav_leaves_nothing(tmp_path):
    def check() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        save_audio(Hum(100_000), tmp_path / "a.wav", check=check)
    assert list(tmp_path.iterdir()) == []


def test_a_sound_too_long_for_a_wav_is_refused(tmp_path):
    with pytest.raises(Refusal, match="at most 4 GB"):
        save_audio(SilentAudio(48000, 2, 1 << 31), tmp_path / "a.wav")


def test_sound_beyond_full_scale_and_nan_is_tamed(make):
    path = make(*argv("-f lavfi -i aevalsrc=3*sin(t*900):s=8000:d=0.1 -c:a pcm_f32le a.wav"))
    assert np.abs(all_samples(open_audio(path))).max() == 1.0


def test_a_film_at_an_ntsc_rate_has_sound_for_its_exact_length(tmp_path):
    film = CountingVideo(30, Fraction(30000, 1001), sound=Hum(10))
    save_video(film, tmp_path / "a.mov", "prores_422")
    assert open_video(tmp_path / "a.mov").audio.sample_count == 48048
