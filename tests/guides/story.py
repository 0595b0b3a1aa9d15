"""A day at a district office of three, with a picture of each step that the guides explain."""

import re

from playwright.sync_api import Locator

from tests.guides.camera import Camera
from tests.guides.papers import case_words
from tests.guides.words import WORDS
from tests.support.stack import Stack
from tests.system.desks import PHONE_WIDTH, Desk, Desks
from tests.system.outcome import settled
from tests.system.people import new_number

PICTURE_WIDTH = 1000
OFFICE, HEAD_PHONE = "DOLE-4001", "+66810000043"
CALL_WITHIN_S = 40.0
# Bullying at a learning centre of Mueang Khon Kaen, told and recorded; a callback at any time.
REPORT = "2 1 1 1 1 4 40000 1 2 1 r5 * 3"
# The same place; nothing is pressed when the caller is asked about a callback, nothing is recorded.
SILENT_ABOUT_CALLBACK = "2 1 1 - - 4 40000 1 2 2 * 3"
# An activity at the same place, recorded, no callback.
PERHAPS_JUNK = "2 2 3 3 4 40000 1 2 1 r5 * 3"
# No recording, no callback.
HEADS_OWN = "2 1 1 3 4 40000 1 2 2 * 3"
# A fight that goes on now: the caller talks to an agent, and the centre has the case.
IN_DANGER = "2 1 2 1 1"
# Parts of pages that one picture shows together: of a case, and of the report's form.
ASKS_FOR_REASONS = ("caller", "callbacks", "recordings")
UPPER_HALF = ("child_safe", "done", "for_whom", "measures")


class Story:
    """The people of the story, and the camera that follows them."""

    def __init__(self, stack: Stack, seats: Desks, camera: Camera) -> None:
        self.stack, self._seats, self._camera = stack, seats, camera
        self.language = camera.language
        self.words = WORDS[camera.language]
        self.operator, self.colleague, self.head = (
            self.seat(person) for person in ("khonkaen.one", "khonkaen.two", "khonkaen.head")
        )
        self.head_on_phone = self.seat("khonkaen.head", PHONE_WIDTH)

    def seat(self, person: str, width: int = PICTURE_WIDTH) -> Desk:
        """Somebody signed in who reads the language of the pictures."""
        desk = self._seats.seat(person, width)
        button = desk.page.locator(f".account button[lang={self.language}]")
        if button.count():
            button.click()
            desk.page.wait_for_load_state()
        return desk

    def take(self, desk: Desk, name: str, *selectors: str) -> None:
        """Take a picture of these parts of the page."""
        self._camera.take(desk, name, *selectors)

    def phoned(self, keys: str, number: str | None = None) -> str:
        """Somebody phones; the number of the case, once nothing more happens by itself."""
        call = self.stack.phone(keys, **{"from": number or new_number()})
        self.stack.wait_for(lambda: settled(self.stack, call["sid"]))
        return str(self.stack.api(f"/calls/{call['sid']}")["case_reference"])

    def send(self, form: Locator) -> None:
        """Send a form by its first button, and wait for the page that comes of it."""
        with form.page.expect_navigation():
            form.locator("button").first.click()

    def opened(self, desk: Desk, reference: str) -> Desk:
        """The case on somebody's screen."""
        desk.open(f"/cases/{reference}")
        return desk

    def acknowledged(self, desk: Desk, keys: str) -> str:
        """Somebody phones, and this person acknowledges the case."""
        reference = self.phoned(keys)
        self.opened(desk, reference).press("/acknowledge")
        return reference

    def hand_over_form(self, desk: Desk, reference: str, why: str, *, shot: str = "") -> None:
        """Fill in that a colleague is to have the case, and ask for approval."""
        form = self.opened(desk, reference).form("/handovers", "person")
        people = form.locator("select[name=people]")
        names = people.locator("option").all_inner_texts()
        people.select_option(label=next(one for one in names if one.startswith("จันทร์")))
        form.locator("[name=reason]").fill(self.words[why])
        if shot:
            self.take(desk, shot, ".turn")
        form.locator("button").click()
        desk.shows("#handover")

    def asked(self, desk: Desk) -> int:
        """The number of the hand-over that the case on this screen waits for."""
        action = desk.form("/revoke").get_attribute("action") or ""
        return int(re.findall(r"/handovers/(\d+)/", action)[0])


