"""What is not a VIN: the other text of labels, plates, signs and metal, and textures that look like text from afar."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from vinchar.drawing.layouts import eurasian_approval
from vinchar.drawing.photos import Place
from vinchar.drawing.surfaces import smooth_noise
from vinchar.structure.wording import draw_line

DRAWN = set(string.ascii_uppercase + string.digits + " -/")  # what every face has
WORDS = ("CENTRUM", "UMLEITUNG", "EXIT ONLY", "NO PARKING", "MAIN STREET", "AIRBAG", "HANDLE WITH CARE", "ROUTE 66")


def _pick(characters: str, count: int, rng: np.random.Generator) -> str:
    return "".join(characters[i] for i in rng.integers(0, len(characters), count))


def part_number(rng: np.random.Generator) -> str:
    """Return letters and digits, 5 to 24 of them but never 17, often in groups."""
    count = int(rng.choice([n for n in range(5, 25) if n != 17]))
    text = _pick(string.digits + string.ascii_uppercase, count, rng)
    step = int(rng.choice([n for n in range(3, 30) if n != 17]))
    return "-".join(text[i : i + step] for i in range(0, count, step))


def plate(rng: np.random.Generator) -> str:
    """Return what stands on a number plate."""
    letters, digits = _pick(string.ascii_uppercase, 5, rng), _pick(string.digits, 4, rng)
    return [
        f"{letters[:2]} {digits[:3]} {letters[2:4]}",
        f"{letters[:3]} {digits}",
        f"{letters[:1]}-{letters[1:3]} {digits}",
    ][rng.integers(3)]


def sign(rng: np.random.Generator) -> str:
    """Return what stands on a street sign or a warning."""
    return f"{WORDS[rng.integers(len(WORDS))]} {rng.integers(1, 400)} KM"[: int(rng.integers(9, 25))].strip()


def approval(rng: np.random.Generator) -> str:
    """Return a type approval or a date with weights, as labels have them."""
    n = rng.integers(100, 4000, 4)
    return [
        f"E{n[0] % 30}*2007/46*{n[1]:04d}*{n[2] % 30:02d}",
        f"{n[0]} KG  1- {n[1]} KG",
        f"TEL 0{n[0]}/{n[1]}{n[2]}",
        eurasian_approval(rng).replace(".", " "),  # faces of strokes and dots have no full stop
    ][rng.integers(4)]


def line(rng: np.random.Generator) -> str:
    """Return a line of a document, label or screen, 8 to 34 characters of it, without marks that some faces lack."""
    while True:
        plain = unicodedata.normalize("NFKD", draw_line(rng)).upper()
        words = " ".join("".join(char if char in DRAWN else " " for char in plain).split())
        count = int(rng.integers(8, 35))
        if len(words) >= 8 and sum(char != " " for char in words[:count]) >= 8:
            return words[:count].strip()


TEXTS: dict[str, tuple[Place, Callable[[np.random.Generator], str]]] = {
    "line on a label": ("label", line),
    "line on a plate": ("windscreen", line),
    "part number on a label": ("label", part_number),
    "part number in metal": ("frame", part_number),
    "approval on a label": ("label", approval),
    "plate": ("windscreen", plate),
    "sign": ("windscreen", sign),
}


def texture(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return stripes, checks or clouds, without any text."""
    shape, kind = (480, 640), rng.integers(3)
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    turn, step = rng.uniform(0, np.pi), rng.uniform(8, 40)
    waves = [np.sin((x * np.cos(a) + y * np.sin(a)) * 2 * np.pi / step) for a in (turn, turn + np.pi / 2)]
    pattern = (waves[0], np.sign(waves[0] * waves[1]), smooth_noise(shape, step / 4, rng))[kind]
    gray = 128 + rng.uniform(20, 70) * pattern + 8 * rng.standard_normal(shape)
    return np.asarray(np.clip(gray, 0, 255), np.uint8)
