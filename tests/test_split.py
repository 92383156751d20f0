"""Photos parted by their VINs: one part a VIN, the same part whatever else there is, no part empty."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from vinchar.training.adapting.photos import PARTS, Photo
from vinchar.training.adapting.split import split_by_vin


def vin(number: int) -> str:
    return f"1HGCM826{number:09}"


def photo(number: int, part: str = "", view: int = 0) -> Photo:
    return Photo(Path(f"{number}-{view}.jpg"), vin(number), part=part)


def parts_of(photos: list[Photo], seed: int = 0) -> dict[str, str]:
    return dict(zip([one.vin for one in photos], split_by_vin(photos, seed), strict=True))


def in_part(part: str, count: int) -> list[int]:
    """Numbers whose VINs fall into a part where there are many."""
    found = [number for number in range(400) if PARTED[vin(number)] == part][:count]
    assert len(found) == count
    return found


MANY = [photo(number) for number in range(400)]
PARTED = parts_of(MANY)


def test_all_photos_of_a_vin_are_in_one_part() -> None:
    photos = [photo(number, view=view) for view in range(3) for number in range(60)]
    parts = split_by_vin(photos)
    assert parts[:60] == parts[60:120] == parts[120:]
    assert set(parts) == set(PARTS)


def test_the_shares_are_kept_to() -> None:
    counts = Counter(PARTED.values())
    assert [abs(counts[part] / 400 - share) < 0.05 for part, share in zip(PARTS, (0.75, 0.15, 0.1), strict=True)] == [
        True
    ] * 3
    halves = Counter(split_by_vin(MANY, shares=(0.2, 0.3, 0.5)))
    assert halves["test"] > halves["validation"] > halves["train"]


def test_a_vin_stays_where_it_is_when_others_come_or_go_or_the_order_changes() -> None:
    assert parts_of(MANY[::-1]) == PARTED
    some = parts_of(MANY[:150])
    assert some == {one.vin: PARTED[one.vin] for one in MANY[:150]}
    assert set(some.values()) == set(PARTS)


def test_another_seed_parts_otherwise() -> None:
    assert parts_of(MANY) == PARTED
    assert parts_of(MANY, seed=1) != PARTED


def test_the_parts_are_the_same_on_every_machine() -> None:
    parts = split_by_vin(MANY[:12])
    assert [parts.index(part) for part in ("validation", "train", "test")] == [0, 1, 11]
    assert Counter(parts) == {"train": 9, "validation": 2, "test": 1}


def test_a_given_part_decides_for_all_photos_of_its_vin() -> None:
    (train,) = in_part("train", 1)
    photos = [*MANY, photo(train, part="test", view=1)]
    parts = parts_of(photos)
    assert parts.pop(vin(train)) == "test"
    assert parts == {one: part for one, part in PARTED.items() if one != vin(train)}


def test_two_given_parts_of_a_vin_are_refused() -> None:
    photos = [*MANY, photo(3, part="test", view=1), photo(3, part="train", view=2)]
    with pytest.raises(ValueError, match=f"got test and train for photos of {vin(3)}, expected one part"):
        split_by_vin(photos)


def test_photos_without_a_vin_go_by_their_file_names() -> None:
    blank = [Photo(Path(f"in/{number}.jpg")) for number in range(400)]
    parts = split_by_vin([*MANY, *blank])[400:]
    assert parts == split_by_vin([*MANY, *[Photo(Path("moved") / one.path.name) for one in blank]])[400:]
    counts = Counter(parts)
    assert counts["train"] > 250
    assert min(counts[part] for part in PARTS) > 20
    given = [Photo(Path("in/0.jpg"), part="test"), Photo(Path("in/0.jpg"), part="train"), Photo(Path("in/0.jpg"))]
    assert split_by_vin([*MANY, *given])[400:] == ["test", "train", parts[0]]


def test_photos_without_a_vin_fill_no_part() -> None:
    trained = [photo(number) for number in in_part("train", 3)]
    parts = split_by_vin([*trained, *[Photo(Path(f"{number}.jpg")) for number in range(99)]])
    assert set(parts[3:]) == set(PARTS)
    assert set(parts[:3]) == set(PARTS)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("count", [3, 4, 20])
def test_no_part_is_empty_with_three_vins(part: str, count: int) -> None:
    photos = [photo(number) for number in in_part(part, count)]
    counts = Counter(split_by_vin(photos))
    assert set(counts) == set(PARTS)
    assert counts[part] == count - 2  # no more than need be move


@pytest.mark.parametrize("empty", ["train", "test"])
def test_the_nearest_vin_fills_an_empty_part(empty: str) -> None:
    """As a part widens towards the others, the VIN that falls into it first is the one that fills it."""
    few = [MANY[number] for part in PARTS if part != empty for number in in_part(part, 15)]
    (moved,) = [one.vin for one, part in zip(few, split_by_vin(few), strict=True) if part == empty]
    start = {"train": 75, "test": 10}[empty]
    for share in range(100 * start, 8450):
        wide, rest = share / 10_000, 0.85 - share / 10_000
        parts = split_by_vin(MANY, shares=(wide, 0.15, rest) if empty == "train" else (rest, 0.15, wide))
        first = [one.vin for one, part in zip(MANY, parts, strict=True) if part == empty and one in few]
        if first:
            break
    assert first == [moved]


def test_what_is_given_is_not_moved_and_no_part_is_emptied() -> None:
    fixed = [photo(900, "train"), photo(901, "train"), photo(902, "validation")]
    free = [photo(number) for number in in_part("validation", 1)]
    assert split_by_vin([*fixed, *free]) == ["train", "train", "validation", "test"]
    with pytest.raises(ValueError, match="got no VIN for test, as the sources give the others their parts"):
        split_by_vin(fixed)
    with pytest.raises(ValueError, match="got no VIN for test"):
        split_by_vin([*fixed[:2], *free])


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_vins_are_refused(count: int) -> None:
    photos = [photo(number, view=view) for number in range(count) for view in range(9)] + [Photo(Path("a.jpg"))]
    with pytest.raises(ValueError, match=f"got photos of {count} VINs, expected 3 or more"):
        split_by_vin(photos)


@pytest.mark.parametrize("shares", [(0.5, 0.5, 0.5), (0.5, 0.5, 0.0), (0.5, 0.5), (1.5, -1.0, 0.5)])
def test_shares_that_are_none_are_refused(shares: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="shares: got"):
        split_by_vin(MANY, shares=shares)
