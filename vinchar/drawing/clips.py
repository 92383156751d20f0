"""Clips: what a phone's camera sees of one VIN while a hand holds it, drawn frame by frame at any time.

The hand shakes, so the picture moves, turns, and blurs along its way; rows are read one after another, so it leans.
The focus hunts, a light is mirrored and wanders over, the exposure drifts, every frame has noise of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.drawing.faces import Face, sample_face
from vinchar.drawing.photos import PLACES, Place, Subject, Tint, aim, draw_subject, draw_tint, gathered
from vinchar.drawing.scenes import View
from vinchar.drawing.strings import draw_vin

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

SMALL = 800  # pixels: frames that are not wider are drawn of a coarser plane
WAVES = 4  # of which a smooth random movement is made
STEPS = 15  # places of the way along which a frame blurs


@dataclass(frozen=True, eq=False, slots=True)
class Wander:
    """Smooth random numbers of time, N at once: the sum of waves, each float64 (WAVES, N), round 0."""

    amplitude: Doubles
    frequency: Doubles
    phase: Doubles

    def at(self, times: float | Doubles) -> Doubles:
        """Return them at times, seconds, of any shape, float64 (..., N)."""
        angle = 2 * np.pi * self.frequency * np.asarray(times, np.float64)[..., None, None] + self.phase
        return np.asarray((self.amplitude * np.sin(angle)).sum(axis=-2))


STILL = Wander(*np.zeros((3, 1, 1)))


def _wander(rng: np.random.Generator, size: list[float], slow: float, fast: float) -> Wander:
    """Draw numbers of such sizes, their standard deviations, that change ``slow`` to ``fast`` times a second."""
    shape = WAVES, len(size)
    frequency = np.exp(rng.uniform(np.log(slow), np.log(fast), shape))
    share = rng.uniform(0.5, 1.5, shape)
    share /= np.sqrt((share**2).sum(axis=0) / 2)
    return Wander(share * np.array(size), frequency, rng.uniform(0, 2 * np.pi, shape))


@dataclass(frozen=True, eq=False, slots=True)
class Hand:
    """How a picture moves: ``sway``, slow, and ``tremor``; each says shift in x and y, in parts of the width,

    turn in radians, zoom as a logarithm, and two of perspective, in parts of the width.
    """

    sway: Wander
    tremor: Wander

    def moves(self, times: Doubles, size: tuple[int, int]) -> Doubles:
        """Return where the picture's points go at times (N,), homographies float64 (N, 3, 3)."""
        x, y, turn, zoom, *lean = np.moveaxis(self.sway.at(times) + self.tremor.at(times) + np.zeros(6), -1, 0)
        width, height = size
        cos, sin = np.exp(zoom) * np.cos(turn), np.exp(zoom) * np.sin(turn)
        zero, one = np.zeros_like(x), np.ones_like(x)
        rows = [[cos, -sin, x * width], [sin, cos, y * width], [lean[0] / width, lean[1] / width, one]]
        moved = np.moveaxis(np.array([[cell + zero for cell in row] for row in rows]), -1, 0)
        centre = np.array([[1, 0, width / 2], [0, 1, height / 2], [0, 0, 1.0]])
        return np.asarray(centre @ moved @ np.linalg.inv(centre))


@dataclass(frozen=True, eq=False, slots=True)
class Sensor:
    """How a clip is taken: ``exposure`` of a row and ``readout`` of all rows, seconds; ``gamma``; ``noise``, standard

    deviation of grey from 0 to 1; ``grain``: how many pixels it is wide; ``sharpening``; JPEG ``quality``.
    """

    exposure: float
    readout: float
    gamma: float
    noise: float
    grain: float
    sharpening: float
    quality: int


@dataclass(frozen=True, eq=False, slots=True)
class Light:
    """``level``: darkest grey and span of the exposure, whose logarithm drifts by ``drift``; ``glare``: grey that

    a mirrored light adds, 0 for none; ``reach``: its size in pixels, across and down; ``path``: where it is, in parts
    of the VIN's length and glyph heights from its middle.
    """

    level: tuple[float, float]
    drift: Wander
    glare: float
    reach: tuple[float, float]
    path: Wander


