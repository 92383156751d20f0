"""Imports point down: the number and the types, what is known of VINs, the stages, the reader, the command line."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "vinchar"

# What a module may import of this package. A new module needs its place here.
BASE = {"vin", "types", "reading", "files", "session", "resizing"}
STAGES = {
    "imaging",
    "barcode",
    "bars",
    "locate",
    "textlines",
    "rows",
    "rectify",
    "segment",
    "classify",
    "assemble",
    "recognise",
    "lattice",
    "ctc",
    "detect",
}
ALLOWED: dict[str, set[str]] = {
    "vin": {"types"},
    "types": set(),
    "resizing": {"types"},
    "files": set(),
    "memory": set(),
    "pixels": set(),
    "session": {"bundle"},
    "bundle": {"types", "vin"},
    "structure": BASE | {"bundle"},
    "known": {"structure", "vin"},
    "endings": {"structure", "vin"},
    "posterior": {"endings", "known", "structure", "vin"},
    "reading": {"types"},
    **dict.fromkeys(STAGES, BASE),
    "extras": set(),
    "urls": set(),
    "filetypes": set(),
    "pdf_process": set(),
    "pdf": {"extras", "pixels"},
    "video_process": set(),
    "video": {"extras", "filetypes", "pixels"},
    "tiff": {"filetypes", "pixels"},
    "decoding": {"extras", "filetypes", "pdf", "pixels", "tiff"},
    "pages": {"decoding", "filetypes", "pdf", "pixels"},
    "finding": {"filetypes", "pages", "urls"},
    "web": {"decoding", "pixels", "urls"},
    "imaging": {"decoding", "filetypes", "finding", "pages", "pixels", "urls", "web"},
    "assemble": BASE | {"classify"},
    "barcode": BASE | {"bars"},
    "recognise": BASE | {"segment"},
    "lattice": BASE | {"assemble", "classify", "recognise"},
    "ctc": BASE | {"classify", "recognise"},
    "detect": BASE | {"assemble", "classify", "lattice", "recognise"},
    "experts": {"bundle", "ctc", "detect", "lattice", "recognise"},
    "kind": BASE | {"rectify"},
    "decide": {"bundle", "posterior", "structure", "types", "vin"},
    "quality": {"decide", "rectify", "types"},
    "doubts": {"bundle", "decide", "vin"},
    "explain": {"bundle", "decide", "doubts", "reading", "types", "vin"},
    "alignment": BASE | {"assemble", "classify", "recognise"},
    "straighten": BASE | {"rectify"},
    "frames": {"decide", "types", "vin"},
    "looks": BASE | {"decide", "locate", "rectify", "rows", "textlines"},
    "search": BASE | {"decide", "locate", "looks", "recognise", "rectify", "straighten"},
    "watch": {"decide", "kind", "search", "types", "video"},
    "explainer": {"barcode", "bundle", "explain", "frames", "quality", "reading", "types"},
    "many": {"explain", "imaging", "reading"},
    "processes": set(),
    "reader": BASE
    | STAGES
    | {
        "bundle",
        "decide",
        "experts",
        "kind",
        "known",
        "many",
        "memory",
        "posterior",
        "quality",
        "explain",
        "explainer",
        "frames",
        "search",
        "straighten",
        "structure",
        "video",
        "watch",
    },
    "__init__": BASE | {"reader"},
    "command": BASE
    | STAGES
    | {
        "bundle",
        "explain",
        "extras",
        "known",
        "many",
        "processes",
        "reader",
        "structure",
        "training",
        "evaluation",
        "scale",
        "service",
        "urls",
        "video",
        "__init__",
    },
    "__main__": {"command"},
    "service": BASE
    | STAGES
    | {
        "bundle",
        "decide",
        "decoding",
        "explain",
        "filetypes",
        "known",
        "many",
        "pages",
        "processes",
        "quality",
        "reader",
        "__init__",
    },
    "scale": BASE
    | {
        "decoding",
        "explain",
        "filetypes",
        "finding",
        "imaging",
        "pages",
        "pixels",
        "quality",
        "reader",
        "urls",
        "video",
    }
    | {"video", "web"},
    "evaluation": BASE | STAGES | {"alignment", "posterior"},
    "drawing": BASE | {"imaging", "structure"},
    "training": BASE
    | STAGES
    | {
        "alignment",
        "bundle",
        "decide",
        "drawing",
        "evaluation",
        "experts",
        "kind",
        "pages",
        "quality",
        "reader",
        "search",
        "straighten",
        "structure",
        "__init__",
    },
}
HEAVY = (
    "keras",
    "tensorflow",
    "sklearn",
    "matplotlib",
    "pandas",
    "seaborn",
    "scipy",
    "PIL",
    "pi_heif",
    "pypdfium2",
    "av",
    "http",  # what fetches from the web
    "ssl",
    "onnx",
    "fastapi",
    "sqlalchemy",
    "ray",
    "pyarrow",
    "fsspec",
)


def owner(path: Path) -> str:
    """The module of a file directly in the package, the subpackage of one below."""
    below = path.relative_to(PACKAGE)
    return below.parts[0] if len(below.parts) > 1 else below.stem


def own_imports(path: Path) -> dict[str, list[ast.stmt]]:
    """What a file imports of this package, by owner, with the statements that do it."""
    found: dict[str, list[ast.stmt]] = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            package = path.relative_to(PACKAGE.parent).with_suffix("").parts[: -node.level] if node.level else ()
            base = ".".join([*package, *([node.module] if node.module else [])])
            names = [f"{base}.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "vinchar":
                child = parts[1] if len(parts) > 1 else "__init__"
                is_module = (PACKAGE / f"{child}.py").exists() or (PACKAGE / child).is_dir()
                found.setdefault(child if is_module else "__init__", []).append(node)  # type: ignore[arg-type]
    return found


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    assert owner(path) in ALLOWED, f"{path.name} is new: give it its place in ALLOWED"
    upward = own_imports(path).keys() - ALLOWED[owner(path)] - {owner(path)}
    assert not upward, f"{path.relative_to(PACKAGE)} imports {sorted(upward)}"


def test_the_command_line_imports_the_heavy_parts_late() -> None:
    trees = [
        ast.parse((PACKAGE / "command" / name).read_text(encoding="utf-8"))
        for name in ("main.py", "arguments.py", "talk.py")
    ]
    nodes = [node for tree in trees for node in tree.body]
    at_top = [ast.unparse(node) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    late = ("training", "evaluation", "vinchar.read", "imaging", "annotate", "cv2", "numpy")
    assert not [line for line in at_top if any(name in line for name in late)]


def loaded_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PACKAGE.parent)
    assert answer.returncode == 0, answer.stderr
    return set(answer.stdout.split())


def test_reading_imports_nothing_heavy() -> None:
    stages = ", ".join(f"vinchar.{path.stem}" for path in FILES if path.parent == PACKAGE and path.stem in STAGES)
    loaded = loaded_by(f"import vinchar, vinchar.reader, vinchar.command.main, vinchar.command.annotate, {stages}")
    assert "onnxruntime" in loaded
    assert not loaded.intersection(HEAVY)


def test_reading_a_picture_imports_nothing_heavy() -> None:
    statement = "import numpy; from vinchar import Reader; Reader().read(numpy.zeros((40, 400), numpy.uint8))"
    assert not loaded_by(statement).intersection(HEAVY)


def test_what_reading_needs_is_installed() -> None:
    """Every package, the facts a model is built from, what the shipped model knows of VINs, the page of a report."""
    setup = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    packages = {".".join(path.parent.relative_to(PACKAGE.parent).parts) for path in PACKAGE.rglob("__init__.py")}
    assert packages <= set(setup["packages"])
    assert {"structure.npz", "*.npz"} & set(setup["package-data"]["vinchar.model"])
    assert any("facts" in pattern for pattern in setup["package-data"].get("vinchar.structure", []))
    assert "templates/*.html" in setup["package-data"]["vinchar.evaluation"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_can_be_read_in_one_go(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 310, "it holds two things: part them"
