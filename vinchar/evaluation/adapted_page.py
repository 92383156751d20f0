"""The report on a model that was adapted to photos: a page for whoever owns them, and the files behind it."""

from __future__ import annotations

import math
import os
from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

from vinchar.evaluation import adapted_plots
from vinchar.evaluation.adapted import TEST, Adapted, Changed, Compared, LeftOut, Suggested
from vinchar.evaluation.adapted_tables import label_errors, path_from, suggested, tables
from vinchar.evaluation.adapted_words import (
    DIGITS,
    judged,
    may_be_chance,
    perhaps_chance,
    reason,
    strength,
    strengths,
    turn,
    verdict,
)
from vinchar.evaluation.page_parts import Shown, data_uri, loaded, marked, rendered, shown_picture
from vinchar.evaluation.plots import curves_png
from vinchar.files import write_whole

ERRORS_SHOWN, CHANGED_SHOWN, SUGGESTED_SHOWN = 200, 100, 100  # with their picture, of changed ones each way
OTHERS_SHOWN, PROBLEMS_SHOWN = 20, 200  # names of each reason; sentences. The tables have all
WIDEST, HIGHEST, QUALITY = 320, 240, 80  # of thumbnails: pixels, and of JPEG
TURNS = {
    "fixed": "Fixed, right now",
    "broken": "Broken, right before",
    "otherwise": "Read otherwise, right by neither",
}


def write_adapted(folder: Path, made: Adapted) -> None:
    """Write what adapting gave into a folder, which is made if need be.

    ``index.html``, a page of all of it that needs no network; ``comparison.csv``, ``label_errors.csv``,
    ``left_out.csv``, ``suggested.csv``, ``changed.csv`` and ``summary.json``, see ``adapted_tables``; and, of what
    there is, ``comparison.png``, ``steps.png``, ``margins.png`` and ``curves.png``. Photos are loaded again to be
    shown; one that is gone or broken is named without its picture. Raises ``OSError`` where a file cannot be written.
    """
    folder = Path(folder)
    plots = _plots(made)
    for name, png in plots.items():
        write_whole(folder / f"{name}.png", png)
    for name, text in tables(folder, made).items():
        write_whole(folder / name, text)
    shown_plots = {name: data_uri(png, "png") for name, png in plots.items()}
    write_whole(folder / "index.html", _page(folder, made, shown_plots))


def _plots(made: Adapted) -> dict[str, bytes]:
    """Return the PNGs that there is something to draw in, by the names of their files."""
    plots = {}
    compared = [row for row in made.compared if row.on == TEST and math.isfinite(row.after - row.before)]
    steps = [step for step in made.steps if math.isfinite(step.log_score)]
    margins = [margin for margin in made.margins if math.isfinite(margin[2])]
    histories = {name: rows for name, rows in made.histories.items() if rows}
    if compared:
        plots["comparison"] = adapted_plots.differences_png(compared)
    if steps:
        plots["steps"] = adapted_plots.steps_png(steps)
    if margins:
        plots["margins"] = adapted_plots.margins_png(margins)
    if histories:
        plots["curves"] = curves_png(histories)
    return plots


def _page(folder: Path, made: Adapted, plots: dict[str, str]) -> str:
    suspects, next_ones = label_errors(made), suggested(made)
    others = [one for one in made.left_out if not one.contradicts]
    return rendered(
        "adapted.html",
        verdict=verdict(made),
        better=made.better,
        own_labels=made.own_labels,
        perhaps_chance=perhaps_chance(made),
        compared=[(on, [*map(_compared, rows)]) for on, rows in groupby(made.compared, key=lambda row: row.on)],
        plots=plots,
        parts=[(part, *counts) for part, counts in made.parts.items()],
        learned_from=made.parts.get("train", (None, None))[0],
        taught=made.taught,
        steps=[(step.name, _number(step.log_score), step.kept) for step in made.steps],
        margin=made.margins[0] if made.margins else None,
        strengths=strengths(),
        suspects=[_suspect(folder, one) for one in suspects[:ERRORS_SHOWN]],
        suspects_count=len(suspects),
        others=_by_reason(folder, others),
        others_count=len(others),
        turns=_by_turn(folder, made.changed),
        changed_count=len(made.changed),
        suggested=[_suggested(folder, one) for one in next_ones[:SUGGESTED_SHOWN]],
        suggested_count=len(next_ones),
        problems=made.problems[:PROBLEMS_SHOWN],
        problems_count=len(made.problems),
        facts=made.facts,
    )


