"""Documents, tables, screens and rich labels, with VINs on them or without: what lies beside a car's papers.

A page is rows of cells. Kinds differ in what stands in the cells and how the rows are ruled; all contents are made up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.drawing.camera import expose, light
from vinchar.drawing.faces import FontFace, legible, text_faces
from vinchar.drawing.printing import Setting, draw_barcode, paste, set_line
from vinchar.drawing.surfaces import smooth_noise
from vinchar.structure.wording import draw_line
from vinchar.vin import LENGTH

Floats = NDArray[np.float32]
Cell = tuple[str, float]  # text, and its cap height in parts of the page's
Row = list[Cell]

CAPTIONS = (
    "VIN", "V.I.N.", "VIN:", "Vehicle Identification Number", "Vehicle ID No", "Chassis No.", "CHASSIS NO", "FIN", "E",
    "Fahrzeug-Ident.-Nr.", "Numero di telaio", "E Numero d'identification", "Bastidor", "Numer VIN", "Sasi No", "",
    "VEHICLE IDENTIFICATION #", "Serial number of vehicle", "Chassisnummer", "Rama nr",
)  # fmt: skip
FORM = ("registration", "registration", "caption", "identity", "label", "engine", "tyre", "plate")
LABEL = ("label", "label", "engine", "tyre", "approval", "part")
TEXT = ("sentence", "invoice", "receipt", "ticket", "sticker", "registration", "web")
SERIAL = ("serial", "barcode", "part", "approval", "engine")
SIZES = ((1280, 960), (1600, 1200), (1080, 1440), (960, 1280), (1500, 1000), (800, 1100))
SCREENS = ((720, 1560), (1080, 1920), (1170, 2532))
CROWDED = 0.12  # share of VINs printed across a rule or into the next row


@dataclass(frozen=True, eq=False, slots=True)
class Document:
    """``gray`` uint8 (H, W); ``vins`` that stand on it, and ``quads`` float32 (N, 17, 4, 2): their glyphs' places.

    ``kind``: of ``KINDS``.
    """

    gray: NDArray[np.uint8]
    vins: tuple[str, ...]
    quads: Floats
    kind: str


@dataclass(eq=False)
class _Page:
    """``ink`` and ``tone`` of a page, float32 (H, W); boxes (17, 4) of the VINs set on it so far."""

    ink: Floats
    tone: Floats
    cap: float
    face: FontFace
    values: FontFace
    rng: np.random.Generator
    boxes: list[Floats] = field(default_factory=list)

    def put(self, text: str, x: float, y: float, cap: float, face: FontFace, is_vin: bool = False) -> float:
        """Set text with its left end at ``x`` and its top at ``y``; return where it ends."""
        text = legible(text, face)
        if not text:
            return x
        stretch = float(np.clip(1 + self.rng.normal(0, 0.05), 0.85, 1.2))
        layer, boxes = set_line(text, face, Setting(stretch, None, 0.04), cap, self.rng)
        pad = round(cap / 2)
        paste(self.ink, layer, round(x) - pad, round(y) - pad)
        if is_vin:
            self.boxes.append(boxes + np.array([round(x) - pad, round(y) - pad] * 2, np.float32))
        return float(x + layer.shape[1] - 2 * pad)


def _line(kinds: Sequence[str], rng: np.random.Generator) -> str:
    return draw_line(rng, kinds[int(rng.integers(len(kinds)))])


def _form(vins: Sequence[str], rng: np.random.Generator) -> list[Row]:
    """Captions and values, a pair or two a row: a registration card, a certificate, a licence, an insurance card."""
    rows: list[Row] = [[(_line(("sentence", "caption"), rng), 1.5)]]
    for _ in range(int(rng.integers(4, 11))):
        row: Row = []
        for _ in range(int(rng.integers(1, 3))):
            row += [(_line(("caption",), rng).split(":")[0][:18], 0.75), (_line(FORM, rng)[:24], 1.0)]
        rows.append(row)
    for vin in vins:
        place = int(rng.integers(2, len(rows) + 1))
        rows.insert(place, [(CAPTIONS[rng.integers(len(CAPTIONS))], 0.75), (vin, 1.0)])
    return [*rows, [(_line(TEXT, rng), 0.6)]]


def _label(vins: Sequence[str], rng: np.random.Generator) -> list[Row]:
    """A rich label: captions above values, axle and engine lines, an approval."""
    rows: list[Row] = [[(_line(("label",), rng)[:28], 1.3)]]
    for _ in range(int(rng.integers(3, 8))):
        if rng.random() < 0.5:
            rows.append([(_line(("caption",), rng).split(":")[0][:24], 0.6)])
        rows.append([(_line(LABEL, rng)[:40], 1.0)])
    for vin in vins:
        place = int(rng.integers(1, len(rows) + 1))
        caption, beside = CAPTIONS[rng.integers(len(CAPTIONS))], rng.random() < 0.5
        rows[place:place] = [[(caption, 0.8), (vin, 1.0)]] if beside else [[(caption, 0.6)], [(vin, 1.0)]]
    return rows


def _text(vins: Sequence[str], rng: np.random.Generator) -> list[Row]:
    """Lines as of a receipt, an invoice, a ticket, a guide for buyers."""
    rows: list[Row] = [[(_line(TEXT, rng), 1.0)] for _ in range(int(rng.integers(5, 16)))]
    for vin in vins:
        rows.insert(int(rng.integers(1, len(rows))), [(CAPTIONS[rng.integers(len(CAPTIONS))], 1.0), (vin, 1.0)])
    return rows


def _serials(vins: Sequence[str], rng: np.random.Generator) -> list[Row]:
    """Numbers of devices and parts, some the captions of barcodes."""
    rows: list[Row] = [[(_line(SERIAL, rng)[:34], 1.0)] for _ in range(int(rng.integers(3, 8)))]
    for vin in vins:
        rows.insert(int(rng.integers(len(rows))), [(vin, 1.0)])
    return rows


def _passport(vins: Sequence[str], rng: np.random.Generator) -> list[Row]:
    """An identity document: captions, values, and machine-readable lines at its foot."""
    rows = _form(vins, rng)[:-1]

    def some(text: str) -> str:
        return (text + "<" * 44)[:44]

    letters, digits = "ABCDEFGHIJKLMNOPRSTUVWZ", "0123456789"

    def pick(of: str, count: int) -> str:
        return "".join(of[i] for i in rng.integers(0, len(of), count))

    name = f"P<{pick(letters, 3)}{pick(letters, 7)}<<{pick(letters, 5)}<{pick(letters, 6)}"
    number = f"{pick(letters + digits, 9)}{pick(digits, 1)}{pick(letters, 3)}{pick(digits, 7)}M{pick(digits, 7)}"
    return [*rows, [(some(name), 0.9)], [(some(number), 0.9)]]


def _table(vins: Sequence[str], rng: np.random.Generator) -> list[Row]:
    """A numbered table of cars, or without VINs of parts, as on a workshop's screen."""
    rows: list[Row] = []
    for i in range(len(vins) or int(rng.integers(4, 14))):
        what = vins[i] if vins else _line(SERIAL, rng)[:20]
        rows.append([(str(i + 1), 1.0), (what, 1.0), (_line(("plate", "serial"), rng)[:10], 1.0)])
    return rows


