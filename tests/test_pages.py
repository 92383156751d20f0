"""The pages' files: every text there is in every language, nothing from other hosts, nothing inline, no loose end."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest

from vinchar.quality import FAULTS
from vinchar.service.problems import CODES

STATIC = Path(str(files("vinchar.service") / "static"))
PAGES = [STATIC / name for name in ("index.html", "review.html")]
SCRIPTS = sorted(path for path in STATIC.glob("*.js") if path.name != "docs.js")
OFFLINE = sorted((Path(__file__).parents[1] / "web" / "page").glob("*.ts"))  # what the same page does without a service
TEXTS: dict[str, dict[str, str | dict[str, str]]] = json.loads((STATIC / "texts.json").read_text(encoding="utf-8"))
PLURALS = {"en": {"one", "other"}, "de": {"one", "other"}, "ru": {"one", "few", "many", "other"}}
KEY = r"[a-z]+\.[\w-]+"  # of a text
NAMESPACE = "http://www.w3.org/2000/svg"


class Tags(HTMLParser):
    """The tags of a page with their attributes, and the text that stands in each."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.tags[-1][0], data.strip()))


def forms_of(key: str, language: str) -> dict[str, str]:
    """The forms of a text by plural category; one that has no plural is `other`."""
    text = TEXTS[key][language]
    return {"other": text} if isinstance(text, str) else text


def code_of(path: Path) -> str:
    """A script without its comments."""
    code = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"(?<![:\"'])//.*", "", code)


def used_keys() -> tuple[set[str], set[str]]:
    """The keys that pages and scripts name, and the beginnings of those that they put together."""
    whole, begun = set(), set()
    for path in PAGES:
        for _, attributes in Tags(path).tags:
            whole |= {
                value or "" for name, value in attributes.items() if re.fullmatch(r"data-(text|label|hint|alt)", name)
            }
    for path in (*SCRIPTS, *OFFLINE):
        code = code_of(path)
        literals = set(re.findall(rf"[\"']({KEY})[\"']", code))
        whole |= {
            literal for literal in literals if literal.partition(".")[0] in {key.partition(".")[0] for key in TEXTS}
        }
        begun |= set(re.findall(r"`([a-z]+\.)\$\{", code))
    files_named = {path.name for path in (*STATIC.iterdir(), *OFFLINE)} | {"labels.csv", "labels.zip", "vins.csv"}
    return whole - files_named, begun


def test_every_text_is_there_in_every_language() -> None:
    for key, languages in TEXTS.items():
        assert re.fullmatch(KEY, key), key
        assert set(languages) == set(PLURALS), key
        plural = {isinstance(text, dict) for text in languages.values()}
        assert len(plural) == 1, f"{key} has plurals in some languages only"
        for language in languages:
            forms = forms_of(key, language)
            assert all(text == text.strip() and text for text in forms.values()), key
            assert plural != {True} or set(forms) == PLURALS[language], (key, language)


def test_texts_have_the_same_placeholders_in_every_language() -> None:
    for key, languages in TEXTS.items():
        texts = [text for name in languages for form, text in forms_of(key, name).items() if form != "one"]
        (found,) = {frozenset(re.findall(r"\{(.*?)\}", text)) for text in texts}
        assert all(re.fullmatch(r"\w+%?", name) for name in found), key
        assert isinstance(TEXTS[key]["en"], str) or "n" in found, f"{key}: no number chooses the plural"
        for name in languages:  # "one more" need not say the number
            assert set(re.findall(r"\{(.*?)\}", forms_of(key, name).get("one", ""))) <= found, key


def test_every_key_that_is_used_is_there() -> None:
    whole, begun = used_keys()
    assert whole, "no key found: are they written in another way now?"
    assert whole <= TEXTS.keys()
    assert all(any(key.startswith(start) for key in TEXTS) for start in begun), begun


def test_no_text_is_left_over() -> None:
    whole, begun = used_keys()
    assert not {key for key in TEXTS if key not in whole and not key.startswith(tuple(begun))}


def test_what_the_service_says_by_name_has_a_text() -> None:
    assert {f"error.{code}" for code in CODES} <= TEXTS.keys()
    assert {f"advice.{fault.name}" for fault in FAULTS} <= TEXTS.keys()
    for status in ("ok", "uncertain", "not_found", "error"):
        assert f"verdict.{status}" in TEXTS
    for region in ("North America", "Oceania", "South America", "Africa", "Asia", "Europe"):
        assert f"region.{region.replace(' ', '_')}" in TEXTS


