"""Write ``src/constants.ts``: what the stages in Python know by name, so that no number is typed in twice.

``constants.json`` beside this file says which: for each module of ``vinchar`` the names of its constants, or of a
dataclass with ``()`` behind it for its default values. ``python3 -m web.generate`` writes the file.
"""

from __future__ import annotations

import json
from dataclasses import asdict, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
NAMES = HERE / "constants.json"
TARGET = HERE / "src" / "constants.ts"
HEAD = "// Of the modules of vinchar/: change a number there, and run python3 -m web.generate.\n"


def constants() -> str:
    """Return the text of ``constants.ts``: one object for each module, ``structure.model`` as ``structureModel``."""
    parts = [HEAD]
    for module, some in json.loads(NAMES.read_text(encoding="utf-8")).items():
        loaded = import_module(f"vinchar.{module}")
        lines = [f"  {name.strip('_()')}: {_written(loaded, name)},\n" for name in some]
        parts.append(f"export const {_camel(module)} = {{\n{''.join(lines)}}} as const;\n")
    return "\n".join(parts)


def _written(module: Any, name: str) -> str:
    value = getattr(module, name.removesuffix("()"))
    return json.dumps(_plain(value() if name.endswith("()") else value))


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if hasattr(value, "tolist"):  # an array or a number of NumPy
        return value.tolist()
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, bytes):  # such as a pattern: a character for a byte
        return value.decode("latin-1")
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | range):
        return [_plain(one) for one in value]
    return value


def _camel(name: str) -> str:
    first, *others = name.replace(".", "_").split("_")
    return first + "".join(part.capitalize() for part in others)


if __name__ == "__main__":
    TARGET.write_text(constants(), encoding="utf-8")
