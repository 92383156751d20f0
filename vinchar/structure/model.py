"""How likely 17 characters are as a VIN: what stands at each place, given what stands before it.

An interpolated back-off model: each place has contexts from none at all to everything before it, and a context that was
not seen hands on to the next shorter one, as in the ARPA language models (Katz 1987, doi 10.1109/TASSP.1987.1165125).
Its probabilities are mixed, for a whole VIN, with those of plain rules, so that a maker nobody counted costs little.
Position 9 comes last: a share of the VINs obeys the check digit, and that share depends on the beginning, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vinchar.structure.facts import BEGINNING, NINTH, SERIAL, VALID
from vinchar.structure.rules import maker_factor, position_table, region_table
from vinchar.vin import ALPHABET, LENGTH, VALUES, WEIGHTS

Doubles = NDArray[np.float64]
Ints = NDArray[np.intp]

MODEL, RULES = 0.9, 0.1  # shares of the VINs that are built as learned, and as the plain rules say
SYMBOLS = len(ALPHABET) + 1  # at place 9 one more: a check digit that is right
DIGITS, SIGNS = 10, len(ALPHABET)
# Of VINs by the plain rules: how many obey the check digit, in North America and China, and elsewhere.
OBEYS, OBEYS_ELSEWHERE = 0.98, 0.25

REGION = -1  # among the places of a context: the region that the first two characters stand for
# The places that a context holds, from the shortest on, for each place from 4 on; all before it is always the last one.
_AFTER_MAKER: tuple[tuple[int, ...], ...] = ((REGION,), (0, 1, 2))

CHECK_DIGITS = "0123456789X"
ADDS = np.array([[weight * VALUES[char] for char in ALPHABET] for weight in WEIGHTS]) % 11  # (17, 33)


def contexts(place: int) -> tuple[tuple[int, ...], ...]:
    """Return the places that each context of a place holds, the shortest first; the empty one is left out."""
    before = tuple(i for i in range(place) if i != NINTH)
    if place < 3:
        return tuple(before[-count:] for count in range(1, place + 1))
    if place in SERIAL:
        return _AFTER_MAKER
    if place == NINTH:
        return (_AFTER_MAKER[0], before)
    last = before[-1]
    chain = [_AFTER_MAKER[0], (REGION, last), _AFTER_MAKER[1], (0, 1, 2, last), (0, 1, 2, 3, last), before]
    if place == 3:
        chain = [*_AFTER_MAKER]
    return tuple(one for i, one in enumerate(chain) if len(set(one)) == len(one) and one not in chain[:i])


def hashes(place: int, level: int, columns: list[NDArray[Any]]) -> NDArray[np.uint32]:
    """Return 32 bits that name a context, uint32 of the columns' shape, from what stands at each of its places.

    FNV-1a. Of 200,000 names one in 20,000 lookups meets a wrong one, and errs by what a character costs.
    """
    found = np.full(columns[0].shape, 2166136261, np.uint32)
    with np.errstate(over="ignore"):
        for column in (np.uint32(32 * place + level), *columns):
            found = (found ^ np.asarray(column).astype(np.uint32)) * np.uint32(16777619)
            found ^= found >> np.uint32(15)
    return found


def named(context: NDArray[np.uint32], symbol: NDArray[Any]) -> NDArray[np.uint32]:
    """Return 32 bits that name a symbol in a context; ``SYMBOLS`` as symbol names the context's own back-off."""
    with np.errstate(over="ignore"):
        found = (context ^ (np.asarray(symbol).astype(np.uint32) + np.uint32(101))) * np.uint32(2246822519)
        found ^= found >> np.uint32(13)
        return found * np.uint32(3266489917)


@dataclass(frozen=True, eq=False, slots=True)
class Learned:
    """The back-off tables: ``names`` uint32, sorted, of symbols in contexts and of contexts; ``logs`` float32.

    A symbol's is its log-probability there, a context's what it hands on to the next shorter one. ``alone`` float32
    (17, 34): the log-probability of each symbol where no context is known.
    """

    names: NDArray[np.uint32]
    logs: NDArray[np.float32]
    alone: NDArray[np.float32]
    _regions: NDArray[np.uint8] = field(default_factory=region_table)

    def symbols(self, place: int, before: NDArray[Any], symbols: NDArray[Any], levels: int | None = None) -> Doubles:
        """Return log-probabilities at a place (from 0), float64 (B, C).

        ``before``: int (B, 17), what stands before; ``symbols``: int (C,) or (B, C), what is asked for; ``levels``: of
        how many contexts, the shortest ones; all of them by default.
        """
        symbols = np.broadcast_to(symbols, (len(before), symbols.shape[-1]))
        logs = np.asarray(self.alone[place, symbols], np.float64)  # (B, C)
        chain = contexts(place)[:levels]
        if not chain or not len(before):
            return logs
        context = self._contexts(place, before, chain)
        asked = np.concatenate([symbols, np.full((len(before), 1), SYMBOLS)], axis=1)
        names = named(context[:, :, None], asked)  # (L, B, C + 1)
        at = np.minimum(np.searchsorted(self.names, names), len(self.names) - 1)
        known = self.names[at] == names
        values = np.where(known, self.logs[at], 0.0)
        for seen, value in zip(known, values, strict=True):  # from the shortest context to the longest
            logs = np.where(seen[:, :-1], value[:, :-1], logs + value[:, -1:])
        return logs

    def _contexts(self, place: int, before: NDArray[Any], chain: tuple[tuple[int, ...], ...]) -> NDArray[np.uint32]:
        region = self._regions[before[:, 0], before[:, 1]] if place > 2 else None
        columns = [[region if i == REGION else before[:, i] for i in places] for places in chain]
        return np.stack([hashes(place, level, column) for level, column in enumerate(columns)])  # (L, B)

    def ninth(self, before: NDArray[Any], symbols: NDArray[Any]) -> tuple[Doubles, Doubles]:
        """Return the share of VINs that obey the check digit, (B,), and of each symbol where not, log, (B, C)."""
        asked = np.broadcast_to(symbols, (len(before), symbols.shape[-1]))
        logs = self.symbols(NINTH, before, np.pad(asked, ((0, 0), (0, 1)), constant_values=VALID))
        return np.exp(logs[:, -1]), logs[:, :-1]

    def serial(self, before: NDArray[Any]) -> Doubles:
        """Return the log-probability of each character at places 12-17, float64 (B, 6, 33)."""
        kinds = np.stack([self.symbols(place, before, np.arange(2)) for place in SERIAL], axis=1)  # (B, 6, 2)
        each = np.log(np.repeat([DIGITS, SIGNS - DIGITS], [DIGITS, SIGNS - DIGITS]))
        return np.asarray(np.repeat(kinds, [DIGITS, SIGNS - DIGITS], axis=2) - each, np.float64)