def _compared(row: Compared) -> Shown:
    difference = row.after - row.before
    says = judged(row)
    unsure = says in ("better", "worse") and may_be_chance(row)
    return {
        "measure": row.measure,
        "less": row.less_is_better,
        "n": row.n,
        "before": _number(row.before),
        "after": _number(row.after),
        "difference": _number(difference, "+"),
        "interval": [_number(bound, "+") for bound in row.interval or () if math.isfinite(bound)],
        "says": f"{says}, may be chance" if unsure else says or "-",
        "look": "" if unsure or says == "same" else says,
    }


def _number(value: float, sign: str = "") -> str:
    """Return a number as text, a dash for none; what rounds to 0 has no minus."""
    return f"{round(value, DIGITS) + 0.0:{sign}.{DIGITS}f}" if math.isfinite(value) else "-"


def _photo(folder: Path, path: Path, texts: Sequence[tuple[str, list[tuple[str, bool]]]]) -> Shown:
    """Return what is shown of any photo: its name, where it lies, its thumbnail, and texts with what differs."""
    picture = loaded(path)
    return _named(folder, path) | {
        "image": None if picture is None else shown_picture(picture, HIGHEST, WIDEST, QUALITY),
        "texts": texts,
    }


def _named(folder: Path, path: Path) -> Shown:
    place = path_from(folder, path)
    link = place.as_uri() if place.is_absolute() else quote(os.fsencode(place.as_posix()))
    return {"name": str(place), "link": link}


def _suspect(folder: Path, one: LeftOut) -> Shown:
    texts = [("label", marked(one.label, one.read)), ("read", marked(one.read or "-", one.label))]
    return _photo(folder, one.path, texts) | {"confidence": one.confidence, "strength": strength(one.against)}


def _by_reason(folder: Path, left_out: Sequence[LeftOut]) -> list[Shown]:
    """Return each reason with its count and its first photos, the most frequent reason first."""
    groups: dict[str, list[LeftOut]] = defaultdict(list)
    for one in left_out:
        groups[reason(one)].append(one)
    return [
        {
            "reason": name,
            "count": len(some),
            "photos": [
                _named(folder, one.path) | {"detail": one.why.partition(": ")[2]} for one in some[:OTHERS_SHOWN]
            ],
        }
        for name, some in sorted(groups.items(), key=lambda group: -len(group[1]))
    ]


def _by_turn(folder: Path, changed: Sequence[Changed]) -> list[Shown]:
    """Return what was fixed, broken and read otherwise, those that occur, with the first photos of each."""
    groups = [(title, [one for one in changed if turn(one) == name]) for name, title in TURNS.items()]
    return [
        {"title": title, "count": len(some), "photos": [_changed(folder, one) for one in some[:CHANGED_SHOWN]]}
        for title, some in groups
        if some
    ]


def _changed(folder: Path, one: Changed) -> Shown:
    texts = [("label", marked(one.label, one.label))]
    texts += [(name, marked(read or "-", one.label)) for name, read in (("before", one.before), ("after", one.after))]
    return _photo(folder, one.path, texts)


def _suggested(folder: Path, one: Suggested) -> Shown:
    read = one.read or "-"
    return _photo(folder, one.path, [("best guess", marked(read, read))]) | {
        "confidence": one.confidence,
        "why": one.why,
    }
