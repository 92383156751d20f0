"""From a scored lattice to a VIN: the best path of 17 arcs, and the posterior over its strings.

Two exact searches. The first finds the best segmentation: dynamic programming over (glyph index, arc), once for every
pitch hypothesis, where each glyph takes its best character. The second, in ``posterior``, keeps those segmentations and
weighs all their strings. Shortest-path segmentation: LeCun, Bottou, Bengio, Haffner 1998, doi 10.1109/5.726791.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from vinchar.posterior import NO_PRIORS, Priors, read_strings
from vinchar.types import Lattice, Scores
from vinchar.vin import ALPHABET, LENGTH, validate

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int32]
Path = tuple[Ints, float]  # arcs and score
Steps = tuple[Floats, Floats, Floats]  # to step from arc to arc, to start, to end

SEGMENTATIONS = 4  # how many paths share in the posterior
RELEVANT = 12.0  # nats: a path that is so much worse than the best shares in nothing


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part of a path's score counts; shapes of its soft priors in pitches. Penalties are capped."""

    cost: float = 0.5  # what the segmenter thinks of an arc
    gap: float = 1.0  # columns passed over between two glyphs
    end: float = 0.5  # columns just outside the first and the last glyph
    size: float = 0.5  # glyphs about as high, and less so as wide, as their neighbours
    pitches: tuple[float, ...] = (16.0, 18.5, 21.0, 24.0)  # hypotheses, in pixels
    sigma: float = 0.3  # spread of the distance between neighbours
    cap: float = 4.0  # most that one odd distance costs, in nats
    zone: float = 0.25  # columns this near to a glyph's centre are no gap
    margin: float = 1.0  # how far outside the ends columns count
    reach: float = 2.6  # neighbours are never further apart
    least: float = -5.0  # log-probability of being a glyph below which an arc is left out
    hopeless: float = -45.0  # score of a path that shows no VIN; readings that were right had log scores from -25 on
    closest: float = 10.0  # nor nearer, in pixels: so far the classifier answers for one and the same glyph


@dataclass(frozen=True, slots=True, eq=False)
class Assembly:
    """What a scored lattice reads.

    ``vin``: the most probable string; ``confidence``: its posterior, not calibrated; ``alternatives``: runners-up with
    theirs. ``log_likelihood``: score in nats of path and string, without what is known of VINs, comparable between
    strips; ``log_prior``: of the string as a VIN, in nats. ``arcs`` int32 (17,). ``log_likelihoods`` float32 (17, 33):
    what was seen at each of them, without priors; ``marginals`` float32 (17, 33): posterior of each character.
    ``margin``: nats by which the classifier alone prefers the read character to the best other one, at the weakest
    glyph; negative where the priors overruled it. ``pitch``: median distance of glyph centres in pixels;
    ``pitch_residual``: RMS deviation, as a share of it. ``unlisted``: what would have been read without the owner's
    list of VINs, where that is another string.
    """

    vin: str
    confidence: float
    log_likelihood: float
    log_prior: float
    arcs: Ints
    log_likelihoods: Floats
    marginals: Floats
    margin: float
    alternatives: tuple[tuple[str, float], ...]
    pitch: float
    pitch_residual: float
    unlisted: str | None = None


def assemble(
    lattice: Lattice, scores: Scores, priors: Priors = NO_PRIORS, weights: Weights = Weights()
) -> Assembly | None:
    """Return the most probable reading, or None if there is no path of 17 arcs that looks at all like 17 glyphs.

    What lies before the first and after the last arc, such as marks, is not part of the VIN. Raises ``ValueError`` if
    the scores are not this lattice's.
    """
    _check(lattice, scores)
    kept = np.flatnonzero(scores.log_glyph >= weights.least)
    lattice = replace(lattice, arcs=lattice.arcs[kept], boxes=lattice.boxes[kept], cost=lattice.cost[kept])
    scores = replace(scores, log_probs=scores.log_probs[kept], log_glyph=scores.log_glyph[kept])
    gains = np.broadcast_to(scores.log_probs.max(axis=1), (LENGTH, len(kept)))
    paths = best_paths(lattice, scores, gains, weights)[:SEGMENTATIONS]
    paths = [path for path in paths if path[1] >= max(paths[0][1] - RELEVANT, weights.hopeless)]
    if not paths:
        return None
    places = np.arange(LENGTH)
    # A path's score counts its best characters; without them it is the segmentation's own.
    own = np.array([score - gains[places, path].sum() for path, score in paths], np.float64)
    seen = scores.log_probs[np.stack([path for path, _ in paths])]  # (S, 17, 33)
    posterior = read_strings(seen, own, priors)
    (vin, confidence), *alternatives = posterior.strings

    arcs, others = paths[posterior.path][0], seen[posterior.path].copy()
    read = [ALPHABET.index(char) for char in vin]
    preferred = others[places, read]
    others[places, read] = -np.inf
    steps = np.diff(lattice.cuts[lattice.arcs[arcs]].mean(axis=1))
    pitch = float(np.median(steps))
    return Assembly(
        vin=vin,
        confidence=confidence,
        log_likelihood=posterior.log_likelihood,
        log_prior=posterior.log_prior,
        arcs=kept[arcs].astype(np.int32),
        log_likelihoods=seen[posterior.path],
        marginals=posterior.marginals,
        margin=float((preferred - others.max(axis=1)).min()),
        alternatives=tuple(alternatives),
        pitch=pitch,
        pitch_residual=float(np.sqrt(np.mean((steps - pitch) ** 2))) / pitch,
        unlisted=posterior.unlisted,
    )


