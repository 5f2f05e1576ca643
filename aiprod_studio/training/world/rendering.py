"""A rendered scene: frames, masks, and the exact motion between frames.

Used by training, evaluation and the refiner's data; made by `Scene.render`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aiprod_studio.training.world.painting import Picture
from aiprod_studio.training.world.stage import Moment, Stage


@dataclass(frozen=True)
class Rendering:
    """Frames (F, H, W, 3) and masks (F, H, W), uint8; a mask says 1 main, 2 second actor.

    Motion and occlusion follow the scenery and the actors; rain, snow, fog and shadows are light
    on top of them and have none.
    """

    frames: Picture
    masks: Picture
    moments: tuple[Moment, ...]

    def motion(self) -> NDArray[np.float32]:
        """(F-1, H, W, 2): where each pixel of frame t goes in frame t+1, in pixels right, down."""
        count, height, width = self.masks.shape
        flow = np.zeros((count - 1, height, width, 2), np.float32)
        for index in range(count - 1):
            _flow(self.moments[index], self.moments[index + 1], flow[index])
        return flow

    def occlusion(self) -> NDArray[np.bool_]:
        """(F-1, H, W): True where what a pixel of frame t shows is hidden or outside in t+1."""
        flow = self.motion()
        count, height, width = self.masks.shape
        hidden = np.ones((count - 1, height, width), np.bool_)
        y, x = np.mgrid[0:height, 0:width]
        for index in range(count - 1):
            to_x = np.rint(x + flow[index, ..., 0]).astype(int)
            to_y = np.rint(y + flow[index, ..., 1]).astype(int)
            inside = (to_x >= 0) & (to_x < width) & (to_y >= 0) & (to_y < height)
            after = self.moments[index + 1].labels
            seen = after[to_y.clip(0, height - 1), to_x.clip(0, width - 1)]
            hidden[index] = ~(inside & (seen == self.moments[index].labels))
        return hidden


def rendered(stage: Stage, times: list[float]) -> Rendering:
    """Compose every moment."""
    moments = tuple(stage.moment(time) for time in times)
    frames = np.stack([moment.picture for moment in moments])
    masks = np.stack([moment.mask for moment in moments])
    return Rendering(frames, masks, moments)


def _flow(now: Moment, then: Moment, flow: NDArray[np.float32]) -> None:
    for label in np.unique(now.labels):
        change = then.matrices[int(label)] @ np.linalg.inv(now.matrices[int(label)])
        y, x = np.nonzero(now.labels == label)
        at = np.stack([x, y, np.ones_like(x)]).astype(np.float64)
        moved = change[:2] @ at
        flow[y, x, 0] = moved[0] - x
        flow[y, x, 1] = moved[1] - y
