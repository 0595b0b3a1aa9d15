"""The legs that we cause: people who are rung for a waiting caller, each leg with turns of its own.

The ids are those of the bad-input list (reliability.md §5.3).
"""

from collections.abc import Callable
from urllib.parse import urldefrag

import pytest

from agents.models import Staff
from calls.models import Callback, CallEvent, Leg
from core.database import transaction
from core.runtime import current
from tests.ivr.documents import FLOW
from tests.webhooks.looking import (
    AGENT_PHONES,
    agent,
    dump,
    legs,
    live,
    rows,
    the_callback,
    the_case,
)
from tests.webhooks.telephone import Caller, Heard, Person, new_sid

pytestmark = pytest.mark.backends("postgresql")
OFFER = "กด หนึ่ง เพื่อรับสาย"
KEYS_ONLY = "สายนี้กดปุ่มได้อย่างเดียว"


@pytest.fixture
def rung(phone: Callable[..., Caller]) -> tuple[Caller, Person]:
    """A caller in danger who can talk, and the one agent whose phone rings."""
    agent()
    caller = phone()
    caller.press("1", "1")
    assert caller.heard.rings == [AGENT_PHONES[0]]
    return caller, Person(caller.provider, caller.heard)


def test_who_presses_one_is_joined_with_the_caller(rung: tuple[Caller, Person]) -> None:
    caller, person = rung
    assert person.pick_up().verbs == ["Gather", "Hangup"]
    assert OFFER in person.documents[-1].spoken
    assert person.press("1").verbs == []
    assert caller.dial_over("completed", DialBridged="true").verbs[-1] == "Hangup"
    assert live(caller.sid).state["facts"]["talked"] is True
    caller.hang_up()
    assert rows(Callback) == []


@pytest.mark.parametrize("key", ["2", "0", "#", "hangup", "11"])
def test_any_other_key_declines_and_the_caller_stays_in_the_queue(
    key: str, rung: tuple[Caller, Person]
) -> None:
    caller, person = rung
    person.pick_up()
    assert person.press(key).verbs == ["Hangup"]
    person.status("completed")
    caller.dial_over("completed", DialBridged="false")
    assert "talked" not in live(caller.sid).state["facts"]
    assert live(caller.sid).state["node"] == "urgent_queue"


def test_silence_is_asked_once_more_and_then_let_go(rung: tuple[Caller, Person]) -> None:
    _, person = rung
    person.pick_up()
    assert OFFER in person.press("").spoken
    assert person.press("").verbs == ["Hangup"]
    assert [leg.accepted for leg in legs()] == [False]


def test_b42_a_completed_dial_that_joined_nobody_is_a_miss(rung: tuple[Caller, Person]) -> None:
    caller, person = rung
    person.pick_up()
    person.press("1")
    caller.dial_over("completed", DialBridged="false")
    assert "talked" not in live(caller.sid).state["facts"]
    caller.hang_up()
    assert the_callback().state == "decision"


def test_b42_a_completed_dial_that_nobody_took_with_a_key_is_a_miss(
    rung: tuple[Caller, Person],
) -> None:
    caller, person = rung
    person.pick_up()
    caller.dial_over("completed", DialBridged="true")
    assert "talked" not in live(caller.sid).state["facts"]


@pytest.mark.parametrize("word", ["busy", "no-answer", "failed", "canceled", "strange"])
def test_a_dial_that_reached_nobody_is_a_miss(word: str, rung: tuple[Caller, Person]) -> None:
    caller, person = rung
    person.status(word)
    assert caller.dial_over(word).verbs
    assert "talked" not in live(caller.sid).state["facts"]


def test_a_leg_turn_again_gets_the_same_bytes(rung: tuple[Caller, Person]) -> None:
    _, person = rung
    offer = person.pick_up()
    before = dump()
    assert person.ask(person.dialled.whisper, Digits="1").body == offer.body
    assert dump() == before
    taken = person.ask(offer.action, Digits="1")
    before = dump()
    for digits in ("1", "2", ""):
        assert person.ask(offer.action, Digits=digits).body == taken.body
        assert person.ask(person.dialled.whisper, Digits=digits).body == taken.body
    assert dump() == before


