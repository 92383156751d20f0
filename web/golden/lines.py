"""What stands on strips, and what is decided and said of it: step by step, from strips to readings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from vinchar.decide import TWO_ROWS, UPSIDE_DOWN, Decision, Judge, Line
from vinchar.drawing.photos import PLACES, draw_photo
from vinchar.drawing.strings import draw_vin
from vinchar.explain import compare, glyph_reading, no_vin, vin_reading
from vinchar.frames import fused_glyph, vins_in
from vinchar.imaging import load
from vinchar.known import known_vins
from vinchar.posterior import Posterior, Priors, read_strings
from vinchar.reader import Reader
from vinchar.reading import Barcode, Reading
from vinchar.types import Gray, Kind, LineReading, Strip
from web.golden.pictures import IMAGES, PHOTOS, Cases, blurred

MOST_LINES = 3  # of a picture that is not sure
MADE = 5  # pictures of which others are made
FLEET = 3  # the picture of which that of a car is made whose VIN differs in the last character
FOURTEENTH, LAST = slice(296, 318), slice(355, 377)  # the columns of characters on its strip
SHOWN = 2  # readings of a picture, those of its best lines
DRAWN = (1, 3, 4)  # seeds of photos: sure ones and others, in one row and in two
STEPS = 4  # to a pixel: the edges of strips are stored no finer, and read as they are stored
KEPT_COLUMNS = 16  # of a network's answers, one in so many is stored
EVERY = 5  # of the strips, one in so many
PARTS, HARDLY = 1024, -20.0  # of a nat: log-likelihoods are stored no finer, and no lower than this
LEAST = 0.02  # probability of being right from which on one of several VINs in frames is told


def cases() -> dict[str, Any]:
    reader = Reader()
    pictures = [*pictures_of(reader)]
    pictures += made_of(pictures)
    given = stored(pictures)
    return given | told(reader, given)


@dataclass(frozen=True)
class Found:
    """A strip that was read in a picture, the look that found it, and what the locator thought of it.

    ``sigma``: the strip is smoothed by so much; ``more``: glyphs beyond its ends, if they are not what was seen.
    """

    strip: Strip
    look: str
    warmth: float
    sigma: float = 0
    more: float | None = None


Picture = tuple[str, Kind, list[Found]]


def pictures_of(reader: Reader) -> Iterator[Picture]:
    """Yield strips, photos and drawn photos, by name and kind, with what a search finds in them."""
    for path in sorted((IMAGES / "strips").glob("*.png"))[::2]:
        yield path.stem, "strip", found_in(reader, load(path), "strip")
    for name in PHOTOS:
        yield name, "photo", found_in(reader, load(IMAGES / "photos" / f"{name}.jpg"), "photo")
    for i in DRAWN:
        rng = np.random.default_rng([11, i])
        place, rows = PLACES[i % len(PLACES)], 1 + (i % 5 == 4)
        photo = draw_photo(
            rng, vin=draw_vin(rng, uniform=0.0), held_out=True, small=True, place=place, calm=i % 2 == 0, rows=rows
        )
        yield f"drawn {i}", "photo", found_in(reader, cv2.cvtColor(photo.bgr, cv2.COLOR_BGR2GRAY), "photo")


def found_in(reader: Reader, gray: Gray, kind: Kind) -> list[Found]:
    """Return the best lines of a picture: two, or more where it is not sure."""
    decision = reader.search.read(gray, kind)
    most = 2 if decision.is_ok else MOST_LINES
    lines = zip(decision.lines[:most], decision.features[:most, 1], strict=True)
    return [Found(line.reading.strip, line.look, float(warmth)) for line, warmth in lines]


def made_of(pictures: list[Picture]) -> Iterator[Picture]:
    """Yield pictures of strips that were found: out of focus, two cars, two views of one line, nothing at all."""
    looks = ("all of it", UPSIDE_DOWN, TWO_ROWS)
    for i, (name, kind, [first, *_]) in enumerate(pictures[:MADE]):
        worn = replace(first, look=looks[i % 3], warmth=(-2.0, -0.5, 0.0)[i // 3 % 3], sigma=1.6 + 0.4 * (i % 6))
        yield f"{name}, blurred", kind, [worn]
        yield f"{name}, two views", kind, [first, worn]
        yield f"{name}, two cars", "photo", [first, replace(pictures[i + 1][2][0], warmth=first.warmth)]
        cold = -2.2 if i % 3 == 0 else 0.0
        yield f"{name}, {looks[i % 3]}", kind, [replace(first, look=looks[i % 3], warmth=cold)]
        yield f"{name}, more", kind, [replace(first, more=1.5)]
    name, kind, [first, *_] = pictures[FLEET]
    other = first.strip.gray.copy()
    other[:, LAST] = other[:, FOURTEENTH]
    yield f"{name}, another car", kind, [replace(first, strip=Strip(other, first.strip.edges, first.strip.inverted))]
    upside_down = np.ascontiguousarray(np.roll(first.strip.gray, 200, axis=1)[::-1])
    yield "nothing", "strip", [Found(Strip(upside_down // 8, first.strip.edges), "all of it", 0.0)]


def stored(pictures: list[Picture]) -> dict[str, Any]:
    """Return pictures as they are stored: by the numbers of strips; the same strip smoothed is another one.

    A strip's edges are steps from column to column, in parts of a pixel. ``frames``: numbers of pictures that are read
    as frames of one VIN.
    """
    strips: Cases = []
    numbers: dict[tuple[int, float], int] = {}

    def number(strip: Strip, sigma: float) -> int:
        if (id(strip), sigma) not in numbers:
            edges = np.rint(strip.edges * STEPS).astype(np.int16)
            own = {"gray": strip.gray, "edges": np.diff(edges, axis=1, prepend=np.int16(0)), "inverted": strip.inverted}
            one = {"of": number(strip, 0), "sigma": sigma} if sigma else own
            numbers[id(strip), sigma] = len(strips)
            strips.append(one)
        return numbers[id(strip), sigma]

    told = [
        {
            "name": name,
            "kind": kind,
            "lines": [
                {"strip": number(one.strip, one.sigma), "look": one.look, "warmth": one.warmth, "more": one.more}
                for one in found
            ],
        }
        for name, kind, found in pictures
    ]
    made = {name: i for i, (name, _, _) in enumerate(pictures)}
    frames = []
    for name, _, _ in pictures[:MADE]:
        worn, both, cars = (made[f"{name}, {how}"] for how in ("blurred", "two views", "two cars"))
        if f"{name}, another car" in made:
            frames += [[made[name], made[f"{name}, another car"], worn]]
        frames += [[worn, made[name], both], [cars, worn, made["nothing"]], [cars, both]]
    return {"edge_steps": STEPS, "strips": strips, "pictures": told, "frames": frames}


def strips_of(given: dict[str, Any]) -> list[Strip]:
    """Return the strips that are stored."""
    strips: list[Strip] = []
    for one in given["strips"]:
        if "of" in one:
            of = strips[one["of"]]
            strips.append(Strip(blurred(of.gray, one["sigma"]), of.edges, of.inverted))
        else:
            edges = (np.cumsum(one["edges"], axis=1) / given["edge_steps"]).astype(np.float32)
            strips.append(Strip(one["gray"], edges, one["inverted"]))
    return strips


def told(reader: Reader, given: dict[str, Any]) -> dict[str, Any]:
    """Return what is read on strips that are stored, and what is decided of the pictures they are found in."""
    strips = strips_of(given)
    readings = reader.recogniser.read(strips)
    some = np.stack([strip.gray for strip in strips])[::EVERY]
    decided = [decisions(reader, picture, readings) for picture in given["pictures"]]
    rng = np.random.default_rng(5)
    logs = [np.log(rng.dirichlet(np.ones(34) / scale) + 1e-6).astype(np.float32) for scale in (20, 4, 1)]
    return {
        "parts": PARTS,
        "hardly": HARDLY,
        "kept_columns": KEPT_COLUMNS,
        "every": EVERY,
        "version": reader.version,
        "answers": {
            name: network.logits(some)[:, ::KEPT_COLUMNS]
            for name, network in (("classifier", reader.classifier), ("ctc", reader._strip_network("ctc")))
        },
        "read": [reading and on_strip(reader, reading) for reading in readings],
        "decided": [
            decision_of(*one, reader, picture["kind"]) for one, picture in zip(decided, given["pictures"], strict=True)
        ],
        "least": LEAST,
        "fused": [fused(reader, [decided[i][0] for i in some]) for some in given["frames"]],
        "glyphs": [
            {"log_probs": one, "reading": dated(glyph_reading(one, (30, 20), reader.confidence))} for one in logs
        ],
        "fused_glyph": fused_glyph(np.stack(logs)),
        "barcodes": beside_barcodes(reader),
    }


def on_strip(reader: Reader, reading: LineReading) -> dict[str, Any]:
    """Return what is read on a strip, with what is known of VINs, with a list of them, and with nothing known."""
    line = reader.search.judge.weigh(reading, "all of it")
    seen = reading.log_likelihoods[line.posterior.path]
    return {
        "boxes": reading.boxes,
        "scores": reading.scores.tolist(),
        "beyond": reading.beyond.tolist(),
        "log_likelihoods": np.rint(np.maximum(seen, HARDLY) * PARTS).astype(np.int16),
        "posterior": posterior_of(line.posterior),
        "likeness": line.likeness,
        "quads": line.quads[[0, -1]],
        "listed": posterior_of(listed(reader, line)),
        "rules": posterior_of(read_strings(reading.log_likelihoods, reading.scores)),
    }


def decisions(
    reader: Reader, picture: dict[str, Any], readings: list[LineReading | None]
) -> tuple[Decision, list[Line]]:
    """Return the decision over the lines of a picture, and these."""
    judge: Judge = reader.search.judge
    lines: list[Line] = []
    warmths: dict[int, float] = {}
    for one in picture["lines"]:
        reading = readings[one["strip"]]
        if reading is None:
            continue
        if one["more"] is not None:
            reading = replace(reading, beyond=np.full(len(reading.beyond), one["more"], np.float32))
        lines.append(judge.weigh(reading, one["look"]))
        warmths[id(lines[-1].centres)] = one["warmth"]
    return judge.decide(lines, lambda centres: warmths[id(centres)]), lines


def fused(reader: Reader, frames: list[Decision]) -> list[Cases]:
    """Return the VIN that frames show, and all that they show."""
    return [
        [
            {
                "line": None if vin.line is None else posterior_of(vin.line.posterior),
                "chance": vin.chance,
                "odds": vin.decision.odds,
                "frames": vin.frames,
            }
            for vin in vins_in([[(decision, [])] for decision in frames], reader.search.judge, least)
        ]
        for least in (None, LEAST)
    ]


def listed(reader: Reader, line: Line) -> Posterior:
    """Return what is read with a list that holds the second best string, and neighbours of the best."""
    vins = [text for text, _ in line.posterior.strings[1:3]]
    vins += [line.vin[:14] + f"{i:03d}" for i in range(5)]
    known = known_vins(vins)
    return read_strings(line.reading.log_likelihoods, line.reading.scores, Priors(reader.priors.structure, known))


def posterior_of(posterior: Posterior) -> dict[str, Any]:
    return {
        "strings": posterior.strings,
        "best": posterior.marginals.max(axis=1).tolist(),
        "path": posterior.path,
        "log_likelihood": posterior.log_likelihood,
        "log_prior": posterior.log_prior,
        "unlisted": posterior.unlisted,
    }


def decision_of(decision: Decision, lines: list[Line], reader: Reader, kind: Kind) -> dict[str, Any]:
    readings = [
        vin_reading(line, decision, chance, kind, reader.confidence)
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
        "readings": [dated(one) for one in readings] or [dated(no_vin(kind))],
        "halved": [
            vin_reading(line, decision, chance / 2, kind, reader.confidence).reasons
            for line, chance in [*zip(decision.lines, decision.chances, strict=True)][:SHOWN]
        ],
    }


def dated(reading: Reading) -> dict[str, Any]:
    """Return the reading as JSON, without the model years, which depend on the day."""
    values = reading.to_dict()
    del values["model_year"]
    return values | {"others": [dated(other) for other in reading.others]}


def beside_barcodes(reader: Reader) -> Cases:
    """Return what barcodes alone say."""
    quad = np.array([[0, 0], [9.25, 0.75], [9, 5], [0, 5]], np.float32)
    codes = (Barcode("1HGCM82633A004352", "Code39", quad), Barcode("1HGCM82633A004353", "QRCode", quad))
    nothing = [no_vin("photo")]
    return [dated(one) for one in compare(nothing, codes, reader.confidence.threshold)]
