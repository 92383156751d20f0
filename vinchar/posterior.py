"""The posterior over the strings of a line: what was seen, and what is known of VINs, in one place.

What a VIN begins with (positions 1-8, 10, 11) depends on all that stands before, so its strings are followed by a beam,
over all segmentations at once. The rest is exact: the serial number's places do not depend on each other, and the check
digit is the weighted sum modulo 11, a dimension of 11 states. So nothing is ever repaired: strings that obey the check
digit weigh more, as much more as VINs that begin so obey it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vinchar.known import KnownVins
from vinchar.structure.facts import BEGINNING, NINTH, SERIAL
from vinchar.structure.model import ADDS, CHECK_INDEX, UNIFORM, Learned, Rules, Structure
from vinchar.structure.rules import position_table
from vinchar.vin import ALPHABET, LENGTH

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.intp]

STRINGS = 5  # how many readings an assembly names, the best one included
BEAM = 256  # beginnings that are followed at most
RELEVANT = 14.0  # nats: a beginning, or a character, that is so much worse than the best is left
NAMED = 24  # beginnings that the strings named are made of, and strings that are followed to their end
FOLLOWED = 64

_SERIAL = list(SERIAL)
_SUMS = np.eye(11)[ADDS]  # (17, 33, 11): by what each character raises the weighted sum
_MINUS = (np.arange(11)[:, None] - np.arange(11)) % 11  # [r, a]: r - a
_PLUS = (np.arange(11)[:, None] + np.arange(11)) % 11  # [r, a]: r + a
_RULES = np.exp(position_table())


@dataclass(frozen=True, eq=False, slots=True)
class Priors:
    """What is known before reading: how VINs are built, and the owner's list of VINs, if there is one."""

    structure: Structure = UNIFORM
    known: KnownVins | None = None


NO_PRIORS = Priors()


class Posterior(NamedTuple):
    """What a line's strings are worth.

    ``strings``: the best ones with their probabilities, best first; ``marginals`` float32 (17, 33); ``path``: the best
    string's segmentation; ``log_likelihood``, ``log_prior``: what that string is worth in this segmentation, and as a
    VIN, in nats. ``unlisted``: what would have been read without the owner's list, if that is another string.
    """

    strings: tuple[tuple[str, float], ...]
    marginals: Floats
    path: int
    log_likelihood: float
    log_prior: float
    unlisted: str | None = None


@dataclass(frozen=True, eq=False, slots=True)
class _Beginnings:
    """Beginnings of strings: ``segmentation`` (B,); ``characters`` (B, 17), filled where they are known; ``residue``
    (B,), their weighted sum modulo 11; ``seen`` (B,), log-likelihood; ``logs`` (K, B), log-prior by each part of the
    structure, its share included.
    """

    segmentation: Ints
    characters: Ints
    residue: Ints
    seen: Doubles
    logs: Doubles

    def take(self, index: Ints) -> _Beginnings:
        return _Beginnings(
            self.segmentation[index],
            self.characters[index],
            self.residue[index],
            self.seen[index],
            self.logs[:, index],
        )


@dataclass(frozen=True, eq=False, slots=True)
class _Rest:
    """What may follow each of B beginnings, by one part of the structure.

    ``obeys`` (B,): how likely it obeys the check digit; ``other`` (B, C): what stands at 9 where not, log; ``serial``
    (G, 6, 33): the chances of its last six characters times their likelihoods, ``group`` (B,) an index into it.
    """

    obeys: Doubles
    other: Doubles
    serial: Doubles
    group: Ints


