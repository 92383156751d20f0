"""Frames of one VIN, seen a moment apart, read as one.

What a recogniser saw of a line is a likelihood, so that of the same line in several frames can be multiplied: where a
mirrored light hides a character in one, another shows it. But frames share surface, face and lens, and what misleads
the recogniser in one does so in all. So the product is nearly a mean, in which a frame counts by how surely it reads.
What is known of VINs is weighed once, with the product.

A clip may show one VIN after another: each has a scene of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vinchar.decide import Decision, Floats, Found, Judge, Line, same_place
from vinchar.vin import ALPHABET, LENGTH

# N frames are worth N ** SHARE independent ones. Chosen on 189 drawn clips: with more, more of what is accepted is
# wrong. python3 benchmarks/frames.py --fit says the log score of it, and of SEEN, on others.
SHARE = 0.1
SEEN = 0.5  # a line that is seen in one frame of n only is n ** SEEN times less likely the VIN
SAME = 15.0  # nats: lines that agree by more may show the same VIN; two that are read well agree by 59
FIT = 1 / 3  # of two lines in a frame that may show it, so much more likely the VIN is worth as much as a nat agreed
EVEN = 0.5  # probability of being right from which on another car's VIN is given
MOST = 8  # lines of a decision that are compared with those of other frames
LEAST = 0.001  # probability of being right that a frame counts with at least
UNSEEN = -30.0  # log-likelihood of a character, below which it is as good as impossible
NEGLIGIBLE = -7.0  # odds of a line that is no rival to any other


@dataclass(frozen=True, eq=False, slots=True)
class Sight:
    """A line read in a frame, one view of a ``place`` in it: as of its decision, what speaks for it, float64 (7,),

    the odds that it is the VIN, the probability that it is and is right, and whether that is accepted.
    """

    frame: int
    place: int
    line: Line
    features: Floats
    odds: float
    chance: float
    ok: bool


class Vin(NamedTuple):
    """A line, the decision it is one of, the probability that it is right, and the numbers of the frames that show it.

    The first of them shows it best, and is that in which it stands.
    """

    line: Line | None
    decision: Decision
    chance: float
    frames: tuple[int, ...] = (0,)


class Scene(NamedTuple):
    """The decision over lines of several frames, and the numbers of those that show each line, the best first."""

    decision: Decision
    shown: dict[Line | None, tuple[int, ...]]


def vins_in(frames: Sequence[Sequence[Found]], judge: Judge, least: float | None) -> list[Vin]:
    """Return the VIN that frames show, the line of which is None if there is none, and all others if asked for.

    ``frames``: what was found in each, by looks at different parts of it. ``least``: others are asked for, those that
    are right with this probability.
    """
    if len(frames) == 1:
        vins = [Vin(line, one, chance) for one, found in frames[0] for line, chance in found]
        first = frames[0][0][0]
        return vins or [Vin(first.best, first, first.chance)]
    return _vins_of(fuse([[one for one, _ in some] for some in frames], judge), least)


def vins_in_clip(frames: Sequence[Decision], judge: Judge, least: float | None) -> list[Vin]:
    """Return the VIN that frames of a clip show, the surest, the line of which is None if there is none, and others.

    These are those of other scenes that are rather right than wrong; all that are right with probability ``least``, if
    that is given.
    """
    found: dict[str | None, Vin] = {}
    each = [vin for scene in scenes(frames, judge) for vin in _vins_of(scene, least)]
    for vin in sorted(each, key=lambda one: -one.chance):
        if not found or (vin.line is not None and vin.chance >= (EVEN if least is None else least)):
            found.setdefault(None if vin.line is None else vin.line.vin, vin)
    return list(found.values())


def _vins_of(scene: Scene, least: float | None) -> list[Vin]:
    decision, shown = scene
    if decision.best is None:
        return [Vin(None, decision, 0.0)]
    lines = [one for one in decision.each() if least is not None and one[1] >= least]
    return [Vin(line, decision, chance, shown[line]) for line, chance in lines or [(decision.best, decision.chance)]]


def fuse(frames: Sequence[Sequence[Decision]], judge: Judge) -> Scene:
    """Return the decision over the lines that frames of one VIN show.

    ``frames``: what was decided of each, by looks at different parts of it.
    """
    return _scene(
        group([sight for i, decisions in enumerate(frames) for sight in sights(i, decisions)]), len(frames), judge
    )


def scenes(frames: Sequence[Decision], judge: Judge) -> list[Scene]:
    """Return the decisions over the lines of a clip, one for each VIN that passes, likeliest first, or a single one.

    What is likelier a VIN than not has a scene, in which it competes with what is seen about when it is. Frames that
    show another scene's VIN alone do not count there: nobody expects it in them.
    """
    groups = group([sight for i, decision in enumerate(frames) for sight in sights(i, [decision])])
    leaders: list[int] = []
    for i, some in enumerate(groups):
        if _together(some) > 0 and not any(_rivals(some, groups[k]) for k in leaders):
            leaders.append(i)
    if len(leaders) < 2:
        return [_scene(groups, len(frames), judge)]
    seen = [{sight.frame for sight in groups[i]} for i in leaders]
    found = []
    for own, leader in zip(seen, leaders, strict=True):
        elsewhere = set[int]().union(*seen) - own
        rivals = [some for some in groups if some is groups[leader] or _rivals(some, groups[leader])]
        found.append(_scene(rivals, len(frames) - len(elsewhere), judge))
    return found


def _scene(groups: Sequence[Sequence[Sight]], frames: int, judge: Judge) -> Scene:
    """Return the decision over groups of sights in so many ``frames``."""
    lines = [_fused(some, judge) for some in groups]
    features = np.array([some[0].features for some in groups])
    odds = np.array([_together(some) for some in groups]) - SEEN * np.log(frames)
    shown: dict[Line | None, tuple[int, ...]] = {
        line: tuple(sight.frame for sight in some) for line, some in zip(lines, groups, strict=True)
    }
    return Scene(judge.compare(lines, features, odds), shown)


def _rivals(some: Sequence[Sight], others: Sequence[Sight]) -> bool:
    """Tell whether most sights of one line stand in frames that show another one, or next to such."""
    apart = np.abs(np.subtract.outer([one.frame for one in some], [one.frame for one in others])) > 1
    return bool(min(apart.all(axis=1).mean(), apart.all(axis=0).mean()) < 0.5)


def fused_glyph(log_probs: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what several frames say of one character, float32 (34,), from that of each, float32 (N, 34)."""
    if len(log_probs) == 1:
        return np.asarray(log_probs[0])
    return np.asarray(_normalised(len(log_probs) ** SHARE * log_probs.mean(axis=0)), np.float32)


