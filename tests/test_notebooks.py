"""The notebooks run from the first cell to the last; what is committed of them is whole, small and of no machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LARGEST = 400_000  # bytes
OF_A_MACHINE = re.compile(r"(?<![\w.<])/(?:home|root|tmp|usr|opt|var|work|mnt|Users)/|\b[A-Z]:\\\\")

of_each = pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a folder like this repository, with notebooks of its own to write to."""
    folder = tmp_path / "clone"
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    for name in ("docs", "images", "model", "vinchar"):
        (folder / name).symlink_to(ROOT / name)
    return folder


@pytest.mark.slow
@of_each
def test_every_cell_runs_and_nothing_is_left_behind(path: Path, clone: Path, tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    own = {"TMPDIR": temporary, "IPYTHONDIR": tmp_path / "ipython", "JUPYTER_RUNTIME_DIR": tmp_path / "runtime"}
    # In a process of its own: a kernel is talked to by sockets, which tests may not open.
    run = subprocess.run(
        [sys.executable, clone / "notebooks" / "execute.py", clone / "notebooks" / path.name],
        env=os.environ | {name: str(folder) for name, folder in own.items()},
        capture_output=True,
        text=True,
        timeout=1500,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    assert {one.name for one in (clone / "notebooks").iterdir()} == {*(one.name for one in NOTEBOOKS), "execute.py"}
    assert not list(temporary.glob("[!.]*"))  # onnxruntime leaves a hidden file of its own
    expect_fit_to_commit(clone / "notebooks" / path.name)


@of_each
def test_what_is_committed_is_executed_small_and_of_no_machine(path: Path) -> None:
    expect_fit_to_commit(path)


def test_there_are_notebooks() -> None:
    assert [path.stem[0] for path in NOTEBOOKS] == ["1", "2", "3"]


def expect_fit_to_commit(path: Path) -> None:
    """Every cell was run, in order, with something to show for it; no times, no paths, no machine's own words."""
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    assert path.stat().st_size < LARGEST
    assert book.cells[0].cell_type == "markdown"
    assert book.cells[0].source.startswith(f"# {path.stem[0]}. ")
    assert book.metadata["language_info"] == {"name": "python"}
    assert not [cell.metadata for cell in book.cells if cell.metadata]
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell.outputs]
    assert {output.output_type for output in outputs} == {"stream", "execute_result", "display_data"}
    assert {output.name for output in outputs if output.output_type == "stream"} == {"stdout"}
    assert sum("image/png" in output.get("data", {}) for output in outputs) >= 3
    words = [cell.source for cell in book.cells]
    words += [output.get("text", "") or output.data.get("text/plain", "") for output in outputs]
    assert not [found.group() for text in words for found in OF_A_MACHINE.finditer(text)]
    assert not [text for text in words if " at 0x" in text]
