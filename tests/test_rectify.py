"""Frames, bending, sampling and fitting: points survive the warp, bowed lines become straight, outliers do no harm."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vinchar.rectify import (
    FINE_GLYPH,
    FINE_LENGTH,
    STRIP_END,
    STRIP_START,
    Line,
    Rectifier,
    bend,
    cut_strip,
    fit_halves,
    fit_line,
    frame_at,
    frame_of_picture,
    frame_of_quad,
    frame_of_rows,
    level_contrast,
    line_picture,
    move_ends,
    sample,
    stretch_contrast,
    taller,
    turn_round,
)
from vinchar.types import Quad, Strip

COLUMNS = 64


def flat_line(start: float = 0.1, end: float = 0.9, centre: float = 0.5, height: float = 0.4) -> Line:
    zero = [0.0, 0.0]
    return Line(start, end, np.array([*zero, centre]), np.array([0.0, height]), np.array(zero), 1.0)


def texture(height: int, width: int, seed: int = 1) -> NDArray[np.uint8]:
    noise = np.random.default_rng(seed).normal(128, 60, (height, width)).astype(np.float32)
    return np.clip(cv2.GaussianBlur(noise, (0, 0), 2) * 2 - 128, 0, 255).astype(np.uint8)


def net_output(first: int = 8, last: int = 56, light: float = 1.0) -> NDArray[np.float32]:
    """What a sure net says of a straight line in columns ``first`` to ``last``: it falls from 0.4 to 0.6."""
    out = np.zeros((COLUMNS, 7), np.float32)
    out[:, 0] = np.where((np.arange(COLUMNS) >= first) & (np.arange(COLUMNS) < last), 8, -8)
    out[:, 1] = np.linspace(0.4, 0.6, COLUMNS)
    out[:, 2] = 0.3
    out[:, 3] = 0.2
    out[:, 4] = 5 if light else -5
    x = (np.arange(COLUMNS) + 0.5) / COLUMNS
    out[:, 5], out[:, 6] = x - first / COLUMNS, last / COLUMNS - x
    return out


def test_the_whole_picture_sampled_at_its_size_is_the_picture() -> None:
    gray = texture(40, 120)
    np.testing.assert_array_equal(sample(gray, frame_of_picture(gray.shape), 40, 120), gray)


def test_a_turned_frame_is_the_picture_upside_down() -> None:
    gray = texture(40, 120)
    turned = sample(gray, turn_round(frame_of_picture(gray.shape)), 40, 120)
    np.testing.assert_array_equal(turned, gray[::-1, ::-1])


def test_a_taller_frame_has_the_same_middle_and_ends() -> None:
    edges = frame_of_picture((40, 120))
    grown = taller(edges, 1.5)
    np.testing.assert_allclose(grown.mean(0), edges.mean(0))
    np.testing.assert_allclose(grown[1] - grown[0], 1.5 * (edges[1] - edges[0]))
    assert grown.dtype == np.float32


def test_rows_are_set_one_after_the_other() -> None:
    gray = texture(120, 300)
    first = Quad(np.array([[20, 10], [260, 10], [260, 50], [20, 50]], np.float32))
    second = Quad(np.array([[30, 60], [190, 60], [190, 100], [30, 100]], np.float32))
    picture = sample(gray, frame_of_rows((first, second)), 40, 400).astype(float)
    want = np.hstack([gray[10:50, 20:260], gray[60:100, 30:190]]).astype(float)
    columns = np.r_[4:236, 244:396]  # but for the seam and the ends
    assert np.abs(picture - want)[:, columns].mean() < 3


def test_frame_of_quad_has_its_corners() -> None:
    points = np.array([[10, 5], [90, 15], [88, 40], [8, 30]], np.float32)
    frame = frame_of_quad(Quad(points))
    np.testing.assert_array_equal(frame_at(frame, np.array([0.0, 1.0])).reshape(4, 2), points[[0, 1, 3, 2]])
    np.testing.assert_allclose(frame_at(frame, np.array([2.0]))[0, 0], [170, 25])  # outside it goes straight on


@pytest.mark.parametrize("bow", [0.0, 0.25])
@pytest.mark.parametrize("angle", [0, 17, -40])
def test_warp_and_unwarp_under_a_pixel(angle: float, bow: float) -> None:
    rng = np.random.default_rng(3)
    turn = cv2.getRotationMatrix2D((300, 200), angle, 1.0)
    corners = np.array([[120, 160, 1], [480, 150, 1], [485, 240, 1], [118, 230, 1]]) @ turn.T
    line = Line(0.1, 0.9, np.array([bow, 0.05, 0.5]), np.array([0.05, 0.4]), np.array([0.01, 0.03]), 1.0)
    edges = bend(frame_of_quad(Quad(corners.astype(np.float32))), line, 0.85, 0.65, 400)
    blank = np.zeros((40, 400), np.uint8)
    for x, y in zip(rng.uniform(20, 380, 25), rng.uniform(5, 35, 25), strict=True):
        box = np.array([[x - 1, y - 1, x + 1, y + 1]])
        point = Strip(blank, edges).to_photo(box).mean((0, 1))
        columns, rows = np.meshgrid(np.arange(600) + 0.5, np.arange(400) + 0.5)
        spot = np.exp(-((columns - point[0]) ** 2 + (rows - point[1]) ** 2) / 8)
        strip = sample((255 * spot).astype(np.uint8), edges, 40, 400).astype(float)
        found = strip.sum(0) @ (np.arange(400) + 0.5) / strip.sum(), strip.sum(1) @ (np.arange(40) + 0.5) / strip.sum()
        assert np.hypot(found[0] - x, found[1] - y) < 1, (x, y, found)


def test_a_bowed_line_becomes_straight() -> None:
    height, width, bow = 200, 600, 30
    at = 2 * (np.arange(width) + 0.5) / width - 1
    middle = height / 2 + bow * at**2
    rows = np.arange(height)[:, None] + 0.5
    gray = (255 * np.clip(12.5 - np.abs(rows - middle), 0, 1)).astype(np.uint8)  # smooth edges
    line = Line(0.1, 0.9, np.array([bow / height, 0, 0.5]), np.array([0, 24 / height]), np.zeros(2), 1.0)
    assert np.ptp(middle[60:540]) > 15
    picture = sample(gray, bend(frame_of_picture(gray.shape), line, 0.85, 0.65, 400), 40, 400).astype(float)
    found = (np.arange(40) + 0.5) @ picture / picture.sum(0)
    assert np.abs(found[30:370] - 20).max() < 0.3
    tall = picture[:, 30:370].sum(0) / 255
    assert np.abs(tall - 26).max() < 1


def test_bend_gives_the_line_the_asked_part_of_width_and_height() -> None:
    edges = bend(frame_of_picture((100, 1000)), flat_line(0.2, 0.6, 0.3, 0.1), 0.8, 0.4, 80)
    assert edges.shape == (2, 81, 2)
    # 0.4 of 1000 pixels are 0.8 of the new width, so it is 500 wide and begins 50 before the line.
    np.testing.assert_allclose(edges[0, [0, -1]], [[150, 17.5], [650, 17.5]], atol=0.01)
    np.testing.assert_allclose(edges[1, [0, -1]], [[150, 42.5], [650, 42.5]], atol=0.01)


def test_moved_ends_lie_where_the_strip_had_those_columns() -> None:
    gray, edges = texture(120, 500), frame_of_picture((120, 500))
    before = cut_strip(gray, edges, flat_line(0.2, 0.8), inverted=False)
    line = move_ends(flat_line(0.2, 0.8), 10, 390)
    after = cut_strip(gray, edges, line, inverted=False)
    assert (line.start, line.end) == pytest.approx((0.2 - 20 * 0.6 / 340, 0.8 + 20 * 0.6 / 340))
    for column, place in ((10, STRIP_START), (390, STRIP_END)):
        assert after.edges[:, place] == pytest.approx(before.edges[:, column], abs=1e-3)


def stroke_middles(row: NDArray[np.uint8]) -> NDArray[np.float64]:
    edges = np.flatnonzero(np.diff((row > 128).astype(int)))
    return edges.reshape(-1, 2).mean(1)


def test_a_slanted_line_is_set_upright() -> None:
    gray = np.zeros((100, 400), np.uint8)
    for x in range(60, 360, 30):
        cv2.line(gray, (x + 10, 30), (x - 10, 70), 255, 4)  # 20 columns in 40 rows
    slant = 0.5 * 100 / 400  # parts of the width for a part of the height
    line = Line(0.1, 0.9, np.array([0, 0, 0.5]), np.array([0, 0.4]), np.array([0, slant]), 1.0)
    picture = sample(gray, bend(frame_of_picture(gray.shape), line, 0.85, 0.65, 400), 40, 400)
    top, bottom = stroke_middles(picture[10]), stroke_middles(picture[29])
    assert len(top) == 10
    np.testing.assert_allclose(top, bottom, atol=1)


@pytest.mark.parametrize("factor", [0.3, 1, 6])
def test_sampling_gathers_all_pixels_of_an_area(factor: float) -> None:
    """Fine stripes must fade to grey in a small strip, not alias to broad ones."""
    width = round(400 * factor)
    stripes = np.tile(np.array([[0, 255]], np.uint8), (round(40 * factor), width // 2))
    strip = sample(stripes, frame_of_picture(stripes.shape), 40, 400)
    if factor > 1:
        assert np.abs(strip.astype(int) - 128).max() < 12
    elif factor == 1:
        np.testing.assert_array_equal(strip, stripes)
    else:
        assert np.ptp(strip) > 200


def test_a_frame_outside_the_picture_repeats_its_edge() -> None:
    gray = np.full((50, 80), 90, np.uint8)
    far = np.array([[[-500, -500], [-400, -500]], [[-500, -450], [-400, -450]]], np.float32)
    np.testing.assert_array_equal(sample(gray, far, 40, 100), np.full((40, 100), 90))


def test_fit_line_finds_ends_centre_height_slant_and_polarity() -> None:
    line = fit_line(net_output())
    assert line is not None
    assert line.start == pytest.approx(8 / 64, abs=0.01)
    assert line.end == pytest.approx(56 / 64, abs=0.01)
    at = 2 * (np.arange(8, 56) + 0.5) / 64 - 1
    np.testing.assert_allclose(np.polyval(line.centre, at), np.linspace(0.4, 0.6, 64)[8:56], atol=0.005)
    np.testing.assert_allclose(np.polyval(line.height, at), 0.3, atol=0.005)
    np.testing.assert_allclose(np.polyval(line.slant, at), 0.2 * 64 / 256, atol=0.005)
    assert line.light > 0.9
    dark = fit_line(net_output(light=0))
    assert dark is not None
    assert dark.light < 0.1


def test_fit_line_shrugs_off_outliers() -> None:
    out = net_output()
    out[[20, 21, 40], 1:4] += [0.5, 0.6, 3]
    line, clean = fit_line(out), fit_line(net_output())
    assert line is not None
    assert clean is not None
    at = 2 * (np.arange(8, 56) + 0.5) / 64 - 1
    assert np.abs(np.polyval(line.centre, at) - np.polyval(clean.centre, at)).max() < 0.03
    assert np.abs(np.polyval(line.height, at) - np.polyval(clean.height, at)).max() < 0.04


def test_fit_line_takes_the_longest_run_and_bridges_a_gap() -> None:
    out = net_output()
    out[[2, 3], 0] = 8  # a speck before the line
    out[30, 0] = -8  # and a column missing in it
    line = fit_line(out)
    assert line is not None
    assert line.start == pytest.approx(8 / 64, abs=0.01)
    assert line.end == pytest.approx(56 / 64, abs=0.01)


def test_a_line_that_fills_the_frame() -> None:
    line = fit_line(net_output(0, 64))
    assert line is not None
    assert (line.start, line.end) == pytest.approx((0, 1), abs=1e-6)


def test_the_last_bits_of_the_answers_do_not_move_a_line() -> None:
    """They depend on the processor."""
    out = net_output() + np.random.default_rng(0).normal(0, 0.01, (64, 7)).astype(np.float32)
    line = fit_line(out)
    assert line is not None
    for seed in range(20):
        noise = np.random.default_rng(seed).uniform(-4e-6, 4e-6, out.shape).astype(np.float32)
        other = fit_line(out + noise)
        assert other is not None
        assert (other.start, other.end) == (line.start, line.end)
        for name in ("centre", "height", "slant"):
            np.testing.assert_array_equal(getattr(other, name), getattr(line, name))


def test_an_end_in_glare_is_found_from_the_other_columns() -> None:
    """Where the net does not see the VIN's first glyphs, the columns after them still tell where it begins."""
    out = net_output()
    out[8:12, 0] = -8
    out[8:12, 5:7] = 0.5
    out[[20, 30], 5] += 0.3  # and some columns are wrong
    line = fit_line(out)
    assert line is not None
    assert (line.start, line.end) == pytest.approx((8 / 64, 56 / 64), abs=1e-6)
    assert fit_halves(replace(line, said=None)) == []  # nothing to fit them to


