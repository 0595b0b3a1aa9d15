"""Somebody is rung about an urgent notice, over HTTP with the provider's signatures."""

from datetime import UTC, datetime

import pytest

from agents.notice_policy import current_policy
from agents.notices import withdraw
from core.database import transaction
from tests.calls.notice_world import FIRST, REFERENCE, TEMPLATE, NoticeWorld
from tests.webhooks.looking import dump
from tests.webhooks.staff_phone import StaffPhone
from tests.webhooks.telephone import SIGNATURE, Heard, Provider, new_sid, texts

pytestmark = pytest.mark.backends("postgresql")
Phone = StaffPhone[NoticeWorld]
MATTER = "ศูนย์ความปลอดภัยค่ะ มีเรื่องด่วนถึงคุณ หมายเลข หนึ่ง สอง สาม, สี่ ห้า หก, เจ็ด แปด เก้า กรุณาเปิดดูในระบบนะคะ"
KEYS = "รับทราบแล้ว กด หนึ่ง ให้โทรใหม่ในอีก ห้า นาที กด สอง ฟังอีกครั้ง กด สาม"
ENGLISH = (
    "Safety Center. An urgent matter waits for you, number one two three, four five six, "
    "seven eight nine. Please open it in the console. If you have heard it, press 1. "
    "To be called again in five minutes, press 2. To hear it again, press 3."
)


@pytest.fixture
def world(provider: Provider) -> NoticeWorld:
    """Somebody who put the telephone first, and an urgent notice."""
    made = NoticeWorld(now=datetime.now(UTC))
    made.prefers(FIRST, "phone")
    made.tell(FIRST)
    return made


@pytest.fixture
def phone(provider: Provider, world: NoticeWorld) -> Phone:
    """Their phone rings."""
    world.sweep()
    return Phone(provider, world)


def test_the_conversation_in_thai(phone: Phone) -> None:
    asked = phone.pick_up()
    assert asked.verbs == ["Gather", "Hangup"]
    assert asked.spoken == f"{MATTER} {KEYS}"
    again = phone.press("3")
    assert (again.spoken, again.action != asked.action) == (asked.spoken, True)
    wrong = phone.press("7")
    assert wrong.spoken == f"ปุ่มนี้ใช้ไม่ได้ค่ะ {asked.spoken}"
    said = phone.press("1")
    assert said.verbs == ["Say", "Hangup"]
    assert said.spoken == "บันทึกว่ารับทราบแล้วค่ะ ขอบคุณค่ะ"
    phone.status("completed", 3)
    assert phone.world.readers == [phone.world.people[FIRST]]
    assert phone.world.states == [("sent", None)]


def test_the_conversation_in_english(phone: Phone) -> None:
    phone.world.change(FIRST, language="en")
    assert phone.pick_up().spoken == ENGLISH
    assert phone.press("8").spoken == f"This key does nothing here. {ENGLISH}"
    said = phone.press("2")
    assert said.verbs == ["Say", "Hangup"]
    assert said.spoken == "We call again in five minutes. Thank you."
    phone.status("completed", 3)
    assert (phone.world.readers, phone.world.outcomes) == ([], ["again"])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("th", "ยังไม่ได้บันทึกว่ารับทราบนะคะ เรื่องยังรออยู่ในระบบ ขอบคุณค่ะ"),
        ("en", "Nothing was noted. It still waits in the console. Thank you."),
    ],
)
def test_silence_is_told_and_is_no_receipt(phone: Phone, language: str, words: str) -> None:
    phone.world.change(FIRST, language=language)
    phone.pick_up(AnsweredBy="machine_start")
    assert phone.press("").verbs == ["Gather", "Hangup"]
    assert phone.press("").spoken == words
    assert (phone.world.readers, phone.world.outcomes) == ([], ["left"])


def test_at_the_last_ring_no_other_is_offered(provider: Provider, world: NoticeWorld) -> None:
    for _ in current_policy().telephone.pauses_s:
        world.sweep()
        world.no_answer()
        world.now = world.rows[0].due_at
    world.sweep()
    phone = Phone(provider, world)
    asked = phone.pick_up()
    assert asked.spoken == f"{MATTER} รับทราบแล้ว กด หนึ่ง ฟังอีกครั้ง กด สาม"
    assert phone.press("2").spoken.startswith("ปุ่มนี้ใช้ไม่ได้ค่ะ")
    phone.press("1")
    assert world.readers == [world.people[FIRST]]


@pytest.mark.parametrize(
    ("language", "words"),
    [("th", "มีเรื่องด่วนถึงคุณ สอง เรื่อง"), ("en", "two urgent matters wait for you.")],
)
def test_several_matters_are_counted(
    provider: Provider, world: NoticeWorld, language: str, words: str
) -> None:
    world.tell(FIRST, reference="987654321")
    world.change(FIRST, language=language)
    world.sweep()
    assert words in Phone(provider, world).pick_up().spoken


def test_a_matter_without_a_number_is_told_without(provider: Provider, world: NoticeWorld) -> None:
    world.reads(FIRST)
    world.tell(FIRST, reference=None)
    world.sweep()
    said = Phone(provider, world).pick_up().spoken
    assert said.startswith("ศูนย์ความปลอดภัยค่ะ มีเรื่องด่วนถึงคุณ กรุณาเปิดดูในระบบนะคะ")


def test_what_was_settled_meanwhile_is_not_asked_for(phone: Phone) -> None:
    with transaction() as session:
        withdraw(session, TEMPLATE, REFERENCE)
    said = phone.pick_up()
    assert said.verbs == ["Say", "Hangup"]
    assert said.spoken == "เรื่องนี้มีการรับทราบหรือเสร็จสิ้นแล้วค่ะ ขอบคุณค่ะ"


def test_nothing_personal_is_said(phone: Phone) -> None:
    phone.pick_up()
    phone.press("3")
    phone.press("1")
    said = texts(phone.documents)
    assert "Malee" not in said
    assert not any(character.isdigit() for character in said)


def test_a_key_twice_is_one_receipt_and_gets_the_same_bytes(phone: Phone) -> None:
    asked = phone.pick_up()
    heard = phone.press("1")
    before = dump()
    for keys in ("1", "2", ""):
        assert phone.ask(asked.action, Digits=keys).body == heard.body
        assert phone.pick_up(Digits=keys).body == heard.body
    assert dump() == before


def test_forged_second_and_unsigned_requests_are_no_receipt(phone: Phone) -> None:
    asked = phone.pick_up()
    before = dump()
    forged = phone.provider.post(f"/ivr/leg/{'f' * 43}/1", new_sid(), Digits="1")
    assert Heard(forged.data).verbs == ["Hangup"]
    stranger = Phone(phone.provider, phone.world, sid=new_sid())
    assert stranger.ask(asked.action, Digits="1").verbs == ["Hangup"]
    params = phone.provider.params(phone.sid, Digits="1")
    headers = {SIGNATURE: "bm90IHRoZSBzaWduYXR1cmU="}
    assert phone.provider.send(asked.action, params, headers=headers).status_code == 403
    assert dump() == before
