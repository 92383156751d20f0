"""What is written down of the interface is what it is: OpenAPI, JSON Schema, pydantic models, examples."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from service_parts import running

import vinchar
from vinchar.service.problems import CODES
from vinchar.service.schema import ProblemModel, ReadingModel

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads((Path(vinchar.__file__).parent / "reading.schema.json").read_text())


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with running(tmp_path_factory.mktemp("described")) as client:
        found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def test_the_model_of_a_reading_is_its_schema() -> None:
    """Key by key: which there are, what they may be, and that all of them are always there."""
    model = ReadingModel.model_json_schema()
    parts = model["$defs"]
    whole = parts["ReadingModel"]
    assert set(whole["properties"]) == set(SCHEMA["properties"])
    assert set(whole["required"]) == set(SCHEMA["required"])
    for name in ("kind", "status"):
        assert whole["properties"][name]["enum"] == SCHEMA["properties"][name]["enum"]
    for name in ("source", "check_digit"):
        enum = whole["properties"][name]["anyOf"][0]["enum"]
        assert [*enum, None] == SCHEMA["properties"][name]["enum"]
    assert whole["properties"]["vin"]["anyOf"][0]["pattern"] == SCHEMA["properties"]["vin"]["pattern"]
    for name, key in (("CharacterModel", "characters"), ("BarcodeModel", "barcodes")):
        items = SCHEMA["properties"][key]["items"]
        assert set(parts[name]["properties"]) == set(items["properties"])
        assert set(parts[name]["required"]) == set(items["required"])


def test_examples_are_right() -> None:
    example = ReadingModel.model_config["json_schema_extra"]["example"]  # type: ignore[index, call-overload]
    jsonschema.validate(example, SCHEMA)
    ReadingModel.model_validate(example)
    problem = ProblemModel.model_config["json_schema_extra"]["example"]  # type: ignore[index, call-overload]
    assert (problem["status"], problem["title"]) == CODES[problem["code"]]


def test_every_route_says_what_it_answers(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1")
    for path, methods in described["paths"].items():
        for method, route in methods.items():
            assert route["summary"], path
            assert any(code.startswith("2") for code in route["responses"]), path
            for status, answer in route["responses"].items():
                if not status.startswith("2"):
                    assert list(answer["content"]) == ["application/problem+json"], (path, method, status)


def test_the_document_has_every_problem() -> None:
    document = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| `([\w-]+)` \| (.*) \|$", document, re.MULTILINE)
    assert {code: (int(status), title) for status, code, title in rows} == CODES


def test_every_problem_is_written_down(described: dict[str, Any]) -> None:
    text = json.dumps(described["paths"])
    assert [code for code in CODES if f"`{code}`" not in text] == ["method-not-allowed"]
