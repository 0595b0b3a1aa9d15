"""A head operator decides by a telephone key, over HTTP with the provider's signatures."""

from datetime import UTC, datetime
from urllib.parse import urldefrag

import pytest

from cases.handover_models import Handover
from core.runtime import current
from tests.calls.approval_world import FIRST, SECOND, WORDS, ApprovalWorld
from tests.webhooks.looking import dump, rows
from tests.webhooks.staff_phone import StaffPhone
from tests.webhooks.telephone import SIGNATURE, Heard, Provider, new_sid, texts

pytestmark = pytest.mark.backends("postgresql")
QUESTION = "มีเรื่องรอการอนุมัติส่งต่อ ความรุนแรง อำเภอกันตัง จาก สพป.ตรัง เขต สอง"
KEYS = "อนุมัติ กด หนึ่ง ไม่อนุมัติ กด สอง ฟังอีกครั้ง กด สาม"
Head = StaffPhone[ApprovalWorld]


@pytest.fixture
def world(provider: Provider) -> ApprovalWorld:
    """A head operator, and an emergency that waits for an approval."""
    made = ApprovalWorld(now=datetime.now(UTC))
    made.ask(FIRST)
    return made


@pytest.fixture
def head(provider: Provider, world: ApprovalWorld) -> Head:
    """The head operator's phone rings."""
    world.ring()
    return Head(provider, world)


def decided() -> Handover:
    """The only hand-over there is."""
    (found,) = rows(Handover)
    assert isinstance(found, Handover)
    return found


def test_one_approves_and_is_confirmed_in_words(head: Head) -> None:
    asked = head.pick_up()
    assert asked.verbs == ["Gather", "Hangup"]
    assert QUESTION in asked.spoken
    assert asked.spoken.endswith(KEYS)
    said = head.press("1")
    assert said.verbs == ["Say", "Hangup"]
    assert said.spoken == "อนุมัติแล้วค่ะ ขอบคุณค่ะ"
    head.status("completed", 3)
    found = decided()
    assert (found.state, found.decided_way) == ("offered", "telephone")
    assert found.decided_by == head.world.people[FIRST]
    assert head.world.outcomes == ["approved"]


def test_two_rejects_and_why_is_asked_for_in_the_console(head: Head) -> None:
    head.pick_up()
    said = head.press("2")
    assert said.verbs == ["Say", "Hangup"]
    assert "กรุณาเขียนเหตุผลในระบบ" in said.spoken
    assert (decided().state, decided().decision_words) == ("rejected", None)
    assert head.world.outcomes == ["rejected"]


def test_three_says_it_again_and_decides_nothing(head: Head) -> None:
    asked = head.pick_up()
    again = head.press("3")
    assert again.spoken == asked.spoken
    assert again.action != asked.action
    assert decided().state == "requested"
    head.press("1")
    assert decided().state == "offered"


@pytest.mark.parametrize("key", ["9", "0", "#", "11", "hangup", "<script>", "\x00"])
def test_a_wrong_key_is_told_and_asked_once_more_and_decides_nothing(head: Head, key: str) -> None:
    head.pick_up()
    again = head.press(key)
    assert again.verbs == ["Gather", "Hangup"]
    assert again.spoken.startswith("ปุ่มนี้ใช้ไม่ได้ค่ะ")
    assert head.press(key).verbs == ["Say", "Hangup"]
    assert (decided().state, head.world.outcomes) == ("requested", ["left"])


def test_silence_and_a_machine_decide_nothing_and_the_next_head_is_rung(head: Head) -> None:
    """A machine presses no key: to us it is a person who stays silent."""
    head.world.head(SECOND)
    head.pick_up(AnsweredBy="machine_start")
    assert head.press("").verbs == ["Gather", "Hangup"]
    assert "ยังไม่ได้ตัดสิน" in head.press("").spoken
    head.status("completed", 3)
    assert decided().state == "requested"
    head.world.now = datetime.now(UTC)
    head.world.sweep()
    assert head.world.rung == [FIRST, SECOND]


