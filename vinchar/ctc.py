"""The CTC expert: a strip as a sequence, read off the time steps of a network.

Connectionist temporal classification: Graves, Fernandez, Gomez and Schmidhuber 2006, doi 10.1145/1143844.1143891. Every
step says a character or blank; a run of one character is one glyph. Of all ways to have exactly 17 runs the best are
found; between the cuts that these give, all ways to have one run of each character are summed up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vinchar.classify import log_softmax
from vinchar.recognise import FEWEST, MOST, RELEVANT, Doubles, Floats, Logits, Partings, cuts_between, glyphs_beyond
from vinchar.vin import ALPHABET, LENGTH

Ints = NDArray[np.intp]

STEP = 4  # strip columns for one time step
ALTERNATIVES = 4  # ways to part a strip, at most
NEVER = 1e-9  # probability of what cannot be read between two cuts
_BLANK = len(ALPHABET)
_STAY, _FROM_BLANK, _FROM_GLYPH = 0, 1, 2  # how a path comes to be within a glyph


class Ctc:
    """Reads strips as sequences by a network."""

    def __init__(self, network: Logits) -> None:
        self._network = network

    def look(self, strips: NDArray[np.uint8]) -> CtcOpinion:
        """Look at strips, uint8 (B, 40, W), W a multiple of 4."""
        return CtcOpinion(log_softmax(self._network.logits(strips)))


@dataclass(frozen=True, eq=False, slots=True)
class CtcOpinion:
    """``log_probs`` float32 (B, T, 34) of the characters and, last, of blank, at every time step of B strips."""

    log_probs: Floats

    def partings(self) -> list[Partings | None]:
        """Return the best ways to have 17 runs of characters that end at different steps, None where it is not so."""
        found: list[Partings | None] = [None] * len(self.log_probs)
        best = self.log_probs.argmax(axis=2)
        begins = (best[:, 1:] != _BLANK) & (best[:, 1:] != best[:, :-1])
        count = begins.sum(axis=1) + (best[:, 0] != _BLANK)
        worth = np.flatnonzero((count >= FEWEST) & (count <= MOST))
        if len(worth):
            for strip, runs in zip(worth, best_runs(self.log_probs[worth]), strict=True):
                if len(runs):
                    found[strip] = self._parted(int(strip), runs).worthwhile()
        return found

    def judge(self, strip: int, centres: Floats) -> tuple[Floats, Doubles]:
        """Return what stands at the ``centres`` (S, 17) of others, between the cuts half way to the next."""
        return one_glyph_each(self.log_probs[strip], np.rint(cuts_between(centres) / STEP).astype(np.intp))

    def _parted(self, strip: int, runs: Ints) -> Partings:
        """Return partings by runs (S, 17, 2): the first step of each, and the one after its last."""
        centres = (runs.mean(axis=2) * STEP).astype(np.float32)
        steps = np.arange(self.log_probs.shape[1])
        seen = 1 - np.exp(self.log_probs[strip, :, _BLANK])
        places = ((steps + 0.5) * STEP).astype(np.float32)
        beyond = np.array([glyphs_beyond(seen, places, middles) for middles in centres], np.float32)
        log_likelihoods, scores = self.judge(strip, centres)
        return Partings(centres, log_likelihoods, scores, beyond)


def best_runs(log_probs: Floats) -> list[Ints]:
    """Return for every strip the best ways to have 17 runs, for the likeliest last steps, best first, intp (S, 17, 2).

    Viterbi over all strips at once; ``log_probs`` (B, T, 34). Within a run a step counts by what the step before shows
    most: which character it is of is left to ``one_glyph_each``.
    """
    strips, steps, _ = log_probs.shape
    blank = log_probs[:, :, _BLANK]
    glyph, which = log_probs[:, :, :_BLANK].max(axis=2), log_probs[:, :, :_BLANK].argmax(axis=2)
    same = np.take_along_axis(log_probs[:, 1:], which[:, :-1, None], axis=2)[:, :, 0]  # (B, T - 1)
    other = which[:, 1:] != which[:, :-1]
    done = np.full((strips, LENGTH + 1), -np.inf, np.float32)  # so many glyphs are behind
    within = done.copy()  # the step is of the i-th
    done[:, 0], within[:, 1] = blank[:, 0], glyph[:, 0]
    came = np.zeros((steps, strips, LENGTH + 1), np.int8)
    left = np.zeros((steps, strips, LENGTH + 1), bool)
    came[0, :, 1] = _FROM_BLANK
    ends = np.full((strips, steps), -np.inf, np.float32)
    ends[:, 0] = within[:, LENGTH]
    ways = np.full((3, strips, LENGTH + 1), -np.inf, np.float32)
    for t in range(1, steps):
        ways[_STAY] = within + same[:, t - 1, None]
        ways[_FROM_BLANK, :, 1:] = done[:, :-1] + glyph[:, t, None]
        ways[_FROM_GLYPH, :, 1:] = np.where(other[:, t - 1, None], within[:, :-1] + glyph[:, t, None], -np.inf)
        left[t] = within > done
        done = np.maximum(done, within) + blank[:, t, None]
        came[t] = ways.argmax(axis=0)
        within = ways.max(axis=0)
        ends[:, t] = within[:, LENGTH]
    after = np.cumsum(blank[:, ::-1], axis=1)[:, ::-1] - blank  # of all steps behind each
    return [_traced(came[:, b], left[:, b], ends[b] + after[b]) for b in range(strips)]


def _traced(came: NDArray[np.int8], left: NDArray[np.bool_], worth: Floats) -> Ints:
    """Return the runs (S, 17, 2) of the best paths that end at different steps, each worth ``worth`` (T,)."""
    beside = np.pad(worth, 1, constant_values=-np.inf)
    peaks = np.flatnonzero((worth > -np.inf) & (worth >= beside[:-2]) & (worth > beside[2:]))
    peaks = peaks[np.argsort(-worth[peaks], kind="stable")][:ALTERNATIVES]
    peaks = peaks[worth[peaks] >= worth[peaks].max(initial=-np.inf) - RELEVANT]
    runs = np.empty((len(peaks), LENGTH, 2), np.intp)
    for run, end in zip(runs, peaks.tolist(), strict=True):
        step = end
        for place in range(LENGTH, 0, -1):
            run[place - 1, 1] = step + 1
            while came[step, place] == _STAY:
                step -= 1
            run[place - 1, 0] = step
            blanks = came[step, place] == _FROM_BLANK and place > 1
            step -= 1
            if blanks:
                while not left[step, place - 1]:
                    step -= 1
                step -= 1
    return runs


def one_glyph_each(log_probs: Floats, cuts: Ints) -> tuple[Floats, Doubles]:
    """Return the log-likelihoods (S, 17, 33) of one glyph between every two ``cuts``, (S, 18) time steps, and scores.

    For each character all ways are summed up to have one run of it between the cuts, with blanks round it; they are
    normalised, and what one glyph of any kind is worth goes into the score (S,), as does that nothing stands close
    beside the first and the last one.
    """
    steps = len(log_probs)
    probs = np.exp(log_probs.astype(np.float64))
    cuts = np.clip(cuts, 0, steps)
    width = np.diff(cuts, axis=1)  # (S, 17)
    before = np.ones((*width.shape, 1))
    inside, after = np.zeros((*width.shape, _BLANK)), np.zeros((*width.shape, _BLANK))
    for t in range(int(width.max(initial=0))):
        now = probs[np.minimum(cuts[:, :-1] + t, steps - 1)]  # (S, 17, 34)
        blank, on = now[..., _BLANK:], (t < width)[..., None]
        after = np.where(on, (after + inside) * blank, after)
        inside = np.where(on, (inside + before) * now[..., :_BLANK], inside)
        before = np.where(on, before * blank, before)
    worth = inside + after + NEVER
    glyph = worth.sum(axis=2)
    outside = np.pad(np.cumsum(log_probs[:, _BLANK], dtype=np.float64), (1, 0))
    pitch = np.maximum(np.rint(np.median(width, axis=1)), 1).astype(np.intp)
    start, end = cuts[:, 0], cuts[:, -1]
    before_all = outside[start] - outside[np.maximum(start - pitch, 0)]
    after_all = outside[np.minimum(end + pitch, steps)] - outside[end]
    margins = before_all + after_all
    return np.log(worth / glyph[..., None]).astype(np.float32), np.log(glyph).sum(axis=1) + margins
