"""A caller who walks a way of `every_node` over HTTP, and what must be left afterwards."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from calls.ledger import open_state
from calls.models import Callback
from cases.answers import CaseAnswers
from cases.models import Case, CaseCall, CasePlace, SilentEvent
from cases.services import open_case, set_pin
from core import clock, runtime
from core.database import transaction
from tests.webhooks.every_node import (
    MISSED,
    PIN,
    REFERENCE,
    SAY_NOTHING,
    SPEAK,
    SPEAK_AND_HEAR,
    TAKEN,
    Way,
)
from tests.webhooks.looking import agent, call_row, cases_of, lead, live, rows
from tests.webhooks.telephone import CALLER, Caller, Person, new_sid

TELLING = ("group", "danger", "quiet")
PASSING = ("given_pin", "pin_digits", "code", "number", "follow_ref")
CODE = 4  # digits; shorter ones may stand in any number
FOLLOWED = CaseAnswers(hazard_group="V", hazard_type="V3", caller_number="+66810000077")


@dataclass
class Walk:
    """One call over HTTP beside the same call on paper."""

    way: Way
    caller: Caller
    followed: str

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the call must know, from the call on paper."""
        return self.way.facts

    @property
    def follows(self) -> bool:
        """Whether the caller has proved to know an older case."""
        return bool(self.facts.get("followed_case"))

    @property
    def makes_a_case(self) -> bool:
        """Whether something telling was pressed, or a person was asked for and rung."""
        told = any(self.facts.get(name) for name in TELLING) or "reference" in self.facts
        return bool(told) and not self.follows


def older_case() -> str:
    """A case of another caller, to be asked about by reference and PIN."""
    with transaction() as session:
        now = clock.now()
        account = runtime.current().settings.twilio_account_sid
        made = open_case(session, FOLLOWED, call_sid=new_sid(), account_sid=account, now=now)
        set_pin(session, made.id, PIN, now=now)
    return made.reference


def walk(way: Way, phone: Callable[..., Caller]) -> Walk:
    """Phone in the way's scene and take its steps; the call then stands where it does on paper."""
    if way.scene.staffed:
        agent()
    going = Walk(way, phone(CALLER if way.scene.shown else "anonymous"), older_case())
    for step in way.steps:
        take(going, step)
    state = live(going.caller.sid).state
    assert (state["node"], state["answers"]) == (way.state.node, way.state.answers)
    return going


def take(going: Walk, step: str) -> None:
    """One step over HTTP."""
    caller = going.caller
    if step == SPEAK:
        caller.recorded()
    elif step == SPEAK_AND_HEAR:
        caller.recorded(key="*")
    elif step == SAY_NOTHING:
        caller.press("")
    elif step in (MISSED, TAKEN):
        _ring(caller, takes=step == TAKEN)
    else:
        caller.press(going.followed if step == REFERENCE else step)


def _ring(caller: Caller, *, takes: bool) -> None:
    person = Person(caller.provider, caller.heard)
    if not takes:
        person.status("no-answer")
        caller.dial_over("no-answer")
        return
    person.pick_up()
    person.press("1")
    caller.dial_over("completed", DialBridged="true")


def secrets_of(going: Walk) -> list[str]:
    """Numbers and codes that only the running call may know."""
    facts = live(going.caller.sid).state["facts"]
    numbers = [going.caller.number.removeprefix("+66"), "810000002"]
    return [str(facts[name]) for name in PASSING if facts.get(name)] + numbers


def check_the_end(going: Walk, secrets: list[str]) -> None:
    """Everything that must hold once the call is over, however its end became known."""
    sid = going.caller.sid
    _check_call(going, secrets)
    made = [case for case in rows(Case) if case.reference != going.followed]
    assert len(made) == (1 if going.makes_a_case else 0)
    if going.makes_a_case:
        assert cases_of(sid) == [made[0].id]
        _check_case(going, made[0])
    elif not going.follows:
        assert cases_of(sid) == []
        assert len(rows(SilentEvent)) == (0 if going.way.state.answers else 1)
    _check_callback(going)
    assert len(rows(CaseCall)) == (2 if going.makes_a_case or going.follows else 1)


def _check_call(going: Walk, secrets: list[str]) -> None:
    row = call_row(going.caller.sid)
    assert row.ended_at is not None
    assert (row.status, row.waiting) == ("completed", False)
    assert row.ended_by == ("system" if going.way.state.ended else "caller")
    kept = open_state(row.state, row.sid)
    assert kept["state"]["answers"] == going.way.state.answers
    assert kept["answer"] == ""
    known = [kept["state"]["facts"], *(before for _, before in kept["state"]["history"])]
    # By name: a short code may be equal to a province's by chance.
    assert [name for facts in known for name in PASSING if facts.get(name)] == []
    told = json.dumps(known)
    assert [secret for secret in secrets if len(secret) > CODE and secret in told] == []


def _check_case(going: Walk, case: Case) -> None:
    facts = going.facts
    subcat = facts.get("subcat")
    assert case.hazard_group == facts.get("group", "X")
    assert case.hazard_type == (None if subcat == "X" else subcat)
    assert (case.danger, case.quiet) == (bool(facts.get("danger")), bool(facts.get("quiet")))
    assert case.recording_consent == facts.get("recording_consent")
    if "conflict" in facts:
        assert case.conflict == facts["conflict"]
    assert case.caller_number == (CALLER if going.way.scene.shown else None)
    assert case.finished_at is not None
    (place,) = [place for place in rows(CasePlace) if place.case_id == case.id]
    if facts.get("place") == "district":
        assert place.district_code == facts["district"]["code"]
        assert place.postal_code == facts["postal_code"]
    assert place.level in (facts.get("level"), None)
    assert [reason["rule"] for reason in lead(case.id).reasons] != ["not_routed_yet"]


def _check_callback(going: Walk) -> None:
    """Design.md §4, settled questions: what an answer, a silence and a hang-up leave."""
    answer, window = going.facts.get("callback"), going.facts.get("callback_window")
    if answer is None and "other_number" in going.facts:
        answer = "other_number"  # granted by a key, though the number was never confirmed
    owes = going.makes_a_case or (going.follows and "callback" in going.facts)
    found = [(row.state, row.consent) for row in rows(Callback)]
    if not owes or answer == "none" or (answer is None and going.facts.get("talked")):
        assert found == []
    elif answer in ("this_number", "other_number"):
        is_clear = window not in (None, "person_decides")
        assert found == [("due" if is_clear else "decision", True)]
    else:
        assert found == [("decision", False)]