def read_strings(
    log_likelihoods: Floats, own: Doubles, priors: Priors = NO_PRIORS, beam: int = BEAM
) -> Posterior:
    """Return the posterior over the strings of S segmentations with log scores ``own`` (S,) of their own.

    ``log_likelihoods`` float32 (S, 17, 33), normalised or not. Exact but for beginnings that fall out of the ``beam``.
    """
    most = log_likelihoods.max(axis=2, keepdims=True).astype(np.float64)
    seen = log_likelihoods - most  # (S, 17, 33), 0 for the best character
    own = own + most.sum(axis=(1, 2))
    structure = priors.structure
    kept = _beginnings(seen, own, structure, beam)
    likely = np.exp(seen)
    ninth = np.flatnonzero((seen[:, NINTH] > -RELEVANT).any(axis=0))
    rests = [_rest(part, kept, likely, ninth) for _, part in structure.parts]
    top = float((kept.seen + kept.logs.max(axis=0)).max())
    weights = np.exp(kept.seen + kept.logs - top)  # (K, B)

    mass = np.zeros((len(rests), len(kept.seen)))
    marginals = np.zeros((LENGTH, len(ALPHABET)))
    for k, rest in enumerate(rests):
        ends = _ends(kept, rest, likely, ninth)  # (B, 11)
        ahead = _sums(rest.serial)  # (7, G, 11): by the serial's place, the chance of each sum of what follows
        mass[k] = weights[k] * (ahead[0][rest.group] * ends).sum(axis=1)
        _add_ninth(marginals, kept, rest, likely, ninth, weights[k], ahead[0][rest.group])
        _add_serial(marginals, rest, weights[k], ends)
    shares = mass.sum(axis=0)
    for place in BEGINNING:
        marginals[place] = np.bincount(kept.characters[:, place], shares, len(ALPHABET))
    total = top + float(np.log(shares.sum()))

    best = np.argsort(-shares, kind="stable")[:NAMED]
    strings, prior = _strings(kept.take(best), [_taken(rest, best) for rest in rests], likely, seen, ninth)
    joint = own + seen[:, np.arange(LENGTH), strings].sum(axis=2).T + prior[:, None]  # (M, S)
    logs = np.logaddexp.reduce(joint, axis=1)
    marginals /= marginals.sum(axis=1, keepdims=True)
    found = _Found(strings, prior, logs, joint, max(total, float(np.logaddexp.reduce(logs))), marginals)
    return _named(found) if priors.known is None else _with_list(found, seen, own, priors.known)


@dataclass(frozen=True, eq=False, slots=True)
class _Found:
    """Strings (M, 17), their log-priors (M,), joint log-probabilities (M,) and (M, S), that of all strings; marginals."""

    strings: Ints
    prior: Doubles
    logs: Doubles
    joint: Doubles
    total: float
    marginals: Doubles


def _named(found: _Found, unlisted: str | None = None) -> Posterior:
    rank = np.argsort(-found.logs, kind="stable")[:STRINGS]
    chances = np.exp(found.logs[rank] - found.total)
    texts = ["".join(ALPHABET[c] for c in found.strings[m]) for m in rank]
    path = int(found.joint[rank[0]].argmax())
    return Posterior(
        strings=tuple((text, float(p)) for text, p in zip(texts, chances, strict=True) if p > 0),
        marginals=found.marginals.astype(np.float32),
        path=path,
        log_likelihood=float(found.joint[rank[0], path] - found.prior[rank[0]]),
        log_prior=float(found.prior[rank[0]]),
        unlisted=unlisted if unlisted != texts[0] else None,
    )


def _with_list(found: _Found, seen: Doubles, own: Doubles, known: KnownVins) -> Posterior:
    """Return the posterior where a share of the prior goes to the strings of a list."""
    plain = _named(found)
    listed = known.likely(seen, own)  # (M, 17)
    strings, index = np.unique(np.concatenate([found.strings, listed]), axis=0, return_inverse=True)
    likelihood = own + seen[:, np.arange(LENGTH), strings].sum(axis=2).T  # (M, S)
    prior = np.full(len(strings), -np.inf)
    prior[index[: len(found.strings)]] = found.prior + np.log(1 - known.share)
    on_list = np.zeros(len(strings), np.bool_)
    on_list[index[len(found.strings) :]] = True
    prior = np.where(on_list, np.logaddexp(prior, known.log_share()), prior)
    joint = likelihood + prior[:, None]
    logs = np.logaddexp.reduce(joint, axis=1)
    by_list = np.logaddexp.reduce(likelihood, axis=1)[on_list] + known.log_share()
    unlisted = found.total + float(np.log(1 - known.share))
    total = float(np.logaddexp.reduce(np.append(by_list, unlisted)))
    marginals = np.exp(unlisted - total) * found.marginals
    for characters, log in zip(strings[on_list], by_list, strict=True):
        marginals[np.arange(LENGTH), characters] += np.exp(log - total)
    return _named(_Found(strings, prior, logs, joint, total, marginals), plain.strings[0][0])


