"""The seam between pictures of lines and what stands on them: strips in, a batch at a time, line readings out.

A recogniser knows nothing of VINs but that they have 17 glyphs: it says what it saw, and ``decide`` weighs that. It has
one expert or several, networks that see strips in different ways. The first one parts a strip into glyphs; what all
think of each glyph is multiplied, as likelihoods are, each to the power of its weight: Hinton, "Training products of
experts by minimizing contrastive divergence" (2002), doi 10.1162/089976602760128018.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vinchar.segment import segment
from vinchar.types import LineReading, Strip

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

FEWEST, MOST = 13, 22  # glyphs seen in a strip that is worth a search; real VINs gave 15.7 to 19.1
RELEVANT = 12.0  # nats: a path that is so much worse than the best is left out
HOPELESS = -30.0  # score of a path that shows no VIN; readings that were right had scores from -25 on
BESIDE = (0.6, 1.6)  # pitches from the middle of the last glyph: there another one would stand


class Recogniser(Protocol):
    """Reads strips: one of several ways to do so."""

    def read(self, strips: Sequence[Strip]) -> list[LineReading | None]:
        """Return what stands on each strip, None where it does not look like 17 glyphs."""
        ...


class Logits(Protocol):
    """A network that answers for strips, as ``session.StripNetwork`` does."""

    def logits(self, strips: NDArray[np.uint8]) -> Floats:
        """Return float32 (B, ...) for strips uint8 (B, 40, W)."""
        ...


@dataclass(frozen=True, eq=False, slots=True)
class Partings:
    """S ways to part a strip into 17 glyphs, best first: as ``LineReading`` has them, with the glyphs' middles.

    ``centres`` float32 (S, 17), columns of the strip, rising; ``log_likelihoods`` float32 (S, 17, 33), each glyph's
    normalised; ``scores`` float64 (S,); ``beyond`` float32 (S,).
    """

    centres: Floats
    log_likelihoods: Floats
    scores: Doubles
    beyond: Floats

    def __len__(self) -> int:
        return len(self.scores)

    def worthwhile(self) -> Partings | None:
        """Return those that are not much worse than the best and show a line of 17 glyphs, None if none does."""
        kept = self.scores + self.log_likelihoods.max(axis=2).sum(axis=1)
        some = kept >= max(kept.max(initial=-np.inf) - RELEVANT, HOPELESS)
        if not some.any():
            return None
        return Partings(self.centres[some], self.log_likelihoods[some], self.scores[some], self.beyond[some])


class Opinion(Protocol):
    """What an expert thinks of the strips that it looked at."""

    def partings(self) -> list[Partings | None]:
        """Return how each strip may be parted into 17 glyphs, None where it does not look like that."""
        ...

    def judge(self, strip: int, centres: Floats) -> tuple[Floats, Doubles]:
        """Return log-likelihoods (S, 17, 33), each glyph's normalised, and scores (S,) of others' partings (S, 17)."""
        ...


class Expert(Protocol):
    """One way to see strips."""

    def look(self, strips: NDArray[np.uint8]) -> Opinion:
        """Look at strips, uint8 (B, 40, W), of one size."""
        ...


class Experts:
    """The recogniser: one expert or several, each with its weight, the first of which parts the strips."""

    def __init__(self, *experts: tuple[Expert, float]) -> None:
        self._experts = experts

    def read(self, strips: Sequence[Strip]) -> list[LineReading | None]:
        """Return what stands on each strip, all of one size; None where it does not look like 17 glyphs."""
        readings: list[LineReading | None] = [None] * len(strips)
        if not strips:
            return readings
        grays = np.stack([strip.gray for strip in strips])
        (first, _), *others = self._experts
        found = [(i, parted) for i, parted in enumerate(first.look(grays).partings()) if parted is not None]
        if found:
            rows = [i for i, _ in found]
            opinions = [expert.look(grays[rows]) for expert, _ in others]
            for row, (i, parted) in enumerate(found):
                judged = [opinion.judge(row, parted.centres) for opinion in opinions]
                readings[i] = self._together(strips[i], parted, judged)
        return readings

    def _together(self, strip: Strip, parted: Partings, judged: Sequence[tuple[Floats, Doubles]]) -> LineReading:
        """Return what the first expert's partings show in the opinion of all."""
        each = np.stack([parted.log_likelihoods, *(likelihoods for likelihoods, _ in judged)])  # (K, S, 17, 33)
        scores = np.stack([parted.scores, *(score for _, score in judged)])  # (K, S)
        weights = np.array([weight for _, weight in self._experts], np.float32)
        return LineReading(
            strip,
            segment(strip.gray, parted.centres),
            np.tensordot(weights, each, 1),
            np.tensordot(weights.astype(np.float64), scores, 1),
            parted.beyond,
            each,
        )


def cuts_between(centres: Floats) -> Floats:
    """Return where glyphs with their middles at ``centres`` (S, N) end and begin, (S, N + 1), half way between two."""
    half = np.median(np.diff(centres, axis=1), axis=1, keepdims=True) / 2
    between = (centres[:, 1:] + centres[:, :-1]) / 2
    return np.asarray(np.concatenate([centres[:, :1] - half, between, centres[:, -1:] + half], axis=1), np.float32)


def glyphs_beyond(glyphs: Floats, places: Floats, centres: Floats) -> float:
    """Return about how many of ``glyphs`` (M,), seen at columns ``places`` (M,), stand beside the 17 at ``centres``."""
    pitch = float(np.median(np.diff(centres)))
    near, far = BESIDE[0] * pitch, BESIDE[1] * pitch
    before = (places > centres[0] - far) & (places < centres[0] - near)
    after = (places > centres[-1] + near) & (places < centres[-1] + far)
    return float(glyphs[before | after].sum())