class Rules:
    """The plain rules as a model: every place by itself, but for the makers' codes; for ``vins`` false no rules at all.

    Without rules all strings of 17 characters are equally likely.
    """

    def __init__(self, vins: bool = True) -> None:
        uniform = np.full((LENGTH, SIGNS), -np.log(SIGNS))
        self._places = position_table() if vins else uniform
        self._makers = maker_factor() if vins else None
        self._obeys = np.array([OBEYS if char in "12345L" else OBEYS_ELSEWHERE for char in ALPHABET]) * vins

    def symbols(self, place: int, before: NDArray[Any], symbols: NDArray[Any]) -> Doubles:
        """Return log-probabilities at a place, float64 (B, C), as ``Learned.symbols``."""
        logs = self._places[place, np.broadcast_to(symbols, (len(before), symbols.shape[-1]))]
        if place == 2 and self._makers is not None:
            logs = logs + self._makers[before[:, :1], before[:, 1:2], symbols]
        return np.asarray(logs, np.float64)

    def ninth(self, before: NDArray[Any], symbols: NDArray[Any]) -> tuple[Doubles, Doubles]:
        """Return the share of VINs that obey the check digit, (B,), and of each symbol where not, log, (B, C)."""
        return self._obeys[before[:, 0]], self.symbols(NINTH, before, symbols)

    def serial(self, before: NDArray[Any]) -> Doubles:
        """Return the log-probability of each character at places 12-17, float64 (B, 6, 33)."""
        return np.broadcast_to(self._places[list(SERIAL)], (len(before), len(SERIAL), SIGNS))


@dataclass(frozen=True, eq=False, slots=True)
class Structure:
    """A mixture of models of whole VINs; each ``parts`` has its share."""

    parts: tuple[tuple[float, Learned | Rules], ...]

    def log_prob(self, strings: NDArray[Any]) -> Doubles:
        """Return the log-probability of whole strings, indices into ``vin.ALPHABET`` (N, 17); float64 (N,)."""
        strings = np.asarray(strings, np.intp).reshape(-1, LENGTH)
        rows = np.arange(len(strings))
        residue = ADDS[np.arange(LENGTH), strings].sum(axis=1) - ADDS[NINTH, strings[:, NINTH]]
        valid = strings[:, NINTH] == CHECK_INDEX[residue % 11]
        logs = []
        for share, part in self.parts:
            log = np.full(len(strings), np.log(share))
            for place in BEGINNING:
                log += part.symbols(place, strings, strings[:, place, None])[:, 0]
            log += part.serial(strings)[rows[:, None], np.arange(len(SERIAL)), strings[:, list(SERIAL)]].sum(axis=1)
            obeys, other = part.ninth(strings, strings[:, NINTH, None])
            logs.append(log + np.log(obeys * valid + (1 - obeys) * np.exp(other[:, 0])))
        return np.asarray(np.logaddexp.reduce(logs, axis=0), np.float64)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what ``from_arrays`` makes the structure of again."""
        learned = next(part for _, part in self.parts if isinstance(part, Learned))
        return {"names": learned.names, "logs": learned.logs.astype(np.float16), "alone": learned.alone}


CHECK_INDEX = np.array([ALPHABET.index(char) for char in CHECK_DIGITS])  # the check digit for each weighted sum
UNIFORM = Structure(((1.0, Rules(vins=False)),))  # nothing is known


def from_arrays(arrays: Mapping[str, NDArray[Any]]) -> Structure:
    """Return the structure that ``Structure.arrays`` gave; raises ``ValueError`` if an array is not what it was."""
    return mixed(Learned(arrays["names"], arrays["logs"].astype(np.float32), arrays["alone"]))


def mixed(learned: Learned) -> Structure:
    """Return what was learned with a share of the plain rules. Raises ``ValueError`` for tables of another shape."""
    if learned.names.dtype != np.uint32 or learned.names.shape != learned.logs.shape or not len(learned.names):
        raise ValueError(f"structure: got {learned.names.dtype} {learned.names.shape}, expected uint32 as many as logs")
    if learned.alone.shape != (LENGTH, SYMBOLS):
        raise ValueError(f"structure: got {learned.alone.shape} for single places, expected {(LENGTH, SYMBOLS)}")
    return Structure(((MODEL, learned), (RULES, Rules())))
