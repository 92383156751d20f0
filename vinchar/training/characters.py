"""Pictures of single characters, and of none, as the network for single characters meets them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vinchar.classify import glyph_window
from vinchar.drawing.faces import sample_face
from vinchar.drawing.not_glyphs import draw_no_glyph
from vinchar.drawing.printing import draw_glyph
from vinchar.kind import light_glyph
from vinchar.training.parts import Arrays, draw_rows
from vinchar.vin import ALPHABET


def draw_characters(
    folder: Path, count: int, seed: int, workers: int, held_out: bool = False
) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Draw ``count`` printed characters, all classes alike, as the classifier meets a picture of one glyph.

    Returns windows, uint8 (N, 40, 64), and labels, int32 (N,) indices into ``vin.ALPHABET``.
    """
    kind = "heldoutcharacters" if held_out else "characters"
    arrays = draw_rows(kind, partial(_characters, held_out), folder, count, seed, workers)
    return arrays["windows"], arrays["labels"]


def _characters(held_out: bool, first: int, rows: int, seed: int) -> Arrays:
    labels = np.arange(first, first + rows, dtype=np.int32) % len(ALPHABET)
    windows = []
    for i, label in enumerate(labels):
        rng = np.random.default_rng([seed, first + i])
        side, light = int(rng.integers(20, 97)), bool(rng.random() < 0.5)
        gray = draw_glyph(ALPHABET[label], sample_face(rng, held_out), side, light, rng)
        windows.append(glyph_window(light_glyph(gray)))
    return {"windows": np.stack(windows), "labels": labels}


def draw_no_glyphs(folder: Path, count: int, seed: int, workers: int) -> NDArray[np.uint8]:
    """Draw ``count`` small pictures without a character, as the classifier meets them: uint8 (N, 40, 64)."""
    return draw_rows("noglyphs", _no_glyphs, folder, count, seed, workers)["windows"]


def _no_glyphs(first: int, rows: int, seed: int) -> Arrays:
    drawn = [draw_no_glyph(np.random.default_rng([seed, 5, first + i])) for i in range(rows)]
    return {"windows": np.stack([glyph_window(light_glyph(gray)) for gray in drawn])}