def sights(frame: int, decisions: Sequence[Decision]) -> list[Sight]:
    """Return the likeliest lines of a frame; views of one line are of the same place."""
    found: list[Sight] = []
    leaders: list[Line] = []
    for decision in decisions:
        each = zip(decision.lines, decision.features, decision.odds, decision.chances, strict=True)
        for line, features, odds, chance in list(each)[:MOST]:
            place = next((i for i, leader in enumerate(leaders) if same_place(leader.quads, line.quads)), len(leaders))
            leaders += [line] if place == len(leaders) else []
            found.append(Sight(frame, place, line, features, odds, chance, chance >= decision.ok))
    return found


def group(sights: Sequence[Sight]) -> list[list[Sight]]:
    """Return the sights of each VIN, what is likeliest a VIN first; of each, the surest first, one a frame at most.

    A group is what agrees with one of its sights. Other views of the places it takes are dropped: they are misread.
    """
    groups: list[list[Sight]] = []
    agreed = agreement(sights)
    np.fill_diagonal(agreed, np.inf)  # hardly seen, a line hardly agrees even with itself
    names = np.array(_names(sights, agreed), dtype=object)
    known = names != None  # noqa: E711  (of each)
    agreed[(names[:, None] != names) & known[:, None] & known] = -np.inf
    left = np.ones(len(sights), bool)
    while left.any():
        best = max((_agreeing(sights, row, left) for row in agreed[left]), key=_together)
        if groups and _together(best) < NEGLIGIBLE:
            break
        groups.append(sorted(best, key=lambda sight: -sight.chance))
        taken = {(sight.frame, sight.place) for sight in best}
        left &= [(sight.frame, sight.place) not in taken for sight in sights]
    return groups


