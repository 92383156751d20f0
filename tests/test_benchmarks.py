"""The parts of the benchmarks that could be wrong without anybody seeing it: what they draw, turn and damage."""

from __future__ import annotations

import csv
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest
from tables import RESULTS, documents, kept, places, put, show, table

from vinchar.bundle import open_bundle
from vinchar.drawing.clips import draw_clip

FOLDER = Path(__file__).parents[1] / "benchmarks"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("angle", [0, 90, 180, 270, 30, -30])
def test_a_picture_is_turned_whole(angle: int) -> None:
    gray = np.full((60, 100), 50, np.uint8)
    gray[20:40, 80:96] = 250  # at the right
    turned = load("turned").turned(gray, angle)
    ys, xs = np.nonzero(turned > 150)
    middle = np.array([xs.mean() - (turned.shape[1] - 1) / 2, ys.mean() - (turned.shape[0] - 1) / 2])
    radius = 38.0  # of its middle from that of the picture
    want = radius * np.array([np.cos(np.deg2rad(angle)), -np.sin(np.deg2rad(angle))])
    np.testing.assert_allclose(middle, want, atol=1.0)
    assert abs(len(xs) - 20 * 16) < 40


def test_damage_repeats_with_its_seed_and_spares_nothing() -> None:
    module = load("endurance")
    data = bytes(range(256)) * 8
    damaged = [module.mutated(data, np.random.default_rng(seed)) for seed in range(200)]
    assert [module.mutated(data, np.random.default_rng(seed)) for seed in range(200)] == damaged
    assert sum(one != data for one in damaged) > 195
    assert {len(one) < len(data) for one in damaged} == {True, False}
    assert module.mutated(b"", np.random.default_rng(0)) is not None


@pytest.mark.parametrize(
    ("lines", "vin"),
    [
        ([("VIN: 1HGCM82633A004352*", 0.9), ("MADE IN JAPAN", 0.99)], "1HGCM82633A004352"),
        ([("lHGCM82633AOO4352", 0.9)], "LHGCM82633A004352"),
        ([("1HGCM82633A004352", 0.5), ("ABCDEFGHJKLMNPRST", 0.9)], "1HGCM82633A004352"),  # it obeys the check digit
        ([("WVWZZZ1JZ3W386752", 0.9), ("ABCDEFGHJKLMNPRST", 0.5)], "WVWZZZ1JZ3W386752"),  # it is surer
        ([("WVWZZZ", 0.5), ("1JZ3W386", 0.9)], "1JZ3W386"),
        ([], None),
    ],
)
def test_what_is_taken_of_general_ocr(lines: list[tuple[str, float]], vin: str | None) -> None:
    assert load("peers").best_window(lines) == vin


def test_models_are_compared_by_the_check_digit() -> None:
    module = load("unlabelled")
    valid, misread, none = "1HGCM82633A004352", "1HGCM82633A004353", None
    first, second = [valid, misread, none, valid], [valid, valid, misread, none]
    assert module.row("first", first, first) == ("first", 3, "0.5000", 0, 0)
    assert module.row("second", first, second) == ("second", 3, "0.5000", 1, 1)
    assert not module.obeys("8")  # a picture taken for one of a single character


def test_a_camera_goes_over_from_one_car_to_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    module = load("frames")
    monkeypatch.setattr(module, "PACE", 4)
    first, second = (draw_clip(np.random.default_rng(seed), (160, 120)) for seed in (1, 2))
    for ways in (module.cut_over, module.panned_over):
        shown = list(ways(first, second))
        assert len(shown) == 12
        assert {one.shape for one in shown} == {(120, 160, 3)}
        np.testing.assert_array_equal(shown[1], first.frame(1 / 4).bgr)
        np.testing.assert_array_equal(shown[11], second.frame(11 / 4).bgr)
    middle = np.concatenate([first.frame(1.5).bgr[:, 80:], second.frame(1.5).bgr[:, :80]], axis=1)
    assert np.abs(cv2.blur(middle, (9, 1)).astype(float) - cv2.blur(shown[6], (9, 1))).mean() < 6


def test_what_fits_best_is_said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    module = load("frames")
    monkeypatch.setattr(module, "SECONDS", 1)
    module.fit(1, [range(1)], 1)
    assert "| SEEN 0.5 | " in capsys.readouterr().out