def test_b43_a_second_call_for_the_same_key_is_hung_up_on(rung: tuple[Caller, Person]) -> None:
    caller, person = rung
    offer = person.pick_up()
    before = dump()
    stranger = Person(caller.provider, caller.heard)
    assert stranger.pick_up().verbs == ["Hangup"]
    assert stranger.ask(offer.action, Digits="1").verbs == ["Hangup"]
    assert dump() == before
    assert person.press("1").verbs == []


def test_b43_one_call_cannot_be_two_legs(
    rung: tuple[Caller, Person], phone: Callable[..., Caller]
) -> None:
    _, person = rung
    person.pick_up()
    agent(1)
    other = phone("+66810000002")
    other.press("1", "1")
    before = dump()
    thief = Person(other.provider, other.heard, sid=person.sid)
    assert thief.pick_up().verbs == ["Hangup"]
    assert dump() == before
    assert thief.status("completed").status_code == 204
    assert legs()[-1].call_sid is None


@pytest.mark.parametrize("address", ["/ivr/leg/{key}/0", "/ivr/leg/{key}/7"])
def test_b43_a_forged_key_hears_a_hangup_and_writes_nothing(
    address: str, rung: tuple[Caller, Person]
) -> None:
    caller, _ = rung
    before = dump()
    response = caller.provider.post(address.format(key="f" * 32), new_sid(), Digits="1")
    assert Heard(response.data).verbs == ["Hangup"]
    assert dump() == before


@pytest.mark.parametrize("address", ["/ivr/leg-status/{key}", "/ivr/leg-amd/{key}"])
def test_b43_the_status_of_a_forged_key_writes_nothing(
    address: str, rung: tuple[Caller, Person]
) -> None:
    caller, _ = rung
    before = dump()
    told = {"CallStatus": "completed", "AnsweredBy": "human"}
    response = caller.provider.post(address.format(key="f" * 32), new_sid(), **told)
    assert response.status_code == 204
    assert dump() == before


def test_b43_a_turn_of_a_leg_from_the_future_takes_nothing(rung: tuple[Caller, Person]) -> None:
    _, person = rung
    person.pick_up()
    base = urldefrag(person.dialled.whisper).url.removesuffix("/0")
    assert person.ask(f"{base}/5", Digits="1").verbs == ["Hangup"]
    assert [leg.accepted for leg in legs()] == [False]


def test_b43_a_leg_that_has_ended_takes_no_key(rung: tuple[Caller, Person]) -> None:
    caller, person = rung
    person.pick_up()
    caller.dial_over("no-answer")
    assert person.press("1").verbs == ["Hangup"]
    leg = next(leg for leg in legs() if leg.call_sid == person.sid)
    assert leg.accepted is False
    assert leg.state == "ended"


@pytest.mark.parametrize("word", ["machine_start", "fax", "unknown", "", "<script>", "\x00"])
def test_b40_whoever_answered_is_one_of_the_known_words(
    word: str, rung: tuple[Caller, Person]
) -> None:
    caller, person = rung
    key = legs()[0].key
    told = {"AnsweredBy": word}
    assert caller.provider.post(f"/ivr/leg-amd/{key}", person.sid, **told).status_code == 204
    assert legs()[0].answered_by in (None, "machine_start", "fax", "unknown")


def test_b23_an_unknown_word_about_a_leg_is_logged_and_moves_nothing(
    rung: tuple[Caller, Person],
) -> None:
    _, person = rung
    assert person.status("exploded").status_code == 204
    assert legs()[0].state == "created"
    assert "exploded" not in str([(event.event, event.data) for event in rows(CallEvent)])


def test_repeats_and_disorder_never_move_a_leg_back(rung: tuple[Caller, Person]) -> None:
    _, person = rung
    for word, sequence in (("completed", 3), ("ringing", 0), ("completed", 3), ("initiated", 1)):
        assert person.status(word, sequence).status_code == 204
    assert legs()[0].state == "ended"
    assert legs()[0].status == "completed"


