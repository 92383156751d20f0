"""What stands in whole photos: a label full of text, a strip behind the windscreen, a number stamped into metal."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.drawing.faces import Face, sample_face, text_faces
from vinchar.drawing.printing import Print, Setting, draw_barcode, draw_setting, paste, set_line
from vinchar.vin import ALPHABET

Floats = NDArray[np.float32]
COMPANIES = ("NORDLAND MOTOR CO", "ARGENT AUTOMOBILES", "KESTREL MOTORS INC", "TERRA VEHICLES GMBH", "ORLA CARS LTD")
MARKS = ("", "", "*", "*", "#", "-")
STATEMENTS = (  # what the law of several countries wants on a label
    "THIS VEHICLE CONFORMS TO ALL APPLICABLE FEDERAL MOTOR VEHICLE SAFETY, BUMPER AND THEFT PREVENTION STANDARDS "
    "IN EFFECT ON THE DATE OF MANUFACTURE SHOWN ABOVE.",
    "CE VEHICULE EST CONFORME A TOUTES LES NORMES QUI LUI SONT APPLICABLES EN VERTU DU REGLEMENT SUR LA SECURITE",
    "ESTE VEHICULO CUMPLE CON TODAS LAS NORMAS FEDERALES DE SEGURIDAD Y DE EMISIONES APLICABLES A SU FABRICACION",
)


@dataclass(frozen=True, eq=False, slots=True)
class Layout:
    """``printed``: ink, plate and glyph boxes on the plane; ``focus``: the plane's point the camera looks at."""

    printed: Print
    focus: tuple[float, float]


@dataclass(frozen=True, eq=False, slots=True)
class Row:
    """The line of the VIN, set: ``ink`` float32 (H, W) with half a cap height round it, ``boxes`` float32 (17, 4)."""

    ink: Floats
    boxes: Floats
    cap: float
    face: Face

    @property
    def length(self) -> float:
        """Return the VIN's length in pixels, of the longer row where there are two."""
        return float(self.boxes[:, 2].max() - self.boxes[:, 0].min())

    @property
    def lower(self) -> float:
        """Return how far below the first character the last one stands, in pixels: 0 in a single row."""
        return float(max(0.0, self.boxes[-1, 1] - self.boxes[0, 3]) and self.boxes[-1, 1] - self.boxes[0, 1])


def set_vin(vin: str, cap: float, rng: np.random.Generator, face: Face | None, marks: bool) -> Row:
    """Set the VIN in a line of its own, with marks at its ends if asked."""
    face = face or sample_face(rng)
    mark = MARKS[rng.integers(len(MARKS))] if marks else ""
    ink, boxes = set_line(mark + vin + mark, face, draw_setting(face, rng), cap, rng)
    return Row(ink, boxes[len(mark) : len(mark) + len(vin)], cap, face)


def in_two_rows(row: Row, rng: np.random.Generator) -> Row:
    """Return the VIN broken in two, one part close below the other, as frames of motorcycles and trailers have it."""
    count = int(rng.choice([8, 9, 9, 9, 10, 11]))
    pad, cut = round(row.cap / 2), round(float(row.boxes[count - 1, 2] + row.boxes[count, 0]) / 2)
    parts = row.ink[pad:-pad, :cut], row.ink[pad:-pad, cut:]
    high, wide = parts[0].shape[0], max(part.shape[1] for part in parts)
    step = high + round(row.cap * rng.uniform(0.25, 0.9))
    ink = np.zeros((step + high + 2 * pad, wide + 2 * pad), np.float32)
    side = rng.choice([0.0, 0.0, 0.5])
    at = [pad + round(side * (wide - part.shape[1])) for part in parts]
    boxes = row.boxes.copy()
    for i, (part, x) in enumerate(zip(parts, at, strict=True)):
        paste(ink, part, x, pad + i * step)
    boxes[:count, [0, 2]] += at[0]
    boxes[count:, [0, 2]] += at[1] - cut
    boxes[count:, [1, 3]] += step
    return Row(ink, boxes, row.cap, row.face)


def _code(rng: np.random.Generator, count: int) -> str:
    return "".join(ALPHABET[i] for i in rng.integers(0, len(ALPHABET), count))


def eurasian_approval(rng: np.random.Generator) -> str:
    """Return a type approval, which stands next to the VIN on labels of the Eurasian Economic Union."""
    country = ("RU", "RU", "RU", "DE", "JP", "KR", "CN")[rng.integers(7)]
    body = "".join("AMTHBC"[i] for i in rng.integers(0, 6, 2))
    return f"TC RU E-{country}.{body}{rng.integers(1, 60):02d}.{rng.integers(0, 100_000):05d}"


