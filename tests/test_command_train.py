"""``vinchar train`` and ``vinchar synth``: what is asked of training, which is not done here."""

from __future__ import annotations

import sys
import types
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest

import vinchar.training
from vinchar.command.main import main


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the training package was asked to do, which it does not do."""
    calls: list[Any] = []
    fake_run = types.SimpleNamespace(train=lambda *args, **flags: calls.append((*args, flags)))
    fake_files = types.SimpleNamespace(write=lambda *args, **flags: calls.append((*args, flags)))
    for name, fake in (("run", fake_run), ("dataset_files", fake_files)):
        monkeypatch.setitem(sys.modules, f"vinchar.training.{name}", fake)  # type: ignore[arg-type]
        monkeypatch.setattr(vinchar.training, name, fake, raising=False)
    return calls


def test_train_starts_from_the_preset_and_takes_flags(trained: list[Any]) -> None:
    from vinchar.training.config import PRESETS

    assert main(["train", "--preset", "quick", "--seed", "3", "--learning-rate", "0.01", "--fresh"]) == 0
    ((config, out, work, flags),) = trained
    assert (config.seed, config.learning_rate, config.preset) == (3, 0.01, "quick")
    assert config.scenes == PRESETS["quick"].scenes
    assert (out, work) == (Path("trained"), Path("work"))
    assert flags == {"resume": False, "labels": None, "boxed": None}


@pytest.mark.parametrize("error", [ValueError("batch: got 0"), OSError("disk full"), ModuleNotFoundError(name="keras")])
def test_train_that_cannot_is_one_sentence(
    error: Exception, trained: list[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(sys.modules["vinchar.training.run"], "train", fail)
    assert main(["train"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert (str(error) or "pip install '.[train]'") in said.err


def test_the_help_of_training_says_what_presets_take_and_what_every_flag_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--help"]) == 0
    said = capsys.readouterr().out
    assert "quick  a try: under half an hour" in said
    assert "drawn scenes of one VIN each, for the classifier (full: 80000, large:" in " ".join(said.split())
    assert "default: trained" in said
    flags = [line.split() for line in said.splitlines() if line.startswith("  --")]
    assert all(len(" ".join(flag)) > 12 for flag in flags)


def test_train_refuses_what_the_configuration_refuses(trained: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--batch", "0"]) == 2
    assert capsys.readouterr().err == "vinchar: batch: got 0, expected 1 or more\n"
    assert trained == []


def test_train_reads_the_table_of_boxed_photos(
    trained: list[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "boxed.csv"
    table.write_text("image,x0,y0,x1,y1\na.jpg,1,2,3,4\n")
    (tmp_path / "a.jpg").touch()
    assert main(["train", "--boxed", str(table)]) == 0
    ((_, _, _, flags),) = trained
    assert [(one.path, one.box) for one in flags["boxed"]] == [(tmp_path / "a.jpg", (1, 2, 3, 4))]
    assert main(["train", "--boxed", str(tmp_path / "absent.csv")]) == 2
    assert "absent.csv: No such file" in capsys.readouterr().err
    assert len(trained) == 1


def test_a_process_that_dies_in_training_is_said_in_a_sentence(
    trained: list[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise BrokenProcessPool("a child died")

    monkeypatch.setattr(sys.modules["vinchar.training.run"], "train", fail)
    assert main(["train"]) == 2
    assert capsys.readouterr().err.startswith("vinchar: a process died")


def test_synth(trained: list[Any], tmp_path: Path) -> None:
    assert main(["synth", "--count", "5", "--out", str(tmp_path), "--seed", "2"]) == 0
    assert main(["synth", "--count", "5", "--out", str(tmp_path), "--face", "abel"]) == 0
    assert trained == [(5, tmp_path, 2, {"face": None}), (5, tmp_path, 0, {"face": "abel"})]
