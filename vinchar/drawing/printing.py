"""Set a VIN and its neighbours on a plane: ink coverage 0..1 and the box of every glyph, before light or camera."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.drawing.faces import CAP_HEIGHT, Face, sample_face
from vinchar.drawing.strings import draw_label_text
from vinchar.types import Gray

Floats = NDArray[np.float32]
END_MARKS = "*****☆☆★##-/<>"


@dataclass(frozen=True, eq=False, slots=True)
class Print:
    """What a printer leaves: ``ink`` float32 (H, W) 0..1; ``plate`` likewise, where the label or plate lies;

    ``boxes`` float32 (17, 4): x0, y0, x1, y1 of the VIN's glyphs, cap height tall; ``cap``: that height in pixels.
    """

    ink: Floats
    plate: Floats
    boxes: Floats
    cap: float


@dataclass(frozen=True, slots=True)
class Setting:
    """How a line is set: horizontal stretch, equal pitch (in cap heights) or None, tracking in cap heights."""

    stretch: float
    pitch: float | None
    tracking: float
    jitter: float = 0.0


def draw_setting(face: Face, rng: np.random.Generator) -> Setting:
    """Draw the way a line is set."""
    stretch = float(np.exp(rng.normal(0.02, 0.16)))
    if rng.random() < 0.25:
        stretch *= rng.uniform(1.2, 1.8)
    widest = max(face.glyph(c).shape[1] for c in "WM0A8") / CAP_HEIGHT * stretch
    pitch = widest * rng.uniform(1.02, 1.35) if rng.random() < 0.5 else None
    tracking = rng.choice([0.0, rng.uniform(-0.04, 0.12), rng.uniform(0.05, 0.45)])
    jitter = rng.choice([0.0, 0.0, rng.uniform(0.01, 0.05)])
    return Setting(stretch, pitch, float(tracking), float(jitter))


def set_line(
    text: str, face: Face, setting: Setting, cap: float, rng: np.random.Generator
) -> tuple[Floats, NDArray[np.float32]]:
    """Return the line's ink, float32 (H, W) with half a cap height above and below, and a box a character.

    Boxes are float32 (n, 4), cap height tall and as wide as the ink; a space has a box without width.
    """
    pad = round(cap / 2)
    placed: list[tuple[float, NDArray[Any]]] = []
    x = 0.0
    for char in text:
        if char == " ":
            x += cap * (setting.pitch or 0.5)
            placed.append((x, np.zeros((1, 0), np.uint8)))
            continue
        mask = face.glyph(char)
        width = max(2.0, mask.shape[1] / CAP_HEIGHT * cap * setting.stretch)
        height = max(2, round(mask.shape[0] / CAP_HEIGHT * cap))
        shrink = cap < mask.shape[0]
        small = cv2.resize(mask, (round(width), height), interpolation=cv2.INTER_AREA if shrink else cv2.INTER_LINEAR)
        if setting.pitch is not None:
            step = cap * (setting.pitch + setting.tracking)
            left = x + (step - width) / 2
        else:
            scale = cap * setting.stretch / CAP_HEIGHT
            left = x + face.bearing(char) * scale
            step = max(face.advance(char) * scale + cap * setting.tracking, 0.2 * cap)
        placed.append((left, small))
        x += step
    ink = np.zeros((round(cap) + 2 * pad, max(4, round(x)) + 2 * pad), np.uint8)
    boxes = np.zeros((len(text), 4), np.float32)
    for i, (left, small) in enumerate(placed):
        height, width = small.shape
        dx, dy = rng.normal(0, setting.jitter * cap, 2) if setting.jitter else (0.0, 0.0)
        x0 = int(np.clip(round(left + dx) + pad, 0, ink.shape[1] - width))
        y0 = int(np.clip(round(dy + (cap - height) / 2) + pad, 0, ink.shape[0] - height))
        part = ink[y0 : y0 + height, x0 : x0 + width]
        np.maximum(part, small, out=part)
        middle = y0 + height / 2
        boxes[i] = x0, middle - cap / 2, x0 + width, middle + cap / 2
    return np.asarray(ink.astype(np.float32) / 255, np.float32), boxes


def draw_barcode(width: int, height: int, module: float, rng: np.random.Generator) -> Floats:
    """Return bars, float32 (height, width), whose narrowest is ``module`` pixels wide."""
    widths = module * rng.choice([1, 1, 2, 3], max(4, int(width / module)))
    edges = np.searchsorted(np.cumsum(widths), np.arange(width))
    return np.broadcast_to((edges % 2).astype(np.float32), (height, width))


def paste(canvas: Floats, layer: Floats, x: int, y: int) -> None:
    """Add a layer of ink to the canvas in place; what hangs over the canvas is lost."""
    height, width = canvas.shape
    x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + layer.shape[1], width), min(y + layer.shape[0], height)
    if x0 < x1 and y0 < y1:
        part = canvas[y0:y1, x0:x1]
        np.maximum(part, layer[y0 - y : y1 - y, x0 - x : x1 - x], out=part)


def print_vin(
    vin: str, cap: float, rng: np.random.Generator, held_out: bool = False, face: Face | None = None
) -> Print:
    """Print a VIN amid random neighbours, in the middle of a plane eight cap heights tall; draws the face if None."""
    face = face or sample_face(rng, held_out)
    setting = draw_setting(face, rng)
    before = after = ""
    if rng.random() < 0.4:
        before = after = END_MARKS[rng.integers(len(END_MARKS))]
        if rng.random() < 0.3:
            before, after = before + " ", " " + after
    elif rng.random() < 0.12:
        before = ("VIN ", "VIN: ", "NR. ", "V.I.N.: ")[rng.integers(4)].replace("I", "1").replace(":", "-")
        before = before.replace(".", "")
    line, boxes = set_line(before + vin + after, face, setting, cap, rng)
    boxes = boxes[len(before) : len(before) + len(vin)]
    margin_x, height = round(cap * rng.uniform(0.5, 4)), round(8 * cap)
    width = line.shape[1] + 2 * margin_x
    ink = np.zeros((height, width), np.float32)
    y = (height - line.shape[0]) // 2
    top, bottom = height / 2 - cap / 2, height / 2 + cap / 2
    _neighbours(ink, face, setting, cap, (top, bottom), rng)
    paste(ink, line, margin_x, y)
    offset = np.array([margin_x, y, margin_x, y], np.float32)
    plate = np.ones_like(ink)
    if rng.random() < 0.45:
        plate = _plate(ink, (float(boxes[0, 0]) + margin_x, float(boxes[-1, 2]) + margin_x), (top, bottom), cap, rng)
    return Print(ink, plate, boxes + offset, cap)


def _neighbours(
    ink: Floats, face: Face, setting: Setting, cap: float, row: tuple[float, float], rng: np.random.Generator
) -> None:
    """Draw other text, barcodes and lines above and below the row."""
    width = ink.shape[1]
    for below in (False, True):
        edge = row[1] if below else row[0]
        for _ in range(2):
            kind = rng.choice(["none", "text", "barcode", "line"], p=[0.45, 0.3, 0.15, 0.1])
            gap = cap * rng.uniform(0.12, 1.0)
            if kind == "text":
                size = cap * rng.uniform(0.6, 1.2)
                other = face if rng.random() < 0.7 else sample_face(rng)
                text = draw_label_text(rng)
                layer, _ = set_line(text, other, Setting(setting.stretch, None, 0.05), size, rng)
                pad = round(size / 2)
                layer = layer[pad:-pad]
                x = int(rng.uniform(-0.1, 0.7) * width)
            elif kind == "barcode":
                size = cap * rng.uniform(0.6, 2.5)
                gap = cap * rng.uniform(-0.02, 0.5)
                length = int(width * rng.uniform(0.5, 1.0))
                layer = draw_barcode(length, max(3, round(size)), max(1.0, cap * rng.uniform(0.05, 0.12)), rng)
                x = int(rng.uniform(0, 1) * (width - length))
            elif kind == "line":
                layer = np.ones((max(1, round(cap * rng.uniform(0.04, 0.15))), width), np.float32)
                x = 0
            else:
                edge += cap * (1 if below else -1)
                continue
            y = round(edge + gap) if below else round(edge - gap) - layer.shape[0]
            paste(ink, layer, x, y)
            edge = y + layer.shape[0] if below else y


def _plate(
    ink: Floats, ends: tuple[float, float], row: tuple[float, float], cap: float, rng: np.random.Generator
) -> Floats:
    """Return where the label lies: a rectangle, often with round corners, sometimes with a printed frame."""
    height, width = ink.shape
    x0, x1 = ends[0] - cap * rng.uniform(0.2, 2.5), ends[1] + cap * rng.uniform(0.2, 2.5)
    y0, y1 = row[0] - cap * rng.uniform(0.15, 1.5), row[1] + cap * rng.uniform(0.15, 1.5)
    radius = round(rng.choice([0.0, rng.uniform(0.1, 0.5)]) * (y1 - y0))
    plate = np.zeros((height, width), np.uint8)
    cv2.rectangle(plate, (round(x0) + radius, round(y0)), (round(x1) - radius, round(y1)), 255, -1)
    if radius:
        for x in (round(x0) + radius, round(x1) - radius):
            cv2.ellipse(plate, (x, round((y0 + y1) / 2)), (radius, round((y1 - y0) / 2)), 0, 0, 360, 255, -1)
    mask = np.asarray(plate.astype(np.float32) / 255, np.float32)
    ink *= mask
    if rng.random() < 0.4:
        contours, _ = cv2.findContours(plate, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        frame = np.zeros_like(plate)
        cv2.drawContours(frame, contours, -1, 255, max(1, round(cap * rng.uniform(0.04, 0.15))))
        np.maximum(ink, frame.astype(np.float32) / 255, out=ink)
    return mask


def draw_glyph(char: str, face: Face, side: int, light: bool, rng: np.random.Generator) -> Gray:
    """Return a picture of one glyph, uint8 (side, side), a little turned, blurred and noisy."""
    mask = face.glyph(char)
    scale = side * rng.uniform(0.6, 0.75) / max(CAP_HEIGHT, mask.shape[1])
    turn = np.deg2rad(rng.normal(0, 2))
    matrix = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    middle = np.array([mask.shape[1], mask.shape[0]]) / 2
    offset = side / 2 + rng.normal(0, 0.02, 2) * side - matrix @ middle
    soft = cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), max(0.5, 0.4 / scale))
    ink = cv2.warpAffine(soft, np.column_stack([matrix, offset]), (side, side))
    ground, letter = rng.uniform(10, 60), rng.uniform(170, 245)
    if not light:
        ground, letter = 255 - ground, 255 - letter
    picture = ground + (letter - ground) * ink + rng.normal(0, rng.uniform(1, 5), ink.shape)
    return np.asarray(np.clip(picture, 0, 255), np.uint8)
