"""Execute notebooks in place: ``python3 notebooks/execute.py notebooks/*.ipynb``.

As ``jupyter execute --inplace``, but without what changes at every run: times, the version of Python, and what went to
standard error, such as progress bars.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import nbformat
from nbclient import NotebookClient

SECONDS = 600  # for a cell


def execute(path: Path) -> None:
    """Run the cells of a notebook in a new kernel, in its folder, and write it with what came out.

    Raises ``nbclient.exceptions.CellExecutionError`` where a cell fails; nothing is written then.
    """
    book = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": str(path.parent.resolve())}}
    NotebookClient(book, timeout=SECONDS, kernel_name="python3", record_timing=False, resources=place).execute()
    book.metadata["language_info"] = {"name": "python"}
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.outputs = [one for one in cell.outputs if one.get("name") != "stderr"]
    nbformat.write(book, path)


def main() -> None:
    """Execute the notebooks that the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebooks", type=Path, nargs="+")
    for path in parser.parse_args().notebooks:
        execute(path)


if __name__ == "__main__":
    main()
