"""The readings of the VINs that were found: what their quality and their barcodes say stands beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from vinchar.barcode import read_barcodes
from vinchar.bundle import Confidence
from vinchar.explain import compare, no_vin, vin_reading
from vinchar.frames import Vin
from vinchar.quality import advice, quality_of
from vinchar.reading import Reading
from vinchar.types import Gray, Kind

SEVERAL = "the picture shows several VINs: ask for all of them"


@dataclass(frozen=True, slots=True)
class Explainer:
    """Explains what was found, by a ``confidence`` and ``hints``, thresholds of quality.

    ``barcodes``: they are looked for; ``every``: all VINs were asked for.
    """

    confidence: Confidence
    hints: dict[str, float]
    barcodes: bool
    every: bool

    def readings(
        self, vins: Sequence[Vin], grays: Mapping[int, Gray], kind: Kind
    ) -> list[tuple[Reading, tuple[int, ...]]]:
        """Return what VINs read, beside the barcodes in the frames that show them best, each with its frames."""
        readings = [(self._reading(vin, grays[vin.frames[0]], kind), vin.frames) for vin in vins]
        if not self.barcodes:
            return readings
        compared: list[tuple[Reading, tuple[int, ...]]] = []
        for best in dict.fromkeys(shown[0] for _, shown in readings):
            here = [(one, shown) for one, shown in readings if shown[0] == best]
            lines = [one.quad for one, _ in here if one.quad is not None]
            line = vins[0].line
            if not lines and line is not None:  # unreadable, but it may well stand by a barcode
                lines = [line.corners]
            seen = ((read_barcodes(grays[i], lines), i) for i in (grays if line is None else [best]))
            barcodes, found_in = next((one for one in seen if one[0]), ((), best))
            shown = [frames for one, frames in here if one.vin is not None]
            texts = compare([one for one, _ in here], barcodes, self.confidence.threshold)
            compared += zip(texts, shown or [(found_in,)] * len(texts), strict=True)
        return compared

    def _reading(self, vin: Vin, gray: Gray, kind: Kind) -> Reading:
        """Return the reading of a line, and unless it is sure why not."""
        if vin.line is None:
            return no_vin(kind)
        found = vin_reading(vin.line, vin.decision, vin.chance, kind, self.confidence)
        if found.vin is None:
            return found
        values = quality_of(vin.line, gray)
        why = found.reasons
        if found.status != "ok":
            several = not self.every and len(vin.decision.each()) > 1
            why += advice(values, self.hints) + ((SEVERAL,) if several else ())
        return replace(found, quality=values, reasons=why)
