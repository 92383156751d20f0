"""Faces for synthetic VINs: open fonts, dot matrices and parametric strokes behind one small protocol.

A face draws every glyph in the same frame, ``CAP_HEIGHT`` rows with the baseline at the bottom, so a strip is drawn by
placing masks side by side at ``bearing`` and moving on by ``advance``. The fonts lie in ``fonts/``, one folder a
family, unmodified and each with its licence.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from vinchar.drawing.dots import DotFace, dot_face
from vinchar.drawing.skeletons import MARKS, SKELETONS
from vinchar.drawing.strokes import CAP_HEIGHT, StrokeFace, Style, stroke_face
from vinchar.types import Gray
from vinchar.vin import ALPHABET

__all__ = [
    "CAP_HEIGHT",
    "HELD_OUT",
    "MARKS",
    "DotFace",
    "Face",
    "FontFace",
    "StrokeFace",
    "dot_face",
    "faces_digest",
    "font_faces",
    "sample_face",
    "stroke_face",
    "text_faces",
]

FONT_SUFFIXES = (".otf", ".ttf", ".woff", ".woff2")
FONT_FOLDER = Path(__file__).with_name("fonts")
# Families that no training strip shows, so that validation is on faces never seen.
HELD_OUT = (
    "archivo-narrow",
    "b612-mono",
    "courier-prime",
    "overpass",
    "overpass-mono",
    "pt-mono",
    "pt-sans-narrow",
    "rokkitt",
    "stardos-stencil",
    "titillium-web",
)


class Face(Protocol):
    """What a strip is drawn with; every length in pixels at CAP_HEIGHT."""

    @property
    def name(self) -> str:
        """Return what the face is called; stroke faces share theirs, as do dot matrices of a kind."""

    def glyph(self, char: str) -> Gray:
        """Return the coverage of ``char``, uint8 (CAP_HEIGHT, width), tight from left to right, read-only."""

    def bearing(self, char: str) -> float:
        """Return how far right of the pen the mask of ``char`` begins."""

    def advance(self, char: str) -> float:
        """Return how far ``char`` moves the pen."""


@dataclass(frozen=True)
class FontFace:
    """One font file; ``name`` is family and weight."""

    name: str
    path: Path

    @property
    def family(self) -> str:
        """Return the family: the name of the font's folder."""
        return self.path.parent.name

    def glyph(self, char: str) -> Gray:
        """Return the coverage of ``char``, uint8 (CAP_HEIGHT, width), tight from left to right, read-only."""
        return _font_glyph(self.path, char)[0]

    def bearing(self, char: str) -> float:
        """Return how far right of the pen the mask of ``char`` begins, in pixels."""
        return _font_glyph(self.path, char)[1]

    def advance(self, char: str) -> float:
        """Return how far ``char`` moves the pen, in pixels."""
        return _font_glyph(self.path, char)[2]


@cache
def _design(path: Path) -> ImageFont.FreeTypeFont:
    """Open a font so large that rounding to its pixels is lost."""
    return ImageFont.truetype(path, 1000, layout_engine=ImageFont.Layout.BASIC)


@cache
def _font(path: Path) -> ImageFont.FreeTypeFont:
    """Open a font at the size that gives its H the cap height."""
    design = _design(path)
    return design.font_variant(size=design.size * CAP_HEIGHT / -design.getbbox("H", anchor="ls")[1])


@cache
def _font_glyph(path: Path, char: str) -> tuple[Gray, float, float]:
    """Return mask, bearing and advance of ``char``; I, O, Q and marks that a font lacks are drawn with its own stem."""
    mask, left = _inked(path, char)
    if not _has(path, char):
        if char in ALPHABET or char not in SKELETONS:
            raise ValueError(f"{path.name}: got {char!r}, expected a character that the font has")
        return _mark(path, char)
    design = _design(path)
    return mask, left, design.getlength(char) * _font(path).size / design.size


