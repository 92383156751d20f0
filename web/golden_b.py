"""Write ``test/golden/b_*``: what Python reads on some strips, step by step, for the browser to read the same.

``python web/golden_b.py``. The same at every run: pictures of images/ and drawn ones, by fixed seeds.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

from vinchar import vin as number  # noqa: E402
from vinchar.decide import TWO_ROWS, UPSIDE_DOWN, Decision, Judge, Line  # noqa: E402
from vinchar.drawing.photos import PLACES, draw_photo  # noqa: E402
from vinchar.drawing.strings import draw_vin  # noqa: E402
from vinchar.explain import compare, glyph_reading, no_vin, vin_reading  # noqa: E402
from vinchar.imaging import load  # noqa: E402
from vinchar.known import known_vins  # noqa: E402
from vinchar.posterior import Posterior, Priors, read_strings  # noqa: E402
from vinchar.reader import Reader  # noqa: E402
from vinchar.reading import Barcode  # noqa: E402
from vinchar.structure.store import indices  # noqa: E402
from vinchar.types import Kind, LineReading, Strip  # noqa: E402

OUT = HERE / "test" / "golden"
MOST_LINES = 3  # of a picture that is not sure
MADE = 7  # pictures of which others are made
SHOWN = 2  # readings of a picture, those of its best lines
DRAWN = (1, 3, 4, 5)  # seeds of photos: sure ones and others, in one row and in two
PHOTOS = ("door-label-black", "frame-stamped")
STEPS = 4  # to a pixel: the edges of strips are stored no finer, and read as they are stored
YEAR = 2027
KEPT_COLUMNS = 16  # of a network's answers, one in so many is stored
EVERY = 7  # of the strips, one in so many


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    reader = Reader()
    write_json("b_vin", vin_facts())
    write_json("b_structure", strings(reader))
    write_npz()
    write_strips(reader)


def write_json(name: str, values: Any) -> None:
    (OUT / f"{name}.json").write_text(json.dumps(_rounded(values), separators=(",", ":")) + "\n", encoding="utf-8")


def _rounded(values: Any) -> Any:
    """The values with floats as exact as they are compared."""
    if isinstance(values, dict):
        return {name: _rounded(value) for name, value in values.items()}
    if isinstance(values, list | tuple):
        return [_rounded(value) for value in values]
    return round(values, 6) if isinstance(values, float) else values


def vin_facts() -> dict[str, Any]:
    """VINs with what they say, and texts with what is made of them."""
    rng = np.random.default_rng(0)
    vins = [draw_vin(rng, uniform=0.0) for _ in range(40)] + [draw_vin(rng, uniform=1.0) for _ in range(20)]
    texts = [
        "*1hgcm82633a004352*",
        "I1HGCM82633A004352",
        "1HGCM-82633 A004352",
        "☆WVWZZZ1JZ3W386752☆",
        "straße",
        "1HGCM82633A00435O",
        "",
        "##",
        "\u01311HGCM82633A00435",
        "1HGCM82633A0043521234567890123456789",
    ]
    return {
        "year": YEAR,
        "vins": [
            {
                "vin": vin,
                "check_digit": number.check_digit(vin),
                "status": number.check_digit_status(vin),
                "maker_code": number.parts(vin).maker_code,
                "region": number.region(vin),
                "maker": number.maker(vin),
                "model_year": number.model_years(vin, latest=YEAR),
            }
            for vin in vins
        ],
        "texts": [[text, number.normalise(text), _fault(text)] for text in texts],
        "known_makers": len(number.known_makers()),
    }


def _fault(text: str) -> str | None:
    try:
        number.validate(text)
    except ValueError as error:
        return str(error)
    return None


def strings(reader: Reader) -> list[dict[str, Any]]:
    """Strings, VINs and others, with how likely they are as a VIN and as other text."""
    rng = np.random.default_rng(1)
    knowledge = reader._knowledge
    vins = [knowledge.structure.draw(rng) for _ in range(40)] + [draw_vin(rng, uniform=1.0) for _ in range(20)]
    vins += ["THEVEH1CLE1DENT1F", "12345678901234567", "AFFA5678901234567", "FAHRZEUG1DENTTYP0"]
    return [
        {
            "string": vin,
            "as_vin": float(knowledge.structure.log_prob(indices(vin))[0]),
            "as_text": float(knowledge.text.log_prob(indices(vin))[0]),
            "ninth": float(knowledge.structure.parts[0][1].ninth(indices(vin), np.arange(33))[0][0]),
        }
        for vin in vins
    ]


def write_npz() -> None:
    """An archive of every kind of numbers, and one that is not packed."""
    names = ("u1", "i1", "u2", "i2", "u4", "i4", "i8", "f4", "f8")
    kinds = {name: np.arange(6).reshape(2, 3).astype(name) for name in names}
    kinds["turned"] = np.asfortranarray(np.arange(24).reshape(2, 3, 4).astype(np.int16))
    np.savez_compressed(OUT / "b_packed.npz", **kinds, one=np.float64(0.5))
    np.savez(OUT / "b_stored.npz", **kinds)


@dataclass(frozen=True)
class Found:
    """A strip that was read in a picture, the look that found it, and what the locator thought of it."""

    strip: Strip
    look: str
    warmth: float
    beyond: float | None = None  # if it is not what was seen


def write_strips(reader: Reader) -> None:
    """What is read in pictures, from strips to readings."""
    pictures = [*pictures_of(reader)]
    pictures += [*made_of(pictures)]
    strips = list({id(one.strip): one.strip for _, _, found in pictures for one in found}.values())
    readings = dict(zip(map(id, strips), reader.recogniser.read(strips), strict=True))
    paths: list[np.ndarray] = []
    told: set[int] = set()
    entries = [
        {"name": name, "kind": kind, **read(reader, kind, found, strips, readings, paths, told)}
        for name, kind, found in pictures
    ]
    some = np.stack([strip.gray for strip in strips])[::EVERY]
    np.savez_compressed(
        OUT / "b_strips.npz",
        gray=np.stack([strip.gray for strip in strips]),
        edges=np.rint(np.stack([strip.edges for strip in strips]) * STEPS).astype(np.int16),
        inverted=np.array([strip.inverted for strip in strips], np.uint8),
        classifier=reader.classifier.logits(some)[:, ::KEPT_COLUMNS],
        ctc=reader._strip_network("ctc").logits(some)[:, ::KEPT_COLUMNS],
    )
    np.savez_compressed(OUT / "b_likelihoods.npz", log_likelihoods=np.concatenate(paths))
    values = {
        "edge_steps": STEPS,
        "kept_columns": KEPT_COLUMNS,
        "every": EVERY,
        "version": reader.version,
        "read": [readings[id(strip)] is not None for strip in strips],
        "pictures": entries,
        "glyphs": glyph_readings(reader),
        "barcodes": beside_barcodes(reader),
    }
    write_json("b_readings", values)


def pictures_of(reader: Reader) -> Iterator[tuple[str, str, list[Found]]]:
    """Strips, photos and drawn photos, by name and kind, with what a search finds in them."""
    for path in sorted((ROOT / "images" / "strips").glob("*.png")):
        yield path.stem, "strip", found_in(reader, load(str(path)), "strip")
    for name in PHOTOS:
        yield name, "photo", found_in(reader, load(str(ROOT / "images" / "photos" / f"{name}.jpg")), "photo")
    for i in DRAWN:
        rng = np.random.default_rng([11, i])
        how = {"place": PLACES[i % len(PLACES)], "calm": i % 2 == 0, "rows": 1 + (i % 5 == 4)}
        vin = draw_vin(rng, uniform=0.0)
        photo = draw_photo(rng, vin=vin, held_out=True, small=True, **how)  # type: ignore[arg-type]
        yield f"drawn {i}", "photo", found_in(reader, cv2.cvtColor(photo.bgr, cv2.COLOR_BGR2GRAY), "photo")


def found_in(reader: Reader, gray: np.ndarray, kind: Kind) -> list[Found]:
    """The best lines of a picture: two, or more where it is not sure."""
    decision = reader.search.read(gray, kind)
    most = 2 if decision.is_ok else MOST_LINES
    lines = zip(decision.lines[:most], decision.features[:most, 1], strict=True)
    return [Found(stored(line.reading.strip), line.look, float(warmth)) for line, warmth in lines]


def made_of(pictures: list[tuple[str, str, list[Found]]]) -> Iterator[tuple[str, str, list[Found]]]:
    """Pictures of strips that were found: out of focus, two cars in one, two views of one line, nothing at all."""
    looks = ("all of it", UPSIDE_DOWN, TWO_ROWS)
    for i, (name, kind, [first, *_]) in enumerate(pictures[:MADE]):
        blurred = cv2.GaussianBlur(first.strip.gray, (0, 0), 1.6 + 0.4 * (i % 6))
        strip = Strip(blurred, first.strip.edges, first.strip.inverted)
        worn = Found(strip, looks[i % 3], (-2.0, -0.5, 0.0)[i // 3 % 3])
        yield f"{name}, blurred", kind, [worn]
        yield f"{name}, two views", kind, [first, worn]
        yield f"{name}, two cars", "photo", [first, replace(pictures[i + 1][2][0], warmth=first.warmth)]
        cold = -2.2 if i % 3 == 0 else 0.0
        yield f"{name}, {looks[i % 3]}", kind, [replace(first, look=looks[i % 3], warmth=cold)]
        yield f"{name}, more", kind, [replace(first, beyond=1.5)]
    upside_down = np.ascontiguousarray(np.roll(first.strip.gray, 200, axis=1)[::-1])
    yield "nothing", "strip", [Found(Strip(upside_down // 8, first.strip.edges), "all of it", 0.0)]


def read(
    reader: Reader,
    kind: str,
    found: list[Found],
    strips: list[Strip],
    readings: dict[int, LineReading | None],
    paths: list[np.ndarray],
    told: set[int],
) -> dict[str, Any]:
    """What is read of a picture's lines, and what is decided; ``paths`` gets the log-likelihoods of the best one.

    What is read of a strip is told once: ``told`` are those of which it was.
    """
    judge: Judge = reader.search.judge
    lines: list[Line] = []
    warmths: dict[int, float] = {}
    entries = []
    for one in found:
        at = next(i for i, strip in enumerate(strips) if strip is one.strip)
        entry: dict[str, Any] = {"strip": at, "look": one.look, "warmth": one.warmth}
        entries.append(entry)
        reading = readings[id(one.strip)]
        if reading is None:
            continue
        if one.beyond is not None:
            entry["more"] = one.beyond
            reading = replace(reading, beyond=np.full(len(reading.beyond), one.beyond, np.float32))
        weighed = judge.weigh(reading, one.look)
        warmths[id(weighed.centres)] = one.warmth
        lines.append(weighed)
        if at in told:
            continue
        told.add(at)
        paths.append(reading.log_likelihoods[weighed.posterior.path : weighed.posterior.path + 1])
        entry |= {
            "boxes": reading.boxes.tolist(),
            "scores": reading.scores.tolist(),
            "beyond": reading.beyond.tolist(),
            "posterior": posterior_of(weighed.posterior),
            "likeness": weighed.likeness,
            "quads": np.round(weighed.quads[[0, -1]], 3).tolist(),
            "listed": posterior_of(listed(reader, weighed)),
            "rules": posterior_of(read_strings(reading.log_likelihoods, reading.scores)),
        }
    decided = judge.decide(lines, lambda centres: warmths[id(centres)])
    return {"lines": entries, "decision": decision_of(decided, lines, reader, kind)}


def stored(strip: Strip) -> Strip:
    return Strip(strip.gray, (np.rint(strip.edges * STEPS) / STEPS).astype(np.float32), strip.inverted)


def listed(reader: Reader, line: Line) -> Posterior:
    """What is read with a list that holds the second best string, and neighbours of the best."""
    vins = [text for text, _ in line.posterior.strings[1:3]]
    vins += [line.vin[:14] + f"{i:03d}" for i in range(5)]
    known = known_vins(vins)
    return read_strings(line.reading.log_likelihoods, line.reading.scores, Priors(reader.priors.structure, known))


def posterior_of(posterior: Posterior) -> dict[str, Any]:
    return {
        "strings": posterior.strings,
        "best": [round(float(one), 5) for one in posterior.marginals.max(axis=1)],
        "path": posterior.path,
        "log_likelihood": posterior.log_likelihood,
        "log_prior": posterior.log_prior,
        "unlisted": posterior.unlisted,
    }


def decision_of(decision: Decision, lines: list[Line], reader: Reader, kind: str) -> dict[str, Any]:
    readings = [
        vin_reading(line, decision, chance, kind, reader.confidence)  # type: ignore[arg-type]
        for line, chance in [*zip(decision.lines, decision.chances, strict=True)][:SHOWN]
    ]
    return {
        "order": [lines.index(line) for line in decision.lines],
        "chances": decision.chances,
        "likely": decision.likely,
        "odds": decision.odds,
        "features": decision.features.tolist(),
        "settled": bool(decision.lines) and decision.is_settled,
        "each": [[lines.index(line), chance] for line, chance in decision.each()],
        "leaders": [lines.index(line) for line in decision.leaders(2)],
        "readings": [dated(one) for one in readings] or [dated(no_vin(kind))],  # type: ignore[arg-type]
        "halved": [
            vin_reading(line, decision, chance / 2, kind, reader.confidence).reasons  # type: ignore[arg-type]
            for line, chance in [*zip(decision.lines, decision.chances, strict=True)][:SHOWN]
        ],
    }


def dated(reading: Any) -> dict[str, Any]:
    """The reading without the model years, which depend on the day."""
    values: dict[str, Any] = reading.to_dict()
    del values["model_year"]
    return values


def glyph_readings(reader: Reader) -> list[dict[str, Any]]:
    rng = np.random.default_rng(5)
    found = []
    for scale in (20, 4, 1):
        logs = np.log(rng.dirichlet(np.ones(34) / scale) + 1e-6).astype(np.float32)
        found.append({"log_probs": logs.tolist(), "reading": dated(glyph_reading(logs, (30, 20), reader.confidence))})
    return found


def beside_barcodes(reader: Reader) -> list[dict[str, Any]]:
    """What barcodes alone say."""
    quad = np.array([[0, 0], [9.25, 0.75], [9, 5], [0, 5]], np.float32)
    codes = (Barcode("1HGCM82633A004352", "Code39", quad), Barcode("1HGCM82633A004353", "QRCode", quad))
    nothing = [no_vin("photo")]
    return [dated(one) for one in compare(nothing, codes, reader.confidence.threshold)]


if __name__ == "__main__":
    main()
