"""Which line of a picture is its VIN, if any is, and how sure that is: one decision over all lines read so far.

Every line competes with every other one and with "no VIN here". What speaks for a line: how well it parts into 17
glyphs, how much likelier its string is as a VIN than as other text, whether the locator sees a VIN there, and what
stands round it. The weights are fitted at training; lines that stand at one place are views of one line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from vinchar.bundle import WEIGHTS, Confidence
from vinchar.posterior import Posterior, Priors, read_strings
from vinchar.structure.store import Knowledge
from vinchar.types import LineReading
from vinchar.vin import ALPHABET, LENGTH

Floats = NDArray[np.float64]
Warmth = Callable[[NDArray[np.float32]], float]  # how sure the locator is of glyphs at places of the photo

UPSIDE_DOWN, TWO_ROWS = "upside down", "two rows"  # looks by which a line is the less likely a VIN
EDGE = 22  # columns: glyphs nearer to the end of a strip may go on beyond it
COLDEST = -2.3  # log heat of the locator where it sees nothing
MARGIN_ALONG, MARGIN_ACROSS = 0.25, 0.15  # of an outline, in glyph widths and heights
ALIKE = 3  # characters: readings that differ in no more are of the same VIN
# In glyph heights, and in lengths of the line: so near to each other are the middles of two views of one line.
SAME_ACROSS, SAME_ALONG = 0.7, 0.75


@dataclass(frozen=True, eq=False)
class Line:
    """A line that was read.

    ``posterior``: its strings with what is known of VINs; ``likeness``: by how much the best one is likelier as a VIN
    than as other text, in nats; ``look``: the name of the look that found it.
    """

    reading: LineReading
    posterior: Posterior
    likeness: float
    look: str

    @property
    def vin(self) -> str:
        """Return the likeliest string."""
        return self.posterior.strings[0][0]

    @property
    def boxes(self) -> NDArray[np.int32]:
        """Return the glyphs' boxes in the strip, int32 (17, 4)."""
        boxes: NDArray[np.int32] = self.reading.boxes[self.posterior.path]
        return boxes

    @cached_property
    def quads(self) -> NDArray[np.float32]:
        """Return the glyphs in the photo, float32 (17, 4, 2), clockwise from the top left."""
        return self.reading.strip.to_photo(self.boxes)

    @cached_property
    def centres(self) -> NDArray[np.float32]:
        """Return the glyphs' middles in the photo, float32 (17, 2)."""
        return np.asarray(self.quads.mean(axis=1), np.float32)

    @property
    def corners(self) -> NDArray[np.float32]:
        """Return the corners, float32 (4, 2), of the box round all glyphs along the text, clockwise from top left."""
        points = self.quads.reshape(-1, 2)
        x, y = (self.quads[:, 1] - self.quads[:, 0]).mean(axis=0)
        turned = np.array([[x, -y], [y, x]]) / max(float(np.hypot(x, y)), 1e-6)  # columns: along the text, across it
        (x0, y0), (x1, y1) = (bound(points @ turned, axis=0) for bound in (np.min, np.max))
        return np.asarray(np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]) @ turned.T, np.float32)

    @property
    def room(self) -> int:
        """Return how many columns the glyphs keep clear of the nearer end of their strip."""
        return int(min(self.boxes[0, 0], self.reading.strip.gray.shape[1] - self.boxes[-1, 2]))

    def outline(self) -> NDArray[np.float32]:
        """Return the corners in the photo, float32 (68, 2), of boxes round the glyphs with some margin."""
        height, pitch = (np.median(np.diff(self.boxes[:, [one, one + 2]], axis=1)) for one in (1, 0))
        margin = np.array([MARGIN_ALONG * pitch, MARGIN_ACROSS * height])
        boxes = self.boxes + np.concatenate([-margin, margin])
        return self.reading.strip.to_photo(boxes).reshape(-1, 2)

    @cached_property
    def steps(self) -> Floats:
        """Return the distances between neighbouring glyphs in the strip, in parts of the middle one, (16,)."""
        steps = np.diff(self.boxes[:, [0, 2]].mean(axis=1))
        return np.asarray(steps / max(float(np.median(steps)), 1.0), np.float64)

    def slim(self) -> Line:
        """Return the line without the other ways to part it."""
        path = [self.posterior.path]
        names = ("boxes", "log_likelihoods", "scores", "beyond")
        parted = {name: getattr(self.reading, name)[path] for name in names}
        reading = replace(self.reading, **parted, each=self.reading.each[:, path])
        return replace(self, reading=reading, posterior=self.posterior._replace(path=0))

    def is_view_of(self, other: Line) -> bool:
        """Tell whether two readings are of the same line, or of the same VIN where that stands in two places."""
        alike = sum(a != b for a, b in zip(self.vin, other.vin, strict=True)) <= ALIKE
        return alike or same_place(self.quads, other.quads)


