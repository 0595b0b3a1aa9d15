"""Texts in Thai and English from a YAML file, with the values of the moment filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import yaml_text
from core.errors import HotlineError


@dataclass(frozen=True)
class Text:
    """One text in both languages; `{name}` marks a value."""

    th: str
    en: str


class Catalogue:
    """All texts of one file; a text that is missing or incomplete stops the start."""

    def __init__(self, path: Path) -> None:
        self._texts = _read(path)

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def keys(self) -> frozenset[str]:
        """The names of all texts."""
        return frozenset(self._texts)

    @property
    def order(self) -> tuple[str, ...]:
        """The names as they stand in the file."""
        return tuple(self._texts)

    def fill(self, key: str, th: Mapping[str, Any], en: Mapping[str, Any]) -> Text:
        """A text with its values; Thai and English may need different ones (names)."""
        text = self._texts[key]
        return Text(th=text.th.format_map(th), en=text.en.format_map(en))


def _read(path: Path) -> dict[str, Text]:
    raw = yaml_text.load(path.read_text(encoding="utf-8"))
    texts: dict[str, Text] = {}
    for key, pair in raw.items():
        if not isinstance(pair, dict) or set(pair) != {"th", "en"} or not all(pair.values()):
            raise HotlineError(f"{path.name}: {key} needs a text in th and in en")
        texts[key] = Text(th=pair["th"], en=pair["en"])
    return texts
