"""The command line against a reader that reads file names; the real one has its own tests."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import types
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

import vinchar.evaluation
import vinchar.training
from vinchar.command.main import main
from vinchar.command.output import _pass_names_through
from vinchar.imaging import ImageError, load
from vinchar.posterior import NO_PRIORS
from vinchar.reading import Character, Reading
from vinchar.structure import facts, install
from vinchar.structure.text import build_text_model

ROOT = Path(__file__).parents[1]
VIN, OTHER = "1HGCM82633A004352", "WVWZZZ1JZ3W386752"
QUAD = np.array([[2, 2], [12, 2], [12, 14], [2, 14]], np.float32)


class NameReader:
    """Reads a picture's name: a VIN or one character, ``maybe`` before it for an uncertain one, else nothing."""

    def read(self, source: Path, kind: str = "auto") -> Reading:
        name = str(source)
        try:
            load(source)
        except ImageError as error:
            return Reading(name, "photo", None, "error", reasons=(str(error),))
        word = source.stem.removeprefix("maybe-")
        kind = "glyph" if len(word) == 1 else "strip"
        if len(word) not in (1, 17):
            return Reading(name, "photo", None, "not_found", reasons=("no line of text",))
        status = "uncertain" if source.stem.startswith("maybe-") else "ok"
        return Reading(name, kind, word, status, 0.9, (Character(word[0], 0.9, QUAD),))  # type: ignore[arg-type]

    priors, recogniser = NO_PRIORS, None

    @property
    def search(self) -> Any:
        return SimpleNamespace(views=lambda gray, kind: [])

    @property
    def bundle(self) -> Any:
        return SimpleNamespace(version="0.1.0-01234567", description={"config": {"preset": "quick"}})

    @property
    def confidence(self) -> Any:
        return SimpleNamespace(threshold=0.9, glyph_threshold=0.8)


