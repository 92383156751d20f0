"""Small pictures that show no character: blank squares, discs, icons, marks, textures, crops of photos."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.drawing.faces import FontFace, font_faces, legible
from vinchar.drawing.other_text import texture
from vinchar.drawing.photos import draw_photo
from vinchar.drawing.printing import Setting, set_line
from vinchar.drawing.surfaces import smooth_noise

Gray = NDArray[np.uint8]
Floats = NDArray[np.float32]
MARKS = "&?!%@#$+=~*;:\"'^{}[]<>/\\€£§"


def _blank(side: int, rng: np.random.Generator) -> Floats:
    slope = np.linspace(0, rng.uniform(0, 0.5), side, dtype=np.float32)
    return np.asarray(np.tile(slope, (side, 1)) if rng.random() < 0.5 else np.zeros((side, side)), np.float32)


def _shape(side: int, rng: np.random.Generator) -> Floats:
    """A disc, a block, a triangle, an arrow, a star, a heart, a blot, a frame of dots: what icons are made of."""
    ink = np.zeros((side, side), np.float32)
    middle, reach = side / 2 + rng.normal(0, 0.03, 2) * side, side * rng.uniform(0.22, 0.4)
    kind = rng.integers(8)
    turn = rng.uniform(0, 2 * np.pi)

    def polygon(radii: NDArray[np.float64]) -> None:
        angles = turn + np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
        points = middle + reach * radii[:, None] * np.stack([np.cos(angles), np.sin(angles)], 1)
        cv2.fillPoly(ink, [np.round(points * 16).astype(np.int32)], 1.0, cv2.LINE_AA, 4)

    if kind == 0:
        cv2.circle(ink, np.round(middle).astype(int).tolist(), round(reach), 1.0, -1, cv2.LINE_AA)
    elif kind == 1:
        half = np.array([reach, reach * rng.uniform(0.6, 1)])
        cv2.rectangle(ink, (middle - half).astype(int).tolist(), (middle + half).astype(int).tolist(), 1.0, -1)
    elif kind == 2:
        polygon(np.ones(int(rng.choice([3, 5, 6]))))
    elif kind == 3:
        polygon(np.tile([1.0, rng.uniform(0.35, 0.6)], int(rng.integers(4, 9))))
    elif kind == 4:  # a cog
        polygon(np.repeat(np.tile([1.0, 0.75], 8), 3))
        cv2.circle(ink, np.round(middle).astype(int).tolist(), round(reach * 0.3), 0.0, -1, cv2.LINE_AA)
    elif kind == 5:  # a smiling or an astonished face
        cv2.circle(ink, np.round(middle).astype(int).tolist(), round(reach), 1.0, max(1, side // 20), cv2.LINE_AA)
        for x in (-0.35, 0.35):
            at = np.round(middle + reach * np.array([x, -0.25])).astype(int).tolist()
            cv2.circle(ink, at, max(1, round(reach * 0.12)), 1.0, -1, cv2.LINE_AA)
        low = np.round(middle + reach * np.array([0, 0.2])).astype(int).tolist()
        cv2.ellipse(ink, low, (round(reach * 0.5), round(reach * 0.35)), 0, 0, 180, 1.0, max(1, side // 24))
    elif kind == 6:  # a blot
        blot = smooth_noise((side, side), side * 0.2, rng)
        ink[:] = np.clip((blot - 0.2) * 4, 0, 1)
    else:  # dots in rows
        step = max(3, round(side * rng.uniform(0.12, 0.25)))
        for y in range(step, side - step // 2, step):
            for x in range(step, side - step // 2, step):
                cv2.circle(ink, (x, y), max(1, step // 4), 1.0, -1, cv2.LINE_AA)
    return ink


def _text(text: str, side: int, rng: np.random.Generator) -> Floats:
    faces = [face for face in font_faces() if isinstance(face, FontFace) and legible(text, face) == text]
    ink, _ = set_line(text, faces[rng.integers(len(faces))], Setting(1.0, None, 0.05), side * 0.6, rng)
    scale = min(1.0, 0.9 * side / ink.shape[1])
    ink = np.asarray(cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.float32)[:side]
    page = np.zeros((side, side), np.float32)
    y, x = (side - ink.shape[0]) // 2, (side - ink.shape[1]) // 2
    page[y : y + ink.shape[0], x : x + ink.shape[1]] = ink
    return page


def _mark(side: int, rng: np.random.Generator) -> Floats:
    return _text(MARKS[rng.integers(len(MARKS))], side, rng)


def _word(side: int, rng: np.random.Generator) -> Floats:
    count = int(rng.integers(3, 7))
    return _text("".join("ABCDEFGHJKLMNPRSTUVWXYZ0123456789"[i] for i in rng.integers(0, 33, count)), side, rng)


def _texture(side: int, rng: np.random.Generator) -> Floats:
    picture = texture(rng)
    y, x = (int(rng.integers(0, n - side)) for n in picture.shape)
    return np.asarray(picture[y : y + side, x : x + side].astype(np.float32) / 255)


def _crop(side: int, rng: np.random.Generator) -> Floats:
    """A piece of a photo: an edge, a corner of a label, half of some glyphs."""
    gray = cv2.cvtColor(draw_photo(rng, small=True).bgr, cv2.COLOR_BGR2GRAY)
    y, x = (int(rng.integers(0, n - 2 * side)) for n in gray.shape)
    part = gray[y : y + 2 * side, x : x + 2 * side]
    return np.asarray(cv2.resize(part, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32) / 255)


KINDS: dict[str, Callable[[int, np.random.Generator], Floats]] = {
    "blank": _blank, "shape": _shape, "mark": _mark, "word": _word, "texture": _texture, "crop": _crop,
}  # fmt: skip


def draw_no_glyph(rng: np.random.Generator, kind: str | None = None) -> Gray:
    """Return a picture without a character, uint8 (side, side), 20 to 128 pixels; ``kind``: of ``KINDS``, or any."""
    side = int(rng.integers(20, 129))
    ink = KINDS[kind or tuple(KINDS)[rng.integers(len(KINDS))]](side, rng)
    ground, letter = rng.uniform(10, 60), rng.uniform(170, 245)
    if rng.random() < 0.5:
        ground, letter = 255 - ground, 255 - letter
    picture = ground + (letter - ground) * np.clip(ink, 0, 1) + rng.normal(0, rng.uniform(0, 4), ink.shape)
    return np.asarray(np.clip(picture, 0, 255), np.uint8)
