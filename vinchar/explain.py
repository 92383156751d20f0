"""From what the search found to the reading a user gets: confidence, status, reasons, facts about the number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from vinchar import vin as number
from vinchar.bundle import Confidence
from vinchar.decide import Decision, Line
from vinchar.doubts import doubts
from vinchar.reading import Barcode, Character, Reading
from vinchar.types import Kind
from vinchar.vin import ALPHABET

READABLE = 0.02  # below this probability there is no VIN to be read
NONE_FOUND = "no VIN found: if there is one, take it closer and sharper, with all of it in the picture"
# Probability that a barcode was decoded rightly. In benchmarks/barcodes.py none of 2,598 was wrong. 563 of them were of
# Code 39, which has no check character: with 95 % confidence at most 3 / 563 of these are.
BARCODE = 0.994
UNLIKELY = 0.001  # runners-up of a character below this probability are not worth a word
EVEN = 0.5  # the same where its check digit does not fit, or the text says something else


def vin_reading(line: Line, decision: Decision, chance: float, kind: Kind, confidence: Confidence) -> Reading:
    """Return the reading of a line of ``decision`` that is right with probability ``chance``.

    Below ``READABLE`` no VIN was found.
    """
    if chance < READABLE:
        return no_vin(kind)
    (text, _), *alternatives = line.posterior.strings
    sure = chance >= confidence.threshold
    reasons = () if sure else doubts(decision, line, chance, confidence)
    if line.posterior.unlisted is not None:
        reasons += (f"your list of VINs decided: without it this reads {line.posterior.unlisted}",)
    return Reading(
        image=None,
        kind=kind,
        vin=text,
        status="ok" if sure else "uncertain",
        confidence=chance,
        source="text",
        quad=line.corners,
        characters=tuple(map(_character, text, line.posterior.marginals, line.quads)),
        reasons=reasons,
        alternatives=tuple((other, share * chance) for other, share in alternatives),
        without_list=line.posterior.unlisted,
        **_facts(text),
    )


def _facts(vin: str) -> dict[str, Any]:
    """Return what a VIN itself says."""
    return {
        "check_digit": number.check_digit_status(vin),
        "maker": number.maker(vin),
        "region": number.region(vin),
        "model_year": number.model_years(vin),
    }


def compare(readings: Sequence[Reading], barcodes: tuple[Barcode, ...], threshold: float) -> list[Reading]:
    """Return the readings of one picture beside what its barcodes say.

    Where text and barcode say the same, the reading is ok: two ways of reading agree in 17 characters. Where a barcode
    says something else, and the same as no other text, which of them is right is left open: ``vin`` stays the text,
    uncertain, with the barcode's as the first alternative. Where no text was read, barcodes give the VINs.
    ``threshold``: that of ok.
    """
    texts = {reading.vin for reading in readings if reading.vin is not None}
    spare = tuple(code for code in barcodes if code.vin not in texts)
    read = [one for one in readings if one.vin is not None]
    if read:
        return [_beside(one, tuple(c for c in barcodes if c.vin == one.vin), spare, threshold) for one in read]
    return [_of_barcode(code, readings[0].kind, threshold) for code in barcodes] or list(readings)


def _beside(reading: Reading, same: tuple[Barcode, ...], spare: tuple[Barcode, ...], threshold: float) -> Reading:
    if same:
        sure = 1 - (1 - reading.confidence) * (1 - BARCODE)  # both wrong, and the same, is less likely still
        agreed = reading if sure < threshold else replace(reading, status="ok", reasons=())
        return replace(agreed, barcodes=same, source="both", confidence=sure)
    if not spare:
        return reading
    said = f"a barcode in the picture says {' or '.join(code.vin for code in spare)}: check which one is right"
    return replace(
        reading,
        barcodes=spare,
        status="uncertain",
        confidence=min(reading.confidence, EVEN),
        alternatives=(*((code.vin, EVEN / len(spare)) for code in spare), *reading.alternatives),
        reasons=(said, *reading.reasons),
    )


def _of_barcode(code: Barcode, kind: Kind, threshold: float) -> Reading:
    """Return the reading of a VIN that only a barcode holds."""
    facts = _facts(code.vin)
    odd = facts["check_digit"] == "invalid"
    confidence = EVEN if odd else BARCODE
    said = f"only a barcode says so{', and the check digit does not fit' if odd else ''}: compare it with the text"
    return Reading(
        image=None,
        kind=kind,
        vin=code.vin,
        status="ok" if confidence >= threshold else "uncertain",
        confidence=confidence,
        source="barcode",
        quad=code.quad,
        reasons=() if confidence >= threshold else (said,),
        barcodes=(code,),
        **facts,
    )


def no_vin(kind: Kind) -> Reading:
    """Return the reading of a picture in which no VIN was found."""
    return Reading(None, kind, None, "not_found", reasons=(NONE_FOUND,))


def failed(name: str | None, reason: str, kind: Kind | Literal["auto"] = "auto") -> Reading:
    """Return the reading of a picture that could not be read."""
    return Reading(name, "photo" if kind == "auto" else kind, None, "error", reasons=(reason,))


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
        source="text",
        quad=quad,
        characters=(character,),
        reasons=() if sure else (_glyph_doubt(character),),
        alternatives=character.alternatives,
    )


def _glyph_doubt(character: Character) -> str:
    others = " or ".join(char for char, _ in character.alternatives[:2])
    return f"could also be {others}" if others else "no other character is likely, but it is less sure than you ask for"


def _character(char: str, chances: NDArray[np.float32], quad: NDArray[np.float32]) -> Character:
    order = np.argsort(-chances)[:4]
    likely = [i for i in order if ALPHABET[i] != char and chances[i] >= UNLIKELY][:3]
    others = tuple((ALPHABET[i], float(chances[i])) for i in likely)
    return Character(char, float(chances[ALPHABET.index(char)]), quad, others)