def agreement(sights: Sequence[Sight]) -> Floats:
    """Return, for every two, by how many nats it is likelier that both show the same characters than any, (S, S)."""
    seen = np.array([_seen(sight.line) for sight in sights], np.float64).reshape(-1, LENGTH, len(ALPHABET))
    chances = np.exp(np.maximum(_normalised(seen), UNSEEN))
    same = sum((np.log(len(ALPHABET) * chances[:, i] @ chances[:, i].T) for i in range(LENGTH)), np.zeros(()))
    return np.asarray(same)


def _names(sights: Sequence[Sight], agreed: Floats) -> list[str | None]:
    """Return which VIN each sight shows, if that is known: of those that are accepted the one it agrees with most.

    So cars of a fleet, the numbers of which differ in a character or two, are told apart.
    """
    accepted = [i for i, sight in enumerate(sights) if sight.ok]
    if not accepted:
        return [None] * len(sights)
    nearest = agreed[:, accepted].argmax(axis=1)
    return [
        sights[accepted[near]].line.vin if row[accepted[near]] > SAME else None
        for near, row in zip(nearest, agreed, strict=True)
    ]


def _agreeing(sights: Sequence[Sight], agreed: Floats, left: NDArray[np.bool_]) -> list[Sight]:
    """Return what is left in each frame that agrees with a line, by so many nats: the best of it."""
    agreeing = np.flatnonzero((agreed > SAME) & left)
    best_last = sorted(agreeing, key=lambda i: sights[i].odds + FIT * agreed[i])
    return list({sights[i].frame: sights[i] for i in best_last}.values())


def _together(sights: Sequence[Sight]) -> float:
    """Return the odds that a line is the VIN by all its sights."""
    return float(np.logaddexp.reduce([sight.odds for sight in sights]))


def _fused(sights: Sequence[Sight], judge: Judge) -> Line:
    """Return the line of the first sight, read as all show it."""
    if len(sights) == 1:
        return sights[0].line
    first = sights[0].line.slim()
    weights = np.array([max(sight.chance, LEAST) for sight in sights])
    weights /= weights.sum()
    growth = (1 / (weights**2).sum()) ** SHARE  # in place of the number of frames, so many of equal weight
    weighted = [(growth * weight, sight.line.slim().reading) for weight, sight in zip(weights, sights, strict=True)]
    fused = replace(
        first.reading,
        log_likelihoods=np.asarray(sum(weight * one.log_likelihoods for weight, one in weighted), np.float32),
        each=np.asarray(sum(weight * one.each for weight, one in weighted), np.float32),
    )
    line = judge.weigh(fused, first.look)
    # How well a line parts into glyphs is as the best frame shows it: the product is of another size.
    return replace(line, posterior=line.posterior._replace(log_likelihood=first.posterior.log_likelihood))


def _seen(line: Line) -> NDArray[np.float32]:
    """Return the log-likelihoods of a line's path, float32 (17, 33)."""
    seen: NDArray[np.float32] = line.reading.log_likelihoods[line.posterior.path]
    return seen


def _normalised(logs: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(logs - np.logaddexp.reduce(logs, axis=-1, keepdims=True))
