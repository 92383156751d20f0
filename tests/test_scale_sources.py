"""What is read by a run over very many pictures: folders, patterns, lists, here and in a store of objects."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from stores import s3  # noqa: F401

from vinchar.scale.sources import File, Passed, list_files
from vinchar.scale.storage import Folder, StorageError, folder_at, is_remote, modified_of, system


def made(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return folder


def names(source: object, allow_urls: bool = False) -> list[str]:
    return [file.path for file in list_files([str(source)], Passed(), allow_urls)]


def test_a_folder_is_all_that_is_named_like_a_picture(tmp_path: Path) -> None:
    folder = made(tmp_path / "in", "b.JPG", "deep/er/a.png", "scan.pdf", "notes.doc", ".hidden.jpg", ".git/c.jpg")
    (folder / "link").symlink_to(folder / "deep")
    (folder / "broken.jpg").symlink_to(folder / "nowhere.jpg")
    passed = Passed()
    found = {os.path.relpath(file.path, folder): file for file in list_files([str(folder)], passed)}
    assert sorted(found) == ["b.JPG", "broken.jpg", "deep/er/a.png", "scan.pdf"]
    assert passed.count == 2  # the notes, and the link to a folder
    assert found["b.JPG"].size == len("b.JPG")
    assert found["b.JPG"].modified == (folder / "b.JPG").stat().st_mtime_ns // 1000
    assert found["broken.jpg"] == File(str(folder / "broken.jpg"))  # reading it says why


def test_paths_are_absolute_whatever_the_folder_is_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path / "in", "a.jpg")
    monkeypatch.chdir(tmp_path)
    assert names("in") == names("./in/../in/a.jpg") == [str(tmp_path / "in" / "a.jpg")]


def test_a_name_need_not_be_text(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/b\xe4r.jpg"
    Path(os.fsdecode(path)).write_bytes(b"x")
    assert [os.fsencode(name) for name in names(tmp_path)] == [path]


def test_patterns(tmp_path: Path) -> None:
    made(tmp_path, "a/1.jpg", "a/2.png", "b/3.jpg")
    assert names(tmp_path / "*" / "*.jpg") == [str(tmp_path / "a" / "1.jpg"), str(tmp_path / "b" / "3.jpg")]


@pytest.mark.parametrize("column", ["image", "Path", " url", "file"])
def test_tables_list_pictures_beside_them(tmp_path: Path, column: str) -> None:
    made(tmp_path, "in/a.jpg")
    listed = ["in/a.jpg", str(tmp_path / "in" / "a.jpg"), "s3://bucket/b.jpg", "gone.jpg"]
    want = [str(tmp_path / "in" / "a.jpg")] * 2 + ["s3://bucket/b.jpg", str(tmp_path / "gone.jpg")]
    (tmp_path / "list.csv").write_text(f"vin;{column}\n" + "".join(f"x;{name}\n" for name in listed), "utf-8-sig")
    pq.write_table(pa.table({"vin": ["x"] * 4, column: listed}), tmp_path / "list.parquet")
    (tmp_path / "list.txt").write_text("\n".join(listed) + "\r\n\n")
    for ending in ("csv", "parquet", "txt"):
        files = list(list_files([str(tmp_path / f"list.{ending}")], Passed()))
        assert [file.path for file in files] == want, ending
        assert [file.size for file in files] == [8, 8, None, None]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("list.csv", b"vin,photo\nx,y\n", "got the columns vin, photo, expected one of file, image"),
        ("list.csv", b"\xff\xfe\x00", "cannot be read as a table"),
        ("list.parquet", b"PAR1", "cannot be read as a table"),
    ],
)
def test_a_list_that_is_none_is_said(tmp_path: Path, name: str, text: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(text)
    with pytest.raises(StorageError, match=said):
        names(tmp_path / name)


@pytest.mark.parametrize(
    "content", [b"a.jpg\0b.jpg\0", "a.jpg\r\nb.jpg\r\n".encode("utf-16"), b"\xef\xbb\xbfa.jpg\nb.jpg"]
)
def test_texts_as_find_and_windows_write_them(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "list.txt").write_bytes(content)
    assert names(tmp_path / "list.txt") == [str(tmp_path / "a.jpg"), str(tmp_path / "b.jpg")]


def test_what_cannot_be_a_path_is_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(b"image\na\0b.jpg\n")
    assert [file.size for file in list_files([str(tmp_path / "list.csv")], Passed())] == [None]


def test_tables_of_bytes(tmp_path: Path) -> None:
    pq.write_table(pa.table({"image": [b"a\xe4.jpg"]}), tmp_path / "list.parquet")
    assert [os.fsencode(name) for name in names(tmp_path / "list.parquet")] == [os.fsencode(tmp_path) + b"/a\xe4.jpg"]
    pq.write_table(pa.table({"image": [{"path": "a.jpg"}]}), tmp_path / "list.parquet")
    with pytest.raises(StorageError, match=r"got struct<path: string> in the column image, expected string"):
        names(tmp_path / "list.parquet")


def test_a_page_is_a_source_and_may_stand_in_a_list(tmp_path: Path) -> None:
    made(tmp_path, "scan.pdf")
    (tmp_path / "list.txt").write_text("scan.pdf#2\n")
    for source in ("scan.pdf#2", "list.txt"):
        (file,) = list_files([str(tmp_path / source)], Passed())
        assert file.path == str(tmp_path / "scan.pdf#2")
        assert file.size == len("scan.pdf")


def test_an_address_of_this_machine_is_a_path(tmp_path: Path) -> None:
    made(tmp_path, "a.jpg")
    assert names(f"file://{tmp_path}/a.jpg") == names(tmp_path / "a.jpg")


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"gone: there is no such file or folder"):
        names(tmp_path / "gone")
    with pytest.raises(StorageError, match=r"nothing is known that reaches it"):
        names("nowhere://bucket/photos")
    for source in ("zip://a::gone.zip", "github://a", "dir://a"):  # each raises something else
        with pytest.raises(StorageError):
            names(source)


def test_the_web_takes_a_flag(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("https://example.com/a.jpg\n")
    for source in ("https://example.com/a.jpg", tmp_path / "list.txt"):
        with pytest.raises(StorageError, match=r"--allow-urls"):
            names(source)
        assert names(source, allow_urls=True) == ["https://example.com/a.jpg"]


def test_a_store_of_objects(s3: str) -> None:  # noqa: F811
    files = system("s3://")
    for name in ("in/a.jpg", "in/deep/b.PNG", "in/notes.doc", "in/.hidden.jpg", "list.csv"):
        files.pipe_file(f"{s3}/{name}", b"image\nin/a.jpg\n" if name.endswith("csv") else name.encode())
    passed = Passed()
    found = {file.path: file for file in list_files([f"{s3}/in"], passed)}
    assert sorted(found) == [f"{s3}/in/a.jpg", f"{s3}/in/deep/b.PNG"]
    assert passed.count == 1
    one = found[f"{s3}/in/a.jpg"]
    assert one.size == len("in/a.jpg")
    assert one.modified == modified_of(files.info(one.path))
    assert names(f"{s3}/in/*.jpg") == [f"{s3}/in/a.jpg"]
    assert names(f"{s3}/in/a.jpg") == [f"{s3}/in/a.jpg"]
    assert names(f"{s3}/list.csv") == [f"{s3}/in/a.jpg"]
    with pytest.raises(StorageError, match=r"there is no such file or folder"):
        names(f"{s3}/gone.jpg")


def test_patterns_and_lists_in_a_store_are_as_here(s3: str) -> None:  # noqa: F811
    files = system("s3://")
    for name in ("2024-01/a.jpg", "2024-02/b.jpg", "2024-02/.small/b.jpg", "p[1]/c.jpg", "lists/one.txt"):
        files.pipe_file(f"{s3}/{name}", b"../p[1]/c.jpg\n")
    assert names(f"{s3}/2024-*") == [f"{s3}/2024-01/a.jpg", f"{s3}/2024-02/b.jpg"]
    assert names(f"{s3}/p[1]/*.jpg") == names(f"{s3}/lists/*.txt") == [f"{s3}/p[1]/c.jpg"]
    with pytest.raises(StorageError, match=r"there is no such file or folder"):
        names(f"{s3}/2025-*")


def test_what_cannot_be_listed_is_said(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    files = system(s3)
    for name in ("in/a.jpg", "in/locked/b.jpg"):
        files.pipe_file(f"{s3}/{name}", b"x")
    list_folder = files._lsdir

    async def locked(path: str, *args: object, **how: object) -> object:
        if "locked" in path:
            raise PermissionError("Access Denied")
        return await list_folder(path, *args, **how)

    monkeypatch.setattr(files, "_lsdir", locked)
    with pytest.raises(StorageError, match=r"in: it cannot be reached .*Access Denied"):
        names(f"{s3}/in")
    with pytest.raises(StorageError, match=r"there is no such file or folder"):
        names(f"{s3}-of-others/in")


def test_a_store_that_does_not_answer_is_said(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    out = folder_at(f"{s3}/out")

    def down(*_: object, **__: object) -> None:
        raise RuntimeError("no credentials")

    for name in ("ls", "cat_file", "pipe_file", "exists"):
        monkeypatch.setattr(system(s3), name, down)
    for reach in (out.names, lambda: out.read("a"), lambda: out.write("a", b""), lambda: out.remove("a")):
        with pytest.raises(StorageError, match=r"cannot be reached \(RuntimeError: no credentials\)"):
            reach()


def test_an_object_that_stands_for_the_folder_is_nothing_in_it(s3: str) -> None:  # noqa: F811
    system(s3).pipe_file(f"{s3}/out/", b"")
    assert folder_at(f"{s3}/out").names() == []


@pytest.fixture(params=["here", "s3"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Folder:
    return folder_at(str(tmp_path / "out") if request.param == "here" else request.getfixturevalue("s3") + "/out")


def test_what_is_written_can_be_read_and_removed(folder: Folder) -> None:
    assert folder.names() == []
    assert folder.read("a") is None
    folder.write("a", b"1")
    folder.write("a", b"22")
    folder.write("notes/b", b"3")
    assert folder.names() == ["a", "notes"]
    assert folder.names("notes") == ["b"]
    assert folder.read("a") == b"22"
    folder.remove("notes")
    folder.remove("notes")
    assert folder.names() == ["a"]


def test_where_nothing_can_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match=r"it is not a folder"):
        folder_at(str(tmp_path / "file"))
    with pytest.raises(StorageError, match=r"cannot be written there"):
        folder_at("https://example.com/out")


def test_an_address_is_told_from_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made(tmp_path, "odd:/x")
    assert is_remote("s3://bucket")
    assert not is_remote("odd://x")  # a path on this machine, however odd
    assert not is_remote(str(tmp_path))


@pytest.mark.parametrize(
    ("info", "want"),
    [
        ({"mtime": 12.5}, 12_500_000),
        ({"updated": "1970-01-01T00:00:02Z"}, 2_000_000),
        ({"updated": "yesterday"}, None),
        ({"name": "x"}, None),
    ],
)
def test_when_a_file_was_changed(info: dict[str, object], want: int | None) -> None:
    assert modified_of(info) == want
