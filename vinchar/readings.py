"""From what the search found to the reading a user gets: confidence, status, reasons, facts about the number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vinchar import vin as number
from vinchar.bundle import Confidence
from vinchar.decide import Line
from vinchar.types import Character, Kind, Reading
from vinchar.vin import ALPHABET

READABLE = 0.02  # below this probability there is no VIN to be read


def vin_reading(line: Line, chance: float, kind: Kind, confidence: Confidence) -> Reading:
    """Return the reading of a VIN that is right with probability ``chance``; below ``READABLE`` none was found."""
    if chance < READABLE:
        return no_vin(kind)
    (text, _), *alternatives = line.posterior.strings
    characters = tuple(map(_character, text, line.posterior.marginals, line.quads))
    sure = chance >= confidence.threshold
    reasons = () if sure else _reasons(characters, text)
    if line.posterior.unlisted is not None:
        reasons += (f"your list of VINs decided: without it this reads {line.posterior.unlisted}",)
    return Reading(
        image=None,
        kind=kind,
        vin=text,
        status="ok" if sure else "uncertain",
        confidence=chance,
        characters=characters,
        check_digit=number.check_digit_status(text),
        reasons=reasons,
        alternatives=tuple((other, share * chance) for other, share in alternatives),
        maker=number.maker(text),
        region=number.region(text),
        model_year=number.model_years(text),
        without_list=line.posterior.unlisted,
    )


def compare(readings: Sequence[Reading], barcodes: tuple[str, ...]) -> list[Reading]:
    """Return the readings of VINs beside what barcodes in the same picture say; ``vin`` stays what was read as text.

    Where a barcode says the same, an uncertain reading becomes ok: two ways of reading agree in 17 characters. Where
    all say something else, and none of them the same as another reading, an ok one becomes uncertain, and which of them
    is right is left open.
    """
    read = {reading.vin for reading in readings}
    return [_beside(one, tuple(code for code in barcodes if code == one.vin or code not in read)) for one in readings]


def _beside(reading: Reading, barcodes: tuple[str, ...]) -> Reading:
    if not barcodes:
        return reading
    if reading.vin in barcodes:
        return replace(reading, barcodes=barcodes, status="ok", reasons=())
    said = "a barcode in the picture says " + " or ".join(barcodes)
    status = "uncertain" if reading.status == "ok" else reading.status
    return replace(reading, barcodes=barcodes, status=status, reasons=(*reading.reasons, said))


def no_vin(kind: Kind) -> Reading:
    """Return the reading of a picture in which no VIN was found."""
    return Reading(None, kind, None, "not_found", reasons=("no VIN found",))


def glyph_reading(log_probs: NDArray[np.float32], shape: tuple[int, ...], confidence: Confidence) -> Reading:
    """Return the reading of a picture of one glyph, of ``shape``, from log-probabilities float32 (34,).

    The last is that of no glyph: of what is less probably a glyph than ``confidence.glyph_least`` nothing is read.
    """
    seen = 1 - float(np.exp(log_probs[-1]))
    if seen < confidence.glyph_least:
        return Reading(None, "glyph", None, "not_found", reasons=("no character found",))
    chances = np.asarray(np.exp(log_probs[:-1]) / seen, np.float32)
    best = int(chances.argmax())
    height, width = shape[:2]
    quad = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    character = _character(ALPHABET[best], chances, quad)
    sure = character.confidence >= confidence.glyph_threshold
    return Reading(
        image=None,
        kind="glyph",
        vin=character.char,
        status="ok" if sure else "uncertain",
        confidence=character.confidence,
        characters=(character,),
        reasons=() if sure else ("could also be " + " or ".join(c for c, _ in character.alternatives[:2]),),
        alternatives=character.alternatives,
    )


def _character(char: str, chances: NDArray[np.float32], quad: NDArray[np.float32]) -> Character:
    order = np.argsort(-chances)[:4]
    others = tuple((ALPHABET[i], float(chances[i])) for i in order if ALPHABET[i] != char)[:3]
    return Character(char, float(chances[ALPHABET.index(char)]), quad, others)


def _reasons(characters: tuple[Character, ...], text: str) -> tuple[str, ...]:
    weak = [
        f"character {place} could be {c.char} or {c.alternatives[0][0]}"
        for place, c in enumerate(characters, 1)
        if c.confidence < 0.9 and c.alternatives
    ]
    reasons = weak[:4] if len(weak) <= 6 else ["most of it is hard to read"]
    if number.check_digit_status(text) == "invalid":
        reasons.append("the check digit does not fit")
    return tuple(reasons or ["the line is hard to read as a whole"])
