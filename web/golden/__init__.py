"""Golden values: what the stages of ``vinchar`` give, for the tests of the reader in the browser to give the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from web.golden import decode, knowledge, lines, opencv, pictures, readings, stages

STAGES: dict[str, Callable[[], Any]] = {
    "opencv": opencv.cases,
    "pictures": pictures.cases,
    "decode": decode.cases,
    "resizing": stages.resizing,
    "locate": stages.locate,
    "rectify": stages.rectify,
    "straighten": stages.straighten,
    "kind": stages.kind,
    "rows": stages.rows,
    "cover": stages.cover,
    "textlines": stages.textlines,
    "quality": stages.quality,
    "vin": knowledge.facts,
    "structure": knowledge.strings,
    "lines": lines.cases,
    "readings": readings.cases,
    "table": readings.table,
}