Folder = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Makes pictures of the given names in a folder, and returns it."""

    def make(*names: str) -> Path:
        for name in names:
            path = tmp_path / "in" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            assert cv2.imwrite(str(path), np.full((20, 60, 3), 90, np.uint8))
        return tmp_path / "in"

    return make


def run(*argv: Any, make: Any = NameReader) -> int:
    return main(["read", *map(str, argv)], make)


def test_one_line_a_picture_in_order(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    pictures = folder(f"{VIN}.jpg", f"sub/maybe-{OTHER}.png", "sub/Z.png")
    assert run(pictures) == 0
    assert sorted(capsys.readouterr().out.splitlines()) == [
        f"090, {pictures}/sub/Z.png",
        f"{VIN}, {pictures}/{VIN}.jpg",
        f"{OTHER}?, {pictures}/sub/maybe-{OTHER}.png",
    ]


def test_status_1_where_something_was_not_read(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    pictures = folder("Z.png", "sky.png")
    assert run(pictures) == 1
    said = capsys.readouterr()
    assert f"-, {pictures}/sky.png" in said.out.splitlines()
    assert said.err == (f"vinchar: {pictures}/sky.png: no line of text\nvinchar: 2 pictures: 1 ok, 1 not found\n")


def test_jsonl_and_csv(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    pictures = folder("Z.png", "sky.png")
    run(pictures, "--format", "jsonl")
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {record["image"]: record["vin"] for record in records} == {
        f"{pictures}/Z.png": "Z",
        f"{pictures}/sky.png": None,
    }
    run(pictures, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["image"]: row["status"] for row in rows} == {
        f"{pictures}/Z.png": "ok",
        f"{pictures}/sky.png": "not_found",
    }


def test_the_kind_reaches_the_reader(folder: Folder) -> None:
    asked = []

    class Asked(NameReader):
        def read(self, source: Path, kind: str = "auto") -> Reading:
            asked.append(kind)
            return super().read(source, kind)

    run(folder("Z.png"), "--kind", "glyph", make=Asked)
    assert asked == ["glyph"]


def test_several_workers_print_what_one_prints(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    pictures = folder("A.png", "sky.png", f"maybe-{VIN}.jpg", "Z.png")
    status = run(pictures)
    alone = capsys.readouterr()
    assert run(pictures, "--workers", "3") == status == 1
    assert capsys.readouterr() == alone


@pytest.mark.parametrize(
    "wrong",
    [
        ["--resume"],
        ["--min-confidence", "2"],
        ["--workers", "0"],
        ["--workers", "two"],
        ["--kind", "lorry"],
        ["--labels", "a.csv"],
        ["--what"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_before_anything_is_read(
    wrong: list[str], folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder("Z.png"), *wrong) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err


def test_a_missing_path_costs_a_line_not_the_run(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    pictures = folder("Z.png")
    assert run("nowhere/b.jpg", pictures) == 1
    said = capsys.readouterr()
    assert said.out == f"-, nowhere/b.jpg\n090, {pictures / 'Z.png'}\n"
    assert "nowhere/b.jpg: there is no such file" in said.err


def test_a_picture_named_twice_is_read_once_and_that_is_said(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = folder("Z.png", "A.png")
    assert run(pictures / "Z.png", pictures, pictures / ".." / "in" / "Z.png") == 0
    said = capsys.readouterr()
    assert said.out == f"090, {pictures / 'Z.png'}\n065, {pictures / 'A.png'}\n"
    assert "2 named more than once; each is read once" in said.err


def test_a_folder_without_pictures_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"vinchar: no pictures in {tmp_path}\n")


def make_bad_folder(folder: Path) -> list[bytes]:
    """Fills ``folder`` with all that is not a picture, two odd pictures and a good one; returns the names."""
    from PIL import Image

    folder.mkdir()
    noise = np.random.default_rng(7).integers(0, 255, (60, 300, 3)).astype(np.uint8)
    (folder / "empty.jpg").touch()
    (folder / "text.jpg").write_text("Dear Sir or Madam")
    (folder / "truncated.jpg").write_bytes(cv2.imencode(".jpg", noise)[1].tobytes()[:900])
    cv2.imwrite(str(folder / "tiny.png"), noise[:1, :1])
    cv2.imwrite(str(folder / "deep.png"), noise[..., 0].astype(np.uint16) * 257)
    frames = [Image.fromarray(noise[:, i : i + 90]) for i in range(3)]
    frames[0].save(folder / "moving.gif", save_all=True, append_images=frames[1:])
    Image.fromarray(noise).convert("CMYK").save(folder / "cmyk.jpg")
    (folder / "a.jpg").mkdir()
    (folder / "link.jpg").symlink_to(folder / "gone.jpg")
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.png")).write_bytes(cv2.imencode(".png", noise)[1].tobytes())
    cv2.imwrite(str(folder / f"{VIN}.png"), noise)
    return os.listdir(os.fsencode(folder))


def test_bad_input_costs_a_line_each_and_never_the_run(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    names = make_bad_folder(tmp_path / "bad")
    assert len(names) == 11
    assert run(tmp_path / "bad") == 1
    said = capfdbinary.readouterr()
    lines = dict(reversed(line.split(b", ", 1)) for line in said.out.splitlines())
    assert {os.path.basename(path) for path in lines} == set(names)
    assert len(said.out.splitlines()) == 11
    assert lines[os.fsencode(tmp_path / "bad" / f"{VIN}.png")] == VIN.encode()
    assert b"Traceback" not in said.err
    for name in (b"empty.jpg", b"text.jpg", b"a.jpg", b"link.jpg"):
        assert name + b": " in said.err


def test_bad_input_through_the_real_reader(tmp_path: Path) -> None:
    make_bad_folder(tmp_path / "bad")
    for form in ("text", "csv", "jsonl"):
        command = [sys.executable, ROOT / "inference.py", tmp_path / "bad", "--format", form]
        answer = subprocess.run([*command, "--annotate", tmp_path / form], capture_output=True)
        assert answer.returncode == 1, answer.stderr
        assert len(answer.stdout.splitlines()) == 11 + (form == "csv")
        assert b"Traceback" not in answer.stderr


def test_a_broken_model_is_one_sentence(folder: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "model").mkdir()
    assert main(["read", str(folder("Z.png")), "--model", str(tmp_path / "model")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("vinchar: ")
    assert len(said.err.splitlines()) == 1


def test_every_line_leaves_before_the_next_picture_is_read(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out))
    seen = []

    class Watching(NameReader):
        def read(self, source: Path, kind: str = "auto") -> Reading:
            seen.append(out.getvalue().count(b"\n"))
            return super().read(source, kind)

    run(folder("A.png", "B.png", "C.png"), make=Watching)
    assert seen == [0, 1, 2]


def test_stopping_is_quiet(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    class Stopped(NameReader):
        def read(self, source: Path, kind: str = "auto") -> Reading:
            raise KeyboardInterrupt

    assert run(folder("A.png"), make=Stopped) == 130
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("closed", "status", "said"), [("| head -n 1", 1, b""), ("> /dev/full", 2, b"No space left")])
def test_an_output_that_is_closed_or_full(closed: str, status: int, said: bytes, folder: Folder) -> None:
    pictures = folder(*(f"{char}.png" for char in "ABCDEFGH"))
    code = (
        "import sys, time; from test_command import NameReader, main\n"
        "class Slow(NameReader):\n"
        "    def read(self, source, kind): time.sleep(0.05); return super().read(source, kind)\n"
        "sys.exit(main(sys.argv[1:], Slow))"
    )
    script = f'"$0" -c "$1" read "$2" {closed}; exit "${{PIPESTATUS[0]}}"'
    answer = subprocess.run(
        ["bash", "-c", script, sys.executable, code, pictures],
        capture_output=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]), "PYTHONUNBUFFERED": ""},
    )
    assert answer.returncode == status, answer.stderr
    assert said in answer.stderr
    assert answer.stderr.count(b"\n") == bool(said)


def test_annotate_draws_what_could_be_opened(
    folder: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = folder("Z.png", "sub/Z.png", "sub/A.bmp", "sky.jpg")
    (pictures / "empty.jpg").touch()
    run(pictures, "--annotate", tmp_path / "out")
    drawn = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert drawn == ["Z.png", "sky.jpg", "sub/A.bmp.png", "sub/Z.png"]
    assert len(capsys.readouterr().err.splitlines()) == 3  # why sky and empty were not read, the counts, and no more
    assert cv2.imread(str(tmp_path / "out" / "Z.png")).shape == (20, 60, 3)


def test_annotate_never_writes_over_the_pictures(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    pictures = folder("Z.png")
    before = (pictures / "Z.png").read_bytes()
    assert run(pictures, "--annotate", pictures) == 2
    assert "would write over the pictures" in capsys.readouterr().err
    assert (pictures / "Z.png").read_bytes() == before


def test_labels_and_report(folder: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pictures = folder(f"{VIN}.jpg", f"maybe-{VIN}.jpg", "Z.png", "A.png")
    labels = pictures / "labels.csv"
    labels.write_text(f"image,vin\n{VIN}.jpg,{VIN}\nmaybe-{VIN}.jpg,{OTHER}\nZ.png,Z\n")
    assert run(pictures, "--labels", labels, "--report", tmp_path / "report") == 0
    summary = json.loads((tmp_path / "report" / "summary.json").read_text())
    assert summary["vin"]["exact_match"] == 0.5
    assert summary["glyph"]["exact_match"] == 1.0
    said = capsys.readouterr()
    assert "names 3 of the 4 pictures" in said.err
    assert "exact match 0.500" in said.err
    page = (tmp_path / "report" / "index.html").read_text()
    assert f"vinchar read {pictures} --labels {labels} --report {tmp_path / 'report'}" in page
    assert len(said.out.splitlines()) == 4


@pytest.mark.parametrize("content", ["image,vin\nother.png,Z\n", "image,vin\nZ.png,12\n", "a,b\n", None])
def test_labels_that_do_not_serve(
    content: str | None, folder: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = tmp_path / "labels.csv"
    if content is not None:
        labels.write_text(content)
    assert run(folder("Z.png"), "--labels", labels, "--report", tmp_path / "report") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"vinchar: {labels}")
    assert len(said.err.splitlines()) == 1


def test_evaluation_not_installed_is_said_before_reading(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("metrics", "plots", "reports", "reading_report", "page"):
        monkeypatch.delitem(sys.modules, f"vinchar.evaluation.{name}", raising=False)
        monkeypatch.delattr(vinchar.evaluation, name, raising=False)
    monkeypatch.setitem(sys.modules, "sklearn.metrics", None)
    (tmp_path / "labels.csv").write_text("image,vin\nZ.png,Z\n")
    assert run(folder("Z.png"), "--labels", tmp_path / "labels.csv", "--report", tmp_path / "report") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "python3 -m pip install '.[report]'" in said.err


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
    assert "quick  a try: 12 minutes" in said
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


def test_synth(trained: list[Any], tmp_path: Path) -> None:
    assert main(["synth", "--count", "5", "--out", str(tmp_path), "--seed", "2"]) == 0
    assert main(["synth", "--count", "5", "--out", str(tmp_path), "--face", "abel"]) == 0
    assert trained == [(5, tmp_path, 2, {"face": None}), (5, tmp_path, 0, {"face": "abel"})]


@pytest.mark.parametrize(
    "argv", [["--help"], ["read", "--help"], ["train", "--help"], ["vins", "build", "--help"], ["--version"]]
)
def test_help(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 0
    assert capsys.readouterr().out


def test_no_verb_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert main(["fly"]) == 2
    assert main(["vins"]) == 2
    assert capsys.readouterr().out == ""


def test_every_vin_has_its_line(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    class Twice(NameReader):
        def read(self, source: Path, kind: str = "auto") -> Reading:
            first = super().read(source, kind)
            return replace(first, others=(replace(first, vin=OTHER, status="uncertain"),))

    where = folder(f"{VIN}.png")
    assert run(where, "--format", "jsonl", make=Twice) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["vin"], [other["vin"] for other in line["others"]]) for line in lines] == [(VIN, [OTHER])]
    assert run(where, make=Twice) == 0
    said = capsys.readouterr()
    assert said.out == f"{VIN}, {where}/{VIN}.png\n{OTHER}?, {where}/{VIN}.png\n"
    assert f"{VIN}.png, {OTHER}: uncertain" in said.err


def test_where_the_report_goes_is_made_before_anything_is_read(
    folder: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures, taken = folder("Z.png"), tmp_path / "taken"
    (tmp_path / "labels.csv").write_text("image,vin\nZ.png,Z\n")
    taken.write_text("a file")
    assert run(pictures, "--labels", tmp_path / "labels.csv", "--report", taken) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert str(taken) in said.err


def test_closed_streams_do_not_matter(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = folder("Z.png", "sky.png")
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert run(pictures) == 1
    for stream in (sys.stdout, sys.stderr):
        stream.close()  # they lead nowhere


@pytest.mark.parametrize("argv", [[""], ["images", "--annotate", ""], ["images", "--model", ""]])
def test_an_empty_path_is_not_the_current_folder(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*argv) == 2
    assert "got an empty path" in capsys.readouterr().err


def test_annotate_spares_pictures_that_are_not_read(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    pictures = folder("Z.png", "new/Z.png")
    before = (pictures / "Z.png").read_bytes()
    assert run(pictures / "new", "--annotate", pictures) == 2
    assert "would write over the pictures" in capsys.readouterr().err
    assert (pictures / "Z.png").read_bytes() == before


def test_names_leave_as_bytes_and_letters_that_the_encoding_lacks_as_question_marks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "getfilesystemencoding", lambda: "iso-8859-1")
    monkeypatch.setattr(sys, "getfilesystemencodeerrors", lambda: "surrogateescape")
    stream = io.TextIOWrapper(io.BytesIO())
    _pass_names_through(stream)
    stream.write("\u0160koda, Citro\u00ebn, \udcff.jpg")
    stream.flush()
    assert stream.buffer.getvalue() == b"?koda, Citro\xebn, \xff.jpg"  # type: ignore[attr-defined]


def test_a_process_that_dies_in_training_is_said_in_a_sentence(
    trained: list[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise BrokenProcessPool("a child died")

    monkeypatch.setattr(sys.modules["vinchar.training.run"], "train", fail)
    assert main(["train"]) == 2
    assert capsys.readouterr().err.startswith("vinchar: a process died")


# -- what is known of VINs ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [None, "", "plate\nAB 1\n", "\udcff\udcfe"], ids=["none", "empty", "no VIN", "no text"]
)
def test_a_list_of_known_vins_that_does_not_serve(
    content: str | None, folder: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vins = tmp_path / "vins.csv"
    if content is not None:
        vins.write_bytes(content.encode(errors="surrogateescape"))
    assert main(["read", str(folder("Z.png")), "--known", str(vins)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("vinchar: ")
    assert "vins.csv" in said.err
    assert len(said.err.splitlines()) == 1


def test_known_vins_reach_the_reader(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    class Asked(NameReader):
        def __init__(self, model: Path | None, **how: Any) -> None:
            asked.append(how)

    monkeypatch.setattr("vinchar.command.read.Reader", Asked)
    (tmp_path / "vins.csv").write_text(f"vin\n{VIN}\n{OTHER}\n")
    assert main(["read", str(folder("Z.png")), "--known", str(tmp_path / "vins.csv")]) == 0
    assert main(["read", str(folder("Z.png")), "--no-priors"]) == 0
    assert [len(how["known"] or ()) for how in asked] == [2, 0]
    assert [how["vin_priors"] for how in asked] == [True, False]


def test_known_vins_and_no_priors_contradict_each_other(
    folder: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "vins.csv").write_text(f"vin\n{VIN}\n")
    assert main(["read", str(folder("Z.png")), "--known", str(tmp_path / "vins.csv"), "--no-priors"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "contradict each other" in said.err


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
