"""What a text of rules would do: faults with their lines, what differs, which cases would move."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from cases.access import Viewer
from cases.replay import Move, readable, replay
from core import runtime
from core.crypto import same
from routing.csv_tables import Refusal
from routing.directory import current_directory
from routing.rule_diff import compare
from routing.rule_files import RuleFile, read_rule_file
from routing.rule_versions import read_rules
from webapp.console.case_words import in_language
from webapp.console.language import gettext
from webapp.console.rules_words import (
    ChangeInWords,
    Names,
    changes_in_words,
    office_word,
    read_names,
)

NAME = re.compile(r"^\s*(?:-\s+)?name:\s*[\"']?([^\"'#\s]+)")
# So many cases may be tried at once; the newest ones.
LASTS = (100, 500, 2000)
MOST_SHOWN = 50
MOST_FAULTS = 50
CHECKED = "rules.checked"


@dataclass(frozen=True)
class Fault:
    """What is wrong on a line, of which rule it is, and how the line reads."""

    line: int
    rule: str
    text: str
    source: str


@dataclass(frozen=True)
class Flow:
    """How many cases would go from one office to another."""

    before: str
    after: str
    cases: int


@dataclass(frozen=True)
class ShownMove:
    """A case that would move and that the reader has on a list."""

    reference: str
    before: str
    after: str
    why: list[str]


@dataclass(frozen=True)
class Trial:
    """What the newest cases say to the rules; cases that the reader must not know do not count."""

    asked: int
    moved: int
    flows: list[Flow]
    moves: list[ShownMove]


@dataclass(frozen=True)
class Checked:
    """The result of a check; `token` stands for this very text and is needed to publish it."""

    file: RuleFile
    faults: list[Fault] = field(default_factory=list)
    changes: list[ChangeInWords] = field(default_factory=list)
    trial: Trial | None = None
    token: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the text may be published."""
        return not self.faults and bool(self.changes)

    @property
    def hidden(self) -> int:
        """How many faults are not shown."""
        return len(self.file.refusals) - len(self.faults)


def check(
    session: Session, text: str, viewer: Viewer, *, base: int, last: int, now: datetime
) -> Checked:
    """Look at a text as the command would, compare it with what is in force, and try it."""
    file = read_rule_file(gettext("the line"), text, current_directory(session))
    if file.refusals:
        lines = text.splitlines()
        return Checked(file, [_fault(one, lines) for one in file.refusals[:MOST_FAULTS]])
    names = read_names(session)
    changes = compare(read_rules(session).rules, file.rules)
    tried = replay(
        session,
        file.rules,
        last=last,
        now=now,
        around_clock=runtime.current().settings.is_practice,
        viewer=viewer,
    )
    return Checked(
        file=file,
        changes=changes_in_words(changes, names),
        trial=_trial(session, viewer, tried.cases, tried.moves, names),
        token=token(text, viewer, base),
    )


def token(text: str, viewer: Viewer, base: int) -> str:
    """Stands for a text that a person had checked against a version."""
    keyring = runtime.current().keyring
    return keyring.fingerprint(CHECKED, f"{viewer.staff_id}:{base}:{text}")


def was_checked(given: str, text: str, viewer: Viewer, base: int) -> bool:
    """Whether this person had this very text checked."""
    return same(given, token(text, viewer, base))


def _trial(
    session: Session, viewer: Viewer, asked: int, moves: tuple[Move, ...], names: Names
) -> Trial:
    counted = Counter((one.before, one.after) for one in moves)
    flows = [
        Flow(office_word(before, names), office_word(after, names), cases)
        for (before, after), cases in counted.most_common()
    ]
    seen = readable(session, viewer, moves)[:MOST_SHOWN]
    return Trial(asked, len(moves), flows, [_shown(one, names) for one in seen])


def _shown(move: Move, names: Names) -> ShownMove:
    return ShownMove(
        reference=move.reference,
        before=office_word(move.before, names),
        after=office_word(move.after, names),
        why=[in_language(one) for one in move.new],
    )


def _fault(refusal: Refusal, lines: list[str]) -> Fault:
    """A refusal with the line at fault and the rule in which it stands."""
    above = lines[: refusal.line]
    source = above[-1].strip() if above else ""
    return Fault(refusal.line, _rule_of(refusal.line, lines), in_language(refusal), source)


def _rule_of(line: int, lines: list[str]) -> str:
    """The name of the rule whose entry holds a line; its name may stand below the line."""
    entries = [(len(text) - len(text.lstrip()), number) for number, text in _dashes(lines)]
    outer = min((indent for indent, _ in entries), default=0)
    starts = [number for indent, number in entries if indent == outer]
    begin = max((one for one in starts if one <= line), default=None)
    if begin is None:
        return ""
    end = min((one for one in starts if one > line), default=len(lines) + 1)
    found = (NAME.match(one) for one in lines[begin - 1 : end - 1])
    return next((one[1] for one in found if one), "")


def _dashes(lines: list[str]) -> Iterator[tuple[int, str]]:
    return ((number, text) for number, text in enumerate(lines, 1) if text.lstrip()[:2] == "- ")
