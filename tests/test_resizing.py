"""A picture at another size shows the same, and keeps what is finer than its pixels as grey."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from vinchar.resizing import resized


def photo(height: int, width: int) -> np.ndarray:
    y, x = np.mgrid[:height, :width] / max(height, width)
    return (128 + 100 * np.sin(9 * x) * np.cos(7 * y)).astype(np.uint8)


@pytest.mark.parametrize(("height", "width"), [(300, 400), (301, 403), (1201, 1607), (90, 120), (150, 200)])
def test_it_shows_the_same_at_any_size(height: int, width: int) -> None:
    small = resized(photo(height, width), 120, 90)
    assert small.shape == (90, 120)
    assert small.dtype == np.uint8
    assert np.abs(small.astype(int) - photo(90, 120)).max() <= 6


def test_stripes_finer_than_a_pixel_become_grey() -> None:
    stripes = np.zeros((400, 400), np.uint8)
    stripes[:, ::2] = 200
    assert np.abs(resized(stripes, 90, 90).astype(int) - 100).max() <= 2


def test_a_picture_grows_as_it_is_told() -> None:
    gray = photo(40, 50)
    wanted = cv2.resize(gray, (100, 80), interpolation=cv2.INTER_CUBIC)
    np.testing.assert_array_equal(resized(gray, 100, 80, cv2.INTER_CUBIC), wanted)
    np.testing.assert_array_equal(resized(gray, 50, 40), gray)
