"""A trained model in place of the shipped one: only if it reads as many of the same scenes, or if that is asked for."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from vinchar.bundle import default_folder, open_bundle
from vinchar.command.main import main
from vinchar.training import finish, install, measure
from vinchar.training.cache import SceneCache
from vinchar.training.measure import true_vins

Places = tuple[Path, Path]


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """A trained model, of another seed, and a shipped one: both copies of the shipped one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(install, "SCENES", 2)
    for name in ("trained", "shipped"):
        shutil.copytree(default_folder(), tmp_path / name, ignore=shutil.ignore_patterns("*.keras", "report"))
    path = tmp_path / "trained" / "model.json"
    description = json.loads(path.read_text())
    description["config"] |= {"seed": 70, "workers": 1}
    path.write_text(json.dumps(description))
    monkeypatch.setattr(install, "default_folder", lambda: tmp_path / "shipped")
    return tmp_path / "trained", tmp_path / "shipped"


def reads(monkeypatch: pytest.MonkeyPatch, trained: int, shipped: int) -> None:
    """Let the models read so many scenes rightly."""

    def read(model: Path, scenes: SceneCache, workers: int) -> list[str | None]:
        right = trained if model.name == "trained" else shipped
        return [vin if i < right else None for i, vin in enumerate(true_vins(scenes))]

    monkeypatch.setattr(install, "read_scenes", read)


def of(model: Path) -> dict[str, Any]:
    return open_bundle(model).description


def test_a_model_that_reads_as_many_takes_the_place(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    trained, shipped = places
    assert install.install(trained, Path("work"))
    assert of(shipped)["config"]["seed"] == 70
    assert [path.name for path in trained.parent.glob(".*")] == []
    said = capsys.readouterr().err
    row = next(line for line in said.splitlines() if "the same 2 scenes read by both, exact match" in line)
    assert row.split()[-3] == row.split()[-1]  # they are the same model
    card = (shipped / "README.md").read_text().split("## Beside the model it replaced")[1]
    assert "| the same 2 scenes read by both, exact match |" in card


def test_a_worse_model_is_refused_unless_it_is_insisted_on(
    places: Places, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trained, shipped = places
    reads(monkeypatch, trained=1, shipped=2)
    before = of(shipped)
    assert not install.install(trained, Path("work"))
    assert of(shipped) == before
    said = capsys.readouterr().err
    assert "exact match           0.5000  |  1.0000" in said
    assert "--install-anyway" in said
    assert install.install(trained, Path("work"), anyway=True)
    assert of(shipped)["config"]["seed"] == 70
    assert of(trained)["replaced"] == before["replaced"]  # what is in --out stays as it was


def test_with_no_model_there_is_nothing_to_compare(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    trained, shipped = places
    (shipped / "glyph.onnx").unlink()
    assert install.install(trained, Path("work"))
    assert of(shipped) == of(trained)
    assert "nothing to compare with" in capsys.readouterr().err


def test_the_flags_install_what_was_made(
    places: Places, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Here what was refitted, and not before what cannot end well is refused."""
    _, shipped = places
    reads(monkeypatch, trained=1, shipped=2)
    done: list[Path] = []
    monkeypatch.setattr(finish, "refit", lambda out, work, **_: done.append(out))
    assert main(["train", "--refit"]) == 0
    assert main(["train", "--refit", "--install"]) == 1
    assert of(shipped)["config"]["seed"] != 70
    assert main(["train", "--refit", "--install-anyway"]) == 0
    assert of(shipped)["config"]["seed"] == 70
    assert main(["train", "--refit", "--out", "shipped", "--install"]) == 2
    assert done == 3 * [Path("trained")]
    assert "name another folder to train in" in capsys.readouterr().err


def test_scenes_are_read_in_order_whatever_the_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from vinchar.training.cache import draw_scenes

    scenes = draw_scenes(tmp_path, 3, 8, 1, held_out=True)
    whole = measure.read_scenes(default_folder(), scenes, 1)
    monkeypatch.setattr(measure, "SCENES", 2)
    assert measure.read_scenes(default_folder(), scenes, 1) == whole
    assert any(whole)
