"""The report as one HTML page that needs no network: figures, plots, what is confused, every wrong reading."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.evaluation.causes import CAUSES
from vinchar.evaluation.scored import Scored
from vinchar.imaging import ImageError, load
from vinchar.reading import Reading

Picture = NDArray[np.uint8]
Confusion = tuple[str, str, str]  # true character, the one read, its picture as HTML
SHOWN = 200  # wrong readings with their picture; readings.csv has all
PAIRS, EXAMPLES = 12, 8  # confused pairs, and glyphs shown of each
MOST_CONFUSED = 4  # readings with more wrong characters are of another line, or cut elsewhere
LINE_WIDTH, GLYPH_HEIGHT = 640, 56  # pixels on the page
_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
.plots img[alt$=confusion] { max-width: 100% }
h1, h2 { font-weight: 600 } code, .vin { font-family: ui-monospace, monospace; font-size: 1.05em }
table { border-collapse: collapse; margin: .6rem 0 } td, th { padding: .2rem .8rem .2rem 0; text-align: left }
th { font-weight: 600; border-bottom: 1px solid #bbb } td { border-bottom: 1px solid #eee; vertical-align: middle }
img { max-width: 100%; height: auto } .plots img { max-width: 30rem; vertical-align: top }
figure { margin: 1.2rem 0; padding-top: .8rem; border-top: 1px solid #ddd } b.off { color: #c00 } .note { color: #666 }
"""


class _Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def image_name(reading: Reading) -> str:
    """Return the name of the picture as text that can be written, whatever bytes the file system had."""
    return (reading.image or "").encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def report_page(summary: Mapping[str, Any], plots: Mapping[str, bytes], scored: Sequence[Scored]) -> str:
    """Return the page, HTML.

    ``summary`` as of ``reading_report.write_reading_report``; ``plots``: PNGs by what they show. Pictures are loaded
    again to be shown; one that is gone is left out.
    """
    wrong = sorted((one for one in scored if not one.right), key=lambda one: -one.reading.confidence)
    figures, confusions = [], []
    for one in wrong[:SHOWN]:
        picture = _picture(one)  # one at a time: hundreds of large ones do not fit into memory
        figures.append(_wrong(one, picture))
        confusions += _confusions(one, picture)
    parts = ["<h1>What was read, against what is there</h1>", _figures(summary)]
    counts = [(say, sum(one.cause == name for one in wrong)) for name, say in CAUSES.items()]
    if wrong:
        parts += ["<h2>Why readings are wrong</h2>", _table(("cause", "pictures"), [row for row in counts if row[1]])]
        parts += ["<h2>What is taken for what</h2>", _confused(confusions)]
    parts.append('<h2>How it errs</h2><div class="plots">')
    parts += [f'<img src="{_data(png, "png")}" alt="{escape(name)}">' for name, png in plots.items()]
    parts.append(f"</div><h2>Wrong readings: {len(wrong)} of {len(scored)}</h2>")
    parts.append('<p class="note">The surest first. All readings: <code>readings.csv</code> beside this page.</p>')
    parts += figures
    title = "<title>vinchar report</title>"
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width">{title}<style>{_STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(parts)}</body></html>\n'


def _figures(summary: Mapping[str, Any]) -> str:
    rows = []
    for kind, all_of_it in summary.items():
        for name, of in ((kind, all_of_it), *all_of_it.get("groups", {}).items()):
            low, high = of["exact_match_interval"]
            right = "-" if of["ok_right"] is None else f"{of['ok_right']:.3f}"
            rows.append(
                (
                    *(name, of["n"], f"{of['exact_match']:.3f} ({low:.3f} to {high:.3f})"),
                    *(f"{of['character_error_rate']:.3f}", f"{of['ok']:.3f}", right),
                    *(of["ok_wrong_with_valid_check_digit"], f"{of['calibration_error']:.3f}"),
                )
            )
    header = ("kind", "pictures", "exact match (95 % interval)", "character error rate", "called ok", "of those right")
    return _table((*header, "ok, wrong, check digit fits", "calibration error"), rows)


