"""From facts to the model of how VINs are built: counts, discounted and interpolated from the shortest context on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vinchar.structure.facts import NINTH, SERIAL, UNKNOWN, Facts
from vinchar.structure.model import REGION, SIGNS, SYMBOLS, Learned, Structure, contexts, hashes, mixed, named
from vinchar.structure.rules import region_table
from vinchar.vin import LENGTH

DISCOUNT, LOWER = 0.8, 1.0  # of a count, and how many VINs the next shorter context counts as
WORTH = 1.5  # nats, over all VINs counted, that an entry has to gain to be kept


def build(facts: Facts, worth: float = WORTH) -> Structure:
    """Return the model that ``facts`` give; entries that gain less than ``worth`` nats are left out."""
    rows = facts.rows.astype(np.int64)
    regions = region_table()
    whole = np.all(rows[:, 3:8] != UNKNOWN, axis=1)  # others say nothing of how common a maker is
    alone = np.full((LENGTH, SYMBOLS), -np.log(SYMBOLS), np.float32)
    tables: list[tuple[NDArray[np.uint32], NDArray[np.float32]]] = []
    for place in range(LENGTH):
        counted = rows[:, place] != UNKNOWN
        if place < 3:
            counted &= whole
        some, weight = rows[counted], facts.weight[counted]
        count = 2 if place in SERIAL else SYMBOLS if place == NINTH else SIGNS
        seen = np.bincount(some[:, place], weight, SYMBOLS)[:count] + LOWER / count
        alone[place] = -np.inf
        alone[place, :count] = np.log(seen / seen.sum())
        table: dict[str, NDArray[np.uint32] | NDArray[np.float32]]
        names, logs = np.zeros(0, np.uint32), np.zeros(0, np.float32)
        for level, places in enumerate(contexts(place)):
            needed = [i for i in places if i != REGION] or [0, 1]
            have = np.all(some[:, needed] != UNKNOWN, axis=1)
            part, symbol = some[have], some[have, place]
            columns = [regions[part[:, 0], part[:, 1]] if i == REGION else part[:, i] for i in places]
            context = hashes(place, level, columns)
            pair, first, inverse = np.unique(
                context.astype(np.int64) << 8 | symbol, return_index=True, return_inverse=True
            )
            n = np.bincount(inverse, weight[have])
            so_far = Learned(names, logs, alone) if len(names) else Learned(np.zeros(1, np.uint32), np.zeros(1, np.float32), alone)
            lower = np.exp(so_far.symbols(place, part[first], (pair & 255)[:, None], level)[:, 0])
            found, of = np.unique(pair >> 8, return_inverse=True)
            total = np.bincount(of, n)
            free = DISCOUNT * np.bincount(of, np.minimum(n, 1)) + LOWER
            chance = (n - DISCOUNT * np.minimum(n, 1) + free[of] * lower) / (total + LOWER)[of]
            handed = (free / (total + LOWER))[of] * lower
            kept = n * np.log(chance / handed) >= worth
            rest = (1 - np.bincount(of[kept], chance[kept], len(found))) / np.maximum(
                1 - np.bincount(of[kept], lower[kept], len(found)), 1e-6
            )
            used = np.bincount(of[kept], minlength=len(found)) > 0
            new_names = np.concatenate(
                [named((pair[kept] >> 8).astype(np.uint32), pair[kept] & 255), named(found[used].astype(np.uint32), SYMBOLS)]
            )
            new_logs = np.log(np.concatenate([chance[kept], np.maximum(rest[used], 1e-6)]))
            names, logs = np.concatenate([names, new_names]), np.concatenate([logs, new_logs.astype(np.float32)])
            names, index = np.unique(names, return_index=True)
            logs = logs[index]
        tables.append((names, logs))
    names, index = np.unique(np.concatenate([names for names, _ in tables]), return_index=True)
    logs = np.concatenate([logs for _, logs in tables])[index]
    return mixed(Learned(names, logs.astype(np.float16).astype(np.float32), alone))
