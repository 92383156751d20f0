"""Where a report comes from, so that whoever reads it later can tell, and make it again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vinchar.evaluation.scored import printable


@dataclass(frozen=True, slots=True)
class Provenance:
    """What made a report.

    ``command``: the command line; ``made``: when; ``version``: of vinchar; ``model``: what model.json says.
    """

    command: str
    made: datetime
    version: str
    model: Mapping[str, Any]

    def facts(self) -> list[tuple[str, str]]:
        """Return name and value of everything known, in words; what model.json does not tell is left out."""
        preset = self.model.get("config", {}).get("preset")
        by = self.model.get("vinchar")
        model = [f"of vinchar {by}" if by else "", f"preset {preset}" if preset else "", self.model.get("date") or ""]
        files, confidence = self.model.get("sha256"), self.model.get("confidence", {})
        if files:
            model.append(f"fingerprint {hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:12]}")
        bounds = [
            f"{confidence[key]:.3f} for {what}"
            for key, what in (("threshold", "VINs"), ("glyph_threshold", "single characters"))
            if key in confidence
        ]
        facts = [
            ("report", f"{self.made:%Y-%m-%d %H:%M %Z}".strip()),
            ("vinchar", self.version),
            ("model", ", ".join(filter(None, model))),
            ("accepted from a confidence of", ", ".join(bounds)),
            ("command", printable(self.command)),
        ]
        return [(name, value) for name, value in facts if value]
