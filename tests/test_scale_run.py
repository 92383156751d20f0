"""Very many pictures read by Ray on this machine: killed processes, machines and runs, and what is in the tables."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest
from fragile_reader import DEADLY, FAULTY, GRAY, FragileReader, Hindered
from stores import s3  # noqa: F401

from vinchar.command.main import main
from vinchar.scale.chunks import DEATHS
from vinchar.scale.parts import parts_of
from vinchar.scale.storage import folder_at, system

pytestmark = pytest.mark.slow  # each starts Ray, which takes seconds

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _found_by_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let other processes find the readers of these tests."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(Path(__file__).parent)]))


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of pictures, in two of which there is more: one that kills, one at which a reader fails."""
    folder = tmp_path / "in"
    folder.mkdir()
    for i in range(40):
        value = {7: DEADLY, 11: FAULTY}.get(i, GRAY)
        assert cv2.imwrite(str(folder / f"{i:02d}.png"), np.full((20, 60 + i), value, np.uint8))
    (folder / "letter.png").write_text("Dear all")
    return folder


def rows_in(out: object) -> list[dict[str, Any]]:
    folder = folder_at(str(out))
    tables = [pq.read_table(io.BytesIO(folder.read(name) or b"")) for name in parts_of(folder)]
    return [row for table in tables for row in table.to_pylist()]


def run(*words: object, make: Any = FragileReader) -> int:
    return main(["batch", *map(str, words), "--workers", "2"], make=make)


def test_a_picture_that_kills_costs_its_row(photos: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert run(photos, "--out", out) == 1
    rows = {Path(row["file"]).name: row for row in rows_in(out)}
    assert len(rows) == len(rows_in(out)) == 41
    assert Counter(row["status"] for row in rows.values()) == {"ok": 38, "error": 3}
    assert {name: row["fault"] for name, row in rows.items() if row["fault"]} == {
        "07.png": "reader-died",
        "11.png": "internal-error",
        "letter.png": "not-a-picture",
    }
    assert rows["07.png"]["reasons"] == [f"the process reading it died, {DEATHS} times"]
    assert rows["12.png"]["vin"] == f"{72:017d}"
    assert sorted(path.name for path in out.iterdir()) == parts_of(folder_at(str(out)))
    said, told = capfd.readouterr()
    assert said == ""
    assert "41 pictures: 38 ok, 3 error (1 internal-error, 1 not-a-picture, 1 reader-died)" in told
    assert " a second" in told

    # What was added is read, and what may have passed is tried again.
    assert cv2.imwrite(str(photos / "07.png"), np.full((20, 60), GRAY, np.uint8))
    assert cv2.imwrite(str(photos / "new.png"), np.full((20, 60), GRAY, np.uint8))
    before = {path: path.read_bytes() for path in out.iterdir()}
    assert run(photos, "--out", out, "--resume") == 1
    assert Counter(Path(row["file"]).name for row in rows_in(out)) == Counter([*rows, "new.png"])
    assert {row["fault"] for row in rows_in(out)} == {None, "internal-error", "not-a-picture"}
    assert sum(path.read_bytes() == content for path, content in before.items()) >= len(before) - 2
    told = capfd.readouterr().err
    assert "42 pictures: 40 ok, 2 error" in told
    assert f"files that are in {out} already, or were named more than once: 39" in told

    assert run(photos, "--out", out) == 2
    assert "it is not empty" in capfd.readouterr().err


def test_all_of_it_in_a_store_of_objects(photos: Path, s3: str, capfd: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    (photos / "07.png").unlink()
    system("s3://").put(str(photos), f"{s3}/in", recursive=True)
    for again in ([], ["--resume"]):
        assert run(f"{s3}/in", "--out", f"{s3}/out", *again) == 1
        rows = rows_in(f"{s3}/out")
        assert Counter(row["file"] for row in rows) == Counter(f"{s3}/in/{path.name}" for path in photos.iterdir())
        assert Counter(row["status"] for row in rows) == {"ok": 38, "error": 2}
    assert "files that are in" in capfd.readouterr().err


def test_the_shipped_model_reads_as_it_does_elsewhere(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert run(ROOT / "images" / "photos", "--out", out, make=None) == 0
    assert main(["read", str(ROOT / "images" / "photos")]) == 0
    lines = dict(line.split(", ")[::-1] for line in capfd.readouterr().out.splitlines())
    assert {row["file"]: row["vin"] + ("" if row["status"] == "ok" else "?") for row in rows_in(out)} == lines


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["gone"], "gone: there is no such file or folder"),
        (["https://example.com/a.jpg"], "--allow-urls"),
        (["."], "no pictures in ."),
    ],
)
def test_what_cannot_be_read_is_said(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*words, "--out", tmp_path / "out") in (1, 2)
    told = capfd.readouterr().err
    assert said in told
    assert "Traceback" not in told