@dataclass(frozen=True, eq=False, slots=True)
class Frame:
    """``bgr`` uint8 (H, W, 3); ``quads`` float32 (17, 4, 2), each clockwise from the glyph's top left."""

    bgr: NDArray[np.uint8]
    quads: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Clip:
    """A clip of a ``vin`` at a ``place``, of frames of ``size``, width and height: see ``frame``.

    ``matrix`` float64 (3, 3): from the subject's plane to the picture of a hand that is still; ``defocus``: standard
    deviation of the blur in pixels, by its absolute value; ``seed``: of what is drawn anew for every frame.
    """

    vin: str
    place: Place
    size: tuple[int, int]
    subject: Subject
    picture: Floats
    matrix: Doubles
    hand: Hand
    sensor: Sensor
    light: Light
    defocus: Wander
    tint: Tint
    seed: int

    def frame(self, time: float) -> Frame:
        """Return the frame whose middle row is taken at ``time``, in seconds; always the same one."""
        rng = np.random.default_rng([self.seed, round(abs(time) * 1e6)])
        rows = time + self.sensor.readout * (np.arange(self.size[1]) / self.size[1] - 0.5)
        picture, quads = self._moved(rows), self._quads(time)
        floor, span = self.light.level
        grey = (floor + span * picture[..., 0]) * float(np.exp(self.light.drift.at(time)[0])) + self._glare(time, quads)
        grey = self._taken(self._blurred(grey, time), rng)
        bgr = np.clip(255 * grey[..., None] * self.tint.of(picture[..., 1]), 0, 255).astype(np.uint8)
        _, code = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, self.sensor.quality])
        return Frame(np.asarray(cv2.imdecode(code, cv2.IMREAD_COLOR), np.uint8), quads)

    def calmed(self) -> Clip:
        """Return the clip as it would be on a stand, in focus, in even light and without noise."""
        sensor = replace(self.sensor, noise=0.0, sharpening=0.0, quality=95)
        light = replace(self.light, drift=STILL, glare=0.0)
        return replace(self, hand=Hand(STILL, STILL), sensor=sensor, light=light, defocus=STILL)

    def _matrices(self, times: Doubles) -> Doubles:
        """Return the homographies from the plane to the picture at times (N,), float64 (N, 3, 3)."""
        return np.asarray(self.hand.moves(times, self.size) @ self.matrix)

    def _moved(self, rows: Doubles) -> Floats:
        """Return grey and plate, float32 (H, W, 2), whose rows are taken at such times."""
        back = np.linalg.inv(self._matrices(rows)).astype(np.float32)  # (H, 3, 3)
        x, y = np.arange(self.size[0], dtype=np.float32), np.arange(self.size[1], dtype=np.float32)
        along, rest = back[:, :, 0], back[:, :, 1] * y[:, None] + back[:, :, 2]  # (H, 3)
        u, v, w = (along[:, i, None] * x + rest[:, i, None] for i in range(3))
        return np.asarray(
            cv2.remap(self.picture, u / w, v / w, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101), np.float32
        )

    def _quads(self, time: float) -> Floats:
        """Return the glyphs' corners in the frame, each at the time when its row is taken."""
        points = np.concatenate([self.subject.corners, np.ones((*self.subject.corners.shape[:2], 1))], axis=2)
        points = points.reshape(-1, 3)
        times = np.full(len(points), time)
        for _ in range(3):
            seen = np.einsum("nij,nj->ni", self._matrices(times), points)
            seen = seen[:, :2] / seen[:, 2:]
            times = time + self.sensor.readout * (seen[:, 1] / self.size[1] - 0.5)
        return np.asarray(seen.reshape(-1, 4, 2), np.float32)

    def _glare(self, time: float, quads: Floats) -> Floats:
        """Return the light that is mirrored, float32 (H, W) or a single 0."""
        if not self.light.glare:
            return np.zeros(1, np.float32)
        centres = quads.mean(axis=1)
        along = centres[-1] - centres[0]
        height = float(np.linalg.norm(quads[:, 0] - quads[:, 3], axis=1).mean())
        far, down = self.light.path.at(time)
        x, y = centres.mean(axis=0) + far * along + [0, down * height]
        reach_x, reach_y = self.light.reach
        columns, rows = (np.arange(self.size[0]) - x) / reach_x, (np.arange(self.size[1]) - y) / reach_y
        spot = np.exp(-0.5 * rows**2)[:, None] * np.exp(-0.5 * columns**2)
        return np.asarray(self.light.glare * spot, np.float32)

    def _blurred(self, grey: Floats, time: float) -> Floats:
        """Return grey out of focus, and blurred along the way that the VIN's middle takes during the exposure."""
        sigma = abs(float(self.defocus.at(time)[0]))
        if sigma > 0.2:
            grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), sigma), np.float32)
        times = time + self.sensor.exposure * np.linspace(-0.5, 0.5, STEPS)
        middle = np.append(self.subject.corners.mean(axis=(0, 1)), 1.0)
        way = self._matrices(times) @ middle
        kernel = _trace(way[:, :2] / way[:, 2:])
        return np.asarray(cv2.filter2D(grey, -1, kernel, borderType=cv2.BORDER_REPLICATE), np.float32)

    def _taken(self, grey: Floats, rng: np.random.Generator) -> Floats:
        """Return what the sensor makes of grey."""
        noise = rng.standard_normal(grey.shape, np.float32)
        if self.sensor.grain:
            noise = 3 * self.sensor.grain * np.asarray(cv2.GaussianBlur(noise, (0, 0), self.sensor.grain), np.float32)
        grey = np.asarray(np.clip(grey + self.sensor.noise * noise, 0, 1) ** self.sensor.gamma, np.float32)
        soft = np.asarray(cv2.GaussianBlur(grey, (0, 0), 1.0), np.float32)
        return grey + self.sensor.sharpening * (grey - soft)


