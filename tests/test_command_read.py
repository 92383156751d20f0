"""``vinchar read`` against a reader that reads file names; the real one has its own tests."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from name_reader import OTHER, VIN, Folder, NameReader, run

from vinchar.command.main import main
from vinchar.command.output import _pass_names_through
from vinchar.reading import Reading

ROOT = Path(__file__).parents[1]


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
    assert run(pictures, "--workers", "2") == status == 1
    assert capsys.readouterr() == alone


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
    command = [sys.executable, ROOT / "inference.py", tmp_path / "bad", "--format", "jsonl"]
    answer = subprocess.run([*command, "--annotate", tmp_path / "drawn"], capture_output=True)
    assert answer.returncode == 1, answer.stderr
    assert len(answer.stdout.splitlines()) == 11
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
        "import sys, time; from name_reader import NameReader, main\n"
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


def test_closed_streams_do_not_matter(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = folder("Z.png", "sky.png")
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert run(pictures) == 1
    for stream in (sys.stdout, sys.stderr):
        stream.close()  # they lead nowhere


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

    monkeypatch.setattr("vinchar.command.readers.Reader", Asked)
    (tmp_path / "vins.csv").write_text(f"vin\n{VIN}\n{OTHER}\n")
    assert main(["read", str(folder("Z.png")), "--known", str(tmp_path / "vins.csv")]) == 0
    assert main(["read", str(folder("Z.png")), "--no-priors", "--recogniser", "ctc"]) == 0
    assert [len(how["known"] or ()) for how in asked] == [2, 0]
    assert [how["vin_priors"] for how in asked] == [True, False]
    assert [how["recogniser"] for how in asked] == [None, "ctc"]


def test_known_vins_and_no_priors_contradict_each_other(
    folder: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "vins.csv").write_text(f"vin\n{VIN}\n")
    assert main(["read", str(folder("Z.png")), "--known", str(tmp_path / "vins.csv"), "--no-priors"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "contradict each other" in said.err


def test_strict_counts_what_is_uncertain_as_not_read(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    pictures = folder("Z.png", f"maybe-{VIN}.jpg")
    assert run(pictures) == 0
    assert run(pictures, "--strict") == 1
    assert run(pictures / "Z.png", "--strict") == 0
    said = capsys.readouterr()
    assert said.err.count("vinchar: 2 pictures: 1 ok, 1 uncertain\n") == 2
    assert said.out.count(f"{VIN}?, ") == 2


def test_a_killed_run_goes_on_with_its_output(
    folder: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures, out = folder(*(f"{char}.png" for char in "ABCD")), tmp_path / "out.csv"
    asked: list[str] = []

    class Killed(NameReader):
        def read(self, source: Path, kind: str = "auto") -> Reading:
            asked.append(source.stem)
            if len(asked) == 3:
                raise KeyboardInterrupt
            return super().read(source, kind)

    how = ["--format", "csv", "--output", out]
    assert run(pictures, *how, make=Killed) == 130
    assert not out.exists()
    assert "--resume goes on with it" in capsys.readouterr().err
    assert run(pictures, *how, "--resume", make=Killed) == 0
    assert asked == ["A", "B", "C", "C", "D"]
    with out.open(newline="") as file:
        assert [row["vin"] for row in csv.DictReader(file)] == list("ABCD")
    said = capsys.readouterr()
    assert said.out == ""
    assert f"pictures that are in {out} already: 2 of 4" in said.err
    assert said.err.endswith("vinchar: 4 pictures: 4 ok\n")
    assert run(pictures, *how, "--resume", make=Killed) == 0
    assert len(asked) == 5


def test_resume_needs_a_file_and_reads_for_no_report(
    folder: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder("Z.png"), "--resume") == 2
    assert "name it by --output" in capsys.readouterr().err
    labels = ["--labels", tmp_path / "a.csv", "--report", tmp_path / "r"]
    assert run(folder("Z.png"), "--resume", "--output", tmp_path / "o", *labels) == 2
    assert "contradict each other" in capsys.readouterr().err


def test_how_sure_to_be_reaches_the_reader(capsys: pytest.CaptureFixture[str]) -> None:
    """The shipped model says which threshold gives which error, down to what could be measured."""
    strip = str(ROOT / "images" / "strips" / "ocr-b-400-print-dark.png")
    marks = []
    for flag, value in (("--min-confidence", "0.5"), ("--min-confidence", "1"), ("--target-error", "0.01")):
        assert main(["read", strip, flag, value]) == 0
        marks.append(capsys.readouterr().out.partition(",")[0][17:])
    assert marks == ["", "?", ""]
    assert main(["read", strip, "--target-error", "1e-9"]) == 2
    assert "target error: got 1e-09, expected a share from" in capsys.readouterr().err