def test_languages_are_not_copies_of_each_other() -> None:
    alike = {key for key, text in TEXTS.items() if text["ru"] == text["en"] and re.search("[a-z]{5}", str(text["en"]))}
    assert {key for key in alike if key not in ("number.share", "fact.years", "export.csv")} == set()


@pytest.mark.parametrize(
    "path",
    [*STATIC.glob("*.html"), *STATIC.glob("*.svg"), *STATIC.glob("*.css"), *SCRIPTS, STATIC / "texts.json"],
    ids=lambda path: path.name,
)
def test_nothing_comes_from_another_host(path: Path) -> None:
    code = path.read_text(encoding="utf-8").replace(NAMESPACE, "")
    assert not re.findall(r"(?:https?|wss?):|[\"'(]//", code)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_pages_have_no_code_and_no_style_within(path: Path) -> None:
    page = Tags(path)
    for tag, attributes in page.tags:
        assert tag != "style"
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        assert tag != "script" or attributes.get("src")
    assert not [text for tag, text in page.texts if tag == "script"]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_make_no_code_of_text(path: Path) -> None:
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|\"style\"", code_of(path)
    )


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_texts_of_pages_come_from_the_file_of_texts(path: Path) -> None:
    """Beside the product's name, and what is said where no script runs."""
    assert {text for tag, text in Tags(path).texts if tag not in ("title", "span", "img", "p")} == set()
    assert [text for tag, text in Tags(path).texts if tag in ("span", "img")] == ["vinchar"]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_what_a_page_refers_to_is_there(path: Path) -> None:
    page = Tags(path)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    icons = set(re.findall(r'<symbol id="(\w+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    for tag, attributes in page.tags:
        for name in ("href", "src"):
            file, _, part = (attributes.get(name) or "").partition("#")
            if file.startswith("static/"):
                assert (STATIC / file.removeprefix("static/")).is_file(), file
                assert tag != "use" or part in icons, part
            elif part and not file:
                assert part in ids


def test_scripts_find_what_they_refer_to() -> None:
    ids = {
        path.name: {str(attributes["id"]) for _, attributes in Tags(path).tags if "id" in attributes} for path in PAGES
    }
    icons = set(re.findall(r'<symbol id="(\w+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    for path in SCRIPTS:
        code = code_of(path)
        assert set(re.findall(r'byId\("([\w-]+)"\)', code)) <= set.union(*ids.values()), path.name
        assert set(re.findall(r'\bicon\("(\w+)"\)|button\("[\w.-]+", "(\w+)"', code)) <= {
            (name, "") for name in icons
        } | {("", name) for name in icons}
    for script, page in (("page.js", "index.html"), ("review.js", "review.html"), ("manage.js", "review.html")):
        assert set(re.findall(r'byId\("([\w-]+)"\)', code_of(STATIC / script))) <= ids[page], script


EXPORTS = {
    path.name: set(re.findall(r"^export (?:async )?(?:function|const|let|class) (\w+)", code_of(path), re.MULTILINE))
    for path in SCRIPTS
}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_modules_import_what_there_is_and_what_they_use(path: Path) -> None:
    code = code_of(path)
    imported: set[str] = set()
    for names, module in re.findall(r"^import \{([^}]*)\} from \"\./([\w.]+)\";", code, re.MULTILINE):
        assert module in EXPORTS, module
        imported |= set(re.findall(r"\w+", names))
        assert set(re.findall(r"\w+", names)) <= EXPORTS[module], module
    assert len(re.findall(r"^import ", code, re.MULTILINE)) == len(re.findall(r"from \"\./[\w.]+\";", code))
    body = re.sub(r"^import .*$", "", code, flags=re.MULTILINE)
    assert {name for name in imported if not re.search(rf"\b{name}\b", body)} == set()
    own = set(re.findall(r"(?:function|const|let|class) (\w+)", body)) | set(
        re.findall(r"^  (?:async )?(\w+)\(.*\) \{$", body, re.MULTILINE)
    )
    others = set.union(*EXPORTS.values()) - own - imported
    called = {name for name in others if re.search(rf"(?:^|[\s(\[!,]){name}\(", body)}
    assert called <= set(re.findall(r"\((?:\{[^)]*\b)?(\w+)\)", body)), called  # what is a parameter


def test_scripts_stay_small() -> None:
    for path in SCRIPTS:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 310, path.name
        assert max(map(len, lines)) <= 120, path.name
