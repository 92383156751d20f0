"""From the network's answers to glyphs: the best ways to find 17 of them in a row, one for each likely pitch.

The lattice is plain: a glyph may stand at any column for which the network answers. A path of 17 columns gains what the
network says for a glyph at each of them, and loses for uneven steps and for columns passed over that look like glyphs.
What is known of VINs plays no part here, so paths of different strips and views can be compared. Shortest paths through
a lattice of cuts: LeCun, Bottou, Bengio and Haffner 1998, doi 10.1109/5.726791.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from vinchar.classify import STRIDE, Answers
from vinchar.vin import ALPHABET, LENGTH, validate

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part of a path's score counts, in nats, and the shapes of its soft priors, in pitches."""

    pitches: tuple[float, ...] = (16.0, 18.5, 21.0, 24.0)  # hypotheses, in pixels of the strip
    sigma: float = 0.3  # spread of the distance between neighbours
    cap: float = 4.0  # most that one odd distance costs, in nats
    closest: float = 10.0  # pixels: neighbours are never nearer
    reach: float = 2.6  # nor further apart
    zone: float = 0.25  # columns this near to a glyph's centre are no gap
    gap: float = 1.0  # what columns passed over between two glyphs count
    margin: float = 1.0  # how far outside the ends columns count
    end: float = 0.5  # what these columns count
    least: float = -5.0  # log-probability of being a glyph below which no path goes through a column


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """Paths through the answers for one strip, distinct ones, best first.

    ``columns`` intp (S, 17): answers of the network; ``scores`` float64 (S,), in nats.
    """

    columns: Ints
    scores: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.scores)


def assemble(answers: Answers, weights: Weights = Weights()) -> list[Paths]:
    """Return for every strip the best path for each pitch, each glyph taken for its likeliest character."""
    return _best_paths(answers, answers.log_probs.max(axis=-1)[:, None], weights)


def align(answers: Answers, vin: str, weights: Weights = Weights()) -> list[Paths]:
    """Return for every strip the best paths that spell ``vin``, wherever a glyph may be.

    Raises ``ValueError`` if it is not 17 characters of the alphabet.
    """
    spelled = answers.log_probs[:, :, [ALPHABET.index(char) for char in validate(vin)]]  # (B, N, 17)
    return _best_paths(answers, spelled.transpose(0, 2, 1), replace(weights, least=-np.inf))


def _best_paths(answers: Answers, gains: Floats, weights: Weights) -> list[Paths]:
    """Return the best paths where the i-th glyph gains ``gains`` float32 (B, 17 or 1, N) at each column.

    Viterbi over all strips and pitches at once: a step of all is one addition and one maximum.
    """
    own = np.where(answers.log_glyph >= weights.least, answers.log_glyph, np.float32(-np.inf))
    glyphs = np.broadcast_to(own[:, None] + gains, (len(own), LENGTH, own.shape[1]))[:, None]  # (B, 1, 17, N)
    steps, start, end = _transitions(answers, weights)
    strips, pitches, reach, count = steps.shape
    far = _steps(weights).max()
    # best[i, ..., far + n]: the best way to have the i-th glyph at column n; there are no columns in the padding.
    best = np.full((LENGTH, strips, pitches, far + count), -np.inf, np.float32)
    before = sliding_window_view(best, count, axis=3)[:, :, :, :reach]  # (17, B, P, K, N)
    best[0, ..., far:] = start + glyphs[:, :, 0]
    ways = np.empty_like(steps)
    for i in range(1, LENGTH):
        np.add(before[i - 1], steps, out=ways)
        np.maximum.reduce(ways, axis=2, out=best[i, ..., far:])
        best[i, ..., far:] += glyphs[:, :, i]
    best[-1, ..., far:] += end
    scores = best[-1].max(axis=2)  # (B, P)
    columns = np.empty((LENGTH, strips, pitches), np.intp)
    columns[-1] = best[-1, ..., far:].argmax(axis=2)
    strip, pitch = np.ogrid[:strips, :pitches]
    for i in range(LENGTH - 2, -1, -1):
        now = columns[i + 1]
        back = before[i, strip, pitch, :, now] + steps[strip, pitch, :, now]  # (B, P, K)
        columns[i] = np.maximum(now - far + back.argmax(axis=2), 0)  # below 0 where there is no path
    return [_distinct(columns[:, b].T, scores[b]) for b in range(strips)]


def _distinct(columns: Ints, scores: Floats) -> Paths:
    """Return the different paths among those of each pitch, best first, without those that do not exist."""
    order = [p for p in np.argsort(-scores, kind="stable") if scores[p] > -np.inf]
    found = list({columns[p].tobytes(): p for p in reversed(order)}.values())[::-1]
    return Paths(columns[found].reshape(-1, LENGTH), scores[found].astype(np.float64))


def _steps(weights: Weights) -> Ints:
    """Return by how many columns a path may go on, the longest step first, intp (K,)."""
    longest = int(weights.reach * max(weights.pitches) / STRIDE)
    return np.arange(longest, int(np.ceil(weights.closest / STRIDE)) - 1, -1)


def _transitions(answers: Answers, weights: Weights) -> tuple[Floats, Floats, Floats]:
    """Return what a step to each column gains (B, P, K, N), and a start and an end there (B, P, N), float32."""
    ahead = _steps(weights)
    running = np.pad(np.cumsum(answers.log_gap, axis=1), ((0, 0), (1, 0)))  # (B, N + 1)
    count = answers.log_gap.shape[1]

    def sum_to(pixels: float) -> Floats:
        """Return the sum of the columns' answers up to so many pixels right of each, in nats a pixel column, (B, N)."""
        at = np.clip(np.arange(count) + 0.5 + pixels / STRIDE, 0, count)
        low = np.minimum(at.astype(np.intp), count - 1)
        share = (at - low).astype(np.float32)
        return np.asarray(running[:, low] * (1 - share) + running[:, low + 1] * share) * np.float32(STRIDE)

    steps = np.empty((len(answers), len(weights.pitches), len(ahead), count), np.float32)
    starts, ends = [], []
    for pitch, ways in zip(weights.pitches, steps.swapaxes(0, 1), strict=True):
        zone, beyond = weights.zone * pitch, (weights.zone + weights.margin) * pitch
        left, right = sum_to(-zone), sum_to(zone)
        former = sliding_window_view(np.pad(right, ((0, 0), (ahead[0], 0))), count, axis=1)[:, : len(ahead)]
        np.subtract(left[:, None], former, out=ways)  # (B, K, N)
        np.minimum(ways, 0, out=ways)
        ways *= np.float32(weights.gap)
        odd = (STRIDE * ahead - pitch) / (weights.sigma * pitch)
        even = np.where(STRIDE * ahead <= weights.reach * pitch, -np.minimum(odd * odd / 2, weights.cap), -np.inf)
        ways += even[:, None].astype(np.float32)
        starts.append(np.float32(weights.end) * (left - sum_to(-beyond)))
        ends.append(np.float32(weights.end) * (sum_to(beyond) - right))
    return steps, np.stack(starts, axis=1), np.stack(ends, axis=1)