KINDS: dict[str, Callable[[Sequence[str], np.random.Generator], list[Row]]] = {
    "form": _form, "label": _label, "text": _text, "serials": _serials, "passport": _passport, "table": _table,
}  # fmt: skip


def draw_document(
    rng: np.random.Generator, vins: Sequence[str] = (), kind: str | None = None, held_out: bool = False
) -> Document:
    """Draw a page with ``vins`` on it; all chance comes from ``rng``.

    ``kind``: of ``KINDS``, drawn where None. ``held_out``: in faces kept out of training. It is photographed, nearly
    level, or a screenshot, with the page in the middle of the screen.
    """
    kind = kind or tuple(KINDS)[rng.integers(len(KINDS))]
    rows = KINDS[kind](vins, rng)
    cap = float(rng.uniform(14, 24))
    faces = text_faces(held_out)
    face = faces[rng.integers(len(faces))]
    values = face if rng.random() < 0.6 else faces[rng.integers(len(faces))]
    page = _set(rows, kind, vins, cap, face, values, rng)
    screen = rng.random() < 0.25 or (kind == "table" and rng.random() < 0.5)
    plane = _inked(page, rng)
    if not screen:
        plane = light(plane, cap, rng) if rng.random() < 0.2 else _evenly_lit(plane, rng)
    matrix, size = _on_screen(plane.shape, rng) if screen else _in_hand(plane.shape, rng)
    shrink = 1 / float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
    if shrink > 1.2:
        plane = np.asarray(cv2.GaussianBlur(plane, (0, 0), 0.35 * shrink), np.float32)
    ground = float(rng.choice([0.0, 1.0, rng.uniform(0.1, 0.9)]))
    picture = cv2.warpPerspective(plane, matrix, size, flags=cv2.INTER_LINEAR, borderValue=ground)
    glyph = cap / shrink
    gray = np.asarray(np.clip(picture * 255, 0, 255), np.uint8) if screen else expose(picture, glyph, rng)[0]
    quads = np.zeros((0, LENGTH, 4, 2), np.float32)
    if page.boxes:
        corners = np.stack(page.boxes)[:, :, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 1, 2)
        quads = cv2.perspectiveTransform(corners, matrix).reshape(-1, LENGTH, 4, 2).astype(np.float32)
    return Document(gray, tuple(vins), quads, kind)


