"""From the caller's first key to the closed case, played in Chromium by several people at once."""

import re
from collections.abc import Iterator

import pytest

from tests.support.stack import Stack
from tests.system.desks import PHONE_WIDTH, Desk, Desks, desks
from tests.system.people import new_number

# At the learning office of Mueang Khon Kaen, told and recorded, with a callback at any time.
REPORT = "2 1 1 1 1 4 40000 1 2 1 r5 * 3"
# In Ratsada, about somebody who works there, told and recorded.
ABOUT_STAFF = "2 1 1 1 1 1 92160 1 1 1 r5 * 3"
OFFICE, HEAD_PHONE = "DOLE-4001", "+66810000043"
WHY_LISTEN = "ต้องฟังว่าเกิดขึ้นที่ไหนและเมื่อไร"
NOTE = "คุยกับผู้แจ้งแล้ว เด็กอยู่กับยายที่บ้าน"
# Several browsers beside a whole service: long on a busy machine.
pytestmark = pytest.mark.timeout(300)
LISTS = ("acknowledge", "approval", "accept", "callback", "decision", "overdue", "open", "closed")


@pytest.fixture
def people_at_desks(stack: Stack) -> Iterator[Desks]:
    with desks(stack) as seats:
        yield seats


def test_a_call_becomes_a_closed_case_at_the_desks_of_four_people(
    stack: Stack, people_at_desks: Desks
) -> None:
    operator, colleague, head, head_on_phone = (
        people_at_desks.seat("khonkaen.one"),
        people_at_desks.seat("khonkaen.two"),
        people_at_desks.seat("khonkaen.head"),
        people_at_desks.seat("khonkaen.head", width=PHONE_WIDTH),
    )
    rings_from_its_list(head)
    reference = arrives_without_reload(stack, operator)
    operator.press(f"/cases/{reference}/acknowledge")
    listens(stack, operator, reference)
    operator.press("/notes", text=NOTE)
    operator.sees(NOTE)
    calls_now(stack, operator, reference)

    asked = hands_over(operator, reference, "ขอให้คุณจันทร์ลงพื้นที่")
    head_on_phone.open(f"/handovers/{asked}")
    head_on_phone.press("/reject", words="ขอทราบชื่อโรงเรียนก่อน")
    asked = hands_over(operator, reference, "โรงเรียนยืนยันแล้ว ขอให้ลงพื้นที่")
    approves_by_a_telephone_key(stack, operator, asked, reference)

    colleague.open("/")
    colleague.page.click("section[aria-labelledby=offers] a")
    colleague.press("/accept")
    reports(colleague, reference)
    operator.open(f"/cases/{reference}")
    operator.press("/close")
    assert stack.api(f"/cases/{reference}")["status"] == "closed"
    operator.open("/cases?waiting=closed")
    operator.shows(f"#case-{reference}")


def test_the_heads_own_request_goes_to_the_office_above(
    stack: Stack, people_at_desks: Desks
) -> None:
    head, centre = people_at_desks.seat("khonkaen.head"), people_at_desks.seat("desk.head")
    reference = phoned(stack, REPORT)
    head.open(f"/cases/{reference}")
    head.press("/acknowledge")
    asked = hands_over(head, reference, "หัวหน้าขอมอบหมายเอง")
    head.open(f"/handovers/{asked}")
    assert not head.has("form[action$='/approve']")
    centre.open("/")
    centre.page.click("section[aria-labelledby=approvals] a")
    centre.press("/approve")
    assert stack.api(f"/cases/{reference}")["status"] == "assigned"


