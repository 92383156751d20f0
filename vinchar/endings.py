"""What may follow the beginning of a VIN: its check digit and its serial number, exactly.

The weighted sum modulo 11 is a dimension of 11 states; the places of the serial number do not depend on each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vinchar.structure.facts import NINTH, SERIAL
from vinchar.structure.model import ADDS, CHECK_INDEX, Structure
from vinchar.vin import ALPHABET

Doubles = NDArray[np.float64]
Ints = NDArray[np.intp]

LAST = list(SERIAL)  # the places of the serial number
SUMS = np.eye(11)[ADDS]  # (17, 33, 11): by what each character raises the weighted sum
MINUS = (np.arange(11)[:, None] - np.arange(11)) % 11  # [r, a]: r - a
PLUS = (np.arange(11)[:, None] + np.arange(11)) % 11  # [r, a]: r + a


@dataclass(frozen=True, eq=False, slots=True)
class Endings:
    """What may follow each of B beginnings, by each of K parts of the structure.

    ``obeys`` (K, B): how likely it obeys the check digit; ``other`` (K, B, C): the chances of what stands at 9 where
    not; ``serial`` (K, G, 6, 33): the chances of the last six characters; ``group`` (B,): an index into it.
    """

    obeys: Doubles
    other: Doubles
    serial: Doubles
    group: Ints

    def take(self, index: Ints) -> Endings:
        return Endings(self.obeys[:, index], self.other[:, index], self.serial, self.group[index])


def endings(structure: Structure, characters: Ints, ninth: Ints) -> Endings:
    """Return what may follow the beginnings; what depends on less than all of them is looked up once."""
    powers = len(ALPHABET) ** np.arange(8)
    _, first, index = np.unique(characters[:, :8] @ powers, return_index=True, return_inverse=True)
    _, one, group = np.unique(characters[:, :3] @ powers[:3], return_index=True, return_inverse=True)
    ninths = [part.ninth(characters[first], ninth) for _, part in structure.parts]
    obeys = np.stack([share for share, _ in ninths])
    other = np.exp([np.broadcast_to(logs, (len(first), len(ninth))) for _, logs in ninths])
    serial = np.exp([part.serial(characters[one]) for _, part in structure.parts])
    return Endings(obeys[:, index], other[:, index], serial, group)


def ninth_worth(rest: Endings, likely: Doubles, ninth: Ints, checks: Ints) -> tuple[Doubles, Doubles]:
    """Return what place 9 is worth if it obeys, for each sum of the serial number, (K, B, S, 11); else (K, B, S)."""
    there = likely[:, NINTH]  # (S, 33)
    valid = rest.obeys[:, :, None, None] * there[:, CHECK_INDEX][:, checks].swapaxes(0, 1)
    return valid, (1 - rest.obeys[:, :, None]) * (rest.other @ there[:, ninth].T)


def sums_of(serial: Doubles) -> Doubles:
    """Return the chance of each weighted sum of the serial numbers (..., 6, 33), float64 (..., 11)."""
    sums = np.zeros((*serial.shape[:-2], 11))
    sums[..., 0] = 1
    for j, place in enumerate(LAST):
        sums = fold(serial[..., j, :] @ SUMS[place], sums, MINUS)
    return sums


def messages(serial: Doubles, ends: Doubles) -> list[Doubles]:
    """Return for each place of the serial number, and after it, what the rest is worth after each sum, (..., 11)."""
    found = [ends]
    for j in reversed(range(len(SERIAL))):
        ends = fold(serial[..., j, :] @ SUMS[LAST[j]], ends, PLUS)
        found.append(ends)
    return found[::-1]


def serial_marginals(serial: Doubles, after: Doubles) -> Doubles:
    """Return what each character at places 12 to 17 is worth, (6, 33), by sums from the front and from the back.

    ``serial`` (..., 6, 33); ``after`` (..., 11): what each sum of the serial number is worth.
    """
    back = messages(serial, after)
    front = np.zeros(after.shape)
    front[..., 0] = 1
    found = np.zeros((len(SERIAL), len(ALPHABET)))
    for j, place in enumerate(LAST):
        worth = fold(front, back[j + 1], PLUS)  # by what the character adds
        found[j] = (serial[..., j, :] * worth[..., ADDS[place]]).reshape(-1, len(ALPHABET)).sum(axis=0)
        front = fold(serial[..., j, :] @ SUMS[place], front, MINUS)
    return found


def fold(weights: Doubles, sums: Doubles, shift: Ints) -> Doubles:
    """Return what ``sums`` (..., 11) become by one more character, whose chances by what it adds are ``weights``."""
    return np.asarray((sums[..., shift] @ weights[..., None])[..., 0], np.float64)


def log_sum(logs: Doubles, axis: int) -> Doubles:
    """Return the logarithm of the sum of exponentials along an axis, as ``np.logaddexp.reduce``, but faster."""
    most = logs.max(axis=axis, keepdims=True)
    most[most == -np.inf] = 0
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(np.exp(logs - most).sum(axis=axis)) + np.squeeze(most, axis), np.float64)
