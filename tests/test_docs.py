"""Documents: links that lead somewhere, commands whose flags there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vinchar.command.arguments import parser

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    missing = [link for link in links if not (page.parent / link.partition("#")[0]).exists()]
    assert not missing
    for link in links:
        target, _, heading = link.partition("#")
        if heading:
            there = (page.parent / target if target else page).read_text(encoding="utf-8")
            names = [re.sub(r"[^\w -]", "", line).strip().lower().replace(" ", "-") for line in there.splitlines()]
            assert heading in names, link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_that_are_named_have_their_flags(page: Path) -> None:
    """Whatever follows inference.py or train.py in a document, or in ``vinchar VERB``, is understood."""
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"(inference\.py|train\.py|vinchar (?:read|synth|vins \w+)) ([^`\n]*)", text)
    for program, rest in named:
        verb = {"inference.py": "read", "train.py": "train"}.get(program, program.removeprefix("vinchar "))
        known = str(parser(verb.split()).parse_known_args)  # made without a mistake
        assert known
        flags = re.findall(r"--[a-z][a-z-]+", rest.partition("  ")[0].partition("&&")[0])
        made = parser(verb.split())
        there = {option for action in _actions(made, verb.split()) for option in action.option_strings}
        assert set(flags) <= there, f"{program} {rest}"


def _actions(made: object, verbs: list[str]) -> list[object]:
    for verb in verbs:
        (chosen,) = [action for action in made._actions if action.choices and verb in action.choices]  # type: ignore[attr-defined]
        made = chosen.choices[verb]
    return list(made._actions)  # type: ignore[attr-defined]


def test_the_readme_fits_on_two_screens() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 130