def align(lattice: Lattice, scores: Scores, vin: str, weights: Weights = Weights()) -> Path | None:
    """Return the best path that spells ``vin``, int32 (17,), and its score in nats; None if there is no path.

    Raises ``ValueError`` if ``vin`` is not 17 characters of the alphabet, or the scores are not this lattice's.
    """
    gains = scores.log_probs.T[[ALPHABET.index(char) for char in validate(vin)]]  # (17, E)
    paths = best_paths(lattice, scores, gains, weights)
    return paths[0] if paths else None


def best_paths(lattice: Lattice, scores: Scores, gains: Floats, weights: Weights = Weights()) -> list[Path]:
    """Return the best path of N arcs under each pitch hypothesis with its score, distinct ones only, best first.

    ``gains`` float32 (N, E): what the i-th glyph gains by its character if it is arc e. A path's arcs, int32 (N,), are
    ordered and disjoint. Viterbi; the arcs that can come before an arc are a band of the arcs sorted by centre, so that
    a step over all arcs is one addition and one maximum.
    """
    length, count = gains.shape
    _check(lattice, scores)
    if count == 0:
        return []
    order = np.argsort(lattice.cuts[lattice.arcs].sum(axis=1), kind="stable")
    glyphs = (gains + scores.log_glyph - np.float32(weights.cost) * lattice.cost)[:, order]  # (N, E)
    found: dict[bytes, Path] = {}
    for steps, first, last in _transitions(lattice, scores, order, weights):
        band = len(steps)
        # best[i, band + j]: the best way to have arc j as glyph i; the padding stands for arcs that are not there.
        best = np.full((length, band + count), -np.inf, np.float32)
        before, ways = sliding_window_view(best, count, axis=1)[:, :band], np.empty_like(steps)  # (N, K, E), (K, E)
        best[0, band:] = first + glyphs[0]
        for i in range(1, length):
            np.add(before[i - 1], steps, out=ways)
            np.maximum.reduce(ways, axis=0, out=best[i, band:])
            best[i, band:] += glyphs[i]
        best[-1, band:] += last
        score, path = float(best[-1].max()), [int(best[-1].argmax())]
        if score == -np.inf:
            continue  # too few arcs in a row
        for row in best[-2::-1]:
            j = path[-1]
            path.append(j - band + int((row[j - band : j] + steps[:, j - band]).argmax()))
        arcs = order[np.array(path[::-1]) - band].astype(np.int32)
        if score > found.get(arcs.tobytes(), (arcs, -np.inf))[1]:
            found[arcs.tobytes()] = arcs, score
    return sorted(found.values(), key=lambda path: -path[1])


def _check(lattice: Lattice, scores: Scores) -> None:
    if len(scores.log_glyph) != len(lattice.arcs):
        raise ValueError(f"scores: got {len(scores.log_glyph)} arcs, expected the lattice's {len(lattice.arcs)}")


def _transitions(lattice: Lattice, scores: Scores, order: NDArray[np.intp], weights: Weights) -> Iterator[Steps]:
    """Yield for each pitch what it adds to step from arc to arc, float32 (K, E), to start and to end, float32 (E,).

    Arcs are in ``order``. Element (m, j) is the step from arc j - K + m to arc j: minus infinity where they overlap,
    are too far apart, or the former is not there.
    """
    x0, x1 = lattice.cuts[lattice.arcs[order]].T.astype(np.float32)
    x = (x0 + x1) / 2
    count = len(x)

    def widest(reach: float) -> int:
        return max(int((np.arange(count) - np.searchsorted(x, x - reach)).max()), 1)  # arcs so near before any arc

    band = widest(weights.reach * max(weights.pitches))

    def former(values: Floats, nothing: float) -> Floats:
        return sliding_window_view(np.concatenate([np.full(band, nothing, np.float32), values]), count)[:band]

    distance = x - former(x, -np.inf)  # (K, E)
    height = np.log(np.maximum(lattice.boxes[order, 3] - lattice.boxes[order, 1], 1)).astype(np.float32)
    width = np.log(x1 - x0)
    unlike = 12 * (height - former(height, 0)) ** 2 + 0.5 * (width - former(width, 0)) ** 2
    shared = -np.float32(weights.size) * np.minimum(unlike, 2)
    shared[(former(x1, np.inf) > x0) | (distance < weights.closest)] = -np.inf
    running = np.concatenate([[0], np.cumsum(np.minimum(scores.log_gap, 0), dtype=np.float64)]).astype(np.float32)

    def sum_to(column: Floats) -> Floats:
        return running[np.clip(np.rint(column).astype(np.intp), 0, len(running) - 1)]  # of log_gap before the column

    for pitch in weights.pitches:
        zone, beyond = weights.zone * pitch, (weights.zone + weights.margin) * pitch
        left, right = sum_to(x - zone), sum_to(x + zone)
        near = -widest(weights.reach * pitch)
        away = distance[near:]
        odd = (away - pitch) / (weights.sigma * pitch)
        steps = shared[near:] - np.minimum(odd * odd / 2, weights.cap)
        steps += np.float32(weights.gap) * np.minimum(left - former(right, 0)[near:], 0)
        steps[away > weights.reach * pitch] = -np.inf
        end = np.float32(weights.end)
        yield steps, end * (left - sum_to(x - beyond)), end * (sum_to(x + beyond) - right)
