"""From a line that was found to what stands on it: the strip, cut again where that may help, and its best reading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vinchar.assemble import assemble
from vinchar.bundle import Confidence
from vinchar.classify import Classifier, arc_scores, glyph_count
from vinchar.found import Found
from vinchar.posterior import Priors
from vinchar.readings import probability
from vinchar.rectify import Edges, Line, cut_strip, move_ends, turn_round
from vinchar.segment import segment
from vinchar.structure.store import Knowledge
from vinchar.types import Gray, Lattice, Strip

FEWEST, MOST = 13, 22  # glyphs seen in a strip that is worth a search; real VINs gave 15.7 to 19.1


class LineReader:
    """Reads lines by a ``classifier`` and ``priors``; ``confidence`` says how sure they are.

    ``knowledge`` tells VINs from other text, whether or not the reading itself has priors.
    """

    def __init__(self, classifier: Classifier, priors: Priors, knowledge: Knowledge, confidence: Confidence) -> None:
        self.classifier, self.priors, self.knowledge, self._confidence = classifier, priors, knowledge, confidence

    def read(self, gray: Gray, edges: Edges, line: Line, doubt: float) -> Iterator[Found]:
        """Read the line found in a frame, in both polarities if its own has a probability below 1 - ``doubt``."""
        for light in polarities(line, doubt):
            found = self._read_strip(gray, edges, line, inverted=not light)
            if found is not None:
                yield found if found.is_whole() else self._look_wider(gray, edges, line, found)

    def read_turned(self, found: Found) -> Found | None:
        """Read the strip of a reading upside down."""
        strip = found.strip
        turned = replace(strip, gray=np.ascontiguousarray(strip.gray[::-1, ::-1]), edges=turn_round(strip.edges))
        return self._assembled(turned, segment(turned), self.classifier.logits(turned.gray[None])[0])

    def _look_wider(self, gray: Gray, edges: Edges, line: Line, found: Found) -> Found:
        """Read a strip whose glyphs reach its ends again, cut wider there, and once more where the VIN then ends."""
        best = found
        for _ in range(2):
            line = move_ends(line, *found.room())
            again = self._read_strip(gray, edges, line, found.strip.inverted)
            if again is None:
                break
            found = again
            if found.rank > best.rank:
                best = found
        return best

    def _read_strip(self, gray: Gray, edges: Edges, line: Line, inverted: bool) -> Found | None:
        """Read the strip cut along a line; None where it does not show about as many glyphs as a VIN has."""
        strip = cut_strip(gray, edges, line, inverted)
        logits = self.classifier.logits(strip.gray[None])[0]
        if not FEWEST <= glyph_count(logits) <= MOST:
            return None
        return self._assembled(strip, segment(strip), logits)

    def _assembled(self, strip: Strip, lattice: Lattice, logits: NDArray[np.float32]) -> Found | None:
        assembly = assemble(lattice, arc_scores(logits, lattice), self.priors)
        if assembly is None:
            return None
        likeness = self.knowledge.likeness(assembly.vin)
        return Found(strip, lattice, assembly, probability(assembly, likeness, self._confidence), likeness)


def polarities(line: Line, doubt: float) -> tuple[bool, ...]:
    """Return whether the glyphs are lighter than the ground, and the opposite if that is in doubt."""
    light = line.light >= 0.5
    return (light, not light) if doubt < line.light < 1 - doubt else (light,)
