"""The command as a whole: its verbs, its help, and what is wrong usage."""

from __future__ import annotations

import pytest
from name_reader import Folder, run

from vinchar.command.main import main


@pytest.mark.parametrize(
    "argv", [["--help"], ["read", "--help"], ["train", "--help"], ["vins", "build", "--help"], ["--version"]]
)
def test_help(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 0
    assert capsys.readouterr().out


def test_no_verb_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert main(["fly"]) == 2
    assert main(["vins"]) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "wrong",
    [
        ["--resume"],
        ["--min-confidence", "2"],
        ["--workers", "0"],
        ["--workers", "two"],
        ["--kind", "lorry"],
        ["--labels", "a.csv"],
        ["--what"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_before_anything_is_read(
    wrong: list[str], folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder("Z.png"), *wrong) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err


@pytest.mark.parametrize("argv", [[""], ["images", "--annotate", ""], ["images", "--model", ""]])
def test_an_empty_path_is_not_the_current_folder(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*argv) == 2
    assert "got an empty path" in capsys.readouterr().err