def test_what_ends_the_run_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    even(tmp_path / "in", 20)
    assert run(tmp_path / "in", "--out", tmp_path / "out", make=Hindered(tmp_path / "out")) == 2
    told = capfd.readouterr().err
    assert "the run cannot go on: another run has begun" in told
    assert "--resume goes on with it" in told
    assert "Traceback" not in told


def test_where_nothing_can_be_written_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    even(tmp_path / "in", 1)
    assert run(tmp_path / "in", "--out", "/proc/out") == 2
    told = capfd.readouterr().err
    assert "/proc/out" in told
    assert "Traceback" not in told


def test_a_cluster_that_is_not_there_is_said(photos: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(photos, "--out", tmp_path / "out", "--address", "127.0.0.1:1") == 2
    told = capfd.readouterr().err
    assert "Ray at 127.0.0.1:1 cannot be used" in told
    assert not (tmp_path / "out").exists()
    assert run(photos, "--out", tmp_path / "out", "--address", "ray://127.0.0.1:1") == 2
    assert "expected HOST:PORT" in capfd.readouterr().err
    assert "Traceback" not in told


SLOW = """
import sys
from fragile_reader import SlowReader
from vinchar.command.main import main
sys.exit(main(sys.argv[1:], make=SlowReader))
"""


def start(*words: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", SLOW, "batch", *map(str, words)])


def wait_for_parts(out: Path, count: int, process: subprocess.Popen[bytes]) -> None:
    while len(list(out.glob("part-*"))) < count:
        assert process.poll() is None, "it ended"
        time.sleep(0.1)


def even(folder: Path, count: int) -> list[str]:
    folder.mkdir()
    for i in range(count):
        assert cv2.imwrite(str(folder / f"{i:03d}.png"), np.full((20, 60), GRAY, np.uint8))
    return sorted(map(str, folder.iterdir()))


def test_a_killed_run_goes_on(tmp_path: Path) -> None:
    names = even(tmp_path / "in", 120)
    out = tmp_path / "out"
    words = (tmp_path / "in", "--out", out, "--workers", "2")
    process = start(*words)
    wait_for_parts(out, 2, process)
    process.kill()
    process.wait()
    assert 0 < len(rows_in(out)) < 120
    assert run(tmp_path / "in", "--out", out, "--resume") == 0
    assert sorted(row["file"] for row in rows_in(out)) == names
    assert not (out / "_run").exists()
    assert run(tmp_path / "in", "--out", out, "--resume") == 0  # nothing is left to do
    assert len(rows_in(out)) == 120


def test_a_machine_that_goes_down_costs_nothing(tmp_path: Path) -> None:
    from ray.cluster_utils import Cluster

    names = even(tmp_path / "in", 120)
    out = tmp_path / "out"
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        second = cluster.add_node(num_cpus=1)
        process = start(tmp_path / "in", "--out", out, "--address", cluster.address)
        wait_for_parts(out, 2, process)
        cluster.remove_node(second, allow_graceful=False)
        assert process.wait() == 0
    finally:
        cluster.shutdown()
    assert sorted(row["file"] for row in rows_in(out)) == names
