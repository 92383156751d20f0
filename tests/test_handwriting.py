"""EMNIST: 33 classes of the ByClass split, upright, from the cache; advice where it is missing; strips of glyphs."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from conftest import BYCLASS, drawn_glyph
from vinchar.training import handwriting
from vinchar.training.handwriting import (
    DataError,
    class_weights,
    draw_balanced,
    load,
    rare_first,
    strip_of_glyphs,
    warp_glyph,
)
from vinchar.types import GLYPH_HEIGHT
from vinchar.vin import ALPHABET


@pytest.fixture
def _cached(emnist_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(emnist_home))


@pytest.mark.usefixtures("_cached")
@pytest.mark.parametrize(("split", "count"), [("train", 6), ("test", 3)])
def test_digits_and_capitals_without_i_o_q(split: str, count: int) -> None:
    images, labels = load(split)  # type: ignore[arg-type]
    assert images.shape == (33 * count, 28, 28)
    assert images.dtype == np.uint8
    assert labels.dtype == np.int32
    assert np.array_equal(np.bincount(labels), np.full(33, count))
    for image, label in zip(images, labels, strict=True):
        assert np.array_equal(image, drawn_glyph(ALPHABET[label])), ALPHABET[label]


@pytest.mark.usefixtures("_cached")
def test_lower_case_that_looks_like_its_capital_counts_as_it() -> None:
    images, labels = load("train", alike="sz")
    assert {char: int(np.sum(labels == ALPHABET.index(char))) for char in "SZX5"} == {"S": 12, "Z": 12, "X": 6, "5": 6}
    assert len(labels) == 35 * 6
    drawn = {image.tobytes() for image in images[labels == ALPHABET.index("Z")]}
    assert drawn == {drawn_glyph("Z").tobytes(), drawn_glyph("z").tobytes()}


def test_without_archive_and_network_there_is_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(
        DataError, match=r"get https://biometrics\.nist\.gov/.*/gzip\.zip .* at ~/\.cache/emnist"
    ) as error:
        load("train")
    assert "remove" not in str(error.value)  # there is nothing there
    assert not list(tmp_path.rglob("*.zip*"))


def test_a_broken_archive_gives_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    archive = tmp_path / ".cache" / "emnist" / "emnist.zip"
    archive.parent.mkdir(parents=True)
    archive.write_bytes(b"half an archive")
    with pytest.raises(
        DataError, match=rf"BadZipFile.*MD5 {hashlib.md5(b'half an archive').hexdigest()} and is another one: remove it"
    ):
        load("test")


def test_rare_classes_are_drawn_more_often_than_they_come() -> None:
    labels = np.repeat(np.arange(33, dtype=np.int32), [1600] + [100] * 32)
    weights = class_weights(labels, 0.5)
    assert weights.sum() == pytest.approx(1)
    assert weights[0] == pytest.approx(4 * weights[1])
    drawn = labels[draw_balanced(labels, 20_000, np.random.default_rng(0), 0.5)]
    assert np.mean(drawn == 0) == pytest.approx(weights[0], abs=0.01)
    assert np.all(np.bincount(drawn, minlength=33) > 0)


def test_warped_glyphs_stay_whole_and_differ() -> None:
    image = drawn_glyph("5")
    rng = np.random.default_rng(0)
    warped = [warp_glyph(image, rng) for _ in range(30)]
    for one in warped:
        assert one.shape == image.shape
        assert one.dtype == np.uint8
        assert float(one.sum()) == pytest.approx(float(image.sum()), rel=0.5)
    assert len({one.tobytes() for one in warped}) == 30
    assert np.corrcoef(np.mean(warped, 0).ravel(), image.ravel())[0, 1] > 0.85


def test_glyphs_of_a_strip_lie_at_their_centres() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        strip, centres = strip_of_glyphs(np.stack([drawn_glyph(c) for c in "0ABCDEF"]), rng)
        assert strip.shape == (40, 400)
        assert strip.dtype == np.uint8
        assert centres.dtype == np.float32
        assert np.all(np.diff(centres) > 40)
        for centre in centres.astype(int):
            part = strip[:, max(0, centre - 24) : centre + 24] > 60
            columns, rows = np.flatnonzero(part.any(0)), np.flatnonzero(part.any(1))
            middle = max(0, centre - 24) + (columns[0] + columns[-1] + 1) / 2
            assert abs(middle - centre) <= 1.5
            assert abs((rows[0] + rows[-1] + 1) / 2 - 20) <= 1.5
            assert abs(len(rows) - GLYPH_HEIGHT) <= 3 or np.ptp(columns) >= 36  # as tall as on real strips


def test_byclass_labels_are_those_of_the_archive() -> None:
    assert handwriting._BYCLASS == BYCLASS


def test_the_power_says_how_far_the_counts_count() -> None:
    labels = np.repeat(np.array([0, 1], np.int32), [900, 100])
    for power, share in ((1.0, 0.9), (0.5, 0.75), (0.0, 0.5)):
        assert class_weights(labels, power)[0] == pytest.approx(share)
        drawn = labels[draw_balanced(labels, 20_000, np.random.default_rng(0), power)]
        assert (drawn == 0).mean() == pytest.approx(share, abs=0.02)


def test_the_rarer_a_class_is_the_more_its_logit_gets() -> None:
    labels = np.repeat(np.arange(33, dtype=np.int32), [1600] + [100] * 32)
    more = rare_first(labels, 0.5)
    assert more.dtype == np.float32
    assert more.mean() == pytest.approx(0, abs=1e-6)
    assert more[1] - more[0] == pytest.approx(np.log(4), abs=1e-5)
    assert np.isfinite(rare_first(labels[:1600], 0.5)).all()  # of classes that never come, too
