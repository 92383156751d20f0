"""What a user gets: the reading of one picture or video, and its forms as JSON and as rows of a table.

The form as JSON is the only one there is: ``docs/output.md`` explains it, ``reading.schema.json`` beside this module
describes it to machines.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vinchar.types import CheckDigit, Kind, ReadFrom, Status

SCHEMA = 1  # raised when a key is removed or changes what it means; new keys may come without
Corners = NDArray[np.float32]  # (4, 2)


@dataclass(frozen=True, slots=True, eq=False)
class Character:
    """One read character: ``confidence`` 0 to 1, ``quad`` float32 (4, 2) in photo pixels, runners-up best first."""

    char: str
    confidence: float
    quad: Corners
    alternatives: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Barcode:
    """A barcode that holds a VIN: its ``symbology``, such as ``Code39``, and its ``quad`` float32 (4, 2)."""

    vin: str
    symbology: str
    quad: Corners


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What was read in one picture, or in one video.

    >>> from vinchar import read
    >>> reading = read("door.jpg")
    >>> reading.vin, reading.status, round(reading.confidence, 2)
    ('1HGCM82633A004352', 'ok', 0.99)

    ``vin``: the best guess (for a glyph, a picture of one character, that character), or None. ``status``: ``ok``,
    ``uncertain``, ``not_found``, or ``error`` for a picture that cannot be used. ``confidence``: probability that
    ``vin`` is wholly right. ``source``: where it was read: ``text``, ``barcode``, or ``both`` where they agree.
    ``quad`` float32 (4, 2): the corners of the line or barcode, clockwise from its top left, in pixels of the upright
    picture; so are those of ``characters``.
    ``alternatives``: other whole readings with their probabilities. ``reasons``: why it is uncertain or missing, in
    words. ``quality``: measured properties of the line by name, see ``quality.FAULTS``. ``barcodes``: those that hold
    a VIN, if they were asked for. ``others``: readings of further VINs in the photo, if they were. ``without_list``:
    where the owner's list of VINs decided, what would have been read without it. ``model``: the version of the model.
    ``frame``: in whose pixels the corners are, where several frames were read: of a video its time in seconds, of
    ``Reader.read_frames`` its number, from 0 on; ``frames``: all that show the VIN.
    """

    image: str | None
    kind: Kind
    vin: str | None
    status: Status
    confidence: float = 0.0
    characters: tuple[Character, ...] = ()
    check_digit: CheckDigit | None = None
    reasons: tuple[str, ...] = ()
    alternatives: tuple[tuple[str, float], ...] = ()
    quality: Mapping[str, float] = field(default_factory=dict)
    maker: str | None = None
    region: str | None = None
    model_year: tuple[int, ...] = ()
    source: ReadFrom | None = None
    quad: Corners | None = None
    barcodes: tuple[Barcode, ...] = ()
    others: tuple[Reading, ...] = ()
    without_list: str | None = None
    model: str | None = None
    frame: float | None = None
    frames: tuple[float, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain JSON types, as ``reading.schema.json`` says."""
        return {
            "schema": SCHEMA,
            "image": None if self.image is None else writable(self.image),
            "kind": self.kind,
            "vin": self.vin,
            "status": self.status,
            "confidence": round(float(self.confidence), 4),
            "source": self.source,
            "quad": _points(self.quad),
            "characters": [
                {
                    "char": c.char,
                    "confidence": round(float(c.confidence), 4),
                    "quad": _points(c.quad),
                    "alternatives": _chances(c.alternatives),
                }
                for c in self.characters
            ],
            "check_digit": self.check_digit,
            "reasons": list(self.reasons),
            "alternatives": _chances(self.alternatives),
            "quality": {name: round(float(value), 3) for name, value in self.quality.items()},
            "maker": self.maker,
            "region": self.region,
            "model_year": list(self.model_year),
            "barcodes": [{"vin": b.vin, "symbology": b.symbology, "quad": _points(b.quad)} for b in self.barcodes],
            "without_list": self.without_list,
            "model": self.model,
            "frame": None if self.frame is None else round(self.frame, 3),
            "frames": [round(time, 3) for time in self.frames],
            "others": [other.to_dict() for other in self.others],
        }

    def __eq__(self, other: object) -> bool:
        """Tell whether two readings say the same, as exactly as it is written."""
        return isinstance(other, Reading) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]

    def to_json(self) -> str:
        """Return ``to_dict()`` as one line of JSON, in ASCII."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Reading:
        """Return the reading that ``to_dict`` was called on, as exact as it was written.

        Keys that this version does not know are passed over. Raises ``ValueError`` for another schema or values that
        do not fit it.
        """
        if values.get("schema") != SCHEMA:
            raise ValueError(f"reading: got schema {values.get('schema')!r}, expected {SCHEMA}")
        try:
            return cls(
                **{name: values[name] for name in _PLAIN},
                frame=values.get("frame"),  # new beside the first keys of this schema
                frames=tuple(values.get("frames", ())),
                reasons=tuple(values["reasons"]),
                model_year=tuple(values["model_year"]),
                alternatives=_pairs(values["alternatives"]),
                quality=dict(values["quality"]),
                quad=None if values["quad"] is None else _quad(values["quad"]),
                characters=tuple(
                    Character(c["char"], c["confidence"], _quad(c["quad"]), _pairs(c["alternatives"]))
                    for c in values["characters"]
                ),
                barcodes=tuple(Barcode(b["vin"], b["symbology"], _quad(b["quad"])) for b in values["barcodes"]),
                others=tuple(map(cls.from_dict, values["others"])),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"reading: not as vinchar/reading.schema.json says ({error!r})") from error


_PLAIN = (
    *("image", "kind", "vin", "status", "confidence", "source"),
    *("check_digit", "maker", "region", "without_list", "model"),
)


def readings_to_rows(readings: Iterable[Reading]) -> list[dict[str, Any]]:
    """Return one flat row for every VIN, the first of a picture with ``rank`` 1: for pandas, Polars, or a CSV file.

    >>> import pandas
    >>> from vinchar import Reader, readings_to_rows
    >>> pandas.DataFrame(readings_to_rows(Reader().read_many(["door.jpg", "sky.jpg"])))

    All rows have the same keys, ``ROW``. Several years, and several barcodes, are parted by spaces, reasons by
    semicolons; ``x1`` to ``y4`` are the corners of the line, ``second`` is the likeliest other reading.
    """
    return [_row(one, rank) for reading in readings for rank, one in enumerate((reading, *reading.others), 1)]


CORNERS = tuple(f"{axis}{corner}" for corner in range(1, 5) for axis in "xy")
ROW = (
    *("image", "rank", "kind", "vin", "status", "confidence", "source", "check_digit", "maker", "region"),
    *("model_year", "reasons", "second", "second_confidence", "barcodes", "without_list"),
    *CORNERS,
    "model",
    "frame",
)


def _row(reading: Reading, rank: int) -> dict[str, Any]:
    values = reading.to_dict()
    second, chance = (*values["alternatives"], (None, None))[0]
    corners = [None] * 8 if reading.quad is None else [value for point in values["quad"] for value in point]
    values |= {
        "rank": rank,
        "model_year": " ".join(map(str, reading.model_year)),
        "reasons": "; ".join(reading.reasons),
        "barcodes": " ".join(barcode.vin for barcode in reading.barcodes),
        "second": second,
        "second_confidence": chance,
        **dict(zip(CORNERS, corners, strict=True)),
    }
    return {name: values[name] for name in ROW}


def writable(name: str) -> str:
    """Return a file's name as text that can be written: what is not UTF-8 in it becomes U+FFFD."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _points(quad: Corners | None) -> list[list[float]] | None:
    return None if quad is None else [[round(float(x), 1), round(float(y), 1)] for x, y in quad]


def _quad(points: Any) -> Corners:
    return np.array(points, np.float32).reshape(4, 2)


def _chances(some: Iterable[tuple[str, float]]) -> list[list[Any]]:
    return [[text, round(float(chance), 4)] for text, chance in some]


def _pairs(some: Any) -> tuple[tuple[str, float], ...]:
    return tuple((text, chance) for text, chance in some)
