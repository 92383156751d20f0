"""The posterior over the strings of a segmentation: what is known of VINs, softly, and the check digit, exactly.

The check digit is a dimension of 11 states (the weighted sum modulo 11) in a chain over the 17 characters, so it
re-ranks the whole posterior and never repairs one string. Makers that are known enter that chain after the first three
characters, all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vinchar.vin import ALPHABET, LENGTH, VALUES, WEIGHTS, known_makers

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

# How many VINs begin with a maker's code that is known; of all codes only one in 14 is.
KNOWN_MAKER = 0.8
MAKER = 3  # characters of a maker's code

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
    """What is known of VINs before reading: characters by ``positions``, the ``check_digit``, ``makers``. All soft."""

    positions: bool = True
    check_digit: bool = True
    makers: bool = True

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

    def known(self) -> Makers:
        """Return the makers' codes that are likelier than others."""
        return _likely_makers() if self.makers else NO_MAKERS


@dataclass(frozen=True, eq=False, slots=True)
class Makers:
    """Codes of makers, by each of which a string that begins with it weighs ``factor`` times as much.

    ``codes`` int (K, 3), indices into ``vin.ALPHABET``; ``spelled`` float64 (3, K, 33): 1 for each code's character;
    ``state`` int (K,): their weighted sums modulo 11; ``known`` bool (33, 33, 33).
    """

    codes: NDArray[np.intp]
    factor: float
    spelled: Doubles
    state: NDArray[np.intp]
    known: NDArray[np.bool_]


def makers(codes: Iterable[str], factor: float) -> Makers:
    """Return what ``Makers`` holds for codes of three characters, each given once."""
    indices = np.array([[ALPHABET.index(char) for char in code] for code in codes], np.intp).reshape(-1, MAKER)
    known = np.zeros((len(ALPHABET),) * MAKER, np.bool_)
    known[tuple(indices.T)] = True
    state = _ADDS[np.arange(MAKER), indices].sum(axis=1) % 11
    return Makers(indices, factor, np.eye(len(ALPHABET))[indices.T], state, known)


@cache
def _likely_makers() -> Makers:
    codes = known_makers()
    share = len(codes) / len(ALPHABET) ** MAKER
    return makers(codes, KNOWN_MAKER / share / ((1 - KNOWN_MAKER) / (1 - share)))


ALL_PRIORS = Priors()
NO_MAKERS = makers([], 1.0)


class Posterior(NamedTuple):
    """``strings`` with probabilities, best first; marginals float32 (17, 33); the best string's path and log score."""

    strings: tuple[tuple[str, float], ...]
    marginals: Floats
    path: int
    log_score: float


def read_strings(log_probs: Floats, own: Doubles, obeys: Doubles, known: Makers = NO_MAKERS) -> Posterior:
    """Return the exact posterior over the strings of S segmentations with log scores ``own`` (S,) of their own.

    ``log_probs`` float32 (S, 17, 33), normalised or not; ``obeys`` (33,) by first character. A string weighs
    exp(own + sum of log_probs) * (1 - obeys + 11 * obeys * [check digit valid]): a mixture of all strings, and of the
    valid ones; and ``known.factor`` times as much if it begins with a known maker. The strings named are the best of
    each segmentation's.
    """
    norm = np.logaddexp.reduce(log_probs.astype(np.float64), axis=2, keepdims=True)  # (S, 17, 1)
    score = log_probs - norm
    own = own + norm.sum(axis=(1, 2))

    likely = np.exp(score)[..., None]
    flow = likely * _factors(11 * obeys, 1 - obeys)  # (S, 17, 33, 12)
    ends = np.isin(np.arange(12), (0, ANY)).astype(np.float64)
    # What the known makers add, so that they count ``factor`` times: (S, K) with the sum as state, and with ANY.
    spelled = np.prod([likely[:, i, known.codes[:, i], 0] for i in range(MAKER)], axis=0)
    first = obeys[known.codes[:, 0]]
    bound, loose = (known.factor - 1) * spelled * (11 * first), (known.factor - 1) * spelled * (1 - first)
    forward = [ends[None].repeat(len(own), axis=0)]  # (S, 12) for each place
    for i in range(LENGTH):
        forward.append((flow[:, i] * forward[i][:, _BEFORE[i]]).sum(axis=1))
        if i == MAKER - 1:
            forward[-1][:, :ANY] += bound @ np.eye(ANY)[known.state]
            forward[-1][:, ANY] += loose.sum(axis=1)
    backward = forward[0]
    marginals = np.empty((len(own), LENGTH, len(ALPHABET)))
    for i in reversed(range(LENGTH)):
        onward = flow[:, i] * backward[:, _AFTER[i]]
        marginals[:, i] = np.einsum("sr,scr->sc", forward[i], onward)
        if i == MAKER:
            added = bound * onward.sum(axis=1)[:, known.state] + loose * onward.sum(axis=1)[:, [ANY]]  # (S, K)
        backward = onward.sum(axis=1)
    marginals[:, :MAKER] += np.stack([added @ spelling for spelling in known.spelled], axis=1)
    total = np.logaddexp.reduce(own + np.log(forward[-1] @ ends))

    # A valid string has both parts of the mixture: its weight is the larger by 11 * obeys.
    weights = likely * _factors(1 + 10 * obeys, 1 - obeys)
    named = _best_strings(weights, known, spelled * (1 + 10 * first), spelled)
    named = np.unique(named, axis=0)  # (M, 17)
    places = np.arange(LENGTH)
    valid = (_ADDS[places, named].sum(axis=1) % 11 == 0) & ~_NO_CHECK_DIGIT[named[:, 8]]
    first = obeys[named[:, 0]]
    prior = np.log(1 - first + 11 * first * valid)
    prior += np.log(known.factor) * known.known[tuple(named[:, :MAKER].T)]
    joint = own + score[:, places, named].sum(axis=2).T + prior[:, None]  # (M, S)
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


