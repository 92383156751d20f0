"""How likely 17 characters are as a VIN: what stands at each place, given what stands before it.

An interpolated back-off model: each place has contexts from none at all to everything before it, and a context that was
not seen hands on to the next shorter one, as in the ARPA language models (Katz 1987, doi 10.1109/TASSP.1987.1165125).
Its probabilities are mixed, for a whole VIN, with those of plain rules, so that a maker nobody counted costs little.
Position 9 comes last: a share of the VINs obeys the check digit, and that share depends on the beginning, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vinchar.structure.facts import BEGINNING, NINTH, SERIAL
from vinchar.structure.rules import maker_codes, maker_factor, position_table, region_table
from vinchar.vin import ALPHABET, LENGTH, VALUES, WEIGHTS

Doubles = NDArray[np.float64]
Ints = NDArray[np.intp]

MODEL, RULES = 0.9, 0.1  # shares of the VINs that are built as learned, and as the plain rules say
SYMBOLS = len(ALPHABET) + 1  # at place 9 one more: a check digit that is right
DIGITS, SIGNS = 10, len(ALPHABET)
_KINDS = (np.arange(SIGNS) >= DIGITS).astype(np.intp)  # of each character: a digit, or a letter
# Of VINs by the plain rules: how many obey the check digit, in North America and China, and elsewhere.
OBEYS, OBEYS_ELSEWHERE = 0.98, 0.25

REGION = -1  # among the places of a context: the region that the first two characters stand for
CHECK_DIGITS = "0123456789X"
CHECK_INDEX = np.array([ALPHABET.index(char) for char in CHECK_DIGITS])  # the check digit for each weighted sum
ADDS = np.array([[weight * VALUES[char] for char in ALPHABET] for weight in WEIGHTS]) % 11  # (17, 33)


def weighted_sum(strings: NDArray[Any]) -> Ints:
    """Return the weighted sums modulo 11, (N,), of strings (N, 17) without place 9, whose weight is 0."""
    places = np.array([i for i in range(LENGTH) if i != NINTH])
    return np.asarray(ADDS[places, strings[:, places]].sum(axis=1) % 11, np.intp)


def contexts(place: int) -> tuple[tuple[int, ...], ...]:
    """Return the places that each context of a place holds, the shortest first; each holds all of the one before."""
    before = tuple(i for i in range(place) if i != NINTH)
    region, maker = (REGION,), (0, 1, 2)
    if place < 3:
        return tuple(before[-count:] for count in range(1, place + 1))
    if place == 3 or place in SERIAL:
        return region, maker
    if place == NINTH:
        return region, before
    last = before[-1]
    chain = (region, maker, (*maker, last), (*maker, 3, last), before)
    return tuple(one for i, one in enumerate(chain) if len(set(one)) == len(one) and one not in chain[:i])


def _random_words(count: int) -> NDArray[np.uint32]:
    """Return ``count`` words of 32 random bits, always the same (the finaliser of MurmurHash3 on 1, 2, 3...)."""
    words: NDArray[np.uint32] = np.arange(1, count + 1, dtype=np.uint32) * np.uint32(0x9E3779B1)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        words ^= words >> np.uint32(shift)
        words *= np.uint32(factor)
    return np.asarray(words ^ (words >> np.uint32(16)), np.uint32)


# Names of 32 bits (Zobrist 1970): the exclusive or of one random word for each character at its place, for the region,
# for the place asked for, and for the symbol. Of 200,000 names one in 20,000 lookups meets a wrong one.
_WORDS = _random_words(LENGTH * SIGNS + 64 + LENGTH + SYMBOLS + 1)
_AT = _WORDS[: LENGTH * SIGNS].reshape(LENGTH, SIGNS)
_REGION, _PLACE, _SYMBOL = np.split(_WORDS[LENGTH * SIGNS :], [64, 64 + LENGTH])
_REGIONS = region_table()
_CHAINS = [contexts(place) for place in range(LENGTH)]
_FIRST_BITS = 18  # of a name, by which it is looked for
_SHIFT = np.uint32(32 - _FIRST_BITS)
# For each place, which places and (last) whether the region belong to each of its contexts, as masks (L, 18).
_MASKS = [
    np.array([[i in chosen for i in (*range(LENGTH), REGION)] for chosen in chain], np.bool_).reshape(-1, LENGTH + 1)
    * np.uint32(0xFFFFFFFF)
    for chain in _CHAINS
]


def names_of_contexts(place: int, before: NDArray[Any], levels: int | None = None) -> NDArray[np.uint32]:
    """Return the names of a place's contexts, the shortest first, uint32 (L, B); ``before`` as of ``Learned.symbols``.

    ``levels``: of how many contexts, the shortest ones; all of them by default.
    """
    words = np.empty((len(before), LENGTH + 1), np.uint32)
    words[:, :LENGTH] = _AT[np.arange(LENGTH), before]
    words[:, LENGTH] = _REGION[_REGIONS[before[:, 0], before[:, 1]]]
    masks = _MASKS[place][:levels]
    return np.asarray(np.bitwise_xor.reduce(words & masks[:, None], axis=2) ^ _PLACE[place], np.uint32)


def names_of_symbols(contexts: NDArray[np.uint32], symbols: NDArray[Any]) -> NDArray[np.uint32]:
    """Return the names of symbols in contexts; ``SYMBOLS`` as symbol names the context's own back-off."""
    return np.asarray(contexts ^ _SYMBOL[symbols], np.uint32)


