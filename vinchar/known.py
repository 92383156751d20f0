"""The owner's list of VINs: a fleet, an inventory. A share of the prior goes to it, the rest stays with all others."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vinchar.structure.facts import read_vins
from vinchar.vin import ALPHABET, LENGTH, validate

# So much of the prior goes to the list: little, as that is enough (listed cars read as well with 0.002 as with 0.5),
# and a larger share draws unlisted cars of the same makers to it.
SHARE = 0.002
LIKE = 0.5  # of this, so much goes to numbers that are not listed, but differ from one in the last characters alone
LAST = range(1, 7)  # how many these are
SHORTLIST = 64  # of the list, so many VINs are compared exactly
CHUNKS = tuple((start, min(start + 3, LENGTH)) for start in range(0, LENGTH, 3))  # characters looked up together


@dataclass(frozen=True, eq=False, slots=True)
class KnownVins:
    """A list of N VINs, in order: ``codes`` uint16 (6, N), each VIN as numbers of three characters; ``text`` bytes
    (N,); ``share`` of the prior.

    A list that is dense, as that of a fleet is, makes unlisted cars with nearly the same number likelier, too.
    """

    codes: NDArray[np.uint16]
    text: NDArray[np.bytes_]
    share: float = SHARE

    def __len__(self) -> int:
        return int(self.codes.shape[1])

    def log_prob(self, strings: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return the log-probability by the list of strings (N, 17), its share included; -inf where it gives none."""
        letters = np.frombuffer(ALPHABET.encode(), np.uint8)[strings]
        text = np.ascontiguousarray(letters).view(f"S{LENGTH}")[:, 0]
        chance = (1 - LIKE) * (self.text.searchsorted(text, "right") - self.text.searchsorted(text))
        for count in LAST:
            first = text.astype(f"S{LENGTH - count}")
            alike = self.text.searchsorted(_followed(first, b"~", count)) - self.text.searchsorted(first)
            chance = chance + LIKE / len(LAST) * alike * 10.0**-count
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(self.share * chance / len(self)), np.float64)

    def likely(self, seen: NDArray[np.float64], own: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return the VINs of the list that fit best what was seen, int (M, 17), indices into ``vin.ALPHABET``.

        ``seen`` (S, 17, 33): log-likelihoods in S segmentations, ``own`` (S,) their scores.
        """
        best = (seen + (own - own.max())[:, None, None] / LENGTH).max(axis=0)  # at least what each one gives
        worth = np.zeros(len(self), np.float32)
        for (start, stop), codes in zip(CHUNKS, self.codes, strict=True):
            table = best[start]
            for place in range(start + 1, stop):
                table = np.add.outer(table, best[place])
            worth += np.ascontiguousarray(table.ravel(), np.float32)[codes]
        few = min(SHORTLIST, len(self))
        return self._characters(np.argpartition(worth, -few)[-few:])

    def _characters(self, index: NDArray[np.intp]) -> NDArray[np.intp]:
        size = len(ALPHABET)
        places = []
        for (start, stop), codes in zip(CHUNKS, self.codes[:, index].astype(np.intp), strict=True):
            places += [codes // size ** (stop - 1 - place) % size for place in range(start, stop)]
        return np.stack(places, axis=1)


def _followed(text: NDArray[np.bytes_], letter: bytes, count: int) -> NDArray[np.bytes_]:
    """Return strings with ``count`` times the letter behind them."""
    return np.char.add(text, letter * count)


def known_vins(vins: list[str], share: float = SHARE) -> KnownVins:
    """Return the list. Raises ``ValueError`` for a share that is not between 0 and 1, or a list without a VIN."""
    if not 0 < share < 1:
        raise ValueError(f"share of the known VINs: got {share}, expected a number between 0 and 1")
    if not vins:
        raise ValueError("known VINs: got none, expected a list of at least one")
    table = np.zeros(128, np.uint16)
    table[list(ALPHABET.encode())] = np.arange(len(ALPHABET))
    text = np.unique(np.array(vins, f"S{LENGTH}"))
    indices = table[text.view(np.uint8)].reshape(-1, LENGTH)
    codes = []
    for start, stop in CHUNKS:
        code = np.zeros(len(text), np.uint16)
        for place in range(start, stop):
            code = code * np.uint16(len(ALPHABET)) + indices[:, place]
        codes.append(code)
    return KnownVins(np.stack(codes), text, share)


def read_known(path: Path, share: float = SHARE) -> KnownVins:
    """Return the list in a file (see ``structure.facts.read_vins``). Raises ``ValueError`` if there is none in it."""
    return known_vins(read_vins(path), share)


Known = KnownVins | str | os.PathLike[str] | Iterable[str] | None  # a list of VINs, or the file of one


def list_of(known: Known) -> KnownVins | None:
    """Return the list that is meant. Raises ``ValueError`` for what is no VIN in it."""
    if known is None or isinstance(known, KnownVins):
        return known
    if isinstance(known, str | os.PathLike):
        return read_known(Path(known))
    return known_vins([validate(vin) for vin in known])
