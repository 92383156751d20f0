"""The posterior over the strings of a segmentation: what is known of VINs, softly, and the check digit, exactly.

The check digit is a dimension of 11 states (the weighted sum modulo 11) in a chain over the 17 characters, so it
re-ranks the whole posterior and never repairs one string.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vinchar.vin import ALPHABET, LENGTH, VALUES, WEIGHTS

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

STRINGS = 5  # how many readings an assembly names, the best one included

CHECK_DIGITS = "0123456789X"
LETTERS = "".join(char for char in ALPHABET if char.isalpha())
# Places (from 1), characters, nats: soft, because calling a right VIN wrong is worse than the reverse.
POSITION_FACTS: tuple[tuple[tuple[int, ...], str, float], ...] = (
    ((1,), "0", -3.0),  # no region has it
    ((1,), "ABCDEFGH", -2.0),  # Africa
    ((1,), "678MNPR", -1.0),  # Oceania, parts of South America and of Asia
    ((4, 5, 6, 7, 8), "Z", 0.5),  # European filler
    ((9,), LETTERS, -2.0),
    ((9,), "Z", -0.7),
    ((9,), "X", 0.0),  # a check digit
    ((10,), "UZ0", -2.5),  # not year codes, but not all makers write the year
    ((12,), LETTERS, -0.7),  # serial number: digits from 13 in North America, from 14 nearly everywhere
    ((13,), LETTERS, -1.3),
    ((14, 15), LETTERS, -2.5),
    ((16, 17), LETTERS, -3.0),
)
# How likely a VIN with this first character obeys the check digit: required in North America and China, and some
# makers elsewhere comply.
OBEYS, OBEYS_ELSEWHERE = {**dict.fromkeys("12345", 0.98), "L": 0.95}, 0.25

# The chain over a VIN's characters has 12 states: the weighted sum modulo 11, less the check digit, so that a valid VIN
# starts and ends at 0; and ANY, where the check digit does not count.
ANY = 11
_ADDS = np.array([[weight * VALUES[char] for char in ALPHABET] for weight in WEIGHTS])  # (17, 33)
_ADDS[8] = [-CHECK_DIGITS.find(char) for char in ALPHABET]
_NO_CHECK_DIGIT = np.array([char not in CHECK_DIGITS for char in ALPHABET])
_BEFORE, _AFTER = np.full((2, LENGTH, len(ALPHABET), 12), ANY)  # the state a character leads from, and leads to
_BEFORE[:, :, :11] = (np.arange(11) - _ADDS[:, :, None]) % 11
_AFTER[:, :, :11] = (np.arange(11) + _ADDS[:, :, None]) % 11


@dataclass(frozen=True, slots=True)
class Priors:
    """What is known of VINs before reading: characters by ``positions``, and the ``check_digit``. Both soft."""

    positions: bool = True
    check_digit: bool = True

    def table(self) -> Floats:
        """Return the log prior, up to a constant, of each character at each place, float32 (17, 33)."""
        table = np.zeros((LENGTH, len(ALPHABET)), np.float32)
        for places, characters, nats in POSITION_FACTS if self.positions else ():
            for place in places:
                table[place - 1, [ALPHABET.index(char) for char in characters]] = nats
        return table

    def obeys(self) -> Doubles:
        """Return how likely a VIN with each first character obeys the check digit, float64 (33,)."""
        return np.array([OBEYS.get(char, OBEYS_ELSEWHERE) if self.check_digit else 0.0 for char in ALPHABET])


ALL_PRIORS = Priors()


class Posterior(NamedTuple):
    """``strings`` with probabilities, best first; marginals float32 (17, 33); the best string's path and log score."""

    strings: tuple[tuple[str, float], ...]
    marginals: Floats
    path: int
    log_score: float


