"""VINs to draw: real-looking ones mixed with uniform random ones, so that a net learns glyphs and not fleets."""

from __future__ import annotations

import numpy as np

from vinchar.vin import ALPHABET, LENGTH, YEAR_CODES, check_digit, check_digit_required

# World manufacturer identifiers of large makers in every region (public, SAE and national registers).
WMIS = [
    "1FA",
    "1FM",
    "1FT",
    "1G1",
    "1GC",
    "1GN",
    "1HG",
    "1J4",
    "1C4",
    "1N4",
    "1VW",
    "2C3",
    "2FM",
    "2G1",
    "2HG",
    "2T1",
    "3FA",
    "3G1",
    "3N1",
    "3VW",
    "4T1",
    "4S3",
    "5FN",
    "5NP",
    "5TD",
    "5YJ",
    "5UX",
    "6G1",
    "6T1",
    "7FA",
    "8AP",
    "8AW",
    "93H",
    "9BD",
    "9BW",
    "AAV",
    "AHT",
    "JA3",
    "JF1",
    "JHM",
    "JM1",
    "JN1",
    "JS2",
    "JT2",
    "JTE",
    "JTM",
    "KL1",
    "KMH",
    "KNA",
    "KNM",
    "LB1",
    "LBE",
    "LDC",
    "LFV",
    "LGX",
    "LHG",
    "LJD",
    "LLV",
    "LMG",
    "LSG",
    "LSV",
    "LVG",
    "LVV",
    "LVT",
    "LVZ",
    "LZW",
    "MA3",
    "MAL",
    "MAT",
    "MBH",
    "MHF",
    "MMB",
    "MR0",
    "NLH",
    "NM0",
    "NMT",
    "PE1",
    "PL1",
    "RKL",
    "RUM",
    "SAJ",
    "SAL",
    "SAR",
    "SB1",
    "SCA",
    "SCC",
    "SFA",
    "SHH",
    "SJN",
    "SUU",
    "TMA",
    "TMB",
    "TRU",
    "TSM",
    "TYA",
    "U5Y",
    "UU1",
    "VF1",
    "VF3",
    "VF7",
    "VF8",
    "VNK",
    "VSS",
    "VV1",
    "WAU",
    "WBA",
    "WBS",
    "WDB",
    "WDD",
    "WF0",
    "WMA",
    "WME",
    "WMW",
    "WP0",
    "WP1",
    "WUA",
    "WV1",
    "WV2",
    "WVG",
    "WVW",
    "W0L",
    "W1K",
    "X4X",
    "X7L",
    "X89",
    "X9F",
    "XTA",
    "XTT",
    "XTH",
    "XUF",
    "XW7",
    "XW8",
    "XWE",
    "XWB",
    "XZG",
    "Y3W",
    "YK1",
    "YS2",
    "YS3",
    "YV1",
    "YV4",
    "Z8N",
    "Z8T",
    "Z94",
    "Z6F",
    "ZAM",
    "ZAR",
    "ZDM",
    "ZFA",
    "ZFF",
]
_LETTERS = [c for c in ALPHABET if c.isalpha()]
_YEARS = sorted(YEAR_CODES)


def _pick(rng: np.random.Generator, letters: str | list[str], count: int) -> str:
    return "".join(letters[i] for i in rng.integers(0, len(letters), count))


def draw_vin(rng: np.random.Generator, uniform: float = 0.5) -> str:
    """Return a VIN: with the probability ``uniform`` 17 uniform characters, else built as makers build them."""
    if rng.random() < uniform:
        return _pick(rng, ALPHABET, LENGTH)
    wmi = WMIS[rng.integers(len(WMIS))]
    filler = wmi[0] in "STUVWXYZ" and rng.random() < 0.5
    vds = "ZZZ" + _pick(rng, ALPHABET, 2) + "Z" if filler else _pick(rng, ALPHABET, 6)
    year = _YEARS[rng.integers(len(_YEARS))]
    serial_digits = 6 if rng.random() < 0.7 else 5
    serial = _pick(rng, ALPHABET, 6 - serial_digits) + _pick(rng, "0123456789", serial_digits)
    vin = wmi + vds + year + _pick(rng, _LETTERS if rng.random() < 0.7 else ALPHABET, 1) + serial
    if check_digit_required(vin) or (not filler and rng.random() < 0.4):
        vin = vin[:8] + check_digit(vin) + vin[9:]
    return vin


def draw_label_text(rng: np.random.Generator) -> str:
    """Return a few words such as stand round a VIN on labels: weights, types, approvals, dates."""
    kind = rng.integers(5)
    if kind == 0:
        return f"{rng.integers(400, 3500)} KG"
    if kind == 1:
        return f"{_pick(rng, _LETTERS, int(rng.integers(1, 4)))} {rng.integers(1, 13):02d}/{rng.integers(0, 27):02d}"
    if kind == 2:
        words = [_pick(rng, _LETTERS, int(n)) for n in rng.integers(2, 9, int(rng.integers(1, 5)))]
        return " ".join(words)
    if kind == 3:
        return f"1- {rng.integers(500, 2000)} KG 2- {rng.integers(500, 2000)} KG"
    return _pick(rng, ALPHABET, int(rng.integers(5, 22)))
