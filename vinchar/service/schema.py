"""The JSON of the service as pydantic models: for its OpenAPI file, and for clients that check what they get.

A reading is what ``Reading.to_dict`` gives and ``vinchar/reading.schema.json`` describes, number ``reading.SCHEMA``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from vinchar.service.problems import CODES, MEDIA_TYPE

Chance = Annotated[float, Field(ge=0, le=1)]
Quad = Annotated[list[Annotated[list[float], Field(min_length=2, max_length=2)]], Field(min_length=4, max_length=4)]
Vin = Annotated[str, Field(pattern="^[0-9A-HJ-NPR-Z]{17}$")]
Alternative = tuple[str, Chance]
Answers = dict[int | str, dict[str, Any]]  # of a route, by status, as FastAPI takes them

_DOOR: dict[str, Any] = {
    "schema": 1,
    "image": "door.jpg",
    "kind": "photo",
    "vin": "1HGCM82633A004352",
    "status": "ok",
    "confidence": 0.9961,
    "source": "text",
    "quad": [[812.3, 640.1], [2210.9, 655.4], [2210.1, 731.0], [811.5, 715.7]],
    "characters": [
        {
            "char": "1",
            "confidence": 0.9997,
            "quad": [[812.3, 640.1], [880.2, 640.8], [879.4, 716.4], [811.5, 715.7]],
            "alternatives": [["J", 0.0002]],
        }
    ],
    "check_digit": "valid",
    "reasons": [],
    "alternatives": [["1HGCM82633A004353", 0.0012]],
    "quality": {
        "cut_off": 0.0,
        "glyph_height": 75.6,
        "blur": 0.08,
        "contrast": 121.0,
        "washed_out": 0.01,
        "covered": 0,
    },
    "maker": "Honda",
    "region": "North America",
    "model_year": [2003, 1973],
    "barcodes": [],
    "without_list": None,
    "model": "0.1.0-db013d99",
    "frame": None,
    "frames": [],
    "others": [],
}


class CharacterModel(BaseModel):
    """A character of a VIN: its probability, its corners in the picture, and others that it may be, likeliest first."""

    char: str = Field(pattern="^[0-9A-HJ-NPR-Z]$")
    confidence: Chance
    quad: Quad
    alternatives: list[Alternative]


class BarcodeModel(BaseModel):
    """A barcode that holds a VIN."""

    vin: Vin
    symbology: str
    quad: Quad


class ReadingModel(BaseModel):
    """What was read in one picture. Quads are in pixels of the upright picture, clockwise from the text's top left."""

    model_config = ConfigDict(json_schema_extra={"example": _DOOR})

    schema_: Literal[1] = Field(alias="schema")
    image: str | None
    kind: Literal["glyph", "strip", "photo"]
    vin: Annotated[str, Field(pattern="^([0-9A-HJ-NPR-Z]|[0-9A-HJ-NPR-Z]{17})$")] | None
    status: Literal["ok", "uncertain", "not_found", "error"]
    confidence: Chance
    source: Literal["text", "barcode", "both"] | None
    quad: Quad | None
    characters: list[CharacterModel]
    check_digit: Literal["valid", "invalid", "not_required"] | None
    reasons: list[str]
    alternatives: list[Alternative]
    quality: dict[str, float]
    maker: str | None
    region: str | None
    model_year: list[int]
    barcodes: list[BarcodeModel]
    without_list: str | None
    model: str | None
    frame: Annotated[float, Field(ge=0)] | None
    frames: list[Annotated[float, Field(ge=0)]]
    others: list[ReadingModel]


class ProblemModel(BaseModel):
    """Why a request was refused, as RFC 9457 has it; ``code`` is for programs."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "urn:vinchar:problem:queue-full",
                "title": "The service has as much to do as it can take",
                "status": 429,
                "code": "queue-full",
                "detail": "8 pictures wait already",
            }
        }
    )

    type: str
    title: str
    status: int
    code: str
    detail: str


class HintModel(BaseModel):
    """A fault of a line, by its name in ``quality``: it is one where ``worse * (value - threshold) > 0``."""

    name: str
    worse: Literal[-1, 1]
    threshold: float


class LimitsModel(BaseModel):
    """What a client must know of the service itself.

    ``kept_days``: how long uploads are kept, null: not at all; ``offline``: whether a page that reads by itself is at
    /offline/.
    """

    version: str
    key_required: bool
    kept_days: float | None
    max_bytes: int
    max_pixels: int
    barcodes: bool
    offline: bool


class ModelModel(BaseModel):
    """The model that reads: its version, from which confidence on a reading is ok, its files with their SHA-256."""

    version: str
    recogniser: str
    thresholds: dict[str, float]
    hints: list[HintModel]
    files: dict[str, str]
    service: LimitsModel


class StateModel(BaseModel):
    """Whether the service runs, or can read."""

    status: str


def problems(*codes: str) -> Answers:
    """Return the answers of OpenAPI for the problems of ``CODES`` that a route may answer with."""
    found: Answers = {}
    for code in codes:
        status, title = CODES[code]
        said = found.setdefault(
            status,
            {"description": "", "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemModel"}}}},
        )
        said["description"] = "; ".join(filter(None, [said["description"], f"`{code}`: {title}"]))
    return found
