"""Batches: what is in them, in which shapes, and that chance alone decides."""

from __future__ import annotations

import numpy as np
import pytest

from vinchar.training import batches
from vinchar.training.cache import StripCache

DARK, LIGHT = 60, 250  # how bright the strokes of the glyphs are


def glyphs(classes: range, level: int, count: int = 40) -> batches.Glyphs:
    """Bars, of as many classes in turn."""
    images = np.zeros((count, 28, 28), np.uint8)
    images[:, 4:24, 12:16] = level
    return images, np.resize(np.array(classes, np.int32), count)


def named(targets: np.ndarray) -> set[int]:
    """The characters that a batch of targets asks for."""
    return set(np.flatnonzero(targets[..., :33].sum((0, 1)) > 0).tolist())


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5])
def test_a_share_of_the_strips_holds_printed_characters(share: float) -> None:
    draw = batches.glyph_strip_batches(glyphs(range(5), DARK), 8, 0.0, glyphs(range(5, 9), LIGHT), share)
    strips, targets = draw(np.random.default_rng(0))
    assert strips.shape == (8, 40, 400, 1)
    assert targets.shape == (8, 200, 34)
    printed = [named(target[None]) <= set(range(5, 9)) for target in targets]
    assert sum(printed) == share * 8
    bright = strips.max((1, 2, 3)) > 0.8
    assert bright.tolist() == printed


def test_handwriting_alone_unless_printed_characters_are_given() -> None:
    _, targets = batches.glyph_strip_batches(glyphs(range(5), DARK), 4)(np.random.default_rng(0))
    assert named(targets) <= set(range(5))


def test_strips_are_shaken_anew_and_keep_their_characters() -> None:
    gray = np.random.default_rng(3).integers(0, 255, (2, 40, 400)).astype(np.uint8)
    centres = np.tile(np.linspace(40, 360, 17, dtype=np.float32), (2, 1))
    classes = np.stack([np.arange(17), np.arange(16, 33)]).astype(np.int32)
    strips = StripCache(gray, centres, classes, np.arange(len(gray), dtype=np.int32))
    draw = batches.strip_batches(strips, glyphs(range(5), DARK), 6, 0.0)
    pictures, targets = draw(np.random.default_rng(0))
    assert pictures.shape == (6, 40, 400, 1)
    assert pictures.dtype == np.float32
    assert 0 <= pictures.min() < pictures.max() <= 1
    assert len({picture.tobytes() for picture in pictures}) == 6
    assert all(named(target[None]) in (set(range(17)), set(range(16, 33))) for target in targets)
    again, _ = draw(np.random.default_rng(0))
    np.testing.assert_array_equal(pictures, again)
    _, mixed = batches.strip_batches(strips, glyphs(range(5), DARK), 6, 0.5)(np.random.default_rng(0))
    assert [named(target[None]) <= set(range(5)) for target in mixed] == [False] * 3 + [True] * 3


def real_strips(taught: np.ndarray) -> batches.Taught:
    """Two bright strips, the second of which counts nine times as much as the first; ``taught``: which glyphs do."""
    centres = np.tile(np.linspace(40, 360, 17, dtype=np.float32), (2, 1))
    classes = np.stack([np.arange(17), np.arange(16, 33)]).astype(np.int32)
    strips = StripCache(np.full((2, 40, 400), LIGHT, np.uint8), centres, classes, np.arange(2, dtype=np.int32))
    return batches.Taught(strips, np.array([0.1, 0.9]), taught)


def dark_strips() -> StripCache:
    centres, classes = np.full((1, 17), 200, np.float32), np.full((1, 17), 5, np.int32)
    return StripCache(np.full((1, 40, 400), DARK, np.uint8), centres, classes, np.zeros(1, np.int32))


@pytest.mark.parametrize(("batch", "share", "count"), [(8, 0.5, 4), (8, 0.01, 1), (1, 0.5, 1)])
def test_a_share_of_the_strips_is_of_real_photos(batch: int, share: float, count: int) -> None:
    """At least one: else the photos would teach nothing, and nobody would know."""
    real = real_strips(np.ones((2, 17), bool))
    draw = batches.strip_batches(dark_strips(), None, batch, 0.0, lambda *one: one[:2], real, share)
    pictures, _ = draw(np.random.default_rng(0))
    assert (pictures.max((1, 2, 3)) > 0.5).sum() == count


def test_real_strips_come_by_their_weight_and_teach_what_is_sure() -> None:
    taught = np.ones((2, 17), bool)
    taught[1, 3] = False
    draw = batches.strip_batches(dark_strips(), None, 100, 0.0, lambda *one: one[:2], real_strips(taught), 0.5)
    _, targets = draw(np.random.default_rng(0))
    heavy = [target for target in targets[50:] if named(target[None]) <= set(range(16, 33))]
    assert 38 <= len(heavy) <= 50
    assert named(heavy[0][None]) == set(range(16, 33)) - {16 + 3}