def _label_texts(rng: np.random.Generator) -> list[str]:
    n = [int(v) for v in rng.integers(400, 3500, 6)]
    month, year = rng.integers(1, 13), rng.integers(0, 27)
    texts = [
        f"DATE {month:02d}/{year:02d}   GVWR {n[0]} KG",
        f"GAWR FRT {n[1]} KG   RR {n[2]} KG",
        f"TYPE {_code(rng, 4)}-{_code(rng, 2)}   COLOR {_code(rng, 3)}",
        "THIS VEHICLE CONFORMS TO ALL STANDARDS",
        f"E{rng.integers(1, 30)}*2007/46*{n[3]:04d}*{rng.integers(0, 30):02d}",
        f"1- {n[4]} KG   2- {n[5]} KG",
        f"TIRE 205/55R16   RIM 16X{rng.integers(5, 8)}.5J",
        f"ENGINE {_code(rng, 6)}   TRIM {_code(rng, 4)}",
        eurasian_approval(rng),
    ]
    return [texts[i] for i in rng.permutation(len(texts))]


def label(row: Row, shape: tuple[int, int], rng: np.random.Generator, alike: bool = False) -> Layout:
    """Lay out a maker's label: name, weights and types in lines, a barcode, rules, a frame, and the VIN among them.

    ``alike``: the other lines are about as high as the VIN and in its face, so that size and type do not tell it; half
    of these labels hold a whole statement in narrow lines, and some have words before and after the VIN.
    """
    cap, texts = row.cap, _label_texts(rng)
    statement = alike and rng.random() < 0.5
    fonts = text_faces()
    face = row.face if alike and row.face in fonts else fonts[rng.integers(len(fonts))]
    width = round(max(row.ink.shape[1] + cap, row.length * rng.uniform(1.12, 2.0 if statement else 1.45)))

    def text(words: str, size: float) -> Floats:
        layer, _ = set_line(words, face, Setting(float(rng.uniform(0.85, 1.1)), None, 0.04), size, rng)
        pad = round(size / 2)
        layer = layer[pad:-pad, pad:-pad]
        room = width - round(1.2 * cap)
        if layer.shape[1] > room:
            size_to = room, max(3, round(layer.shape[0] * room / layer.shape[1]))
            layer = np.asarray(cv2.resize(layer, size_to, interpolation=cv2.INTER_AREA), np.float32)
        return layer

    above, below = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    small = cap * (rng.uniform(0.75, 1.15) if alike else rng.uniform(0.45, 0.7))
    if statement:
        sentence = textwrap.wrap(STATEMENTS[rng.integers(len(STATEMENTS))], int(rng.integers(22, 46)))
        texts = [*texts[:above], *sentence, *texts[above:]]
        above += int(rng.integers(len(sentence) // 2, len(sentence) + 1))
    layers = [text("MFD BY " + COMPANIES[rng.integers(len(COMPANIES))], small * 1.25)]
    layers += [text(words, small) for words in texts[:above]]
    place = len(layers)
    pad = round(cap / 2)
    vin, shift = row.ink[pad:-pad], 0
    if statement and rng.random() < 0.6:
        words = ("", "VIN:", "V.I.N.", "VIN")[rng.integers(4)], ("", "TYPE: PASSENGER CAR", "MPV")[rng.integers(3)]
        before, after = (text(some, small) if some else None for some in words)
        vin, shift = _between(vin, before, after, round(0.7 * cap))
        width = max(width, vin.shape[1] + round(cap))
    layers.append(vin)
    bars = draw_barcode(
        round(width * rng.uniform(0.6, 0.9)),
        round(cap * rng.uniform(1, 1.8)),
        max(2.0, cap * rng.uniform(0.06, 0.1)),
        rng,
    )
    if not (statement and rng.random() < 0.4):
        layers.insert(len(layers) if rng.random() < 0.6 else place, bars)
        place += layers[place] is bars
    layers += [text(words, small) for words in texts[above : above + below]]
    gaps = [cap * rng.uniform(*((0.25, 0.6) if statement else (0.45, 0.75))) for _ in range(len(layers) + 1)]
    height = round(sum(layer.shape[0] for layer in layers) + sum(gaps))
    shape = max(shape[0], height + 2 * pad), max(shape[1], width + 2 * pad)
    ink, plate = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    x0, y0 = (shape[1] - width) // 2, (shape[0] - height) // 2
    _fill(plate, (x0, y0, x0 + width, y0 + height), cap * rng.choice([0.0, 0.3, 0.6]))
    y, centred, boxes = float(y0), rng.random() < 0.3, row.boxes
    ruled = rng.random() < 0.4
    for i, (layer, gap) in enumerate(zip(layers, gaps, strict=False)):
        if ruled and i in (place, place + 1):
            ink[round(y + gap * 0.45) :, x0 + pad : x0 + width - pad][: max(1, round(cap * 0.05))] = 1
        y += gap
        x = x0 + (width - layer.shape[1]) // 2 if centred or layer is bars else x0 + pad
        if i == place:
            x = min(x, x0 + width - layer.shape[1])
            boxes = row.boxes + np.array([x + shift, round(y) - pad] * 2, np.float32)
        paste(ink, layer, x, round(y))
        y += layer.shape[0]
    if rng.random() < 0.6:
        _outline(ink, plate, cap)
    return Layout(Print(ink, plate, boxes, cap), (x0 + width / 2, y0 + height / 2))


def _between(vin: Floats, before: Floats | None, after: Floats | None, gap: int) -> tuple[Floats, int]:
    """Return the VIN's line with words at its ends, on one baseline, and how far to the right that moved the VIN."""
    parts = [part for part in (before, vin, after) if part is not None]
    height = max(part.shape[0] for part in parts)
    line = np.zeros((height, sum(part.shape[1] for part in parts) + gap * (len(parts) - 1)), np.float32)
    x, shift = 0, 0
    for part in parts:
        shift = x if part is vin else shift
        y = 0 if part is vin else min(max(0, vin.shape[0] - part.shape[0]), height - part.shape[0])
        paste(line, part, x, y)
        x += part.shape[1] + gap
    return line, shift


def windscreen(row: Row, shape: tuple[int, int], rng: np.random.Generator, barcode: bool = False) -> Layout:
    """Lay out a narrow plate on the dashboard, with nothing on it but the VIN, or with its ``barcode`` close below."""
    cap = row.cap
    height = round(cap * rng.uniform(1.7, 2.6) + row.lower)
    width = round(row.ink.shape[1] + cap * rng.uniform(0.2, 2.5))
    ink, plate = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    if barcode:
        high, gap = round(cap * rng.uniform(0.5, 1.2)), round(cap * rng.uniform(0.1, 0.4))
        height += 2 * (high + gap)
        long = min(round(row.length * rng.uniform(0.85, 1.15)), width)
        bars = draw_barcode(long, high, max(1.5, cap * rng.uniform(0.06, 0.1)), rng)
        paste(ink, bars, (shape[1] - bars.shape[1]) // 2, round(shape[0] / 2 + (cap + row.lower) / 2) + gap)
    x, y = (shape[1] - width) // 2, (shape[0] - height) // 2
    _fill(plate, (x, y, x + width, y + height), cap * rng.choice([0.0, 0.2, 0.4]))
    boxes = _centre(ink, row)
    if rng.random() < 0.3:
        _outline(ink, plate, cap)
    return Layout(Print(ink, plate, boxes, cap), (shape[1] / 2, shape[0] / 2))


def frame(row: Row, shape: tuple[int, int], rng: np.random.Generator) -> Layout:
    """Lay out a number stamped into bare metal."""
    ink = np.zeros(shape, np.float32)
    boxes = _centre(ink, row)
    return Layout(Print(ink, np.ones(shape, np.float32), boxes, row.cap), (shape[1] / 2, shape[0] / 2))


def _centre(ink: Floats, row: Row) -> Floats:
    x, y = (ink.shape[1] - row.ink.shape[1]) // 2, (ink.shape[0] - row.ink.shape[0]) // 2
    paste(ink, row.ink, x, y)
    return np.asarray(row.boxes + np.array([x, y, x, y], np.float32))


def _fill(plate: Floats, box: tuple[int, int, int, int], radius: float) -> None:
    """Fill a rectangle with round corners."""
    x0, y0, x1, y1 = box
    r = round(min(radius, (y1 - y0) / 2))
    cv2.rectangle(plate, (x0 + r, y0), (x1 - r, y1), 1.0, -1)
    cv2.rectangle(plate, (x0, y0 + r), (x1, y1 - r), 1.0, -1)
    for x in (x0 + r, x1 - r):
        for y in (y0 + r, y1 - r):
            cv2.circle(plate, (x, y), r, 1.0, -1)


def _outline(ink: Floats, plate: Floats, cap: float) -> None:
    """Print a frame a little inside the plate's edge."""
    size = max(3, round(cap * 0.3)) | 1
    inner = cv2.erode(plate, np.ones((size, size), np.uint8))
    core = cv2.erode(inner, np.ones((3, 3), np.uint8), iterations=max(1, round(cap * 0.04)))
    np.maximum(ink, inner - core, out=ink)