class Learned:
    """The back-off tables: ``names`` uint32, sorted, of symbols in contexts and of contexts; ``logs`` float32.

    A symbol's is its log-probability there, a context's what it hands on to the next shorter one. ``alone`` float32
    (17, 34): the log-probability of each symbol where no context is known. Raises ``ValueError`` for other shapes.
    """

    def __init__(self, names: NDArray[np.uint32], logs: NDArray[np.float32], alone: NDArray[np.float32]) -> None:
        if names.dtype != np.uint32 or names.shape != logs.shape:
            raise ValueError(f"structure: got {names.dtype} {names.shape}, expected uint32 {logs.shape}")
        if alone.shape != (LENGTH, SYMBOLS):
            raise ValueError(f"structure: got {alone.shape} for single places, expected {(LENGTH, SYMBOLS)}")
        self.names, self.logs, self.alone = names, logs, alone
        # Names are spread evenly, so their first bits lead next to each; a search over all of them takes longer.
        shares = np.bincount(names >> _SHIFT, minlength=1 << _FIRST_BITS)
        self._first = np.concatenate([[0], np.cumsum(shares)[:-1]])
        self._longest = int(shares.max())
        self._names = np.append(names, np.zeros(self._longest + 1, np.uint32))  # for steps over the end
        self._logs = np.append(logs, np.zeros(self._longest + 1, np.float32))

    def _find(self, names: NDArray[np.uint32]) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
        """Return which names there are, and the logs of those, 0 for the others."""
        at = self._first[names >> _SHIFT]
        there = self._names[at]
        for _ in range(self._longest):
            at += there < names
            there = self._names[at]
        known = there == names
        return known, self._logs[at] * known

    def symbols(self, place: int, before: NDArray[Any], symbols: NDArray[Any], levels: int | None = None) -> Doubles:
        """Return log-probabilities at a place (from 0), float64 (B, C).

        ``before``: int (B, 17), what stands before; ``symbols``: int (C,) or (B, C), what is asked for; ``levels``: of
        how many contexts, the shortest ones; all of them by default.
        """
        symbols = np.broadcast_to(symbols, (len(before), symbols.shape[-1]))
        return self._look_up(names_of_contexts(place, before, levels), symbols, self.alone[place, symbols])

    def _look_up(self, contexts: NDArray[np.uint32], symbols: NDArray[Any], alone: NDArray[np.float32]) -> Doubles:
        """Return log-probabilities, (N, C), in contexts (L, N), of symbols (N, C) that have these ``alone``, (N, C)."""
        if not len(contexts):
            return alone.astype(np.float64)
        count, columns = symbols.shape
        names = np.empty((len(contexts), count, columns + 1), np.uint32)
        np.bitwise_xor(contexts[:, :, None], _SYMBOL[symbols], out=names[:, :, :-1])
        np.bitwise_xor(contexts, _SYMBOL[SYMBOLS], out=names[:, :, -1])
        seen, logs = self._find(names)
        found = alone.astype(np.float64)
        for known, log in zip(seen, logs, strict=True):  # from the shortest context to the longest
            found += log[:, -1:]
            np.copyto(found, log[:, :-1], where=known[:, :-1])
        return found

    def ninth(self, before: NDArray[Any], symbols: NDArray[Any]) -> tuple[Doubles, Doubles]:
        """Return the share of VINs that obey the check digit, (B,), and of each symbol where not, log, (B, C)."""
        asked = np.broadcast_to(symbols, (len(before), symbols.shape[-1]))
        every = self.symbols(NINTH, before, np.arange(SIGNS))
        loose = np.logaddexp.reduce(every, axis=1, keepdims=True)
        return 1 - np.minimum(np.exp(loose[:, 0]), 1), np.take_along_axis(every, asked, 1) - loose

    def serial(self, before: NDArray[Any]) -> Doubles:
        """Return the log-probability of each character at places 12-17, float64 (B, 6, 33)."""
        first, count = SERIAL[0], len(SERIAL)
        contexts = names_of_contexts(first, before)  # of all six places alike, but for the place's own word
        contexts = (contexts[:, None] ^ (_PLACE[first : first + count] ^ _PLACE[first])[:, None]).reshape(2, -1)
        alone = np.repeat(self.alone[first : first + count, :2], len(before), axis=0)
        kinds = self._look_up(contexts, np.broadcast_to([0, 1], alone.shape), alone)  # (6 B, 2)
        characters = kinds.reshape(count, -1, 2).swapaxes(0, 1)[..., _KINDS]
        return np.asarray(characters - np.log([DIGITS, SIGNS - DIGITS])[_KINDS], np.float64)


