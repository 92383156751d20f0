"""From facts to the model of how VINs are built: counts, discounted and interpolated from the shortest context on.

Absolute discounting, as in Chen and Goodman 1999, doi 10.1006/csla.1999.0128, with a pseudo-count for the next shorter
context besides; entries that say little are left out, as in Stolcke 1998, arXiv cs/0006025.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vinchar.structure.facts import NINTH, SERIAL, UNKNOWN, Facts
from vinchar.structure.model import (
    REGION,
    SIGNS,
    SYMBOLS,
    Learned,
    Structure,
    contexts,
    mixed,
    names_of_contexts,
    names_of_symbols,
)
from vinchar.vin import LENGTH

DISCOUNT, LOWER = 0.8, 1.0  # of a count, and how many VINs the next shorter context counts as
WORTH = 3.0  # nats, over all VINs counted, that an entry has to gain to be kept
LEAST = 1e-6  # chance that is left to what a context does not list


@dataclass(frozen=True, eq=False, slots=True)
class _Table:
    """Entries of the model: sorted ``names`` uint32 and their ``logs`` float32."""

    names: NDArray[np.uint32]
    logs: NDArray[np.float32]

    def joined(self, other: _Table) -> _Table:
        names, index = np.unique(np.concatenate([self.names, other.names]), return_index=True)
        return _Table(names, np.concatenate([self.logs, other.logs])[index])


def build(facts: Facts, worth: float = WORTH) -> Structure:
    """Return the model that ``facts`` give; entries that gain less than ``worth`` nats are left out."""
    known = facts.rows != UNKNOWN
    before = np.clip(facts.rows, 0, SIGNS - 1).astype(np.intp)
    whole = known[:, 3:8].all(axis=1)  # the other rows say nothing of how common a maker is
    alone = np.full((LENGTH, SYMBOLS), -np.inf, np.float32)
    all_places = _Table(np.zeros(0, np.uint32), np.zeros(0, np.float32))
    for place in range(LENGTH):
        rows = np.flatnonzero(known[:, place] & (whole if place < 3 else True))
        count = 2 if place in SERIAL else SYMBOLS if place == NINTH else SIGNS
        seen = np.bincount(facts.rows[rows, place], facts.weight[rows], SYMBOLS)[:count] + LOWER / count
        alone[place, :count] = np.log(seen / seen.sum())
        table = _Table(np.zeros(1, np.uint32), np.zeros(1, np.float32))
        for level, places in enumerate(contexts(place)):
            needed = [i for i in places if i != REGION] or [0, 1]
            some = rows[known[rows][:, needed].all(axis=1)]
            shorter = Learned(table.names, table.logs, alone)
            symbols, weight = facts.rows[some, place].astype(np.intp), facts.weight[some]
            table = table.joined(_level(place, level, before[some], symbols, weight, shorter, worth))
        all_places = all_places.joined(table)
    return mixed(Learned(all_places.names, all_places.logs, alone))


def _level(
    place: int,
    level: int,
    before: NDArray[np.intp],
    symbols: NDArray[np.intp],
    weight: NDArray[np.float64],
    shorter: Learned,
    worth: float,
) -> _Table:
    """Return the entries of one context of a place, from what was counted, given those of the ``shorter`` ones."""
    context = names_of_contexts(place, before)[level].astype(np.int64)
    pairs, first, pair = np.unique(context << 8 | symbols, return_index=True, return_inverse=True)
    n = np.bincount(pair, weight)
    lower = np.exp(shorter.symbols(place, before[first], symbols[first, None], level)[:, 0])
    names, of = np.unique(pairs >> 8, return_inverse=True)
    total = np.bincount(of, n) + LOWER
    once = np.minimum(n, 1)
    free = DISCOUNT * np.bincount(of, once) + LOWER  # what is handed on to the next shorter context
    chance = (n - DISCOUNT * once + free[of] * lower) / total[of]
    kept = n * np.log(chance / ((free / total)[of] * lower)) >= worth
    used = np.bincount(of[kept], minlength=len(names)) > 0
    rest = 1 - np.bincount(of[kept], chance[kept], len(names))
    rest_lower = 1 - np.bincount(of[kept], lower[kept], len(names))
    handed = np.maximum(rest, LEAST) / np.maximum(rest_lower, LEAST)
    own = names_of_symbols((pairs[kept] >> 8).astype(np.uint32), pairs[kept] & 255)
    backs = names_of_symbols(names[used].astype(np.uint32), np.array(SYMBOLS))
    logs = np.log(np.concatenate([chance[kept], handed[used]])).astype(np.float32)
    found, index = np.unique(np.concatenate([own, backs]), return_index=True)
    return _Table(found, logs[index])
