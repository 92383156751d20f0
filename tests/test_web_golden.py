"""Python gives what the golden values of the reader in the browser say: who changes it changes the browser's, too."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vinchar.reader import Reader
from web.golden import STAGES, lines, readings
from web.golden.files import read

# Those with no network in them.
EXACT = ("opencv", "pictures", "resizing", "kind", "rows", "cover", "textlines", "vin", "structure", "table")
LEVELS = 2  # of grey, by which pictures may differ where a network says where they are cut


def expect_like(got: Any, wanted: Any, share: float, where: str) -> None:
    """Expect the same but for a share of each number, and four times as much of 1: as networks and processors round."""
    if isinstance(wanted, dict):
        assert list(got) == list(wanted), where
        for name, value in wanted.items():
            expect_like(got[name], value, share, f"{where}.{name}")
    elif isinstance(wanted, list):
        assert len(got) == len(wanted), where
        for i, (one, other) in enumerate(zip(got, wanted, strict=True)):
            expect_like(one, other, share, f"{where}.{i}")
    elif isinstance(wanted, np.ndarray) and wanted.dtype == np.uint8:
        assert got.shape == wanted.shape, where
        apart = np.abs(got.astype(int) - wanted)
        assert apart.max(initial=0) <= (0 if share < 0.001 else LEVELS), where
    elif isinstance(wanted, np.ndarray | float):
        np.testing.assert_allclose(got, wanted, rtol=share, atol=4 * share, err_msg=where)
    else:
        assert got == wanted, where


def saturates() -> bool:
    """Tell whether ONNX Runtime's sums of integers overflow on this processor: on x86 they do without VNNI."""
    flags = Path("/proc/cpuinfo")
    return platform.machine().lower() in ("x86_64", "amd64") and not (flags.exists() and "vnni" in flags.read_text())


exact_networks = pytest.mark.skipif(saturates(), reason="on this processor the networks answer otherwise")


@pytest.mark.parametrize("stage", EXACT)
def test_what_a_stage_gives_is_what_was_written(stage: str) -> None:
    expect_like(STAGES[stage](), read(stage), 1e-5, stage)


@exact_networks
@pytest.mark.parametrize("stage", [name for name in STAGES if name not in (*EXACT, "lines", "readings")])
def test_what_a_network_says_is_what_was_written(stage: str) -> None:
    expect_like(STAGES[stage](), read(stage), 5e-3, stage)


@exact_networks
def test_what_stands_on_the_strips_that_were_written() -> None:
    given = read("lines")
    told = lines.told(Reader(), given)
    expect_like(told, {name: given[name] for name in told}, 5e-3, "lines")


def expect_read(got: Any, wanted: Any) -> None:
    """Expect the same reading; of several views that are as good another one may be taken."""
    names = ("kind", "vin", "status", "source", "check_digit", "maker", "region", "model", "frame", "frames")
    assert [got[name] for name in names] == [wanted[name] for name in names]
    assert got["confidence"] == pytest.approx(wanted["confidence"], abs=0.03)
    np.testing.assert_allclose(got["quad"], wanted["quad"], atol=4)
    assert list(got["quality"]) == list(wanted["quality"])
    assert len(got["reasons"]) == len(wanted["reasons"])
    for one, other in zip(got["others"], wanted["others"], strict=True):
        expect_read(one, other)


@exact_networks
def test_what_is_read_is_what_was_written() -> None:
    for got, wanted in zip(readings.cases(), read("readings"), strict=True):
        assert [got["frames"], got["every"]] == [wanted["frames"], wanted["every"]]
        expect_read(got["reading"], wanted["reading"])


def test_another_value_is_told() -> None:
    for one, other in ((1.0, 1.2), ("A", "B"), ([1], [1, 2]), ({"a": None}, {"b": None}), (None, 0.5)):
        with pytest.raises((AssertionError, TypeError)):
            expect_like(one, other, 5e-3, "")
    with pytest.raises(AssertionError):
        expect_like(np.zeros((2, 2), np.uint8), np.full((2, 2), 3, np.uint8), 5e-3, "")
