"""Why a VIN was read wrongly: what every stage made of the picture, held to the true VIN by forced alignment."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace

from tqdm import tqdm

from vinchar.alignment import SHOWN, Views, clearest
from vinchar.evaluation.scored import Scored
from vinchar.imaging import ImageError, load
from vinchar.posterior import NO_PRIORS, Priors, read_strings
from vinchar.recognise import Logits, Recogniser

CAUSES = {
    "file": "the file could not be used",
    "place": "the line was not found: no strip that was cut shows this VIN",
    "straightening": "the strip shows the line, but not all of its first or last glyphs",
    "characters": "glyphs were taken for others, or for none",
    "priors": "what VINs usually look like outweighed what is there",
    "search": "another line or another way to part it was preferred to the right one",
}


def with_causes(
    scored: Sequence[Scored],
    views: Views,
    classifier: Logits,
    recogniser: Recogniser,
    priors: Priors = NO_PRIORS,
    seconds: float = math.inf,
) -> list[Scored]:
    """Return what was scored, every wrong reading with its cause; the rest is of a ``Reader`` and its ``search``.

    The surest are looked into first. After so many ``seconds`` none is begun, and those left have no cause.
    """
    found = list(scored)
    wrong = sorted((i for i, one in enumerate(scored) if not one.right), key=lambda i: -scored[i].reading.confidence)
    until = time.monotonic() + seconds
    for i in tqdm(wrong, desc="looking for causes", unit="picture", mininterval=2, disable=len(wrong) < 2):
        if time.monotonic() >= until:
            break
        found[i] = replace(scored[i], cause=find_cause(scored[i], views, classifier, recogniser, priors))
    return found


def find_cause(
    one: Scored, views: Views, classifier: Logits, recogniser: Recogniser, priors: Priors = NO_PRIORS
) -> str | None:
    """Return which of ``CAUSES`` made a reading wrong, None if it is right.

    The strip that shows most of the true VIN decides: which stage is the first that loses it from there on. ``views``
    is walked no farther than to the first look in which a line shows enough of it.
    """
    reading, truth = one.reading, one.label.text
    if one.right:
        return None
    if reading.status == "error":
        return "file"
    if len(truth) == 1:
        return "characters"
    try:
        gray = load(one.source)
    except ImageError:  # it could be read a moment ago
        return "file"
    best = clearest(views(gray, reading.kind), classifier, truth)
    if best is None or best.shown < SHOWN:
        return "place"
    if not best.glyph.all():
        return "straightening" if not (best.glyph[0] and best.glyph[-1]) else "characters"
    if not best.best.all():
        return "characters"
    (line,) = recogniser.read([best.strip])
    if line is None:
        return "search"
    known, plain = (read_strings(line.log_likelihoods, line.scores, some).strings[0][0] for some in (priors, NO_PRIORS))
    return "priors" if known != truth == plain else "search"