def play(stack: Stack, seats: Desks, camera: Camera) -> None:
    """The whole day in the camera's language."""
    _name_a_deputy(stack)
    story = Story(stack, seats, camera)
    _the_office(story)
    reference = _a_case_arrives(story)
    _listens(story, reference)
    _calls_back(story, reference)
    _writes(story, reference)
    _hands_over(story, reference)
    _reports(story, reference)
    _two_people_for_junk(story)
    _the_heads_own(story)
    _danger(story)


def _name_a_deputy(stack: Stack) -> None:
    person = ("khonkaen.two@practice.example", "--name", "จันทร์ ฝึกหัด")
    post = ("--role", "head_operator", "--office", OFFICE, "--deputy")
    stack.command("staff", "add", *person, *post)


def _the_office(story: Story) -> None:
    head = story.head
    head.open(f"/office/{OFFICE}")
    head.page.check("#ringing-work_list")
    head.press(f"/office/{OFFICE}")
    story.take(
        head, "office", "section[aria-labelledby=ringing]", "section[aria-labelledby=people]"
    )


def _a_case_arrives(story: Story) -> str:
    operator, number = story.operator, new_number()
    undecided = story.phoned(SILENT_ABOUT_CALLBACK)
    slow = {"ring_s": 28.0}
    story.stack.practice(f"/practice/phones/{number}", slow, method="PUT")
    reference = story.phoned(REPORT, number)
    operator.open("/")
    story.take(operator, "desk", "h1", "section[aria-labelledby=waiting]", "#duty")
    operator.open("/cases?waiting=acknowledge")
    story.take(operator, "list", "h1", "#live")
    story.opened(operator, reference)
    story.take(operator, "case", ".case-head", ".turn")
    operator.press(f"/cases/{reference}/acknowledge")
    _decides(story, undecided)
    return reference


def _decides(story: Story, reference: str) -> None:
    operator = story.operator
    story.opened(operator, reference).press("/acknowledge")
    story.opened(operator, reference)
    operator.page.click("section[aria-labelledby=callbacks] a.button")
    operator.page.check("#choice-other_way")
    operator.page.fill("#words", story.words["instead"])
    story.take(operator, "decision", ".turn", "section[aria-labelledby=what]")
    story.send(operator.page.locator("section[aria-labelledby=what] form"))


def _listens(story: Story, reference: str) -> None:
    operator = story.operator
    story.opened(operator, reference)
    operator.form("/number").locator("[name=reason]").fill(story.words["why_number"])
    form = operator.page.locator("form[action*='/recordings/']").first
    form.evaluate("one => { one.parentElement.open = true }")
    form.locator("[name=reason]").fill(story.words["why_listen"])
    story.take(
        operator, "reasons", *(f"section[aria-labelledby={one}]" for one in ASKS_FOR_REASONS)
    )


def _calls_back(story: Story, reference: str) -> None:
    operator = story.operator
    operator.open("/callbacks")
    operator.press("/call")

    def rings_the_caller() -> bool:
        operator.open("/callbacks")
        return operator.has("section.call .steps li:nth-child(2)[aria-current=step]")

    story.stack.wait_for(rings_the_caller)
    story.take(operator, "call", "section.call")

    def is_over() -> bool:
        found = story.stack.api(f"/cases/{reference}")["callbacks"]
        return [one["state"] for one in found] == ["done"]

    story.stack.wait_for(is_over, CALL_WITHIN_S)