def _trace(way: Doubles) -> Floats:
    """Return a kernel, float32 (N, N) with N odd, that blurs along a way of points, float64 (M, 2)."""
    way = way - way.mean(axis=0)
    half = int(np.ceil(np.abs(way).max())) + 1
    kernel = np.zeros((2 * half + 1, 2 * half + 1))
    low = np.floor(way).astype(int)
    part = way - low
    for right in (0, 1):
        for below in (0, 1):
            weight = np.abs(1 - right - part[:, 0]) * np.abs(1 - below - part[:, 1])
            np.add.at(kernel, (half + low[:, 1] + below, half + low[:, 0] + right), weight)
    return np.asarray(kernel / kernel.sum(), np.float32)


def draw_clip(
    rng: np.random.Generator,
    size: tuple[int, int] = (1280, 720),
    place: Place | None = None,
    vin: str | None = None,
    face: Face | None = None,
    held_out: bool = False,
) -> Clip:
    """Draw a clip of frames of ``size``, width and height; all chance comes from ``rng``.

    ``place``, ``vin`` and ``face`` are drawn where None; ``held_out``: a face kept out of training.
    """
    place = place or PLACES[rng.integers(len(PLACES))]
    vin = vin or draw_vin(rng)
    face = face or sample_face(rng, held_out)
    subject = draw_subject(rng, place, vin, face, calm=True, small=size[0] <= SMALL)
    length = subject.share * size[0] * rng.uniform(0.65, 1.0)
    view = View(float(np.clip(rng.normal(0, 5), -15, 15)), float(np.exp(rng.normal(0, 0.1))), length)
    matrix = aim(subject.printed, subject.focus, view, size, rng)
    corners = cv2.perspectiveTransform(subject.corners.reshape(-1, 1, 2), matrix).reshape(-1, 4, 2)
    glyph = float(np.linalg.norm(corners[:, 0] - corners[:, 3], axis=1).mean())
    plane = gathered(subject.plane, subject.printed.cap / glyph)
    return Clip(
        vin,
        place,
        size,
        subject,
        np.dstack([plane, subject.printed.plate]),
        matrix,
        _draw_hand(rng),
        _draw_sensor(rng),
        _draw_light(rng, plane, glyph),
        _wander(rng, [glyph * abs(rng.normal(0, 0.12))], 0.3, 1.5),
        draw_tint(place, rng),
        int(rng.integers(2**62)),
    )


def _draw_hand(rng: np.random.Generator) -> Hand:
    """Draw a hand that aims: it sways by some percent of the width, and trembles by a thousandth."""
    steady = np.exp(rng.normal(0, 0.5))
    sway = np.array([0.02, 0.015, 0.02, 0.03, 0.05, 0.05]) * steady
    tremor = np.array([0.001, 0.001, 0.0005, 0.0005, 0.0002, 0.0002]) * steady
    return Hand(_wander(rng, list(sway), 0.2, 1.2), _wander(rng, list(tremor), 6, 12))


def _draw_sensor(rng: np.random.Generator) -> Sensor:
    """Draw how a clip is taken: in the dark, exposures are long, and noise is strong all the same."""
    dark = rng.uniform(0, 1)
    return Sensor(
        exposure=float(0.003 * 12**dark),
        readout=float(rng.uniform(0.01, 0.03)),
        gamma=float(np.exp(rng.normal(0, 0.2))),
        noise=float((0.005 + 0.025 * dark) * np.exp(rng.normal(0, 0.3))),
        grain=float(rng.choice([0.0, 0.7])),
        sharpening=float(rng.choice([0.0, rng.uniform(0.2, 1.0)])),
        quality=int(rng.integers(40, 95)),
    )


def _draw_light(rng: np.random.Generator, plane: Floats, glyph: float) -> Light:
    low, high = np.percentile(plane[::4, ::4], (1, 99))
    span = rng.uniform(0.4, 0.95) / max(high - low, 0.15)
    floor = rng.uniform(0, 0.25)
    return Light(
        level=(float(floor - low * span), float(span)),
        drift=_wander(rng, [abs(rng.normal(0, 0.12))], 0.2, 1.0),
        glare=float(rng.uniform(0.3, 1.5)) if rng.random() < 0.5 else 0.0,
        reach=(float(glyph * rng.uniform(0.5, 2.5)), float(glyph * rng.uniform(0.5, 2))),
        path=_wander(rng, [0.35, 1.2], 0.2, 0.8),
    )
