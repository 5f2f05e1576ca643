"""The sound of the film is heard when its picture is seen, whatever the sound device is like."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from aiprod_studio.media.composing import Composer
from aiprod_studio.media.wav import save_audio, store_audio
from aiprod_studio.story.board import Board
from aiprod_studio.story.cut import Clip, Cut, Source, Track
from aiprod_studio.story.time import Time
from aiprod_studio.ui.footage.sound_device import NO_DEVICE, SAMPLE_RATE, SystemDevice
from aiprod_studio.ui.footage.speaker import Speaker
from aiprod_studio.ui.viewer.player import Player

SECONDS = 12
STEP = 0.02


class Box:
    """A loudspeaker with a clock of its own: starts late, runs fast or slow, records itself."""

    def __init__(self, delay: float = 0.0, pace: float = 1.0) -> None:
        self.now, self.delay, self.pace = 0.0, delay, pace
        self.begins: float | None = None
        self.taken, self.loud, self.resting = 0, True, False
        self.queue = np.zeros(0, np.int16)
        self.record: list[tuple[float, np.ndarray]] = []
        self.why = ""

    def open(self) -> str:
        self.resting = False
        if self.begins is None:
            self.begins = self.now + self.delay
        return self.why

    def trouble(self) -> str:
        return self.why

    def written(self) -> int:
        return self.taken

    def played(self) -> int:
        return self.taken - len(self.queue)

    def write(self, data: bytes) -> int:
        samples = np.frombuffer(data, "<i2")[::2]
        self.queue = np.concatenate((self.queue, samples))
        self.taken += len(samples)
        return len(samples)

    def set_loud(self, loud: bool) -> None:
        self.loud = loud

    def rest(self) -> None:
        self.resting = True

    def close(self) -> None:
        self.queue = self.queue[:0]

    def pass_time(self, seconds: float) -> None:
        begins = self.begins
        if begins is not None and self.now >= begins and not self.resting:
            count = round(seconds * SAMPLE_RATE * self.pace)
            heard, self.queue = self.queue[:count], self.queue[count:]
            self.record.append((self.now, heard * self.loud))
        self.now += seconds

    def clicks(self, since: float = 0.0) -> list[float]:
        """Return when clicks were heard, in seconds."""
        found: list[float] = []
        for at, heard in self.record:
            for place in np.flatnonzero(heard > 8000):
                moment = at + float(place) / SAMPLE_RATE / self.pace
                if moment >= since and (not found or moment - found[-1] > 0.2):
                    found.append(moment)
        return found


@pytest.fixture
def film(tmp_path: Path) -> Iterator[Composer]:
    """A sound that clicks in the middle of each second."""
    samples = np.zeros((2, SAMPLE_RATE * SECONDS), np.float32)
    for second in range(SECONDS):
        at = second * SAMPLE_RATE + SAMPLE_RATE // 2
        samples[:, at : at + 96] = 0.8
    sound = store_audio([samples], tmp_path / "clicks.part", SAMPLE_RATE, 2)
    save_audio(sound, tmp_path / "clicks.wav")
    clip = Clip("a", Source("file", "clicks.wav"), 0, SECONDS * 24, Time.at(0, 24))
    cut = Cut(Fraction(24), tracks=(Track("A1", "audio", clips=(clip,)),))
    with Composer(Board(), cut, tmp_path) as composer:
        yield composer


class Hall:
    """A speaker on a box, and hours that pass as fast as the test likes."""

    def __init__(self, box: Box, film: Composer, qtbot: QtBot) -> None:
        self.box, self.film, self.qtbot = box, film, qtbot
        self.player = Player()
        self.speaker = Speaker(self.player, device=box, clock=lambda: box.now)
        self.began = 0.0
        self.speaker.show_film(film)
        self.wait(0.4)

    def play(self, second: float) -> None:
        self.began = self.box.now - second
        self.player.sound_started.emit(second, 1.0)

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP)):
            place = self.box.now - self.began + 0.3
            if 0 <= place < SECONDS:
                self.speaker._wish(round(place * SAMPLE_RATE))
                self.qtbot.waitUntil(lambda at=place: self.speaker.is_ready(at), timeout=30_000)
            self.speaker.pump()
            self.box.pass_time(STEP)

    def apart(self, since: float = 0.0) -> list[float]:
        """Return how much later than its moment in the film each click was heard."""
        places = [moment - self.began for moment in self.box.clicks(since)]
        return [place - (int(place) + 0.5) for place in places]


@pytest.fixture
def hall(film: Composer, qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[Hall]:
    made = Hall(Box(*getattr(request, "param", ())), film, qtbot)
    yield made
    made.speaker.close()
    made.player.close()


@pytest.mark.parametrize("hall", [(), (0.9, 1.0), (0.1, 1.004), (0.1, 0.996)], indirect=True)
def test_a_click_is_heard_when_it_is_due_on_slow_and_drifting_devices(hall: Hall) -> None:
    hall.play(1.2)
    hall.wait(9)
    apart = hall.apart()
    assert len(apart) >= 8
    assert max(map(abs, apart)) < 0.04


def test_after_a_jump_the_old_place_is_not_heard_any_more(hall: Hall) -> None:
    hall.play(0)
    hall.wait(1.4)
    hall.play(5.2)
    jumped = hall.box.now
    hall.wait(2)
    assert len(hall.box.clicks(jumped)) == 2
    assert max(map(abs, hall.apart(jumped))) < 0.04


def test_a_pause_is_silent_at_once_and_after_a_while_the_device_rests(hall: Hall) -> None:
    hall.play(0)
    hall.wait(0.44)
    hall.player.sound_stopped.emit()
    paused = hall.box.now
    hall.wait(6)
    assert hall.box.clicks(paused) == [] and hall.box.resting
    hall.play(2)
    assert not hall.box.resting
    hall.wait(1)
    assert len(hall.apart(paused)) == 1 and abs(hall.apart(paused)[0]) < 0.04


def test_a_loop_goes_on_without_a_hole(hall: Hall) -> None:
    for _ in range(3):
        hall.play(4)
        hall.wait(1)
    assert len(hall.box.clicks()) == 3


def test_a_device_that_is_pulled_out_is_told_and_tried_again_at_the_next_play(hall: Hall) -> None:
    hall.play(0)
    hall.wait(0.2)
    hall.box.why = "it is gone"
    hall.speaker.pump()
    assert hall.speaker.note == "it is gone"
    hall.box.why = ""
    hall.play(0.2)
    hall.wait(0.5)
    assert hall.speaker.heard and len(hall.apart()) == 1


@pytest.mark.parametrize("speed", [2.0, -1.0])
def test_other_speeds_are_silent(hall: Hall, speed: float) -> None:
    hall.player.sound_started.emit(0.0, speed)
    hall.wait(1)
    assert hall.box.clicks() == []


def test_a_system_without_sound_says_so_and_plays_on(film: Composer, qtbot: QtBot) -> None:
    box = Box()
    box.why = NO_DEVICE
    speaker = Speaker(Player(), device=box, clock=lambda: box.now)
    with qtbot.waitSignal(speaker.note_changed):
        speaker.show_film(film)
    assert speaker.note == NO_DEVICE and not speaker.heard
    speaker.player.sound_started.emit(0.0, 1.0)
    speaker.pump()
    assert box.written() == 0
    box.why = ""
    speaker.player.sound_started.emit(0.0, 1.0)
    assert speaker.heard
    speaker.close()
    speaker.player.close()


def test_the_systems_own_device_plays_what_it_is_given(qtbot: QtBot) -> None:
    pytest.importorskip("PySide6.QtMultimedia", reason="PySide6-Addons is not installed")
    device = SystemDevice()
    why = device.open()
    if why:
        pytest.skip(why)
    taken = device.write(bytes(4 * SAMPLE_RATE // 10))
    assert taken == device.written() > 0
    qtbot.waitUntil(lambda: device.played() > 0, timeout=30_000)
    assert device.played() <= device.written()
    device.set_loud(False)
    device.rest()
    assert device.open() == ""
    device.close()
    assert device.written() == device.played() == 0