STRIPS = Path(__file__).parents[1] / "images" / "strips"
COMMANDS: dict[str, list[str]] = {
    "barcodes": ["--count", "5", "--workers", "1"],
    "browser": ["FOLDER"],
    "drawn_photos": ["--count", "1"],
    "endurance": ["--files", "5", "--pictures", "3"],
    "false_alarms": ["--count", "2"],
    "frames": ["--count", "1", "--cars", "1", "--workers", "1"],
    "peers": ["FOLDER"],
    "processors": ["FOLDER"],
    "reading_ablations": ["FOLDER", "--labels", "FOLDER/labels.csv", "--drawn", "1"],
    "recognisers": ["FOLDER", "--scenes", "2", "--workers", "1"],
    "scale": ["growth", "--count", "20"],
    "service": ["hostile", "kills", "--share", "0.01"],
    "speed": [],
    "stability": ["FOLDER", "--labels", "FOLDER/labels.csv"],
    "turned": ["FOLDER", "--labels", "FOLDER/labels.csv"],
    "unlabelled": ["FOLDER", "--workers", "1"],
    "vins": ["clean", "--count", "3"],
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name == "scale" else ()) for name in COMMANDS]
)
def test_every_benchmark_runs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A moment of each, over one strip of the project's own, so that none is out of date when it is needed."""
    strip = STRIPS / "ocr-b-400-print-dark.png"
    (tmp_path / strip.name).write_bytes(strip.read_bytes())
    with (STRIPS.parent / "labels.csv").open(encoding="utf-8", newline="") as file:
        (vin,) = [row["vin"] for row in csv.DictReader(file) if Path(row["image"]).name == strip.name]
    (tmp_path / "labels.csv").write_text(f"image,vin\n{strip.name},{vin}\n")
    module = load(name)
    monkeypatch.setattr(sys, "argv", [name, *(word.replace("FOLDER", str(tmp_path)) for word in COMMANDS[name])])
    if name == "endurance":
        (tmp_path / "images").mkdir()
        (tmp_path / "images" / strip.name).write_bytes(strip.read_bytes())
        monkeypatch.setattr(module, "ROOT", tmp_path)
    if name == "browser":
        pytest.importorskip("playwright")
        if not ((module.DIST / "vinchar.js").exists() and module.CHROMIUM.exists()):
            pytest.skip("takes web/dist/ and a Chromium")
        monkeypatch.setattr(module, "TIMES", 1)
        monkeypatch.setattr(module, "READINGS", (1, 2))
    if name == "vins":  # the smaller part of the facts
        monkeypatch.setattr(module, "project_facts", lambda: [module.facts.FACTS / "windscreens"])
    if name == "scale":
        monkeypatch.setattr(module, "DISTINCT", 2)
    if name == "speed":
        for kind in ("glyphs", "strips", "photos"):
            (tmp_path / kind).mkdir()
            (tmp_path / kind / strip.name).write_bytes(strip.read_bytes())
        monkeypatch.setattr(module, "IMAGES", tmp_path)
        monkeypatch.setattr(module, "WIDTHS", (400,))
        monkeypatch.setattr(module, "TIMES", 1)
        monkeypatch.setattr(module.os, "sched_setaffinity", lambda *_: None, raising=False)
    monkeypatch.setattr(module, "ANGLES", (0, 180), raising=False)
    monkeypatch.setattr(module, "TIMED", 1, raising=False)
    monkeypatch.setattr(module, "SIDES", (256,), raising=False)
    monkeypatch.setattr(module, "PLACES", ("frame",), raising=False)
    monkeypatch.setattr(module, "PACE", 5, raising=False)
    module.main()
    assert "| --- |" in capsys.readouterr().out


def test_no_benchmark_is_forgotten() -> None:
    """The other two train networks, or are run by pytest-benchmark: they are imported, at least."""
    programs = {path.stem for path in FOLDER.glob("*.py")} - {"tables"}
    assert programs == {*COMMANDS, "ablations", "test_stages"}
    assert load("ablations").WAYS
    assert load("test_stages").test_segment


def test_a_table_goes_into_its_place(tmp_path: Path) -> None:
    document = tmp_path / "a.md"
    document.write_text("Before\n<!-- speed -->\nold\n<!-- /speed -->\nafter\n")
    put(document, "speed", table(("what", "ms"), [("a", 1), ("b", 2)]))
    wanted = "| what | ms |\n| --- | --- |\n| a | 1 |\n| b | 2 |"
    assert document.read_text() == f"Before\n<!-- speed -->\n{wanted}\n<!-- /speed -->\nafter\n"
    with pytest.raises(ValueError, match="accuracy"):
        put(document, "accuracy", "")


def test_what_documents_show_is_what_the_commands_gave() -> None:
    """Every table in a place of its own is made from the kept result of that name, and every kept result is shown."""
    shown = {name: text for document in documents() for name, text in places(document)}
    assert {"accuracy", "speed"} <= shown.keys()
    assert shown.keys() == {path.stem for path in RESULTS.glob("*.json")}
    for name, text in shown.items():
        result = kept(name)
        assert result is not None
        assert text == table(result["header"], result["rows"]), f"{name}: python3 benchmarks/tables.py puts it right"


def test_accuracy_and_speed_are_those_of_the_model_that_ships() -> None:
    for name in ("accuracy", "speed"):
        result = kept(name)
        assert result is not None
        assert result["model"] == open_bundle().version, f"{name} is of another model: {result['command']} --write"


def test_a_result_is_kept_and_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    document = tmp_path / "a.md"
    document.write_text("<!-- mine -->\nold\n<!-- /mine -->\n")
    monkeypatch.setattr("tables.RESULTS", tmp_path)
    monkeypatch.setattr("tables.documents", lambda: [document])
    monkeypatch.setattr(sys, "argv", ["/somewhere/mine.py", str(tmp_path), "--count", "3"])
    show("mine", ("a", "b"), [(1, "x")], write=False)
    assert kept("mine") is None
    show("mine", ("a", "b"), [(1, "x")], write=True)
    result = kept("mine")
    assert result is not None
    assert result["command"] == f"python3 benchmarks/mine.py {tmp_path.name} --count 3"
    assert (result["header"], result["rows"]) == (["a", "b"], [["1", "x"]])
    assert list(places(document)) == [("mine", "| a | b |\n| --- | --- |\n| 1 | x |")]
    assert capsys.readouterr().out.count("| 1 | x |") == 2
