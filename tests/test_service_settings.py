"""What the service may be told: closed unless there is a key, limits that are limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from vinchar.service.settings import Key, Settings, read_keys

SECRET = "0123456789abcdef"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::", "example.org"])
def test_others_are_not_let_in_without_a_key(host: str) -> None:
    with pytest.raises(ValueError, match="no key: set VINCHAR_API_KEY"):
        Settings(host=host)
    assert Settings(host=host, keys=(Key(None, SECRET),)).host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.0.1"])
def test_this_machine_needs_none(host: str) -> None:
    assert Settings(host=host).is_local


@pytest.mark.parametrize("limit", ["max_mb", "max_megapixels", "concurrency", "body_seconds", "read_seconds"])
def test_a_limit_is_more_than_nothing(limit: str) -> None:
    with pytest.raises(ValueError, match=f"{limit}: got 0, expected more than 0"):
        Settings(**{limit: 0})


@pytest.mark.parametrize("days", [36_501, 1e12, float("inf")])
def test_nothing_is_kept_for_longer_than_the_calendar_has_days(days: float) -> None:
    with pytest.raises(ValueError, match=r"keep: got .*, expected at most 36500 days"):
        Settings(keep=days)


@pytest.mark.parametrize("origin", ["*", "null", "shop.example", "https://shop.example/", "https://", "ftp://a"])
def test_what_is_no_origin_is_refused(origin: str) -> None:
    with pytest.raises(ValueError, match=r"cors: got .*, expected an origin"):
        Settings(origins=("https://shop.example", origin))


def test_nobody_can_ask_for_more_people_than_a_task_takes() -> None:
    with pytest.raises(ValueError, match="looks: got 10, expected 1 to 9"):
        Settings(looks=10)


def test_not_a_number_is_no_limit() -> None:
    with pytest.raises(ValueError, match="rate: got nan"):
        Settings(rate=float("nan"))


def test_keys_come_from_a_file_and_from_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"\ufeff# who may ask\nanna {SECRET}a\n\nbert {SECRET}b\n", encoding="utf-8")
    keys = read_keys(file, f" {SECRET}\n")
    assert [key.name for key in keys] == [None, "anna", "bert"]
    settings = Settings(keys=keys)
    assert settings.key_of(SECRET + "b") == Key("bert", SECRET + "b")
    assert settings.key_of(SECRET + "c") is None
    assert settings.key_of("ü") is None
    assert read_keys(None, None) == read_keys(None, " ") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("anna", "line 1: got 1 words, expected a name and a key"),
        ("anna short", "the key of anna: got 5 characters, expected at least 16"),
        ("anna ключключключключ", "the key of anna: expected ASCII characters alone"),
        ("# nobody", "got no key"),
        (f"{'a' * 65} {SECRET}", "expected at most 64 characters"),
        (f"anna {SECRET}\nanna {SECRET}2", "got a name that is there twice"),
        (f"anna {SECRET}\nbert {SECRET}", "got a key that is there twice"),
    ],
)
def test_keys_that_are_none_are_refused(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        read_keys(file, None)
