"""Small affine geometry: 3x3 matrices from and to picture coordinates.

Lengths are in picture heights, y points down, angles are in radians and turn clockwise on the
page. Used by sprites, layers and the camera; knows nothing of colours or time.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Matrix: TypeAlias = NDArray[np.float64]


def move(x: float, y: float) -> Matrix:
    """Translation."""
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], np.float64)


def scale(x: float, y: float) -> Matrix:
    """Scaling about the origin; a negative factor mirrors."""
    return np.array([[x, 0, 0], [0, y, 0], [0, 0, 1]], np.float64)


def turn(angle: float) -> Matrix:
    """Rotation about the origin."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]], np.float64)


def about(x: float, y: float, inner: Matrix) -> Matrix:
    """`inner` with the point (x, y) as its origin."""
    return move(x, y) @ inner @ move(-x, -y)


def pixels(density: float, left: float, top: float) -> Matrix:
    """From lengths to pixel indices of a raster whose corner is (left, top).

    Pixel centres lie at whole indices, as OpenCV counts them.
    """
    return np.array(
        [[density, 0, -left * density - 0.5], [0, density, -top * density - 0.5], [0, 0, 1]],
        np.float64,
    )
