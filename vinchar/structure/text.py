"""How likely a string of 17 characters is as a piece of other text, whatever that text is about."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from vinchar.structure.wording import as_read, draw_line
from vinchar.vin import ALPHABET, LENGTH

Floats = NDArray[np.float64]
Strings = NDArray[np.intp]

_SIZE = len(ALPHABET)
_DIGITS, _HEXADECIMAL = 10, 16  # how many characters at the beginning of ALPHABET these codes use
_COMPONENTS = 5  # of the mixture: four characters in a row, three in a row, and the three kinds of random codes
_FLOOR = 0.01  # of the next character's probability, shared out evenly
_LEAST_SHARE = 0.01  # of each component
_KEPT = 90_000  # how many runs of four characters are stored at most
_STEPS = 16.0  # how finely a count is stored: steps for a factor of e
_COUNTS = np.expm1(np.arange(256) / _STEPS)  # that each stored number stands for
_HELD_OUT = 0.05  # of the lines, which only say how much weight each component gets


class TextModel:
    """A mixture of two models of written text and three of random codes, each over all 17 characters.

    In text, a character depends on the three (or two) before it: interpolated n-grams, smoothed after Witten and Bell
    (1991). That three as well as four characters are looked at makes up for words that were never drawn. Serial numbers
    follow no such rule: their characters are all equally likely, out of the 33, of the digits, or of ``0`` to ``F``.

    ``tables``: float32 ``(33,)``, ``(33, 33)`` and ``(33, 33, 33)``, the probability of the last index after the ones
    before it; all over 0. ``shares``: float64 (5,), the weights of the mixture; their sum is 1.
    """

    def __init__(self, triples: NDArray[np.uint8], fours: NDArray[np.uint8], shares: Floats) -> None:
        """Take counts as ``arrays`` gives them.

        ``triples``: (33, 33, 33); ``fours``: (33, 33, 33, 33); both uint8, logarithms of counts. ``shares``: (5,), over
        0, made to sum to 1. Raises ``ValueError`` if a shape, a type or a share is another.
        """
        for name, array, dims in (("triples", triples, 3), ("fours", fours, 4)):
            if array.shape != (_SIZE,) * dims or array.dtype != np.uint8:
                raise ValueError(f"{name}: got {array.dtype} {array.shape}, expected uint8 {(_SIZE,) * dims}")
        if shares.shape != (_COMPONENTS,) or not (np.isfinite(shares).all() and (shares > 0).all()):
            raise ValueError(f"shares: got {shares!r}, expected {_COMPONENTS} numbers over 0")
        self._triples, self._fours = triples, fours
        self.shares: Floats = shares.astype(np.float64) / shares.sum()
        counts = _COUNTS[triples]
        self.tables = _tables(counts)
        kept = np.array([_COUNTS[some].sum(axis=-1) for some in fours])  # a part at a time, to save memory
        self._rest = _rest(counts, kept, np.count_nonzero(fours, axis=-1))
        self._all = kept + self._rest

    def log_prob(self, strings: Strings) -> Floats:
        """Return the logarithm of each string's probability as a window of other text: float64 (N,), in nats, finite.

        ``strings``: intp (N, 17), indices into ``ALPHABET``. A window may begin anywhere in a line: what stands
        before it is left open. Raises ``ValueError`` if the shape is another, ``IndexError`` if an index is.
        """
        return np.asarray(np.logaddexp.reduce(self._parts(strings) + np.log(self.shares), axis=1), np.float64)

    def _parts(self, strings: Strings) -> Floats:
        """Return the logarithms of the probabilities under each component, -inf where impossible: (N, 5)."""
        if strings.ndim != 2 or strings.shape[1] != LENGTH:
            raise ValueError(f"strings: got the shape {strings.shape}, expected (N, {LENGTH})")
        highest = strings.max(axis=1, initial=0)
        if strings.min(initial=0) < 0 or highest.max(initial=0) >= _SIZE:
            raise IndexError(f"strings: got indices outside 0 to {_SIZE - 1}, which ALPHABET has not")
        one, two, three = self.tables
        triples = (strings[:, :-2] * _SIZE + strings[:, 1:-1]) * _SIZE + strings[:, 2:]  # (N, 15)
        begin = np.log(one[strings[:, 0]]) + np.log(two[strings[:, 0], strings[:, 1]])
        by_three = np.log(three.reshape(-1)[triples])
        parts = np.full((len(strings), _COMPONENTS), -np.inf)
        parts[:, 0] = begin + by_three[:, 0] + np.log(self._by_four(triples, strings[:, 3:])).sum(axis=1)
        parts[:, 1] = begin + by_three.sum(axis=1)
        for column, characters in ((2, _SIZE), (3, _DIGITS), (4, _HEXADECIMAL)):
            parts[highest < characters, column] = -LENGTH * np.log(characters)
        return parts

    def _by_four(self, before: Strings, then: Strings) -> Floats:
        """Return the probability of the last of four characters; ``before`` (N, 15): numbers of three in a row."""
        counts = _COUNTS[self._fours.reshape(-1)[before[:, :-1] * _SIZE + then]]  # (N, 14)
        rest, total = self._rest.reshape(-1)[before[:, :-1]], self._all.reshape(-1)[before[:, :-1]]
        chance = (counts + rest * self.tables[2].reshape(-1)[before[:, 1:]]) / total
        return np.asarray((1 - _FLOOR) * chance + _FLOOR / _SIZE, np.float64)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return all that ``from_arrays`` needs: ``triples`` and ``fours`` uint8, ``shares`` float64 (see above)."""
        return {"triples": self._triples, "fours": self._fours, "shares": self.shares}

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[np.generic]]) -> TextModel:
        """Return the model that ``arrays`` came from. Raises ``KeyError`` or ``ValueError`` if they are no model's."""
        shares = np.asarray(arrays["shares"], np.float64)
        return cls(np.asarray(arrays["triples"]), np.asarray(arrays["fours"]), shares)