def same_place(quads: NDArray[np.float32], others: NDArray[np.float32]) -> bool:
    """Tell whether two rows of glyphs in a photo, float32 (N, 4, 2) each, lie on one another, either way round."""
    centres = quads.mean(axis=1)
    along = centres[-1] - centres[0]
    length = max(float(np.hypot(*along)), 1e-6)
    height = float(np.linalg.norm(quads[:, 0] - quads[:, 3], axis=1).mean())
    shift = others.mean(axis=(0, 1)) - centres.mean(axis=0)
    across = abs(float(shift[0] * along[1] - shift[1] * along[0])) / length
    return across < SAME_ACROSS * height and abs(float(shift @ along)) / length < SAME_ALONG * length


@dataclass(frozen=True, eq=False, slots=True)
class Decision:
    """Lines, the best first, with the probability of each that it is the VIN and that all 17 are right then.

    ``likely``: the same for being the VIN, however its characters are; ``odds``: what these come from, in nats, and
    ``features`` float64 (L, 7): what the odds are made of.
    ``ok``: from which probability on a reading is ok; ``settled``: from which one no other line is looked for.
    """

    lines: tuple[Line, ...] = ()
    chances: tuple[float, ...] = ()
    likely: tuple[float, ...] = ()
    odds: tuple[float, ...] = ()
    features: Floats = field(default_factory=lambda: np.zeros((0, WEIGHTS["vin"])))
    ok: float = 1.0
    settled: float = 1.0

    @property
    def best(self) -> Line | None:
        """Return the line that is most likely the VIN, None if there is none."""
        return self.lines[0] if self.lines else None

    @property
    def chance(self) -> float:
        """Return the probability that the best line is the VIN, and read right."""
        return self.chances[0] if self.lines else 0.0

    def slim(self, most: int = 4) -> Decision:
        """Return the decision with the best views of its best strings alone, each parted in one way: to keep many."""
        best: dict[str, int] = {}
        for i, line in enumerate(self.lines):
            best.setdefault(line.vin, i)
        kept = [*best.values()][:most]
        return replace(
            self,
            lines=tuple(self.lines[i].slim() for i in kept),
            chances=tuple(self.chances[i] for i in kept),
            likely=tuple(self.likely[i] for i in kept),
            odds=tuple(self.odds[i] for i in kept),
            features=self.features[kept],
        )

    @property
    def is_ok(self) -> bool:
        """Tell whether the best line is sure enough to be called ok."""
        return self.chance >= self.ok

    @property
    def is_settled(self) -> bool:
        """Tell whether the best line is so likely the VIN that no other one is looked for, well read or not."""
        views = {one.vin: p for one, p in zip(self.lines, self.likely, strict=True) if one.is_view_of(self.lines[0])}
        return sum(views.values()) >= self.settled

    def each(self) -> list[tuple[Line, float]]:
        """Return every line that is more likely a VIN than not, where a picture may show several, and how sure it is.

        Best first, one view of each place; they compete with "no VIN" alone, not with each other.
        """
        found: list[tuple[Line, float]] = []
        for line, chance, likely, odds in zip(self.lines, self.chances, self.likely, self.odds, strict=True):
            alone = _logistic(odds)
            known = (one.vin == line.vin or same_place(one.quads, line.quads) for one, _ in found)
            if alone >= 0.5 and not any(known):
                found.append((line, chance / max(likely, 1e-9) * alone))
        return found

    def leaders(self, count: int) -> dict[Line, float]:
        """Return the best view of each of the first ``count`` lines, best first, with its odds."""
        found: dict[Line, float] = {}
        for line, odds in zip(self.lines, self.odds, strict=True):
            if len(found) == count:
                break
            if not any(line.is_view_of(one) for one in found):
                found[line] = odds
        return found


Found = tuple[Decision, list[tuple[Line, float]]]  # a decision, and which of its lines are VINs, how surely


