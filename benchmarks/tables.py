"""Tables of Markdown, and the places in a document that they belong to: ``<!-- name -->`` to ``<!-- /name -->``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from vinchar.files import write_whole


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def put(document: Path, name: str, text: str) -> None:
    """Write ``text`` into the document, in the place of ``name``. Raises ``ValueError`` if there is none."""
    before, opened, rest = document.read_text(encoding="utf-8").partition(f"<!-- {name} -->\n")
    _, closed, after = rest.partition(f"<!-- /{name} -->")
    if not opened or not closed:
        raise ValueError(f"{document}: got no place <!-- {name} --> to <!-- /{name} --> for the table")
    write_whole(document, f"{before}{opened}{text}\n{closed}{after}")