class Rules:
    """The plain rules as a model: every place by itself, but for the makers' codes.

    ``makers``: which codes are known, bool (33, 33, 33); None: there are no rules at all, and all strings of 17
    characters are equally likely.
    """

    def __init__(self, makers: NDArray[np.bool_] | None) -> None:
        vins = makers is not None
        self._places = position_table() if vins else np.full((LENGTH, SIGNS), -np.log(SIGNS))
        self._makers = None if makers is None else maker_factor(makers)
        self._obeys = np.array([OBEYS if char in "12345L" else OBEYS_ELSEWHERE for char in ALPHABET]) * vins

    def symbols(self, place: int, before: NDArray[Any], symbols: NDArray[Any]) -> Doubles:
        """Return log-probabilities at a place, float64 (B, C), as ``Learned.symbols``; or (1, C), alike for all."""
        logs = self._places[place, np.atleast_2d(symbols)]
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
        valid = strings[:, NINTH] == CHECK_INDEX[weighted_sum(strings)]
        logs = []
        for share, part in self.parts:
            log = np.full(len(strings), np.log(share))
            for place in BEGINNING:
                log += part.symbols(place, strings, strings[:, place, None])[:, 0]
            log += part.serial(strings)[rows[:, None], np.arange(len(SERIAL)), strings[:, list(SERIAL)]].sum(axis=1)
            obeys, other = part.ninth(strings, strings[:, NINTH, None])
            with np.errstate(divide="ignore"):  # of a check digit that is wrong where all obey it
                logs.append(log + np.log(obeys * valid + (1 - obeys) * np.exp(other[:, 0])))
        return np.asarray(np.logaddexp.reduce(logs, axis=0), np.float64)

    def draw(self, rng: np.random.Generator) -> str:
        """Return a VIN, drawn with the probability that the structure gives it."""
        part = self.parts[rng.choice(len(self.parts), p=[share for share, _ in self.parts])][1]
        string = np.zeros((1, LENGTH), np.intp)
        for place in BEGINNING:
            string[0, place] = _draw(part.symbols(place, string, np.arange(SIGNS))[0], rng)
        for place, logs in zip(SERIAL, part.serial(string)[0], strict=True):
            string[0, place] = _draw(logs, rng)
        obeys, other = part.ninth(string, np.arange(SIGNS))
        valid = int(CHECK_INDEX[weighted_sum(string)[0]])
        string[0, NINTH] = valid if rng.random() < obeys[0] else _draw(other[0], rng)
        return "".join(ALPHABET[c] for c in string[0])


def _draw(logs: Doubles, rng: np.random.Generator) -> int:
    chances = np.exp(logs)
    return int(rng.choice(len(chances), p=chances / chances.sum()))


UNIFORM = Structure(((1.0, Rules(None)),))  # nothing is known


def mixed(learned: Learned) -> Structure:
    """Return what was learned with a share of the plain rules, which know the makers that ``vin.maker`` knows."""
    return Structure(((MODEL, learned), (RULES, Rules(maker_codes()))))
