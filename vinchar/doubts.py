"""Why a reading is not sure, in words that say what to look at.

A reading is sure if its line is the VIN and all of its characters are right. Whichever of the two is in doubt is
named: characters with what else they could be, other text that could be the VIN, or what most speaks against the line.
"""

from __future__ import annotations

import numpy as np

from vinchar import vin as number
from vinchar.bundle import Confidence
from vinchar.decide import Decision, Line
from vinchar.vin import ALPHABET

RIVAL = 0.05  # probability from which on what another line reads is worth a word
CLEAR = 0.9  # a character's confidence from which on it is not in doubt by itself
SOME, MANY = 4, 6  # characters named; in doubt, from which on naming them helps nobody

# What may speak against a line, in the order of ``decide.vin_features``, whose best value stands beside it.
AGAINST = (
    (2.0, "it is unlike the VINs that are known: check that it is one"),
    (0.0, "it looks like other print: check that it is the VIN"),
    (0.0, "more characters follow on its line: check where the VIN begins and ends"),
    (0.0, "there is a wide gap in it: check that all of it is one VIN"),
    (0.0, "it was read upside down: turn the picture"),
    (0.0, "it was read from two rows: check that they belong together"),
)
FAINT = "the line is faint or partly hidden: light it evenly and take it closer"


def doubts(decision: Decision, line: Line, chance: float, confidence: Confidence) -> tuple[str, ...]:
    """Return why ``line``, one of the decision's, is right with probability ``chance`` only; at least one sentence."""
    place = decision.lines.index(line)
    right = decision.chances[place] / max(decision.likely[place], 1e-9)
    views, elsewhere = _rivals(decision, line)
    alone = chance / max(right, 1e-9)
    if alone > decision.likely[place] + 1e-6:  # it was asked by itself whether it is a VIN
        elsewhere = []
    there = alone + sum(decision.likely[decision.lines.index(one)] for one in views)
    unlikely = bool(elsewhere) or there < decision.ok
    reasons = []
    if views or right < decision.ok or not unlikely:
        reasons += _characters(line, views)
    if elsewhere:
        reasons.append(f"{elsewhere[0].vin} in the same picture could be the VIN as well: check which one it is")
    elif there < decision.ok:
        reasons.append(_against(line, decision.features[place], confidence))
    if number.check_digit_status(line.vin) == "invalid":
        reasons.append("the check digit does not fit: check every character")
    return tuple(reasons)


def _rivals(decision: Decision, line: Line) -> tuple[list[Line], list[Line]]:
    """Return what else may be read, the best of each string: in the same place, and in others."""
    found: dict[str, Line] = {}
    for other, likely in zip(decision.lines, decision.likely, strict=True):
        if likely >= RIVAL and other.vin != line.vin:
            found.setdefault(other.vin, other)
    views = [other for other in found.values() if other.is_view_of(line)]
    return views, [other for other in found.values() if other not in views]


def _characters(line: Line, views: list[Line]) -> list[str]:
    """Return which characters are in doubt: by themselves, or because another view of the line reads them otherwise."""
    chances = np.array(line.posterior.marginals, np.float64)
    own = np.array([ALPHABET.index(char) for char in line.vin])
    confidence = chances[np.arange(len(own)), own]
    chances[np.arange(len(own)), own] = -1
    others = [ALPHABET[i] for i in chances.argmax(axis=1)]
    weak = confidence < CLEAR
    for view in views:
        differs = np.array([a != b for a, b in zip(view.vin, line.vin, strict=True)])
        if differs.sum() > SOME:
            return [f"cut in another way it reads {view.vin}: check where it begins and ends"]
        others = [b if new else a for a, b, new in zip(others, view.vin, differs, strict=True)]
        weak |= differs
    if not weak.any():
        weak[confidence.argmin()] = True
    if weak.sum() > MANY:
        return ["most of its characters are hard to read"]
    return [f"character {i + 1} could be {line.vin[i]} or {others[i]}" for i in np.flatnonzero(weak)[:SOME]]


def _against(line: Line, features: np.ndarray, confidence: Confidence) -> str:
    """Return what of the line's features costs most against their best values."""
    cost = [w * (best - x) for w, x, (best, _) in zip(confidence.vin, features, AGAINST, strict=False)]
    worst = int(np.argmax(cost))
    if worst == 0 and -line.posterior.log_likelihood > -line.likeness + 10 * AGAINST[0][0]:
        return FAINT
    return AGAINST[worst][1]
