"""VINs to draw: real-looking ones mixed with uniform random ones, so that a net learns glyphs and not fleets."""

from __future__ import annotations

import numpy as np

from vinchar.structure.store import shipped
from vinchar.vin import ALPHABET, LENGTH

_LETTERS = [c for c in ALPHABET if c.isalpha()]


def _pick(rng: np.random.Generator, letters: str | list[str], count: int) -> str:
    return "".join(letters[i] for i in rng.integers(0, len(letters), count))


def draw_vin(rng: np.random.Generator, uniform: float = 0.5) -> str:
    """Return a VIN: with the probability ``uniform`` 17 uniform characters, else one as the shipped model builds it."""
    if rng.random() < uniform:
        return _pick(rng, ALPHABET, LENGTH)
    return shipped().structure.draw(rng)


def draw_label_text(rng: np.random.Generator) -> str:
    """Return a few words such as stand round a VIN on labels: weights, types, approvals, dates."""
    kind = rng.integers(5)
    if kind == 0:
        return f"{rng.integers(400, 3500)} KG"
    if kind == 1:
        return f"{_pick(rng, _LETTERS, int(rng.integers(1, 4)))} {rng.integers(1, 13):02d}/{rng.integers(0, 27):02d}"
    if kind == 2:
        words = [_pick(rng, _LETTERS, int(n)) for n in rng.integers(2, 9, int(rng.integers(1, 5)))]
        return " ".join(words)
    if kind == 3:
        return f"1- {rng.integers(500, 2000)} KG 2- {rng.integers(500, 2000)} KG"
    return _pick(rng, ALPHABET, int(rng.integers(5, 22)))