def _confusions(one: Scored, picture: Picture | None) -> list[Confusion]:
    """Return the single characters that were confused, none where there are many."""
    characters = one.reading.characters
    others = [(a, b) for a, b in zip(one.label.text, characters, strict=False) if a != b.char]
    if len(characters) != len(one.label.text) or len(others) > MOST_CONFUSED:
        return []
    return [
        (true, read.char, "" if picture is None else _image(_cut(picture, read.quad, 0.25), GLYPH_HEIGHT))
        for true, read in others
    ]


def _confused(confusions: Iterable[Confusion]) -> str:
    """Show the most frequent single confusions with the glyphs that were confused."""
    found: dict[tuple[str, str], list[str]] = {}
    for true, read, glyph in confusions:
        found.setdefault((true, read), []).append(glyph)
    order = sorted(found, key=lambda pair: -len(found[pair]))[:PAIRS]
    if not order:
        return '<p class="note">No single characters.</p>'
    rows = [(f"{a} as {b}", len(found[a, b]), _Markup(" ".join(found[a, b][:EXAMPLES]))) for a, b in order]
    return _table(("true as read", "times", "there"), rows)


def _wrong(one: Scored, picture: Picture | None) -> str:
    reading, truth, shown = one.reading, one.label.text, ""
    if picture is not None:
        quads = [character.quad for character in reading.characters]
        part = _cut(picture, np.concatenate(quads), 0.6) if quads else picture
        shown = _image(part, min(160, round(LINE_WIDTH * part.shape[0] / part.shape[1])))
    why = f": {escape(CAUSES[one.cause])}" if one.cause else ""
    said = f"{escape(reading.status.replace('_', ' '))}, confidence {reading.confidence:.2f}{why}"
    reasons = f" ({escape('; '.join(reading.reasons))})" if reading.reasons else ""
    read = reading.vin or "-"
    texts = _table(("", ""), [("true", _marked(truth, read)), ("read", _marked(read, truth))])
    return f'<figure>{shown}{texts}<div class="note">{escape(image_name(reading))}<br>{said}{reasons}</div></figure>'


def _marked(text: str, other: str) -> _Markup:
    """Return the text with the characters marked that the other has not at their place."""
    marked = [
        escape(char) if i < len(other) and other[i] == char else f'<b class="off">{escape(char)}</b>'
        for i, char in enumerate(text)
    ]
    return _Markup(f'<span class="vin">{"".join(marked)}</span>')


def _table(header: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    def cell(value: object) -> str:
        return value if isinstance(value, _Markup) else escape(str(value))

    head = "".join(f"<th>{cell(name)}</th>" for name in header)
    body = "".join("<tr>" + "".join(f"<td>{cell(value)}</td>" for value in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _picture(one: Scored) -> Picture | None:
    if one.reading.status == "error":
        return None
    try:
        return load(one.source, color=True)
    except (ImageError, OSError):
        return None


def _cut(picture: Picture, points: NDArray[np.float32], margin: float) -> Picture:
    """Return the part of the picture round the points, with a margin in parts of its height."""
    points = points.reshape(-1, 2)
    low, high = points.min(axis=0), points.max(axis=0)
    room = margin * max(float(high[1] - low[1]), 4.0)
    x0, y0 = np.maximum(np.floor(low - room), 0).astype(int)
    x1, y1 = np.ceil(high + room).astype(int) + 1
    part = picture[y0:y1, x0:x1]
    return part if part.size else picture


def _image(picture: Picture, height: int) -> str:
    height = max(height, 8)
    width = max(1, min(LINE_WIDTH, round(picture.shape[1] * height / picture.shape[0])))
    method = cv2.INTER_AREA if height < picture.shape[0] else cv2.INTER_CUBIC
    _, code = cv2.imencode(".jpg", cv2.resize(picture, (width, height), interpolation=method))
    return f'<img src="{_data(code.tobytes(), "jpeg")}" width="{width}" height="{height}" alt="">'


def _data(content: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
