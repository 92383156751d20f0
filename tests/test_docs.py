"""Documents: links that lead somewhere, commands whose flags there are."""

from __future__ import annotations

import argparse
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
    text = page.read_text(encoding="utf-8")
    verbs_of = r"read|serve|synth|desk \w+|vins \w+"
    for program, rest in re.findall(rf"(inference\.py|train\.py|vinchar (?:{verbs_of})) ([^`\n]*)", text):
        verbs = {"inference.py": "read", "train.py": "train"}.get(program, program.removeprefix("vinchar ")).split()
        flags = re.findall(r"--[a-z][a-z-]+", rest.partition("  ")[0].partition("&&")[0])
        assert set(flags) <= flags_of(parser(verbs), verbs), f"{program} {rest}"


def flags_of(made: argparse.ArgumentParser, verbs: list[str]) -> set[str]:
    """All flags of a verb."""
    for verb in verbs:
        (choices,) = (action.choices for action in made._actions if action.choices and verb in action.choices)
        made = dict(choices)[verb]  # type: ignore[call-overload]
    return {flag for action in made._actions for flag in action.option_strings}


def test_the_readme_fits_on_two_screens() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 130