def read_strings(log_probs: Floats, own: Doubles, obeys: Doubles) -> Posterior:
    """Return the exact posterior over the strings of S segmentations with log scores ``own`` (S,) of their own.

    ``log_probs`` float32 (S, 17, 33), normalised or not; ``obeys`` (33,) by first character. A string weighs
    exp(own + sum of log_probs) * (1 - obeys + 11 * obeys * [check digit valid]): a mixture of all strings, and of the
    valid ones. The strings named are the best of each segmentation's.
    """
    norm = np.logaddexp.reduce(log_probs.astype(np.float64), axis=2, keepdims=True)  # (S, 17, 1)
    score = log_probs - norm
    own = own + norm.sum(axis=(1, 2))

    likely = np.exp(score)[..., None]
    flow = likely * _factors(11 * obeys, 1 - obeys)  # (S, 17, 33, 12)
    ends = np.isin(np.arange(12), (0, ANY)).astype(np.float64)
    forward = [ends[None].repeat(len(own), axis=0)]  # (S, 12) for each place
    for i in range(LENGTH):
        forward.append((flow[:, i] * forward[i][:, _BEFORE[i]]).sum(axis=1))
    backward = forward[0]
    marginals = np.empty((len(own), LENGTH, len(ALPHABET)))
    for i in reversed(range(LENGTH)):
        onward = flow[:, i] * backward[:, _AFTER[i]]
        marginals[:, i] = np.einsum("sr,scr->sc", forward[i], onward)
        backward = onward.sum(axis=1)
    total = np.logaddexp.reduce(own + np.log(forward[-1] @ ends))

    # A valid string has both parts of the mixture: its weight is the larger by 11 * obeys.
    named = _best_strings(likely * _factors(1 + 10 * obeys, 1 - obeys))  # (M, 17)
    places = np.arange(LENGTH)
    valid = (_ADDS[places, named].sum(axis=1) % 11 == 0) & ~_NO_CHECK_DIGIT[named[:, 8]]
    first = obeys[named[:, 0]]
    joint = own + score[:, places, named].sum(axis=2).T + np.log(1 - first + 11 * first * valid)[:, None]  # (M, S)
    posterior = np.exp(np.logaddexp.reduce(joint, axis=1) - total)
    rank = np.argsort(-posterior, kind="stable")[:STRINGS]
    rank = rank[posterior[rank] > 0]
    path = int(joint[rank[0]].argmax())
    return Posterior(
        strings=tuple(("".join(ALPHABET[c] for c in named[m]), float(posterior[m])) for m in rank),
        marginals=np.einsum("s,sic->ic", np.exp(own - total), marginals).astype(np.float32),
        path=path,
        log_score=float(joint[rank[0], path]),
    )


def _factors(bound: Doubles, loose: Doubles) -> Doubles:
    """Return by what each character multiplies a string's weight in each state, (17, 33, 12); by first character."""
    factors = np.ones(_BEFORE.shape)
    factors[0, :, :ANY], factors[0, :, ANY] = bound[:, None], loose
    factors[8, _NO_CHECK_DIGIT, :ANY] = 0
    return factors


def _best_strings(flow: Doubles) -> NDArray[np.intp]:
    """Return the ``STRINGS`` best valid strings and as many of all, distinct, int (M, 17); ``flow`` (S, 17, 33, 12)."""
    paths, state, rank = np.arange(len(flow))[:, None, None], np.array([[0], [ANY]]), np.arange(STRINGS)
    best = np.zeros((len(flow), 12, STRINGS))
    best[:, [0, ANY], 0] = 1
    picks = []
    for i in range(LENGTH):
        reached = (best[:, _BEFORE[i]] * flow[:, i, :, :, None]).swapaxes(1, 2).reshape(len(flow), 12, -1)
        picks.append(np.argpartition(reached, -STRINGS, axis=2)[:, :, -STRINGS:])  # character and rank before, in one
        best = np.take_along_axis(reached, picks[i], axis=2)
    strings = np.empty((LENGTH, len(flow), 2, STRINGS), np.intp)
    for i in reversed(range(LENGTH)):
        strings[i], rank = np.divmod(picks[i][paths, state, rank], STRINGS)
        state = _BEFORE[i][strings[i], state]
    return np.unique(strings.reshape(LENGTH, -1).T, axis=0)