def _writes(story: Story, reference: str) -> None:
    operator = story.operator
    story.opened(operator, reference)
    operator.page.fill("#note-text", story.words["note"])
    operator.page.select_option("#note-visibility", "chain_above")
    story.take(operator, "note", "section[aria-labelledby=notes]")
    story.send(operator.page.locator(".note-form"))


def _hands_over(story: Story, reference: str) -> None:
    operator, phone = story.operator, story.head_on_phone
    story.hand_over_form(operator, reference, "why_hand_over", shot="hand-over")
    asked = story.asked(operator)
    phone.open(f"/handovers/{asked}")
    form = phone.form("/reject")
    form.locator("[name=words]").fill(story.words["why_not"])
    story.take(phone, "reject", ".handover")
    story.send(form)
    story.hand_over_form(operator, reference, "asked_again")
    asked = story.asked(operator)
    keys = {"keys": "1"}
    story.stack.practice(f"/practice/phones/{HEAD_PHONE}", keys, method="PUT")
    operator.press(f"/handovers/{asked}/ring")

    def is_assigned() -> bool:
        return bool(story.stack.api(f"/cases/{reference}")["status"] == "assigned")

    story.stack.wait_for(is_assigned, CALL_WITHIN_S)
    story.opened(operator, reference)
    story.take(operator, "by-telephone", "section.asked")
    story.stack.practice(f"/practice/phones/{HEAD_PHONE}", {"decides": False}, method="PUT")
    story.colleague.open(f"/handovers/{asked}")
    story.colleague.press("/accept")


def _reports(story: Story, reference: str) -> None:
    colleague, page = story.colleague, story.colleague.page
    colleague.open(f"/cases/{reference}/report")
    page.check("#child_safe-yes")
    page.fill("#done", story.words["done"])
    for tick in ("#for_whom-child", "#for_whom-school", "#measures-prevent"):
        page.check(tick)
    story.take(colleague, "report", ".report h1", *(f"#{one}" for one in UPPER_HALF))
    colleague.press("/report")
    story.opened(story.head, reference)
    story.take(story.head, "close", ".turn", "section[aria-labelledby=result]")


def _two_people_for_junk(story: Story) -> None:
    reference = story.acknowledged(story.operator, PERHAPS_JUNK)
    story.opened(story.operator, reference).press("/not-a-case")
    story.opened(story.head, reference)
    story.take(story.head, "junk", ".case-head", ".turn")


def _the_heads_own(story: Story) -> None:
    reference = story.acknowledged(story.head, HEADS_OWN)
    story.hand_over_form(story.head, reference, "asked_again")
    story.take(story.head, "own-request", "section.asked")


def _danger(story: Story) -> None:
    desk, chief = story.seat("desk"), story.seat("desk.head")
    reference = story.acknowledged(desk, IN_DANGER)
    form = story.opened(desk, reference).form("/handovers", "office")
    form.locator("[name=code]").fill(OFFICE)
    form.locator("[name=reason]").fill(story.words["why_danger"])
    form.locator("button").click()
    desk.shows("#handover")
    asked = story.asked(desk)
    chief.open(f"/handovers/{asked}")
    chief.press("/approve")
    story.operator.open(f"/handovers/{asked}")
    story.operator.press("/accept")
    story.opened(story.operator, reference)
    story.hand_over_form(story.operator, reference, "why_danger_person")
    asked = story.asked(story.operator)
    _rung_in_vain(story, asked)
    story.head.open("/")
    story.take(story.head, "head-desk", "h1", "section[aria-labelledby=approvals]")
    story.take(story.head_on_phone, "approve", ".top", ".handover")


def _rung_in_vain(story: Story, asked: int) -> None:
    """The head's telephone rang by itself and no key was pressed; the page is on the phone."""
    left = case_words()["ring.left"][story.language]

    def is_over() -> bool:
        story.head_on_phone.open(f"/handovers/{asked}")
        return story.head_on_phone.has(f"dd:has-text('{left}')")

    story.stack.wait_for(is_over, CALL_WITHIN_S)