def indices(text: str) -> Strings:
    """Return the places of the characters of ``text`` in ``ALPHABET``: intp (N,). ``ValueError`` if one is not."""
    return np.array([ALPHABET.index(char) for char in text], np.intp)


def windows(lines: list[str], rng: np.random.Generator) -> Strings:
    """Return 17 characters from anywhere in each line that has as many: intp (N, 17), indices into ``ALPHABET``."""
    long = [line for line in lines if len(line) >= LENGTH]
    starts = [int(rng.integers(len(line) - LENGTH + 1)) for line in long]
    cut = [indices(line[start : start + LENGTH]) for line, start in zip(long, starts, strict=True)]
    return np.array(cut, np.intp).reshape(-1, LENGTH)


def build_text_model(lines: int = 200_000, seed: int = 0) -> TextModel:
    """Draw so many ``lines`` of other text, read as the VIN reader would read them, and return their model.

    The same ``seed`` gives the same model. Raises ``ValueError`` if ``lines`` is less than 100.
    """
    if lines < 100:
        raise ValueError(f"lines: got {lines}, expected at least 100")
    rng = np.random.default_rng(seed)
    progress = tqdm(range(lines), desc="drawing other text", unit="line", mininterval=2)
    texts = [as_read(draw_line(rng), rng) for _ in progress]
    held_out = round(lines * _HELD_OUT)
    counted = texts[held_out:]
    fours = _counts(counted, 4)
    if np.count_nonzero(fours) > _KEPT:
        fours[fours <= np.partition(fours, -_KEPT - 1, axis=None)[-_KEPT - 1]] = 0
    shape = (_SIZE,) * 4
    triples = _counts(counted, 3).reshape(shape[:3])
    model = TextModel(_packed(triples), _packed(fours.reshape(shape)), np.ones(_COMPONENTS))
    shares = _fitted_shares(model._parts(windows(texts[:held_out], rng)))
    return TextModel(_packed(triples), _packed(fours.reshape(shape)), shares)


def _counts(lines: list[str], length: int) -> Floats:
    """Return how often each run of ``length`` characters stands in the lines, flat: float64 (33 ** length,)."""
    counts = np.zeros(_SIZE**length)
    codes = np.full(128, -1, np.intp)
    codes[[ord(char) for char in ALPHABET]] = np.arange(_SIZE)
    for first in range(0, len(lines), 20_000):  # so many at a time, to save memory
        text = codes[np.frombuffer("\n".join(lines[first : first + 20_000]).encode("ascii"), np.uint8)]
        runs = np.lib.stride_tricks.sliding_window_view(text, length)
        runs = runs[(runs >= 0).all(axis=1)]  # none goes over the end of a line
        counts += np.bincount(runs @ _SIZE ** np.arange(length - 1, -1, -1), minlength=len(counts))
    return counts


def _packed(counts: Floats) -> NDArray[np.uint8]:
    return np.asarray(np.clip(np.rint(_STEPS * np.log1p(counts)), 0, 255), np.uint8)


def _tables(triples: Floats) -> tuple[NDArray[np.float32], ...]:
    """Return the probabilities of the next character after none, one and two others."""
    tables = [np.full(_SIZE, 1 / _SIZE)]
    totals = [np.asarray(triples.sum()), triples.sum(axis=(0, 2)), triples.sum(axis=2)]
    for counts, total in zip((triples.sum(axis=(0, 1)), triples.sum(axis=0), triples), totals, strict=True):
        kept = counts.sum(axis=-1)
        rest = _rest(total, kept, np.count_nonzero(counts, axis=-1))
        tables.append((counts + rest[..., None] * tables[-1]) / (kept + rest)[..., None])
    return tuple(np.asarray((1 - _FLOOR) * table + _FLOOR / _SIZE, np.float32) for table in tables[1:])


def _rest(total: Floats, kept: Floats, seen: NDArray[np.intp]) -> Floats:
    """Return the count that the shorter context gets: for what was counted but not kept, and for what was never seen.

    ``seen``: how many different characters followed.
    """
    rest = np.maximum(total - kept, 0) + seen
    return np.where(kept + rest > 0, rest, 1.0)


def _fitted_shares(parts: Floats, rounds: int = 30) -> Floats:
    """Return the shares under which the strings are most likely, none too small: expectation maximisation."""
    shares = np.full(_COMPONENTS, 1 / _COMPONENTS)
    for _ in range(rounds):
        logs = parts + np.log(shares)
        shares = np.exp(logs - np.logaddexp.reduce(logs, axis=1, keepdims=True)).mean(axis=0)
        shares = np.maximum(shares, _LEAST_SHARE)
        shares /= shares.sum()
    return np.asarray(shares, np.float64)
