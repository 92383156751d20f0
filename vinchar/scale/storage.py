"""Folders and files, here or wherever fsspec reaches: S3, Google Cloud Storage, Azure and others."""

from __future__ import annotations

import os
import posixpath
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
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


def here(path: str) -> str:
    """Return a path without ``file://``, which says that it is on this machine; any other as it is."""
    return re.sub(r"^(file|local)://", "", path)


@contextmanager
def reaching(path: str, *passing: type[Exception]) -> Iterator[None]:
    """Turn what goes wrong in reaching a remote path, whatever its file system raises, into a ``StorageError``.

    ``passing``: what is raised as it is.
    """
    as_they_are: tuple[type[Exception], ...] = (StorageError, *passing)
    try:
        yield
    except as_they_are:
        raise
    except FileNotFoundError:
        raise StorageError(f"{path}: there is no such file or folder") from None
    except Exception as error:
        raise StorageError(f"{path}: it cannot be reached ({type(error).__name__}: {error})") from error


def system(path: str) -> AbstractFileSystem:
    """Return the file system of a remote path, as the environment configures it.

    Raises ``StorageError`` if there is none.
    """
    scheme, _, rest = path.partition("://")
    return _system_of(scheme, rest.partition("/")[0])


@lru_cache(maxsize=64)  # of all threads: fsspec would make one for each
def _system_of(scheme: str, host: str) -> AbstractFileSystem:
    from fsspec.core import url_to_fs

    try:
        found, _ = url_to_fs(f"{scheme}://{host}", use_listings_cache=False, skip_instance_cache=True)
    except ImportError as error:
        package = _PACKAGES.get(scheme, str(error))
        raise StorageError(f"{scheme}:// needs the package {package}: python3 -m pip install {package}") from error
    except ValueError as error:
        raise StorageError(f"{scheme}://: nothing is known that reaches it ({error})") from None
    except Exception as error:  # file systems raise what their libraries do
        raise StorageError(f"{scheme}://{host}: it cannot be reached ({type(error).__name__}: {error})") from error
    return found


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
    """A folder at ``path``; what is written in it is written whole or not at all.

    All methods raise ``OSError``, or ``StorageError`` where it is remote.
    """

    path: str

    def at(self, name: str) -> str:
        """Return the path of a file in it."""
        return f"{self.path.rstrip('/')}/{name}"

    def names(self, below: str = "") -> list[str]:
        """Return the names of what lies in it, or in a folder in it, sorted; none if it is not there."""
        path = self.at(below)
        try:
            if not is_remote(path):
                return sorted(os.listdir(path))
            with reaching(path, FileNotFoundError):
                return sorted(_names_in(path))
        except FileNotFoundError:
            return []

    def read(self, name: str) -> bytes | None:
        """Return what is in a file; None if there is none."""
        path = self.at(name)
        try:
            if is_remote(path):
                with reaching(path, FileNotFoundError):
                    return bytes(system(path).cat_file(path))
            with open(path, "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Write a file; a reader never sees half of it, as stores of objects show an object when it is whole."""
        path = self.at(name)
        if is_remote(path):
            with reaching(path, FileNotFoundError):
                system(path).pipe_file(path, data)
        else:
            write_whole(path, data)

    def remove(self, name: str) -> None:
        """Remove a file or a folder, if it is there."""
        path = self.at(name)
        if is_remote(path):
            with reaching(path, FileNotFoundError):
                if system(path).exists(path):
                    system(path).rm(path, recursive=True)
        elif os.path.isdir(path):
            shutil.rmtree(path)
        else:
            Path(path).unlink(missing_ok=True)


def _names_in(path: str) -> Iterator[str]:
    files = system(path)
    whole = files._strip_protocol(path).rstrip("/")
    for name in files.ls(path, detail=False):
        if name.rstrip("/") != whole:  # an object may stand for the folder itself
            yield posixpath.basename(name.rstrip("/"))


def folder_at(path: str) -> Folder:
    """Return a folder, at an absolute path if it is on this machine. Raises ``StorageError`` if it cannot be one."""
    path = here(path)
    if is_url(path):
        raise StorageError(f"{path}: what is read cannot be written there")
    if is_remote(path):
        system(path)
        return Folder(path)
    if os.path.lexists(path) and not os.path.isdir(path):
        raise StorageError(f"{path}: it is not a folder")
    return Folder(os.path.abspath(path))
