"""Safety rules 7 to 11 of design.md §3a, as far as webhooks can break them, over real requests."""

from collections.abc import Callable

import pytest

from calls.models import Leg
from cases.exclusions import exclude_person
from cases.models import Case, CaseCall, CaseExclusion, CasePerson
from core.database import reading, transaction
from routing.directory import current_directory
from tests.ivr.documents import FLOW
from tests.webhooks.looking import (
    AGENT_PHONES,
    agent,
    cases_of,
    lead,
    legs,
    live,
    rows,
    the_callback,
    the_case,
)
from tests.webhooks.telephone import Caller, Person, texts
from tests.webhooks.walking import older_case

pytestmark = pytest.mark.backends("postgresql", "sqlite")
Phone = Callable[..., Caller]
AT_ONCE = ("ทันที", "เดี๋ยวนี้", "at once", "immediately", "right away", "straight away")
TO_CONFLICT = ("3", "1", "92160", "1")
RATSADA_AREA = "ESA-9202"
STATUS_WORDS = tuple(text["th"] for text in FLOW.status_words.values())


# 7. Conflict of interest is asked and holds.
def test_safety_rule_07_staff_involved_goes_above_and_the_office_is_barred(call: Caller) -> None:
    call.press("2", "1", "1", *TO_CONFLICT, "1")
    call.hang_up()
    with reading() as session:
        above = current_directory(session).superiors(RATSADA_AREA)[0].code
    assert lead(the_case().id).office_code == above
    assert [row.office_code for row in rows(CaseExclusion)] == [RATSADA_AREA]


def test_safety_rule_07_who_is_shut_out_is_not_rung_for_the_callers_own_follow_up(
    phone: Phone,
) -> None:
    accused, reference = agent(), older_case()
    case_id = the_case().id
    with transaction() as session:
        exclude_person(session, case_id, accused)
    alone = phone()
    alone.press("3", reference, "4715", "2")
    assert live(alone.sid).state["node"] != "agent_queue", "nobody else is on duty"
    alone.press("")
    agent(1)
    again = phone()
    again.press("3", reference, "4715", "2", "")
    assert (alone.heard.rings, again.heard.rings) == ([], [AGENT_PHONES[1]])


def test_safety_rule_07_who_is_shut_out_while_they_talk_has_no_part_in_the_case(
    phone: Phone,
) -> None:
    accused, caller = agent(), phone()
    caller.press("1", "1")
    person = Person(caller.provider, caller.heard)
    person.pick_up()
    person.press("1")
    with transaction() as session:
        exclude_person(session, the_case().id, accused)
    caller.dial_over("completed", DialBridged="true")
    assert live(caller.sid).state["facts"]["talked"] is True
    assert rows(CasePerson) == []


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("V1", ("2", "1", "3", "3")),
        ("V8", ("2", "1", "4", "4")),
        ("R2", ("2", "3", "2", "3")),
    ],
)
@pytest.mark.parametrize(
    "answer", [("3",), ("",), ()], ids=["rather not say", "silence", "hang-up"]
)
def test_safety_rule_07_no_answer_counts_as_yes_where_children_are_hurt(
    kind: str, keys: tuple[str, ...], answer: tuple[str, ...], call: Caller
) -> None:
    call.press(*keys, *TO_CONFLICT, *answer)
    call.hang_up()
    case = the_case()
    assert case.hazard_type == kind
    assert lead(case.id).office_code != RATSADA_AREA
    assert [row.office_code for row in rows(CaseExclusion)] == [RATSADA_AREA]


def test_safety_rule_07_a_no_leaves_the_case_at_its_office(call: Caller) -> None:
    call.press("2", "1", "3", "3", *TO_CONFLICT, "2")
    call.hang_up()
    assert lead(the_case().id).office_code == RATSADA_AREA
    assert rows(CaseExclusion) == []


def test_safety_rule_07_a_barred_office_stays_barred_however_often_the_case_is_written(
    call: Caller,
) -> None:
    call.press("2", "1", "1", *TO_CONFLICT, "1", "2")
    first = lead(the_case().id).office_code
    call.press("4715", "2", "1")
    call.hang_up()
    assert lead(the_case().id).office_code == first
    assert [row.office_code for row in rows(CaseExclusion)] == [RATSADA_AREA]


# 8. Caller ID proves nothing.
def test_safety_rule_08_the_same_number_twice_is_two_cases_and_nothing_is_read_out(
    phone: Phone,
) -> None:
    first = phone()
    first.press("2", "1", "1", "1", "1", *TO_CONFLICT[1:], "2", "2", "4715")
    first.hang_up()
    reference = the_case().reference
    second = phone()
    second.press("2", "1", "1", "3")
    second.hang_up()
    assert len(rows(Case)) == 2
    assert cases_of(first.sid) != cases_of(second.sid)
    spoken = "".join(one.body.decode() for one in second.documents)
    assert reference not in spoken
    fresh = Caller(first.provider, "+66810000099")
    fresh.dial()
    assert fresh.heard.spoken == second.documents[0].spoken


