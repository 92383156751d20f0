"""The plain rules of VINs: what holds for most of them, known makers or not. Soft, and a share of every prior.

Sources: ISO 3779 and 3780, 49 CFR 565; the regions by the ranges of first two characters that ISO 3780 hands out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vinchar.vin import ALPHABET, LENGTH, known_makers

LETTERS = "".join(char for char in ALPHABET if char.isalpha())
# Places (from 1), characters, nats by which they are likelier than others.
POSITION_FACTS: tuple[tuple[tuple[int, ...], str, float], ...] = (
    ((1,), "0", -3.0),  # no region has it
    ((1,), "ABCDEFGH", -2.0),  # Africa
    ((1,), "678MNPR", -1.0),  # Oceania, parts of South America and of Asia
    ((4, 5, 6, 7, 8), "Z", 0.5),  # European filler
    ((10,), "UZ0", -2.5),  # not year codes, but not all makers write the year
    ((12,), LETTERS, -0.7),  # serial number: digits from 13 in North America, from 14 nearly everywhere
    ((13,), LETTERS, -1.3),
    ((14, 15), LETTERS, -2.5),
    ((16, 17), LETTERS, -3.0),
)
KNOWN_MAKER = 0.8  # how many VINs begin with a maker's code that is known; of all codes only one in 14 is
MAKER = 3  # characters of a maker's code

# Regions share the habits of their makers. First characters; where two characters decide, both.
REGIONS: dict[str, str] = {
    "USA": "1 4 5 7",
    "Mexico": "3",
    "Canada": "2",
    "Europe": "S T U V W XA XB XC XD XE XF XG XH XJ XK XL XM XN XP XR Y ZA ZB ZC ZD ZE ZF ZG ZH ZJ ZK ZL ZM ZN ZP ZR",
    "Japan": "J",
    "Korea": "K",
    "China": "L",
    "Russia and neighbours": "X Z",
    "India and South-East Asia": "M",
    "Turkey and Iran": "N",
    "elsewhere": "0 6 8 9 A B C D E F G H P R",
}


def region_table() -> NDArray[np.uint8]:
    """Return the index in ``REGIONS`` of every first two characters, uint8 (33, 33)."""
    table = np.zeros((len(ALPHABET),) * 2, np.uint8)
    for count in (1, 2):  # what two characters decide comes last
        for index, starts in enumerate(REGIONS.values()):
            for start in starts.split():
                if len(start) == count:
                    table[tuple(ALPHABET.index(char) for char in start)] = index
    return table


def position_table() -> NDArray[np.float64]:
    """Return the log-probability of each character at each place, float64 (17, 33), each place by itself."""
    table = np.zeros((LENGTH, len(ALPHABET)))
    for places, characters, nats in POSITION_FACTS:
        for place in places:
            table[place - 1, [ALPHABET.index(char) for char in characters]] = nats
    return np.asarray(table - np.logaddexp.reduce(table, axis=1, keepdims=True), np.float64)


def maker_codes() -> NDArray[np.bool_]:
    """Return which first three characters a known maker uses, bool (33, 33, 33)."""
    known = np.zeros((len(ALPHABET),) * MAKER, np.bool_)
    alphabet, codes = (np.frombuffer(text.encode(), np.uint8) for text in (ALPHABET, "".join(known_makers())))
    known[tuple(np.searchsorted(alphabet, codes.reshape(-1, MAKER)).T)] = True  # the alphabet is sorted
    return known


def maker_factor(known: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return by how much, in nats, a maker's code is likelier than its characters alone say, float32 (33, 33, 33).

    ``known``: as ``maker_codes`` gives it.
    """
    first, second, third = np.exp(position_table()[:MAKER])
    share = float(first @ (known @ third) @ second)
    likelier, rarer = np.log(KNOWN_MAKER / share), np.log((1 - KNOWN_MAKER) / (1 - share))
    return np.where(known, np.float32(likelier), np.float32(rarer))
