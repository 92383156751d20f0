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