def _beginnings(seen: Doubles, own: Doubles, structure: Structure, beam: int) -> _Beginnings:
    """Follow what strings begin with from place to place; keep those that, with what may follow, are worth most."""
    count = len(own)
    shares = np.log([share for share, _ in structure.parts])
    kept = _Beginnings(
        np.arange(count),
        np.zeros((count, LENGTH), np.intp),
        np.zeros(count, np.intp),
        own,
        np.repeat(shares[:, None], count, axis=1),
    )
    for place, ahead in zip(BEGINNING, _look_ahead(np.exp(seen)), strict=True):
        symbols = np.flatnonzero((seen[:, place] > -RELEVANT).any(axis=0))
        prior = np.stack([part.symbols(place, kept.characters, symbols) for _, part in structure.parts])  # (K, B, C)
        prior += kept.logs[:, :, None]
        now = kept.seen[:, None] + seen[kept.segmentation, place][:, symbols]  # (B, C)
        residue = (kept.residue[:, None] + ADDS[place, symbols]) % 11
        worth = now + np.logaddexp.reduce(prior, axis=0) + ahead[kept.segmentation[:, None], residue]
        index = np.flatnonzero(worth > worth.max() - RELEVANT)
        if len(index) > beam:
            index = index[np.argpartition(worth.ravel()[index], -beam)[-beam:]]
        before, symbol = np.divmod(index, len(symbols))
        characters = kept.characters[before]
        characters[:, place] = symbols[symbol]
        kept = _Beginnings(
            kept.segmentation[before],
            characters,
            residue[before, symbol],
            now[before, symbol],
            prior[:, before, symbol],
        )
    return kept


def _look_ahead(likely: Doubles) -> list[Doubles]:
    """Return, after each place of the beginning, about what may follow is worth for each sum so far, log, (S, 11).

    By the plain rules, with half of the VINs obeying the check digit: it only says which beginnings to keep.
    """
    places = [*BEGINNING, *_SERIAL]
    weights = likely * _RULES
    loose = 0.5 * weights[:, NINTH].sum(axis=1, keepdims=True)
    sums = np.zeros((len(likely), 11))
    sums[:, 0] = 1
    tables = []
    for place in reversed(places[1:]):
        sums = np.einsum("sa,sra->sr", weights[:, place] @ _SUMS[place], sums[:, _MINUS])
        tables.append(sums)
    valid = 0.5 * likely[:, NINTH][:, CHECK_INDEX]  # (S, 11)
    found = []
    for sums in reversed(tables[len(SERIAL) - 1 :]):
        found.append(np.log(np.einsum("sr,sar->sa", sums, valid[:, _PLUS]) + loose * sums.sum(axis=1, keepdims=True)))
    return found


def _rest(part: Learned | Rules, kept: _Beginnings, likely: Doubles, ninth: Ints) -> _Rest:
    """Return what may follow the beginnings; what depends on less than all of them is looked up once."""
    characters = kept.characters
    powers = len(ALPHABET) ** np.arange(8)
    _, first, index = np.unique(characters[:, :8] @ powers, return_index=True, return_inverse=True)
    obeys, other = part.ninth(characters[first], ninth)
    makers = characters[:, :3] @ powers[:3] * len(likely) + kept.segmentation
    _, one, group = np.unique(makers, return_index=True, return_inverse=True)
    serial = np.exp(part.serial(characters[one])) * likely[kept.segmentation[one]][:, _SERIAL]
    return _Rest(obeys[index], other[index], serial, group)


def _taken(rest: _Rest, index: Ints) -> _Rest:
    return _Rest(rest.obeys[index], rest.other[index], rest.serial, rest.group[index])


def _ends(kept: _Beginnings, rest: _Rest, likely: Doubles, ninth: Ints) -> Doubles:
    """Return what place 9 is worth, for each sum of the serial number, (B, 11)."""
    there = likely[kept.segmentation, NINTH]  # (B, 33)
    check = there[:, CHECK_INDEX][np.arange(len(there))[:, None], (kept.residue[:, None] + np.arange(11)) % 11]
    other = (np.exp(rest.other) * there[:, ninth]).sum(axis=1)
    return np.asarray(rest.obeys[:, None] * check + ((1 - rest.obeys) * other)[:, None], np.float64)


def _sums(serial: Doubles) -> list[Doubles]:
    """Return for each place of the serial number, and after it, the chance of each sum of what follows, (..., 11)."""
    sums = np.zeros((*serial.shape[:-2], 11))
    sums[..., 0] = 1
    found = [sums]
    for j in reversed(range(len(SERIAL))):
        weights = serial[..., j, :] @ _SUMS[_SERIAL[j]]
        sums = (weights[..., None, :] * sums[..., _MINUS]).sum(axis=-1)
        found.append(sums)
    return found[::-1]


def _messages(serial: Doubles, ends: Doubles) -> list[Doubles]:
    """Return for each place of the serial number, and after it, what the rest is worth after each sum, (..., 11)."""
    found = [ends]
    for j in reversed(range(len(SERIAL))):
        weights = serial[..., j, :] @ _SUMS[_SERIAL[j]]
        ends = (weights[..., None, :] * ends[..., _PLUS]).sum(axis=-1)
        found.append(ends)
    return found[::-1]