def _set(
    rows: list[Row],
    kind: str,
    vins: Sequence[str],
    cap: float,
    face: FontFace,
    values: FontFace,
    rng: np.random.Generator,
) -> _Page:
    """Set rows of cells on a page, with rules, boxes and barcodes."""
    left, spacing = cap * rng.uniform(1, 3), cap * rng.uniform(1.8, 2.6)
    columns = cap * rng.uniform(9, 14)
    width = round(cap * rng.uniform(34, 52))
    height = round(spacing * (len(rows) + 4) + cap * rng.uniform(0, 12))
    shape = (height, width)
    page = _Page(np.zeros(shape, np.float32), np.ones(shape, np.float32), cap, face, values, rng)
    ruled, boxed = rng.random() < 0.3, kind == "label" and rng.random() < 0.5
    barcodes = rng.random() < (0.7 if kind == "serials" else 0.2)
    y = spacing
    if rng.random() < 0.3:  # a band across the head
        page.tone[: round(y + 2 * cap)] *= rng.uniform(0.6, 0.9)
    for row in rows:
        x, low = left, y
        for i, (text, size) in enumerate(row):
            is_vin = text in vins
            down = cap * rng.normal(0, 0.7) if is_vin and rng.random() < CROWDED else 0.0
            font = page.values if i % 2 or is_vin or len(row) == 1 else page.face
            end = page.put(text, x, y + (1 - size) * cap + down, size * cap, font, is_vin)
            if boxed and (i % 2 or len(row) == 1) and size == 1.0:
                start, stop = (round(x - cap / 2), round(y - cap / 2)), (round(end + cap / 2), round(y + 1.5 * cap))
                cv2.rectangle(page.ink, start, stop, 0.9, max(1, round(cap * 0.07)))
            x = max(x + columns * (0.6 if kind == "table" and i == 0 else 1), end + cap)
        if ruled:
            cv2.line(page.ink, (round(left), round(y + 1.5 * cap)), (width, round(y + 1.5 * cap)), 0.6, 1)
        if barcodes and rng.random() < 0.4 and y + spacing + 2 * cap < height:
            bars = draw_barcode(round(cap * rng.uniform(12, 22)), round(1.5 * cap), max(1.5, cap * 0.09), rng)
            paste(page.ink, bars, round(left), round(y + 1.4 * cap))
            y += 1.7 * cap
        y = max(y, low) + spacing * (0.75 if row[0][1] < 0.7 else 1)
        if y > height - 2 * cap:
            grown = round(height + 6 * spacing)
            page.ink = np.pad(page.ink, ((0, grown - height), (0, 0)))
            page.tone = np.pad(page.tone, ((0, grown - height), (0, 0)), mode="edge")
            height = grown
    return page


def _inked(page: _Page, rng: np.random.Generator) -> Floats:
    """Return the page in grey: paper, its pattern, and the ink."""
    paper = rng.uniform(0.75, 1.0)
    ink = rng.uniform(0.02, 0.3)
    if rng.random() < 0.15:  # light on dark
        paper, ink = rng.uniform(0.05, 0.3), rng.uniform(0.7, 1.0)
    ground = np.full(page.ink.shape, paper, np.float32) * page.tone
    if rng.random() < 0.3:  # the guilloche of documents
        y, x = np.mgrid[: ground.shape[0], : ground.shape[1]].astype(np.float32)
        wave = np.sin(
            (y + 8 * np.sin(x / page.cap / rng.uniform(0.5, 2))) * 2 * np.pi / (page.cap * rng.uniform(0.3, 1))
        )
        ground = ground + 0.06 * rng.random() * wave
    if rng.random() < 0.25:  # a stamp or a watermark
        centre = (int(rng.uniform(0.3, 0.9) * ground.shape[1]), int(rng.uniform(0.3, 0.9) * ground.shape[0]))
        ring = np.zeros_like(ground)
        cv2.circle(ring, centre, round(page.cap * rng.uniform(2, 5)), 1.0, max(1, round(page.cap * 0.2)), cv2.LINE_AA)
        ground = ground - 0.25 * rng.random() * ring
    return np.asarray(ground + page.ink * (ink - ground), np.float32)


def _evenly_lit(plane: Floats, rng: np.random.Generator) -> Floats:
    wave = smooth_noise(plane.shape, max(plane.shape), rng)
    return np.asarray(plane * np.exp(wave * rng.uniform(0.02, 0.2)), np.float32)


def _in_hand(shape: tuple[int, ...], rng: np.random.Generator) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """Return the homography to a photo, float64 (3, 3), that shows all of the page, nearly level, and its size."""
    size = SIZES[rng.integers(len(SIZES))]
    height, width = shape
    fit = min(size[0] / width, size[1] / height) * rng.uniform(0.7, 1.02)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn = np.deg2rad(rng.normal(0, 3))
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    there = (corners - [width / 2, height / 2]) @ spin.T * fit * (1 + rng.normal(0, 0.015, (4, 2)))
    there = there + np.array(size) / 2
    return np.asarray(cv2.getPerspectiveTransform(corners, there.astype(np.float32)), np.float64), size


def _on_screen(shape: tuple[int, ...], rng: np.random.Generator) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """Return the same for a screenshot: the page as wide as the screen, somewhere in the middle of it."""
    height, width = shape
    if rng.random() < 0.5:  # a window of its own
        scale = float(rng.uniform(0.6, 1.2))
        return np.diag([scale, scale, 1.0]), (round(width * scale), round(height * scale))
    size = SCREENS[rng.integers(len(SCREENS))]
    scale = size[0] / width
    top = max(0.0, (size[1] - height * scale) / 2)
    return np.array([[scale, 0, 0], [0, scale, top], [0, 0, 1.0]]), size
