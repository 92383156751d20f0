"""Tables of results: printed, kept in ``results/``, and put into the documents that show them.

A document shows a result between ``<!-- name -->`` and ``<!-- /name -->``; what lies there is made from the kept result
alone: ``python3 benchmarks/tables.py`` puts all of them in again.
"""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from vinchar.bundle import open_bundle  # noqa: E402
from vinchar.files import write_whole  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results"


def documents() -> list[Path]:
    """Return the documents that may show results."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def show(
    name: str, header: Sequence[str], rows: Iterable[Sequence[object]], write: bool, model: Path | None = None
) -> None:
    """Print a result and, with ``write``, keep it as ``results/NAME.json`` and put it where documents show it.

    ``model``: what was measured, by default the shipped one.
    """
    cells = [list(map(str, row)) for row in rows]
    print(table(header, cells))
    if not write:
        return
    program = Path(sys.argv[0]).name
    arguments = [Path(word).name if Path(word).exists() else word for word in sys.argv[1:]]
    result = {
        "command": shlex.join(["python3", f"benchmarks/{program}", *arguments]),
        "model": open_bundle(model).version,
        "date": date.today().isoformat(),
        "header": list(header),
        "rows": cells,
    }
    write_whole(RESULTS / f"{name}.json", json.dumps(result, indent=1) + "\n")
    for document in documents():
        if f"<!-- {name} -->" in document.read_text(encoding="utf-8"):
            put(document, name, table(header, cells))


def kept(name: str) -> dict[str, Any] | None:
    """Return the result of that name, None if there is none."""
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def places(document: Path) -> Iterator[tuple[str, str]]:
    """Yield the name of every result that a document shows, and what it shows."""
    for found in re.finditer(r"<!-- (\w+) -->\n(.*?)\n?<!-- /\1 -->", document.read_text(encoding="utf-8"), re.DOTALL):
        yield found[1], found[2]


def put(document: Path, name: str, text: str) -> None:
    """Write ``text`` into the document, in the place of ``name``. Raises ``ValueError`` if there is none."""
    before, opened, rest = document.read_text(encoding="utf-8").partition(f"<!-- {name} -->\n")
    _, closed, after = rest.partition(f"<!-- /{name} -->")
    if not opened or not closed:
        raise ValueError(f"{document}: got no place <!-- {name} --> to <!-- /{name} --> for the table")
    write_whole(document, f"{before}{opened}{text}\n{closed}{after}")


def main() -> None:
    """Put every kept result into the documents."""
    for document in documents():
        for name, _ in list(places(document)):
            result = kept(name)
            if result is None:
                raise SystemExit(f"{document}: shows {name}, of which nothing is kept in {RESULTS}")
            put(document, name, table(result["header"], result["rows"]))


if __name__ == "__main__":
    main()