def _has(path: Path, char: str) -> bool:
    mask = _inked(path, char)[0]
    return bool(mask.size) and not np.array_equal(mask, _inked(path, "\uffff")[0])


def _inked(path: Path, char: str) -> tuple[Gray, float]:
    font = _font(path)
    left, top, right, bottom = (round(v) for v in font.getbbox(char, anchor="ls"))
    if right <= left or bottom <= top:
        return np.zeros((CAP_HEIGHT, 0), np.uint8), 0.0
    above, below = max(-top, CAP_HEIGHT), max(bottom, 0)
    image = Image.new("L", (right - left + 4, above + below))
    ImageDraw.Draw(image).text((2 - left, above), char, fill=255, font=font, anchor="ls")
    page = np.array(image)
    if len(page) > CAP_HEIGHT:
        # Bowls overshoot the frame and a few tails hang below it: squeeze those in rather than cut them off.
        page = np.array(cv2.resize(page, (page.shape[1], CAP_HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
    columns = np.flatnonzero(page.max(axis=0))
    mask = page[:, columns[0] : columns[-1] + 1].copy()
    mask.setflags(write=False)
    return mask, float(left - 2 + columns[0])


@cache
def _mark(path: Path, char: str) -> tuple[Gray, float, float]:
    stem = float(_inked(path, "L")[0][CAP_HEIGHT // 2].sum()) / 255
    drawn = StrokeFace(Style(pen=min(stem / CAP_HEIGHT, 0.2)))
    return drawn.glyph(char), drawn.bearing(char), drawn.advance(char)


@cache
def _families(held_out: bool) -> tuple[tuple[FontFace, ...], ...]:
    """Return the faces of the training or of the held-out families, a tuple a family, sorted."""
    folders = sorted(f for f in FONT_FOLDER.iterdir() if f.is_dir() and (f.name in HELD_OUT) == held_out)
    fonts = [sorted(path for path in folder.iterdir() if path.suffix.lower() in FONT_SUFFIXES) for folder in folders]
    return tuple(tuple(FontFace(path.stem, path) for path in paths) for paths in fonts if paths)


def font_faces(held_out: bool = False) -> list[FontFace]:
    """Return every font of the training families, or of the held-out ones, sorted by name."""
    return [face for family in _families(held_out) for face in family]


@cache
def text_faces(held_out: bool = False) -> tuple[FontFace, ...]:
    """Return the fonts of the training or the held-out families that have what sentences need beside capitals."""
    return tuple(face for face in font_faces(held_out) if all(_has(face.path, char) for char in ".,:"))


@cache
def _can(path: Path, char: str) -> bool:
    return char == " " or char in ALPHABET or char in SKELETONS or _has(path, char)


def legible(text: str, face: FontFace) -> str:
    """Return the text in the characters that a font has: without accents that it lacks, and without others."""
    plain = [
        char if _can(face.path, char) else unicodedata.normalize("NFKD", char)[0]
        for char in text
        if char == " " or not char.isspace()
    ]
    return "".join(char for char in plain if _can(face.path, char))


def faces_digest() -> str:
    """Return a hexadecimal digest of which fonts there are and which of them are held out."""
    fonts = [face.path for held_out in (False, True) for face in font_faces(held_out)]
    known = [(path.relative_to(FONT_FOLDER).as_posix(), path.stat().st_size) for path in fonts]
    return hashlib.sha256(repr((known, HELD_OUT)).encode()).hexdigest()


def sample_face(rng: np.random.Generator, held_out: bool = False) -> Face:
    """Return a face drawn from ``rng``: 55 % fonts, 35 % strokes, 10 % dots; a held-out one is always a font."""
    kind = 0.0 if held_out else rng.random()
    if kind < 0.55:
        families = _families(held_out)
        family = families[rng.integers(len(families))]
        return family[rng.integers(len(family))]
    return stroke_face(rng) if kind < 0.9 else dot_face(rng)
