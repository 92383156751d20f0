"""What people type finds their pictures: patterns that no shell resolved, lists, addresses on the web."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest

from vinchar.finding import Pictures
from vinchar.imaging import ImageError, Url, find_pictures, load


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("a.jpg", "b.jpg", "c.png", "notes.txt", ".d.jpg", "deep/er/e.jpg", "x[1].jpg"):
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path / "photos"


def names(paths: Any, **how: Any) -> list[str]:
    return [str(one) for one in find_pictures(paths, **how).pictures]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("photos/*.jpg", ["photos/a.jpg", "photos/b.jpg", "photos/x[1].jpg"]),
        ("photos\\*.jpg", ["photos/a.jpg", "photos/b.jpg", "photos/x[1].jpg"]),
        (".\\photos\\?.jpg", ["photos/a.jpg", "photos/b.jpg"]),
        ("photos/*.txt", ["photos/notes.txt"]),  # named, if by a pattern
        ("photos/x[1]*", ["photos/x[1].jpg"]),
        ("photos/**/*.jpg", ["photos/a.jpg", "photos/b.jpg", "photos/deep/er/e.jpg", "photos/x[1].jpg"]),
        ("phot*", ["photos/a.jpg", "photos/b.jpg", "photos/c.png", "photos/deep/er/e.jpg", "photos/x[1].jpg"]),
        ("photos/*.bmp", ["photos/*.bmp"]),  # so that somebody is told
        ("photos/a[1].jpg", ["photos/a[1].jpg"]),
        ("photos/x[1].jpg", ["photos/x[1].jpg"]),
    ],
)
def test_a_pattern_that_no_shell_resolved(pattern: str, expected: list[str], photos: Path) -> None:
    assert names(pattern) == names([Path(pattern)]) == expected


def test_a_real_file_comes_before_a_pattern(photos: Path) -> None:
    (photos / "*.jpg").touch()
    (photos.parent / "photos\\?.jpg").touch()
    assert names(["photos/*.jpg", "photos\\?.jpg"]) == ["photos/*.jpg", "photos\\?.jpg"]


def test_nothing_fits_and_that_is_said(photos: Path) -> None:
    (path,) = find_pictures("photos/*.bmp").paths
    with pytest.raises(ImageError, match="there is no such file"):
        load(path)


def test_what_fits_twice_is_read_once(photos: Path) -> None:
    assert find_pictures(["photos/*.jpg", "photos/a.jpg", "photos/?.*"]).repeated == 3


@pytest.mark.parametrize(
    "text",
    [
        "photos/b.jpg\nphotos/a.jpg\n\nphotos/deep\n",
        "photos/b.jpg\r\nphotos/a.jpg\r\nphotos\\deep\\*\\*.jpg",
        "photos/b.jpg\0photos/a.jpg\0photos/deep\0",
        "\ufeffphotos/b.jpg\r\nphotos/a.jpg\r\nphotos/deep\r\n",
    ],
    ids=["lines", "Windows", "NUL", "mark"],
)
def test_a_list_of_paths(text: str, photos: Path) -> None:
    expected = ["photos/c.png", "photos/b.jpg", "photos/a.jpg", "photos/deep/er/e.jpg"]
    assert names(["photos/c.png", "-"], listed=io.BytesIO(text.encode())) == expected
    if "\0" not in text:
        wide = io.BytesIO(text.removeprefix("\ufeff").encode("utf-16"))  # as PowerShell writes files
        assert names(["photos/c.png", Path("-")], listed=wide) == expected


def test_names_in_a_list_may_be_any(photos: Path) -> None:
    odd = [b"photos/line\nbreak.jpg", b"photos/caf\xe9.jpg", b" a .jpg"]
    found = find_pictures("-", listed=io.BytesIO(b"\0".join(odd)))
    assert [os.fsencode(path) for path in found.paths] == odd
    assert names("-", listed=io.BytesIO(b"")) == []
    assert names("-") == ["-"]  # nobody gave a list


def test_addresses_on_the_web_only_where_that_is_allowed(photos: Path) -> None:
    address = "https://pictures.example/a.jpg?size=*&x=[1]#2"
    given = [address, "photos/a.jpg", address, "HTTP://pictures.example"]
    found = find_pictures(given, allow_urls=True)
    assert found == Pictures((Url(address), Path("photos/a.jpg"), Url("HTTP://pictures.example")), 1)
    assert found.paths == (Path("photos/a.jpg"),)
    listed = io.BytesIO("\n".join(given).encode())
    assert find_pictures("-", listed=listed, allow_urls=True) == found
    assert len(find_pictures(given).paths) == 3
    for path in find_pictures(given).paths:
        if path.name != "a.jpg" or "photos" not in str(path):
            with pytest.raises(ImageError, match="no such file; what lies on the web is read with --allow-urls"):
                load(path)
    with pytest.raises(ImageError, match="--allow-urls"):
        load(address)
    assert find_pictures(Url(address)).pictures == (Url(address),)  # who says so allows it
    for other in ("ftp://pictures.example/a.jpg", "file:///etc/passwd", "https:/a.jpg"):
        assert isinstance(find_pictures(other, allow_urls=True).pictures[0], Path)
