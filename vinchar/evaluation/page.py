"""The report as one HTML page that needs no network: figures, plots, what is confused, what was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vinchar.evaluation.causes import CAUSES
from vinchar.evaluation.metrics import MOST_WRONG, character_pairs, is_comparable
from vinchar.evaluation.page_parts import Picture, Shown, data_uri, loaded, marked, rendered, shown_picture
from vinchar.evaluation.plots import FEW
from vinchar.evaluation.provenance import Provenance
from vinchar.evaluation.scored import Scored

WRONG_SHOWN, RIGHT_SHOWN = 200, 60  # readings with their picture; readings.csv has all
PAIRS, EXAMPLES = 12, 8  # confused pairs, and glyphs shown of each
LINE_WIDTH, THUMBNAIL_WIDTH, GLYPH_HEIGHT = 640, 280, 48  # pixels on the page
KINDS = {"vin": "VINs", "glyph": "Single characters"}
NO_CAUSE = "not looked into"


def report_page(
    summary: Mapping[str, Any],
    plots: Mapping[str, bytes],
    scored: Sequence[Scored],
    provenance: Provenance | None = None,
) -> str:
    """Return the page, HTML.

    ``summary`` as of ``reading_report.write_reading_report``; ``plots``: PNGs by the names of their files, which begin
    with the kind of reading. Pictures are loaded again to be shown; one that is gone is left out.
    """
    wrong = sorted((one for one in scored if not one.right), key=lambda one: -one.reading.confidence)
    right = sorted((one for one in scored if one.right), key=lambda one: one.reading.confidence)
    glyphs: dict[tuple[str, str], list[Shown]] = {}
    shown = [_shown_wrong(one, glyphs) for one in wrong[:WRONG_SHOWN]]
    counted = Counter(one.cause for one in wrong)
    causes = [(say, counted[name]) for name, say in (*CAUSES.items(), (None, NO_CAUSE)) if counted[name]]
    return rendered(
        "report.html",
        facts=provenance.facts() if provenance else [],
        kinds=[_kind(name, of, plots, scored, glyphs) for name, of in summary.items()],
        causes=causes,
        wrong=shown,
        right=[_shown_right(one) for one in right[:RIGHT_SHOWN]],
        wrong_count=len(wrong),
        right_count=len(right),
        most_wrong=MOST_WRONG,
        few=FEW,
    )


def _kind(
    name: str,
    summary: Mapping[str, Any],
    plots: Mapping[str, bytes],
    scored: Sequence[Scored],
    glyphs: Mapping[tuple[str, str], Sequence[Shown]],
) -> Shown:
    """Return what is shown of the VINs or of the single characters, ``name``."""
    some = [one for one in scored if (len(one.label.text) > 1) == (name == "vin")]
    pairs = zip(*character_pairs([one.label.text for one in some], [one.reading.vin for one in some]), strict=True)
    confused = Counter((true, read) for true, read in pairs if true != read).most_common()
    return {
        "name": name,
        "title": KINDS[name],
        "rows": [("all", summary), *summary.get("groups", {}).items()],
        "plots": [(plot, data_uri(png, "png")) for plot, png in plots.items() if plot.startswith(name)],
        "confused": [(*pair, times, glyphs.get(pair, ())[:EXAMPLES]) for pair, times in confused[:PAIRS]],
        "more_confused": len(confused[PAIRS:]),
    }


def _shown_wrong(one: Scored, glyphs: dict[tuple[str, str], list[Shown]]) -> Shown:
    """Return what is shown of a wrong reading, and add the pictures of its confused characters to ``glyphs``."""
    reading, truth, picture = one.reading, one.label.text, _picture(one)
    if picture is not None and is_comparable(truth, reading.vin):
        for true, read in zip(truth, reading.characters, strict=False):
            examples = glyphs.setdefault((true, read.char), [])
            if true != read.char and len(examples) < EXAMPLES:
                examples.append(shown_picture(_cut(picture, read.quad, 0.25), GLYPH_HEIGHT, LINE_WIDTH))
    return {
        "name": one.name,
        "image": None if picture is None else shown_picture(_line(one, picture), 160, LINE_WIDTH),
        "texts": [("true", marked(truth, reading.vin or "")), ("read", marked(reading.vin or "-", truth))],
        "status": reading.status,
        "confidence": reading.confidence,
        "why": "" if one.cause is None else CAUSES[one.cause],
        "reasons": "; ".join(reading.reasons),
    }


def _shown_right(one: Scored) -> Shown:
    picture = _picture(one)
    return {
        "name": PurePath(one.name).name,
        "image": None if picture is None else shown_picture(_line(one, picture), 48, THUMBNAIL_WIDTH),
        "text": one.reading.vin,
        "status": one.reading.status,
        "confidence": one.reading.confidence,
    }


def _picture(one: Scored) -> Picture | None:
    if one.reading.status == "error":
        return None
    return loaded(one.source)


def _line(one: Scored, picture: Picture) -> Picture:
    """Return the part of the picture that was read, or all of it."""
    quads = [character.quad for character in one.reading.characters]
    return _cut(picture, np.concatenate(quads), 0.6) if quads else picture


def _cut(picture: Picture, points: NDArray[np.float32], margin: float) -> Picture:
    """Return the part of the picture round the points, with a margin in parts of its height."""
    points = points.reshape(-1, 2)
    low, high = points.min(axis=0), points.max(axis=0)
    room = margin * max(float(high[1] - low[1]), 4.0)
    x0, y0 = np.maximum(np.floor(low - room), 0).astype(int)
    x1, y1 = np.ceil(high + room).astype(int) + 1
    part = picture[y0:y1, x0:x1]
    return part if part.size else picture
