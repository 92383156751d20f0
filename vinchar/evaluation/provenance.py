"""Where a report comes from, so that whoever reads it later can tell, and make it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from vinchar.reading import writable


@dataclass(frozen=True, slots=True)
class Provenance:
    """What made a report.

    ``command``: the command line; ``made``: when; ``vinchar``: its version; ``model``: the model's, and ``preset`` by
    which that was trained; ``threshold`` and ``glyph_threshold``: the probabilities from which on VINs and single
    characters were accepted.
    """

    command: str
    made: datetime
    vinchar: str
    model: str
    preset: str
    threshold: float
    glyph_threshold: float

    def facts(self) -> list[tuple[str, str]]:
        """Return name and value of everything, in words."""
        return [
            ("report", f"{self.made:%Y-%m-%d %H:%M %Z}".strip()),
            ("vinchar", self.vinchar),
            ("model", f"{self.model}, preset {self.preset}"),
            (
                "accepted from a confidence of",
                f"{self.threshold:.3f} for VINs, {self.glyph_threshold:.3f} for single characters",
            ),
            ("command", writable(self.command)),
        ]
