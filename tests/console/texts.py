"""Every text of the console, as the catalogues must hold it."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from core.processes import ROOT

METHODS = [("**.py", "python"), ("templates/console/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "marked": None}
OPTIONS = {"templates/console/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
CATALOGUES = ROOT / "webapp" / "translations"


def wanted_texts() -> dict[str, str]:
    """Each English text with the place where it is first used."""
    found: dict[str, str] = {}
    for file, line, message, _comments, _context in extract_from_dir(
        ROOT / "webapp", METHODS, OPTIONS, KEYWORDS
    ):
        texts = (message,) if isinstance(message, str) else message[:1]
        for text in texts:
            found.setdefault(text, f"webapp/{file}:{line}")
    return found


def translated(language: str) -> dict[str, tuple[str, ...]]:
    """Each English text of a language's catalogues with what it is there."""
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted((CATALOGUES / language).glob("*.po")):
        for key, texts in _entries(path):
            assert key not in found, f"{path.name} repeats: {key}"
            found[key] = texts
    return found


def _entries(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    with path.open("rb") as file:
        for message in read_po(file, locale=path.parent.name):
            if not message.id:
                continue
            key = message.id if isinstance(message.id, str) else message.id[0]
            texts = (message.string,) if isinstance(message.string, str) else message.string
            assert not message.fuzzy, f"{path.name} is unsure of: {key}"
            yield key, tuple(texts)