def test_the_office_that_is_reported_sees_nothing_of_it(
    stack: Stack, people_at_desks: Desks
) -> None:
    above, excluded = people_at_desks.seat("obec.one"), people_at_desks.seat("trang.one")
    reference = phoned(stack, ABOUT_STAFF)
    audio = f"/cases/{reference}/recordings/{stored_recording(stack, reference)}/audio"
    above.open("/cases?waiting=acknowledge")
    above.shows(f"#case-{reference}")
    above.open(f"/cases/{reference}")
    above.press("/acknowledge")
    listens(stack, above, reference)
    asked = hands_over(above, reference, "ขอให้ลงพื้นที่แทน", to="รัตนา")
    for waiting in LISTS:
        excluded.open(f"/cases?waiting={waiting}")
        assert reference not in excluded.page.content()
        assert excluded.page.locator(f"#tab-{waiting} .count").inner_text() == "0"
    for address in (f"/cases/{reference}", audio, f"/handovers/{asked}"):
        assert (above.status(address), excluded.status(address)) == (200, 404)


def rings_from_its_list(head: Desk) -> None:
    head.open(f"/office/{OFFICE}")
    head.page.check("#ringing-work_list")
    head.press(f"/office/{OFFICE}")


def arrives_without_reload(stack: Stack, operator: Desk) -> str:
    operator.open("/cases?waiting=acknowledge")
    assert not operator.has(".case-link")
    reference = phoned(stack, REPORT)
    operator.shows(f"#case-{reference}")
    operator.page.click(f"#case-{reference}")
    operator.page.wait_for_url(re.compile(reference))
    return reference


def phoned(stack: Stack, keys: str) -> str:
    call = stack.phone(keys, **{"from": new_number()})
    whole = stack.wait_for(lambda: stack.api(f"/calls/{call['sid']}")["case_reference"])
    return str(whole)


def stored_recording(stack: Stack, reference: str) -> int:
    def stored() -> list[int]:
        found = stack.api(f"/cases/{reference}")["recordings"]
        return [one["id"] for one in found if one["state"] == "stored"]

    return stack.wait_for(stored)[0]


def listens(stack: Stack, operator: Desk, reference: str) -> None:
    recording = stored_recording(stack, reference)
    operator.open(f"/cases/{reference}")
    operator.press(f"/recordings/{recording}", reason=WHY_LISTEN)
    heard = operator.page.locator("audio").evaluate(
        """one => new Promise((done, failed) => {
            one.onloadedmetadata = () => done(one.duration)
            one.onerror = () => failed(one.error.message)
            one.load()
        })"""
    )
    assert heard > 0


def calls_now(stack: Stack, operator: Desk, reference: str) -> None:
    operator.open(f"/cases/{reference}")
    operator.press("/call")
    operator.shows("section.call")

    def state() -> bool:
        return [one["state"] for one in stack.api(f"/cases/{reference}")["callbacks"]] == ["done"]

    stack.wait_for(state, 40.0)
    operator.shows("section.call.over")


def hands_over(asking: Desk, reference: str, why: str, *, to: str = "จันทร์") -> int:
    """Ask that a person takes the case as SC-Action; the hand-over's number."""
    asking.open(f"/cases/{reference}")
    form = asking.form("/handovers", "person")
    people = form.locator("select[name=people]")
    names = people.locator("option").all_inner_texts()
    people.select_option(label=next(one for one in names if one.startswith(to)))
    form.locator("[name=reason]").fill(why)
    form.locator("button").click()
    asking.shows("#handover")
    action = asking.form("/revoke").get_attribute("action") or ""
    return int(re.findall(r"/handovers/(\d+)/", action)[0])


def approves_by_a_telephone_key(stack: Stack, operator: Desk, asked: int, reference: str) -> None:
    stack.practice(f"/practice/phones/{HEAD_PHONE}", {"keys": "1"}, method="PUT")
    operator.open(f"/cases/{reference}")
    operator.press(f"/handovers/{asked}/ring")
    stack.wait_for(lambda: stack.api(f"/cases/{reference}")["status"] == "assigned", 40.0)


def reports(colleague: Desk, reference: str) -> None:
    colleague.open(f"/cases/{reference}/report")
    page = colleague.page
    page.check("#child_safe-yes")
    page.fill("#done", "ไปพบเด็กและครูแล้ว ตกลงดูแลร่วมกัน")
    page.check("#for_whom-child")
    page.check("#measures-prevent")
    colleague.press("/report")
