"""Folders and files, here or wherever fsspec reaches: S3, Google Cloud Storage, Azure and others."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from vinchar.files import write_whole
from vinchar.urls import is_url

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_TIMES = ("mtime", "LastModified", "last_modified", "updated", "created")  # in what a file system says of a file
# What reaches a kind of storage, beside fsspec.
_PACKAGES = {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs"}


class StorageError(ValueError):
    """What cannot be reached; the message says why, in a sentence for people."""


def is_remote(path: str) -> bool:
    """Tell ``s3://bucket/folder`` from a path on this machine."""
    return "://" in path and not os.path.lexists(path)


@lru_cache(maxsize=8)
def system_of(scheme: str) -> AbstractFileSystem:
    """Return the file system of addresses that begin with ``scheme`` (``s3``), as the environment configures it.

    Raises ``StorageError`` if there is none.
    """
    import fsspec

    try:
        return fsspec.filesystem(scheme, use_listings_cache=False, skip_instance_cache=True)
    except (ImportError, ValueError) as error:
        package = _PACKAGES.get(scheme)
        if package is None:
            raise StorageError(f"{scheme}://: nothing is known that reaches it") from None
        raise StorageError(f"{scheme}:// needs the package {package}: python3 -m pip install {package}") from error


def system(path: str) -> AbstractFileSystem:
    """Return the file system of a remote path. Raises ``StorageError`` if there is none."""
    return system_of(path.partition("://")[0])


def modified_of(info: dict[str, Any]) -> int | None:
    """Return when a file was changed, in microseconds since 1970, by what a file system says of it."""
    said = next((info[name] for name in _TIMES if info.get(name) is not None), None)
    if isinstance(said, str):
        try:
            said = datetime.fromisoformat(said)
        except ValueError:
            return None
    if isinstance(said, datetime):
        said = said.timestamp()
    return None if said is None else round(float(said) * 1e6)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder at ``path``; what is written in it is written whole or not at all. All methods raise ``OSError``."""

    path: str

    def at(self, name: str) -> str:
        """Return the path of a file in it."""
        return f"{self.path.rstrip('/')}/{name}"

    def names(self, below: str = "") -> list[str]:
        """Return the names of what lies in it, or in a folder in it, sorted; none if it is not there."""
        path = self.at(below)
        try:
            if is_remote(path):
                found = (os.path.basename(name.rstrip("/")) for name in system(path).ls(path, detail=False))
                return sorted(name for name in found if name)
            return sorted(os.listdir(path))
        except FileNotFoundError:
            return []

    def read(self, name: str) -> bytes | None:
        """Return what is in a file; None if there is none."""
        path = self.at(name)
        try:
            if is_remote(path):
                return bytes(system(path).cat_file(path))
            with open(path, "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Write a file; a reader never sees half of it, as stores of objects show an object when it is whole."""
        path = self.at(name)
        if is_remote(path):
            system(path).pipe_file(path, data)
        else:
            write_whole(path, data)

    def remove(self, name: str) -> None:
        """Remove a file or a folder, if it is there."""
        import fsspec

        path = self.at(name)
        files = system(path) if is_remote(path) else fsspec.filesystem("file")
        if files.exists(path):
            files.rm(path, recursive=True)


def folder_at(path: str) -> Folder:
    """Return a folder, at an absolute path if it is on this machine. Raises ``StorageError`` if it cannot be one."""
    if is_url(path):
        raise StorageError(f"{path}: what is read cannot be written there")
    if is_remote(path):
        system(path)
        return Folder(path)
    if os.path.lexists(path) and not os.path.isdir(path):
        raise StorageError(f"{path}: it is not a folder")
    return Folder(os.path.abspath(path))
