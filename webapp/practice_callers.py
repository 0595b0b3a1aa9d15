"""The prepared callers of the practice telephone, read from webapp/data/practice_callers.yaml."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from core import yaml_text

FILE = Path(__file__).parent / "data" / "practice_callers.yaml"


@dataclass(frozen=True)
class Story:
    """What a prepared caller is about, in one language."""

    who: str
    story: str
    look_for: str


@dataclass(frozen=True)
class Caller:
    """Somebody who phones: the language, the keys, and which caller has phoned before."""

    name: str
    language: str
    keys: str
    th: Story
    en: Story
    before: str | None = None
    pin: str | None = None

    def story(self, language: str) -> Story:
        """The story in the reader's language."""
        return self.en if language == "en" else self.th

    def script(self, reference: str | None) -> str:
        """The keys, with the number of the report that was made before."""
        return self.keys.replace("{reference}", reference or "*")


@cache
def callers() -> dict[str, Caller]:
    """All of them by name, in the order of the file."""
    raw = yaml_text.load(FILE.read_text(encoding="utf-8"))
    return {one.name: one for one in TypeAdapter(list[Caller]).validate_python(raw)}