def _add_ninth(
    marginals: Doubles,
    kept: _Beginnings,
    rest: _Rest,
    likely: Doubles,
    ninth: Ints,
    weight: Doubles,
    sums: Doubles,
) -> None:
    """Add what one part of the structure says of place 9. ``sums`` (B, 11): the chance of each serial number's sum."""
    there = likely[kept.segmentation, NINTH]
    digit = (kept.residue[:, None] + np.arange(11)) % 11  # (B, 11)
    valid = (weight * rest.obeys)[:, None] * sums * there[np.arange(len(there))[:, None], CHECK_INDEX[digit]]
    marginals[NINTH] += np.bincount(CHECK_INDEX[digit].ravel(), valid.ravel(), len(ALPHABET))
    loose = weight * (1 - rest.obeys) * sums.sum(axis=1)
    marginals[NINTH, ninth] += (loose[:, None] * np.exp(rest.other) * there[:, ninth]).sum(axis=0)


def _add_serial(marginals: Doubles, rest: _Rest, weight: Doubles, ends: Doubles) -> None:
    """Add what one part of the structure says of places 12 to 17, by sums from the front and from the back."""
    groups = len(rest.serial)
    after = np.zeros((groups, 11))
    np.add.at(after, rest.group, weight[:, None] * ends)
    back = _messages(rest.serial, after)  # (7, G, 11)
    front = np.zeros((groups, 11))
    front[:, 0] = 1
    for j, place in enumerate(_SERIAL):
        worth = np.einsum("gr,gra->ga", front, back[j + 1][:, _PLUS])  # (G, 11) by what the character adds
        marginals[place] += (rest.serial[:, j] * worth[:, ADDS[place]]).sum(axis=0)
        weights = rest.serial[:, j] @ _SUMS[place]
        front = np.einsum("ga,gra->gr", weights, front[:, _MINUS])


def _strings(
    kept: _Beginnings, rests: list[_Rest], likely: Doubles, seen: Doubles, ninth: Ints
) -> tuple[Ints, Doubles]:
    """Return the best strings that begin so, each once, (M, 17), and their log-priors (M,)."""
    with np.errstate(divide="ignore"):
        serial = np.stack([rest.serial[rest.group] for rest in rests])  # (K, B, 6, 33)
        ends = np.stack([_ends(kept, rest, likely, ninth) for rest in rests])  # (K, B, 11)
        ahead = [np.log(message) for message in _messages(serial, ends)]  # 7 of (K, B, 11)
        logs = np.log(serial)
    which, characters, residue = np.arange(len(kept.seen)), kept.characters, np.zeros(len(kept.seen), np.intp)
    worth = kept.logs + kept.seen  # (K, N)
    for j, place in enumerate(_SERIAL):
        each = worth[:, :, None] + logs[:, which, j]  # (K, N, 33)
        sums = (residue[:, None] + ADDS[place]) % 11  # (N, 33)
        total = np.logaddexp.reduce(each + ahead[j + 1][:, which[:, None], sums], axis=0).ravel()
        index = np.argsort(-total, kind="stable")[:FOLLOWED]
        index = index[total[index] > -np.inf]
        one, character = np.divmod(index, len(ALPHABET))
        which, worth, residue = which[one], each[:, one, character], sums[one, character]
        characters = characters[one]
        characters[:, place] = character
    check = CHECK_INDEX[(kept.residue[which] + residue) % 11]  # (N,)
    with np.errstate(divide="ignore"):
        last = np.stack(
            [
                np.log(
                    rest.obeys[which, None] * (ninth == check[:, None])
                    + (1 - rest.obeys[which, None]) * np.exp(rest.other[which])
                )
                for rest in rests
            ]
        )  # (K, N, C)
    prior = np.logaddexp.reduce(worth[:, :, None] + last, axis=0)  # (N, C), with the likelihood of all but place 9
    total = (prior + seen[kept.segmentation[which], NINTH][:, ninth]).ravel()
    index = np.argsort(-total, kind="stable")[:FOLLOWED]
    one, symbol = np.divmod(index, len(ninth))
    strings = characters[one]
    strings[:, NINTH] = ninth[symbol]
    prior = prior[one, symbol] - kept.seen[which[one]]
    at = kept.segmentation[which[one]]
    prior -= seen[at[:, None], _SERIAL, strings[:, _SERIAL]].sum(axis=1)
    _, first = np.unique(strings @ _KEYS, return_index=True)
    return strings[first], prior[first]


_KEYS = np.random.default_rng(0).integers(1, 1 << 62, LENGTH)  # tell strings apart by one number each