def test_safety_rule_08_only_reference_and_code_open_a_case_whatever_number_calls(
    phone: Phone,
) -> None:
    first = phone()
    first.press("2", "1", "1", "1", "1", "1", "92160", "1", "2", "2", "4715", "3")
    first.hang_up()
    reference = the_case().reference
    thief = phone(first.number)
    thief.press("3", reference, "1111")
    assert live(thief.sid).state["node"] == "follow_pin"
    thief.hang_up()
    owner = phone("anonymous")
    owner.press("3", reference, "4715")
    assert live(owner.sid).state["node"] == "follow_status"
    assert [row.call_sid for row in rows(CaseCall)] == [first.sid, owner.sid]


@pytest.mark.parametrize("number", ["the same", "another", "anonymous"])
def test_safety_rule_08_a_call_joins_an_open_case_by_number_and_code_alone(
    number: str, phone: Phone
) -> None:
    first = phone()
    first.press("2", "1", "1", "1", "1", "1", "92160", "1", "2", "2", "4715", "3")
    first.hang_up()
    reference = the_case().reference
    silent = phone(first.number)
    silent.hang_up()
    unproven = phone(first.number)
    unproven.press("3", reference)
    unproven.hang_up()
    assert [row.call_sid for row in rows(CaseCall)] == [first.sid]
    heard = texts([*silent.documents, *unproven.documents])
    assert all(word not in heard for word in STATUS_WORDS)
    caller = phone({"the same": first.number, "another": "+66810000098"}.get(number, number))
    caller.press("3", reference, "4715")
    caller.hang_up()
    assert [row.call_sid for row in rows(CaseCall)] == [first.sid, caller.sid]
    assert any(word in texts(caller.documents) for word in STATUS_WORDS)


def test_safety_rule_08_five_wrong_codes_lock_the_case_for_the_right_one_too(phone: Phone) -> None:
    first = phone()
    first.press("2", "1", "1", "1", "1", "1", "92160", "1", "2", "2", "4715", "3")
    reference = the_case().reference
    for pins in (("9071", "9072"), ("9073", "9074"), ("9075",)):
        guesser = phone("anonymous")
        guesser.press("3", reference, *pins)
    owner = phone()
    owner.press("3", reference, "4715")
    assert live(owner.sid).state["node"] == "follow_pin"


def test_safety_rule_08_a_number_of_the_directory_is_a_persons_decision(phone: Phone) -> None:
    agent(phone="+66810000001", role="operator", office=RATSADA_AREA)
    caller = phone("+66810000001")
    caller.press("2", "1", "1", "1", "1")
    caller.hang_up()
    assert (the_callback().state, the_callback().reason) == ("decision", "number_in_directory")


def test_safety_rule_08_a_typed_number_of_the_directory_is_a_persons_decision(
    phone: Phone,
) -> None:
    agent(phone="+66810000077", role="operator", office=RATSADA_AREA)
    caller = phone("anonymous")
    caller.press("2", "1", "1", "1", "0810000077", "1", "1")
    caller.hang_up()
    assert (the_callback().state, the_callback().reason) == ("decision", "number_in_directory")


# 9. Nobody is promised "at once" when nobody is there.
@pytest.mark.parametrize("lang", ["th", "en"])
@pytest.mark.parametrize("keys", [("0", "3"), ("1", "1", "2", "3", "*"), ("1", "2", "1", "2", "*")])
def test_safety_rule_09_nobody_on_duty_is_said_and_the_numbers_that_answer_are_told(
    lang: str, keys: tuple[str, ...], call: Caller
) -> None:
    if lang == "en":
        call.press("4")
    call.press(*keys)
    spoken = texts(call.documents)
    numbers = {"th": ("หนึ่ง สาม ศูนย์ ศูนย์", "หนึ่ง สาม แปด เจ็ด"), "en": ("1 3 0 0", "1 3 8 7")}
    honest = {"th": ("ไม่มีเจ้าหน้าที่อยู่เวร", "ยังไม่มีคนรับสาย"), "en": ("No one",)}
    assert all(number in spoken for number in numbers[lang])
    assert any(word in spoken for word in honest[lang])
    assert [word for word in AT_ONCE if word in spoken.lower()] == []
    assert rows(Leg) == []


def test_safety_rule_09_an_agent_who_does_not_answer_is_no_promise_either(call: Caller) -> None:
    agent()
    call.press("1", "1")
    for _ in range(20):
        if not call.heard.rings:
            break
        call.dial_over("no-answer")
    spoken = texts(call.documents)
    assert "ยังไม่มีเจ้าหน้าที่รับสาย" in spoken
    assert [word for word in AT_ONCE if word in spoken] == []
    assert all(leg.accepted is False for leg in legs())


# 11. Silent calls are a class of their own.
def test_safety_rule_11_a_silent_call_is_held_for_a_person_and_one_key_lifts_it(
    call: Caller,
) -> None:
    agent()
    call.press("", "", "", "")
    assert live(call.sid).state["facts"]["priority"] == "silent"
    assert rows(Case) == []
    call.press("#")
    assert live(call.sid).state["facts"]["priority"] == "urgent"
    assert the_case().quiet is True