class Judge:
    """Weighs line readings by ``priors`` and ``knowledge`` of VINs and other text, and decides by ``confidence``."""

    def __init__(self, priors: Priors, knowledge: Knowledge, confidence: Confidence) -> None:
        self.priors, self.knowledge, self.confidence = priors, knowledge, confidence

    def weigh(self, reading: LineReading, look: str) -> Line:
        """Return what a reading says of the VIN, with what is known of VINs."""
        posterior = read_strings(reading.log_likelihoods, reading.scores, self.priors)
        same = self.priors.structure is self.knowledge.structure and self.priors.known is None
        as_vin = posterior.log_prior if same else None  # else what is known for reading is not what tells VINs apart
        return Line(reading, posterior, self.knowledge.likeness(posterior.strings[0][0], as_vin), look)

    def decide(self, lines: Iterable[Line], warmth: Warmth) -> Decision:
        """Return which of the lines is the VIN; ``warmth``: what the locator thinks of a place."""
        lines = list(lines)
        features = np.array([vin_features(line, warmth(line.centres)) for line in lines])
        features = features.reshape(-1, len(self.confidence.vin))
        return self.compare(lines, features, features @ np.array(self.confidence.vin))

    def compare(self, lines: Sequence[Line], features: Floats, odds: Floats) -> Decision:
        """Return which of the lines is the VIN, by the ``odds`` (L,) of each, which come from ``features`` (L, 7)."""
        if not lines:
            return Decision(ok=self.confidence.threshold, settled=self.confidence.settled)
        order = np.argsort(-odds, kind="stable")
        ranked, features, odds = tuple(lines[i] for i in order), features[order], odds[order]
        weights = np.exp(np.clip(odds, -50, 50))
        strings: dict[str, float] = {}  # the best view of each string counts
        for line, weight in zip(ranked, weights, strict=True):
            strings.setdefault(line.vin, float(weight))
        others = np.array([sum(w for vin, w in strings.items() if vin != line.vin) for line in ranked])
        likely = weights / (1 + others + weights)
        right = [_logistic(float(right_features(line) @ self.confidence.right)) for line in ranked]
        return Decision(
            ranked,
            tuple((likely * right).tolist()),
            tuple(likely.tolist()),
            tuple(odds.tolist()),
            features,
            self.confidence.threshold,
            self.confidence.settled,
        )


def _logistic(odds: float) -> float:
    return 1 / (1 + math.exp(-min(max(odds, -30.0), 30.0)))


def vin_features(line: Line, warmth: float) -> Floats:
    """Return what the odds that a line is the VIN depend on, float64 (7,).

    Path and string as a VIN against other text; the locator's warmth; glyphs that go on beyond the ends; the widest
    step, in pitches; whether it stands on its head, or in two rows; and the constant 1.
    """
    evidence = line.posterior.log_likelihood + line.likeness
    widest = 1.5 if line.look == TWO_ROWS else float(line.steps.max())  # where a row ends there is room
    return np.array(
        [
            min(max(evidence, -40.0), 20.0) / 10,
            max(warmth, COLDEST),
            min(float(line.reading.beyond[line.posterior.path]), 2.0),
            min(max(widest, 1.5), 3.0) - 1.5,
            line.look == UPSIDE_DOWN,
            line.look == TWO_ROWS,
            1.0,
        ]
    )


def right_features(line: Line) -> Floats:
    """Return what the probability depends on that all 17 are right if it is the VIN, float64 (7,).

    What the posterior leaves open; how uneven the pitch is; the path's score; how near to the strip's end the glyphs
    come, where others may be cut off; glyphs that go on beyond the ends; by how much the expert that is least for it
    would rather have read other characters; and the constant 1.
    """
    return np.array(
        [
            -math.log(max(1.0 - line.posterior.strings[0][1], 1e-6)),
            min(float(np.sqrt(np.mean((line.steps - 1) ** 2))), 0.5) * 10,
            math.log1p(max(-line.posterior.log_likelihood, 0.0)),
            max(EDGE - line.room, 0) / EDGE,
            min(float(line.reading.beyond[line.posterior.path]), 2.0),
            math.log1p(dissent(line)),
            1.0,
        ]
    )


def dissent(line: Line) -> float:
    """Return by how many nats, at most, an expert holds the characters it saw best likelier than those of the VIN."""
    seen = line.reading.each[:, line.posterior.path]  # (K, 17, 33)
    read = [ALPHABET.index(char) for char in line.vin]
    return float((seen.max(axis=2) - seen[:, np.arange(LENGTH), read]).sum(axis=1).max())
