"""Which lines are taken for the two rows of one VIN."""

from __future__ import annotations

import numpy as np
import pytest

from vinchar.rows import halves, is_high, pair_rows
from vinchar.types import Quad


def line(x: float, y: float, length: float, height: float = 30.0, angle: float = 0.0) -> Quad:
    """A line of text whose left end's middle is at x, y before everything is turned about 0, 0."""
    corners = np.array([[x, y], [x + length, y], [x + length, y], [x, y]], float)
    corners[:, 1] += np.array([-1, -1, 1, 1]) * height / 2
    turn = np.deg2rad(angle)
    return Quad((corners @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])).astype(np.float32))


UPPER, LOWER = (50.0, 100.0, 200.0), (50.0, 140.0, 180.0)


@pytest.mark.parametrize("angle", [0, 25, -40, 90])
@pytest.mark.parametrize("swapped", [False, True])
def test_one_close_below_the_other_is_a_pair_upper_row_first(angle: float, swapped: bool) -> None:
    upper, lower = line(*UPPER, angle=angle), line(*LOWER, angle=angle)
    pairs = pair_rows([lower, upper] if swapped else [upper, lower], 8)
    assert len(pairs) == 1
    assert pairs[0][0] is upper
    assert pairs[0][1] is lower


@pytest.mark.parametrize(
    ("what", "other"),
    [
        ("turned against it", line(80, 120, 180, angle=12)),
        ("twice as high", line(50, 160, 180, height=60)),
        ("a third as long", line(50, 140, 60)),
        ("on the same line", line(260, 100, 180)),
        ("far below", line(50, 190, 180)),
        ("one over the other", line(50, 110, 180)),
        ("far to the side", line(220, 140, 180)),
    ],
)
def test_lines_that_cannot_be_rows_of_one_vin_are_no_pair(what: str, other: Quad) -> None:
    assert pair_rows([line(*UPPER), other], 8) == [], what


def test_two_whole_vins_are_too_long_for_one() -> None:
    assert pair_rows([line(50, 100, 340), line(50, 140, 340)], 8) == []


def test_rows_that_begin_below_each_other_come_before_shifted_ones() -> None:
    upper, shifted, below = line(*UPPER), line(130, 140, 180), line(50, 141, 180)
    pairs = pair_rows([upper, shifted, below], 8)
    assert pairs[0][1] is below
    assert len(pairs) == 2  # the two lower ones lie on one another
    assert pair_rows([upper, shifted, below], 1)[0][1] is below


def test_centred_rows_are_as_likely_as_those_that_begin_together() -> None:
    upper, centred, neither = line(*UPPER), line(80, 140, 140), line(110, 140, 140)
    assert pair_rows([upper, neither, centred], 1)[0][1] is centred


def test_rows_as_high_as_each_other_come_first() -> None:
    upper, higher, alike = line(*UPPER), line(50, 140, 180, height=40), line(50, 141, 180)
    assert pair_rows([upper, higher, alike], 1)[0][1] is alike


@pytest.mark.parametrize("lines", [[], [line(*UPPER)], [line(0, 0, 0, 0), line(0, 0, 0, 0)]])
def test_too_few_or_empty_lines_make_no_pair(lines: list[Quad]) -> None:
    assert pair_rows(lines, 8) == []


@pytest.mark.parametrize("angle", [0, 30])
def test_a_high_line_is_two_rows_one_above_the_other(angle: float) -> None:
    assert not is_high(line(0, 0, 400, 30, angle))
    both = line(0, 0, 200, 60, angle)
    assert is_high(both)
    upper, lower = halves(both)
    np.testing.assert_allclose(upper.points[:2], both.points[:2])
    np.testing.assert_allclose(lower.points[2:], both.points[2:])
    np.testing.assert_allclose(upper.points[3], lower.points[0])
    np.testing.assert_allclose(upper.points[2], lower.points[1])
    assert pair_rows([lower, upper], 1)[0][0] is upper