def test_who_is_on_the_phone_already_is_not_rung(
    rung: tuple[Caller, Person], phone: Callable[..., Caller]
) -> None:
    _, person = rung
    person.pick_up()
    person.press("1")
    other = phone("+66810000002")
    other.press("1", "1")
    assert other.heard.rings == []
    assert other.heard.verbs[-1] == "Redirect"


def test_who_has_hung_up_may_be_rung_again(
    rung: tuple[Caller, Person], phone: Callable[..., Caller]
) -> None:
    caller, person = rung
    person.pick_up()
    person.press("1")
    caller.dial_over("completed", DialBridged="true")
    other = phone("+66810000002")
    other.press("1", "1")
    assert other.heard.rings == [AGENT_PHONES[0]]


def test_a_caller_who_hangs_up_while_it_rings_frees_the_person(
    rung: tuple[Caller, Person], phone: Callable[..., Caller]
) -> None:
    caller, _ = rung
    caller.hang_up()
    other = phone("+66810000002")
    other.press("1", "1")
    assert other.heard.rings == [AGENT_PHONES[0]]


def test_people_are_rung_in_turn_each_on_a_leg_of_its_own(phone: Callable[..., Caller]) -> None:
    agent(0)
    agent(1)
    caller = phone()
    first = caller.press("1", "1").rings
    second = caller.dial_over("no-answer").rings
    assert sorted(first + second) == sorted(AGENT_PHONES[:2])
    assert len({leg.key for leg in legs()}) == 2


def test_the_end_of_the_call_told_before_the_end_of_its_dial_is_no_missed_talk(
    rung: tuple[Caller, Person],
) -> None:
    caller, person = rung
    person.pick_up()
    person.press("1")
    caller.hang_up()
    assert caller.dial_over("completed", DialBridged="true").verbs == ["Hangup"]
    assert rows(Callback) == []


def test_the_rung_person_sees_our_number_and_the_wait_has_an_end(
    rung: tuple[Caller, Person],
) -> None:
    caller, _ = rung
    dial = next(caller.heard.tree.iter("Dial"))
    assert dial.get("callerId") == current().settings.hotline_number
    for _ in range(20):
        if not caller.heard.rings:
            break
        caller.dial_over("no-answer")
    assert live(caller.sid).state["node"] == "urgent_no_answer"


def test_a_caller_who_cannot_speak_is_announced_as_keys_only(
    phone: Callable[..., Caller],
) -> None:
    agent()
    caller = phone()
    caller.press("1", "2", "1")
    offer = Person(caller.provider, caller.heard).pick_up()
    assert KEYS_ONLY in offer.spoken
    assert OFFER in offer.spoken


def test_a_person_whose_number_may_not_be_dialled_is_never_rung(
    phone: Callable[..., Caller],
) -> None:
    staff_id = agent()
    with transaction() as session:
        session.get_one(Staff, staff_id).phone = "+19005551234"
    caller = phone()
    assert caller.press("1", "1").rings == []
    assert rows(Leg) == []


def test_nobody_on_duty_is_said_honestly(phone: Callable[..., Caller]) -> None:
    caller = phone()
    assert "ตอนนี้ไม่มีเจ้าหน้าที่อยู่เวรค่ะ" in caller.press("1", "1").spoken
    other = phone("+66810000002")
    assert "ตอนนี้ไม่มีเจ้าหน้าที่อยู่เวรค่ะ" in other.press("0").spoken


def test_the_person_is_told_how_long_a_talk_may_last_and_the_caller_may_talk_on_after_it(
    rung: tuple[Caller, Person],
) -> None:
    caller, person = rung
    offer = person.pick_up()
    assert "หกสิบ นาที" in offer.spoken
    person.ask(offer.action, Digits="1")
    after = caller.dial_over("completed", DialBridged="true", DialCallDuration="3600")
    assert after.spoken == FLOW.nodes["talk_over"].texts["th"]
    assert caller.press("1").verbs[0] != "Hangup"
    caller.hang_up()
    assert the_case().reference
