"""Every code that a page may show has words: statuses, steps, answers of the flow, timeline."""

import re
from typing import get_args

import pytest

from calls.retry import OUTCOMES
from calls.states import CALLBACK_MOVES
from cases.inferring import INTENTS, ROLES
from cases.models import TimelineEvent
from cases.not_ours_rules import WHY
from cases.note_rules import VISIBILITIES
from cases.states import CASE, NEXT_STEPS
from core import clock
from core.processes import ROOT
from ivr.nodes import Menu
from ivr.versions import current_flow
from recordings.states import MOVES
from routing.vocabulary import LEVELS
from webapp.console.case_filters import GROUPS, SEVERITIES, Waiting
from webapp.console.case_words import CATALOGUE, answer_word, sentence, word
from webapp.console.timeline_words import entries

KIND = re.compile(r"note_(?:event|reason)\([^\"\n]*?,\s*\"(\w+)\"")
FLOORS = ("cases", "calls", "recordings", "ivr", "webapp")
CODES = {
    "status": CASE,
    "step": NEXT_STEPS.values(),
    "severity": SEVERITIES,
    "group": GROUPS,
    "callback_state": CALLBACK_MOVES,
    "outcome": OUTCOMES,
    "recording_state": MOVES,
    "visibility": VISIBILITIES,
    "level": LEVELS,
    "intent": INTENTS,
    "role": ROLES,
    "not_ours": WHY,
    "waiting": get_args(Waiting),
    "empty": get_args(Waiting),
}


@pytest.mark.parametrize("kind", CODES)
def test_every_code_has_words(kind: str) -> None:
    assert [code for code in CODES[kind] if f"{kind}.{code}" not in CATALOGUE] == []


def test_every_answer_of_the_flow_has_words() -> None:
    menus = [node for node in current_flow().nodes.values() if isinstance(node, Menu)]
    labels = {(one.name, option.label) for one in menus for option in one.options.values()}
    missing = {
        f"{node}: {label}"
        for node, label in labels
        if f"answer.{label}" not in CATALOGUE and f"answer.{node}.{label}" not in CATALOGUE
    }
    assert (missing, len(labels) > 50) == (set(), True)


def test_every_question_of_the_flow_has_words() -> None:
    menus = [node.name for node in current_flow().nodes.values() if isinstance(node, Menu)]
    assert [name for name in menus if f"question.{name}" not in CATALOGUE] == []


def test_every_entry_that_the_code_writes_has_words() -> None:
    kinds = {
        kind
        for floor in FLOORS
        for path in (ROOT / floor).rglob("*.py")
        for kind in KIND.findall(path.read_text(encoding="utf-8"))
    }
    assert len(kinds) > 10
    assert [kind for kind in kinds if f"timeline.{kind}" not in CATALOGUE] == []


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"office_code": "ESA-9202"}, "ส่งเรื่องไปที่ สพป.ตรัง เขต 2"),
        ({}, "ตรวจเส้นทางแล้ว เรื่องอยู่ที่หน่วยงานเดิม"),
    ],
    ids=["elsewhere", "where it was"],
)
def test_an_entry_says_where_the_rules_sent_the_case(data: dict[str, str], text: str) -> None:
    event = TimelineEvent(at=clock.now(), kind="routed", actor="system", data=data)
    [entry] = entries([event], {}, {"ESA-9202": "สพป.ตรัง เขต 2"}, with_words=True)
    assert entry.text == text


def test_what_the_catalogue_lacks_stands_for_itself() -> None:
    assert word("status", "never_heard_of") == "never_heard_of"
    assert answer_word("group", "never_heard_of") == "never_heard_of"
    assert sentence("never_heard_of", {}) == "never_heard_of"
    assert "–" in sentence("routed", {})
