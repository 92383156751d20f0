"""What is known of VINs: what they say of themselves, and how likely strings are."""

from __future__ import annotations

from typing import Any

import numpy as np

from vinchar import vin as number
from vinchar.bundle import open_bundle
from vinchar.drawing.strings import draw_vin
from vinchar.structure.store import indices, load
from web.golden.pictures import Cases

YEAR = 2027


def facts() -> dict[str, Any]:
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


def strings() -> Cases:
    """Strings, VINs and others, with how likely they are as a VIN and as other text."""
    rng = np.random.default_rng(1)
    knowledge = load(open_bundle().structure)
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