def _best_strings(flow: Doubles, known: Makers, bound: Doubles, loose: Doubles) -> NDArray[np.intp]:
    """Return the ``STRINGS`` best valid strings, as many of all, and the same of those that begin with a known maker.

    ``flow`` (S, 17, 33, 12): what each character weighs in each state it leads from; ``bound``, ``loose`` (S, K): what
    each code weighs where the check digit counts, and where not. Returns int (M, 17).
    """
    count = len(flow)
    best = np.zeros((count, 12, STRINGS))  # what the best ways from each state to the end weigh
    best[:, [0, ANY], 0] = 1
    picks = np.empty((LENGTH, count, 12, STRINGS), np.intp)  # character and rank after it, in one
    segmentations, states = np.arange(count)[:, None, None], np.arange(12)[:, None]
    named = []
    for i in reversed(range(LENGTH)):
        # The best ways go on with those characters whose own best way is among the best.
        alone = best.max(axis=2)[:, _AFTER[i]] * flow[:, i]  # (S, 33, 12)
        few = np.argpartition(alone, -STRINGS, axis=1)[:, -STRINGS:].swapaxes(1, 2)  # (S, 12, 5) characters
        reached = best[segmentations, _AFTER[i][few, states]] * flow[segmentations, i, few, states][..., None]
        ranks = np.argpartition(reached.reshape(count, 12, -1), -STRINGS, axis=2)[:, :, -STRINGS:]
        best = np.take_along_axis(reached.reshape(count, 12, -1), ranks, axis=2)
        character, rank = np.divmod(ranks, STRINGS)
        picks[i] = np.take_along_axis(few, character, axis=2) * STRINGS + rank
        if i == MAKER and len(known.codes):
            for weight, start in ((bound, known.state), (loose, np.full_like(known.state, ANY))):
                # The best strings begin with the codes whose single best string weighs most.
                most = min(STRINGS, len(known.codes))
                top = np.argpartition(weight * best.max(axis=2)[:, start], -most, axis=1)[:, -most:]  # (S, most)
                every = (
                    np.take_along_axis(weight, top, axis=1)[:, :, None] * best[np.arange(count)[:, None], start[top]]
                )
                code, rank = np.divmod(
                    np.argpartition(every.reshape(count, -1), -STRINGS, axis=1)[:, -STRINGS:], STRINGS
                )
                code = np.take_along_axis(top, code, axis=1)
                named.append(np.concatenate([known.codes[code], _spell(picks, MAKER, start[code], rank)], axis=2))
    start = np.broadcast_to(np.repeat([0, ANY], STRINGS), (count, 2 * STRINGS))
    named.append(_spell(picks, 0, start, np.broadcast_to(np.tile(np.arange(STRINGS), 2), start.shape)))
    return np.asarray(np.concatenate(named, axis=1).reshape(-1, LENGTH), np.intp)


def _spell(picks: NDArray[np.intp], place: int, state: NDArray[np.intp], rank: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the characters from ``place`` on, int (S, N, 17 - place), of ways with a state and a rank (S, N)."""
    strings, paths = [], np.arange(len(state))[:, None]
    for i in range(place, LENGTH):
        character, rank = np.divmod(picks[i][paths, state, rank], STRINGS)
        state = _AFTER[i][character, state]
        strings.append(character)
    return np.stack(strings, axis=2)