def test_a_key_twice_decides_once_and_gets_the_same_bytes(head: Head) -> None:
    asked = head.pick_up()
    approved = head.press("1")
    before = dump()
    for keys in ("1", "2", ""):
        assert head.ask(asked.action, Digits=keys).body == approved.body
        assert head.pick_up(Digits=keys).body == approved.body
    assert dump() == before


def test_a_key_after_a_decision_elsewhere_changes_nothing(head: Head) -> None:
    head.pick_up()
    head.world.approve_on_the_page(FIRST)
    said = head.press("2")
    assert said.verbs == ["Say", "Hangup"]
    assert said.spoken == "เรื่องนี้มีคนตัดสินแล้วค่ะ ขอบคุณค่ะ"
    assert (decided().state, decided().decided_way) == ("offered", "page")


@pytest.mark.parametrize("turn", ["0", "1", "7"])
def test_a_forged_key_hears_a_hangup_and_writes_nothing(head: Head, turn: str) -> None:
    head.pick_up()
    before = dump()
    forged = head.provider.post(f"/ivr/leg/{'f' * 43}/{turn}", new_sid(), Digits="1")
    assert Heard(forged.data).verbs == ["Hangup"]
    assert head.provider.post("/ivr/leg/short/1", new_sid(), Digits="1").status_code == 400
    assert dump() == before


def test_a_second_call_for_the_same_leg_decides_nothing(head: Head) -> None:
    asked = head.pick_up()
    before = dump()
    stranger = Head(head.provider, head.world, sid=new_sid())
    assert stranger.pick_up().verbs == ["Hangup"]
    assert stranger.ask(asked.action, Digits="1").verbs == ["Hangup"]
    assert dump() == before


def test_a_turn_from_the_future_decides_nothing(head: Head) -> None:
    base = urldefrag(head.ring["url"]).url.removesuffix("/0")
    assert head.ask(f"{base}/1", Digits="1").verbs == ["Hangup"]
    assert head.ask(f"{base}/5", Digits="1").verbs == ["Hangup"]
    assert decided().state == "requested"


def test_an_unsigned_key_is_refused(head: Head) -> None:
    address = head.pick_up().action
    params = head.provider.params(head.sid, Digits="1")
    response = head.provider.send(address, params, headers={SIGNATURE: "bm90IHRoZSBzaWduYXR1cmU="})
    assert response.status_code == 403
    assert decided().state == "requested"


def test_who_works_in_english_is_asked_in_english(head: Head) -> None:
    head.world.change(FIRST, language="en")
    assert head.pick_up().spoken == (
        "Safety Center. A hand-over waits for your approval. Violence, Kantang district, from "
        "Trang Primary Educational Service Area Office two to an officer. "
        "To approve, press 1. To reject, press 2. To hear it again, press 3."
    )
    assert head.press("1").spoken == "Approved. Thank you."


def test_nothing_personal_is_said(head: Head) -> None:
    """Anybody may pick up: no name, no number, no reference, no words that somebody wrote."""
    head.pick_up()
    head.press("3")
    head.press("2")
    said = texts(head.documents)
    assert "Malee" not in said
    assert WORDS not in said
    assert not any(character.isdigit() for character in said)


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"kind": "office", "people": (), "to_office": "DOLE-92"}, "ถึง สกร.ประจำจังหวัดตรัง"),
        ({"kind": "committee"}, "ถึง คณะกรรมการ"),
    ],
)
def test_it_is_said_to_whom_the_case_would_go(
    provider: Provider, wish: dict[str, object], words: str
) -> None:
    world = ApprovalWorld(now=datetime.now(UTC))
    if wish["kind"] == "committee":
        wish = wish | {"people": (world.operator(2), world.operator(3)), "chair": world.operator(2)}
    world.ask(FIRST, office="HQ" if wish["kind"] == "office" else "ESA-9202", **wish)
    world.ring()
    assert words in Head(provider, world).pick_up().spoken


def test_the_telephone_shows_our_number_and_every_address_is_ours(head: Head) -> None:
    public = current().settings.public_url
    assert head.ring["url"].startswith(f"{public}/ivr/leg/")
    assert head.ring["status"].startswith(f"{public}/ivr/leg-status/")
    assert head.pick_up().action.startswith(f"{public}/ivr/leg/")