def test_halves_of_a_line_lead_to_the_two_lines_that_it_was_drawn_between() -> None:
    """The net sees the VIN in the left columns, and what stands below it in the right ones."""
    out = net_output()
    out[:, 1] = np.where(np.arange(COLUMNS) < COLUMNS // 2, 0.3, 0.6)
    whole = fit_line(out)
    assert whole is not None
    left, right = fit_halves(whole)
    for half, centre in (left, 0.3), (right, 0.6):
        np.testing.assert_allclose(np.polyval(half.centre, np.array([-1, 1])), centre, atol=0.02)
        np.testing.assert_allclose((half.start, half.end), (8 / 64, 56 / 64), atol=0.01)
        np.testing.assert_allclose(np.polyval(half.height, 0.0), 0.3, atol=0.005)
        np.testing.assert_allclose(np.polyval(half.slant, 0.0), 0.2 * 64 / 256, atol=0.005)


def test_halves_of_one_line_lead_nowhere_else() -> None:
    for out in net_output(), net_output(20, 44):
        whole = fit_line(out)
        assert whole is not None
        assert fit_halves(whole) == []


def test_ends_that_cross_are_no_line() -> None:
    assert fit_line(net_output(20, 44)) is not None
    out = net_output(20, 44)
    out[:, 5], out[:, 6] = out[:, 5] - 0.5, out[:, 6] - 0.3
    assert fit_line(out) is None


@pytest.mark.parametrize("out", [net_output(0, 0), net_output(10, 16)], ids=["nothing", "a speck"])
def test_no_line(out: NDArray[np.float32]) -> None:
    assert fit_line(out) is None


@pytest.mark.parametrize(("gain", "offset"), [(0.5, 0), (0.4, 120), (1, 60)])
def test_level_contrast_is_blind_to_brightness_and_contrast(gain: float, offset: float) -> None:
    gray = (texture(40, 400) * 0.7).astype(np.uint8)
    changed = np.clip(gray * gain + offset, 0, 255).astype(np.uint8)
    assert np.abs(gray.astype(int) - changed).mean() > 25
    difference = np.abs(level_contrast(gray).astype(int) - level_contrast(changed))
    assert difference.mean() < 6  # what 8 bits lose
    assert np.percentile(difference, 99) < 20


def test_level_contrast_turns_dark_glyphs_light() -> None:
    gray = texture(40, 400)
    assert np.abs(level_contrast(255 - gray, inverted=True).astype(int) - level_contrast(gray)).max() <= 1
    assert np.abs(level_contrast(255 - gray).astype(int) - level_contrast(gray)).mean() > 30


def test_level_contrast_evens_out_a_reflections_edge() -> None:
    gray = np.full((40, 400), 60, np.uint8)
    gray[10:30, 8::20] = gray[10:30, 9::20] = 120
    gray[:, 200:] += 90
    level = level_contrast(gray).astype(float)
    assert abs(level[:, :100].mean() - level[:, 300:].mean()) < 3
    assert level[20, 8] - level[0, 0] > 50


def test_a_blank_strip_has_no_contrast_to_level() -> None:
    np.testing.assert_array_equal(level_contrast(np.full((40, 400), 7, np.uint8)), np.full((40, 400), 96))


def test_stretch_contrast_uses_the_whole_range_but_lifts_no_noise() -> None:
    ramp = np.tile(np.linspace(90, 140, 256).astype(np.uint8), (64, 1))
    stretched = stretch_contrast(ramp)
    assert stretched.min() == 0
    assert stretched.max() >= 250
    faint = stretch_contrast((texture(64, 256) % 3 + 100).astype(np.uint8))
    assert np.ptp(faint) <= 48


class Seeing(Rectifier):
    """Finds a bright bar in the picture by plain looking, and says so as the net would."""

    def __init__(self, blind: bool = False) -> None:
        self.blind = blind
        self.asked: list[int] = []

    def outputs(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.asked.append(len(pictures))
        out = np.zeros((len(pictures), COLUMNS, 7), np.float32)
        x = (np.arange(COLUMNS) + 0.5) / COLUMNS
        for one, picture in zip(out, pictures, strict=True):
            ink = (picture > 128).reshape(64, COLUMNS, 4).mean(2)
            tall = ink.sum(0)
            one[:, 0] = -8 if self.blind else np.where(tall > 2, 8, -8)
            one[:, 1] = (np.arange(64) + 0.5) @ ink / np.maximum(tall, 1) / 64
            one[:, 2] = tall / 64
            one[:, 4] = 5
            seen = np.flatnonzero(tall > 2) if (tall > 2).any() else np.array([0])
            one[:, 5], one[:, 6] = x - seen[0] / COLUMNS, (seen[-1] + 1) / COLUMNS - x
        return out


def bar(angle: float) -> NDArray[np.uint8]:
    corners = cv2.boxPoints(((300, 200), (340, 26), angle))
    return cv2.fillPoly(np.zeros((400, 600), np.uint8), [corners.round().astype(np.int32)], 255, cv2.LINE_AA)


@pytest.mark.parametrize("angle", [0, 6, -14])
def test_coarse_to_fine_leads_to_a_level_line_of_the_set_size(angle: float) -> None:
    gray = bar(angle)
    found = Seeing().refine(gray, frame_of_picture(gray.shape), passes=3)
    assert found is not None
    edges, line = found
    picture = line_picture(gray, bend(edges, line, FINE_LENGTH, FINE_GLYPH, 64)) > 128
    assert picture[32].mean() == pytest.approx(FINE_LENGTH, abs=0.03)  # a tilted bar has slanted ends
    assert picture[:, 40:216].mean() == pytest.approx(FINE_GLYPH, abs=0.04)
    assert np.ptp(picture[:, 40:216].argmax(0)) <= 2
    strip = cut_strip(gray, edges, line, inverted=False)
    assert strip.gray.shape == (40, 400)
    inside = strip.gray[10:30, 40:360].astype(int)
    assert inside.min() > strip.gray[:4].max()
    np.testing.assert_allclose(strip.to_photo(np.array([[30, 7, 370, 33]]))[0].mean(0), [300, 200], atol=2)


def test_all_frames_of_a_picture_are_looked_at_in_one_pass() -> None:
    gray, rectifier = bar(0), Seeing()
    half = np.array([[[0, 0], [50, 0]], [[0, 50], [50, 50]]], np.float32)  # nothing is there
    lines = rectifier.lines(gray, [frame_of_picture(gray.shape), half])
    assert rectifier.asked == [2]
    assert lines[0] is not None
    assert lines[1] is None


def test_without_a_line_there_is_nothing_to_refine() -> None:
    assert Seeing(blind=True).refine(bar(0), frame_of_picture((400, 600)), passes=2) is None


def test_the_net_is_asked_as_it_was_trained(tmp_path: Path) -> None:
    """Pictures go in as float32 (B, 64, 256, 1) from 0 to 1."""
    from onnx import TensorProto, helper, save

    shapes = {"picture": ["B", 64, 256, 1], "said": ["B", 64, 256, 1]}
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]
    graph = helper.make_graph([helper.make_node("Identity", ["picture"], ["said"])], "echo", values[:1], values[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    save(model, str(tmp_path / "echo.onnx"))
    pictures = np.stack([texture(64, 256, seed) for seed in (1, 2)])
    out = Rectifier(tmp_path / "echo.onnx").outputs(pictures)
    np.testing.assert_allclose(out[..., 0], pictures / 255, atol=1e-6)


def test_a_box_over_the_place_where_two_rows_meet_ends_there() -> None:
    """The left half of the strip lies in one row of the photo, the right half in one below."""
    x = np.concatenate([np.arange(0, 200), np.arange(0, 201)]).astype(np.float32)
    y = np.where(np.arange(401) < 200, 10, 60).astype(np.float32)
    edges = np.stack([np.stack([x, y], 1), np.stack([x, y + 40], 1)])
    strip = Strip(np.zeros((40, 400), np.uint8), edges)
    upper, lower = strip.to_photo(np.array([[180, 0, 205, 40], [195, 0, 220, 40]]))
    np.testing.assert_allclose(upper, [[180, 10], [199, 10], [199, 50], [180, 50]])
    np.testing.assert_allclose(lower, [[0, 60], [20, 60], [20, 100], [0, 100]])
