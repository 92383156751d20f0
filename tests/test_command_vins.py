"""``vinchar vins``: lists of VINs counted, and made into a model."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from name_reader import OTHER, VIN

from vinchar.command.main import main
from vinchar.structure import facts, install
from vinchar.structure.text import build_text_model


def test_vins_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.csv").write_text(f"vin\n{VIN}\n{OTHER}\n")
    (tmp_path / "two.txt").write_text("1M8GDM9AXKP042788\n")
    (tmp_path / "mine.txt").write_text(OTHER[:-1] + "9\n")
    lists = [str(tmp_path / name) for name in ("one.csv", "two.txt")]
    assert main(["vins", "count", *lists, "--out", str(tmp_path / "a")]) == 0
    apart = ["--apart-from", str(tmp_path / "mine.txt")]
    assert main(["vins", "count", *lists, "--out", str(tmp_path / "b"), *apart]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        f"vinchar: counted 3 VINs; the facts are in {tmp_path}/a\n"
        f"vinchar: counted 2 VINs; the facts are in {tmp_path}/b\n"
    )
    makers = [{"".join(map(str, row[:3])) for row in facts.load([tmp_path / name]).rows} for name in "ab"]
    assert len(makers[0]) == len(makers[1]) + 1 == 3


@pytest.fixture
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let models be made from few facts and little other text."""
    rng = np.random.default_rng(0)
    facts.write([f"1HGCM826{rng.integers(10)}3A{rng.integers(10**6):06d}" for _ in range(30)], tmp_path / "few")
    monkeypatch.setattr(install, "project_facts", lambda: [tmp_path / "few"])
    monkeypatch.setattr(install, "build_text_model", partial(build_text_model, lines=200))
    monkeypatch.setattr(install, "bits", lambda counted: {})


@pytest.mark.usefixtures("quick")
def test_a_model_is_built_from_ones_own_vins(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "own.csv").write_text(f"vin\n{OTHER}\n")
    assert main(["vins", "build", str(tmp_path / "own.csv"), "--out", str(tmp_path / "mine")]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert f"vinchar: the model is in {tmp_path}/mine; what it knows of VINs has " in said.err
    assert json.loads((tmp_path / "mine" / "model.json").read_text())["structure"]["facts"] == ["few", "own.csv"]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("task", "argument", "said"),
    [
        ("count", "absent.csv", "absent.csv: No such file or directory"),
        ("count", "empty.csv", "empty.csv: got no VIN"),
        ("count", "binary.csv", "binary.csv: "),
        ("build", "absent.csv", "absent.csv: No such file or directory"),
        ("build", "empty.csv", "empty.csv: got no VIN"),
        ("build", "folder", "folder: got a folder without facts"),
        ("build", "own.csv", "taken: holds something that is not a model"),
    ],
)
def test_vins_that_do_not_serve(
    task: str, argument: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.csv").touch()
    (tmp_path / "own.csv").write_text(f"vin\n{OTHER}\n")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    for name in ("folder", "taken"):
        (tmp_path / name).mkdir()
    (tmp_path / "taken" / "thesis.txt").write_text("mine")
    out = "taken" if argument == "own.csv" else "out"
    capsys.readouterr()
    assert main(["vins", task, str(tmp_path / argument), "--out", str(tmp_path / out)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("vinchar: ")
    assert said in told.err
    assert len(told.err.splitlines()) == 1
    assert not (tmp_path / "out").exists()
