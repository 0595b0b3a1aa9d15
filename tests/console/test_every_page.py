"""Every page of the console in Chromium, both languages and widths: axe, width, weight, queries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import event, update

from agents.roster_wishes import AbsenceWish, ShiftWish
from agents.rosters import RosterKey, add_absence, add_shift
from calls.number_limits import limit_number
from calls.warning_policy import current_warning_policy
from calls.warnings import sweep
from cases.access import Viewer
from cases.announcement_rules import Announcement
from cases.handover_rules import Wish
from cases.handovers import ask
from cases.models import Assignment
from cases.part_asking import ask_part
from cases.part_rules import PartWish
from cases.part_work import take_on_part, write_part_note
from cases.sending import send_to_candidate
from cases.stories import announce, join, open_story
from cases.story_rules import StoryWish
from cases.taking import acknowledge
from core import clock, runtime
from core.database import transaction
from core.runtime import Runtime
from core.zones import bangkok
from routing.models import RoutingRule, RoutingRuleVersion
from routing.uploads import keep_upload
from tests.console.callback_people import operator, owed, undecided
from tests.console.flow_people import busy_week, published
from tests.console.limit_people import frequent
from tests.console_cases.people import (
    Desk,
    Made,
    hired,
    kept_recording,
    opened_case,
    owed_callback,
    token_of,
)
from tests.console_cases.people_scenes import appointed
from tests.console_cases.screen import (
    chromium,
    faults,
    overflow,
    picture,
    served,
    signed_in,
    size,
)

pytestmark = pytest.mark.timeout(300)
OFFICE = "ESA-9202"
# Files of the directory: one that changes much, and one that is refused.
UPLOADS = (
    b"district_code,on\n" + b"".join(b"%d,no\n" % code for code in range(9201, 9211)),
    b"district_code,on\n9999,perhaps\n",
)
WIDTHS = (1280, 390)
LARGEST_PAGE = 100_000
MOST_QUERIES = 39
# Addresses that give a part of a page, a sound, or lead on to another page.
NO_PAGES = {
    "desk.static",
    "desk.case_rows",
    "desk.case_stream",
    "desk.callback_rows",
    "desk.notice_rows",
    "desk.about",
    "desk.audio",
    "desk.phone_so_far",
    # Needs a practice provider: looked at by tests/system/test_practice_phone.py.
    "desk.phone_call",
    "desk.directory_export",
    "desk.save_roster",
}
# What an office below does not see: looked at by somebody of the hotline and an office above.
ABOVE = (
    *("desk.one_case", "desk.part_list", "desk.one_part", "desk.part_report_form"),
    *("desk.story_list", "desk.new_story", "desk.one_story"),
    "desk.limits",
)
SIGNED_OUT = {"desk.sign_in"}


@dataclass(frozen=True)
class Scene:
    """What there is to look at, and the addresses of it all by their endpoints."""

    head: Viewer
    auditor: Viewer
    boss: Viewer
    pages: dict[str, list[str]]


def scene(language: str) -> Scene:
    head = operator(
        *(("head_operator", OFFICE), ("head_operator", "HQ"), ("admin", "HQ")), language=language
    )
    auditor = hired("อรุณ ทดสอบ", ("auditor", "HQ"), language=language)
    boss = hired("มานี ทดสอบ", ("supervisor", "HQ"), ("head_operator", "OBEC"), language=language)
    asker = hired("กมล ทดสอบ", ("operator", OFFICE))
    officer = hired("สุดา ทดสอบ", ("action_officer", OFFICE))
    practice = runtime.current().settings.twilio_account_sid
    made = opened_case(answers={"danger": True, "quiet": True}, account=practice)
    kept_recording(made)
    owed_callback(made)
    promised = owed()
    doubt = undecided("unanswered", consent=False)
    filled_roster(head.staff_id, asker.staff_id)
    busy_week()
    release = published().id
    with transaction() as session:
        now = clock.now()
        acknowledge(session, made.case_id, viewer=asker, now=now)
        wish = Wish("person", "อยู่ใกล้ครอบครัวที่สุด", people=(officer.staff_id,))
        handover = ask(session, made.case_id, wish, viewer=asker, now=now).id
    appointed(officer.staff_id, asker.staff_id, office=OFFICE)
    part, story = shared(made, asker), told(boss, made)
    limited(asker.staff_id)
    with transaction() as session:
        uploads = [
            keep_upload(session, content, file="o.csv", staff_id=head.staff_id, now=now).id
            for content in UPLOADS
        ]
    tabs = ("acknowledge", "approval", "accept", "callback", "decision", "overdue", "closed")
    pages = {
        **of_the_rules(),
        "desk.home": ["/"],
        "desk.case_list": ["/cases", *(f"/cases?waiting={tab}" for tab in tabs)],
        "desk.find_case": ["/cases/find?reference=12345"],
        "desk.one_case": [f"/cases/{made.reference}"],
        "desk.correct_form": [f"/cases/{made.reference}/correct?changed=place"],
        "desk.report_form": [f"/cases/{made.reference}/report"],
        "desk.one_handover": [f"/handovers/{handover}"],
        "desk.out_of_sight": ["/done/sent", "/done/answered"],
        "desk.callback_list": ["/callbacks"],
        "desk.case_parts": [f"/cases/{made.reference}/parts"],
        "desk.part_list": ["/parts"],
        "desk.one_part": [f"/parts/{part}"],
        "desk.part_report_form": [f"/parts/{part}/report"],
        "desk.story_list": ["/stories"],
        "desk.new_story": [f"/stories/new?case={made.reference}"],
        "desk.one_story": [f"/stories/{story}"],
        "desk.decision": [f"/callbacks/{doubt.id}/decision"],
        "desk.change_page": [f"/callbacks/{promised.id}/change"],
        "desk.my_offices": ["/office"],
        "desk.office": [f"/office/{OFFICE}"],
        "desk.my_deadlines": ["/deadlines"],
        "desk.deadlines": [f"/deadlines/{OFFICE}?hazard=V1"],
        "desk.people": ["/people", "/people?show=untrained"],
        "desk.add_person": ["/people/add"],
        "desk.person": [f"/people/{asker.staff_id}", f"/people/{head.staff_id}"],
        "desk.people_files": ["/people/files"],
        "desk.leaving": [f"/people/{asker.staff_id}/leave"],
        "desk.committees": ["/committees"],
        "desk.committee": [f"/committees/{OFFICE}"],
        "desk.undertaking": ["/undertaking"],
        "desk.notices": ["/notices"],
        "desk.notice_preferences": ["/notices/preferences"],
        "desk.my_roster": ["/roster"],
        "desk.roster": [f"/roster/{OFFICE}", "/roster/HQ?list=on_call"],
        "desk.roster_file": [f"/roster/{OFFICE}/file"],
        "desk.holidays": ["/holidays"],
        "desk.limits": ["/limits", "/limits?told=set"],
        "desk.flow": ["/flow", "/flow?days=30"],
        "desk.flow_picture": [f"/flow/picture?size={one}" for one in ("whole", "half", "full")],
        "desk.flow_node": ["/flow/nodes/group", "/flow/nodes/callback_number"],
        "desk.flow_releases": ["/flow/releases?told=restored"],
        "desk.flow_release": ["/flow/releases/0", f"/flow/releases/{release}"],
        "desk.warnings": ["/warnings", "/warnings?aside=yes"],
        "desk.my_sessions": ["/sessions"],
        "desk.phone": ["/phone"],
        "desk.password": ["/password"],
        "desk.unknown_page": ["/nowhere"],
        "desk.directory": ["/directory", "/directory?words=ตรัง", "/directory?type=shop"],
        "desk.directory_office": ["/directory/HQ", "/directory/OBEC", f"/directory/{OFFICE}"],
        "desk.edit_office": ["/directory/HQ/edit", f"/directory/{OFFICE}/edit"],
        "desk.new_office": ["/directory/new", "/directory/new?kind=school&below=ESA-9202"],
        "desk.rollout": ["/directory/rollout"],
        "desk.rollout_province": ["/directory/rollout/92"],
        "desk.directory_files": ["/directory/files"],
        "desk.directory_difference": [f"/directory/files/{one}" for one in uploads],
    }
    return Scene(head, auditor, boss, pages)


def limited(by: int) -> None:
    """Two numbers that phoned often; one of them waits for a second person."""
    first, _ = frequent("+66810000055"), frequent("+66810000056")
    earlier = clock.now() - timedelta(hours=20)
    with transaction() as session:
        limit_number(session, first, hours=168, reason="โทรเล่นซ้ำ ๆ", by=by, now=earlier)


def shared(made: Made, lead: Viewer) -> int:
    """A part of the case that another office has, with a note; its id."""
    viewer = hired("ครู ทดสอบ", ("head_operator", "ESA-9201"))
    with transaction() as session:
        now, wish = clock.now(), PartWish("นักเรียนของโรงเรียนอยู่ด้วย", office_code=viewer.roles[0][1])
        file = ask_part(session, made.case_id, wish, viewer=lead, now=now)
        take_on_part(session, file.id, viewer=viewer, now=now)
        write_part_note(session, file, "โทรแล้ว", "chain_above", viewer=viewer, now=now)
        return file.id


def told(boss: Viewer, made: Made) -> int:
    """A story with the case in it, announced, and others that may belong to it; its id."""
    for _ in range(3):
        opened_case()
    with transaction() as session:
        now, wish = clock.now(), StoryWish("น้ำท่วมตรัง", "Flood in Trang", "V", "V3", ("9209",))
        story = open_story(session, wish, staff_id=boss.staff_id, now=now)
        join(session, story.id, made.case_id, staff_id=boss.staff_id, now=now)
        said = Announcement("ทราบเรื่องน้ำท่วมแล้ว", "We know about the flood.")
        announce(session, story.id, said, hours=2, staff_id=boss.staff_id, now=now)
        return story.id


def of_the_rules() -> dict[str, list[str]]:
    """The pages of routing; a rule is written without telling the snapshot, which is shared."""
    desk = hired("พิมพ์ ทดสอบ", ("operator", "HQ"))
    made = opened_case(office="HQ", answers={"conflict": "no"})
    why = [{"rule": "area_unknown", "th": "ไม่ทราบเขต", "en": "Not known."}]
    rule = {"conditions": {"hazard_type": ["A1"], "district": ["9209"]}, "send_to": "OBEC"}
    with transaction() as session:
        change = update(Assignment).where(Assignment.case_id == made.case_id)
        session.execute(change.values(candidates=[OFFICE], reasons=why))
        now = clock.now()
        send_to_candidate(session, made.case_id, OFFICE, viewer=desk, now=now)
        session.add_all(RoutingRuleVersion(number=one, published_at=now) for one in (1, 2))
        session.flush()
        session.add(
            RoutingRule(version=2, position=1, name="flood", th="น้ำท่วม", en="Flood.", **rule)
        )
    asked = "group=V&type=V1&district=9209&danger=yes&at=2026-11-20T23:00"
    return {
        "desk.explain": ["/explain", f"/explain?{asked}", "/explain?group=V&district=3001"],
        "desk.rules": ["/rules"],
        "desk.rules_version": ["/rules/2", "/rules/1"],
        "desk.edit_rules": ["/rules/edit"],
        "desk.learned": ["/rules/learned"],
        "desk.always": [f"/cases/{made.reference}/always"],
    }


def filled_roster(head: int, operator_id: int) -> None:
    """A night shift that somebody else takes, and a weekly one."""
    key, now = RosterKey(OFFICE, "office"), clock.now()
    today = bangkok(now).date()
    with transaction() as session:
        night = ShiftWish(operator_id, "22:00", "06:00", today, today)
        weekly = ShiftWish(head, "08:30", "12:00", today, weekday=today.isoweekday())
        for wish in (night, weekly):
            add_shift(session, key, wish, by=head, now=now)
        away = AbsenceWish(operator_id, today, today, "sick", head)
        add_absence(session, key, away, by=head, now=now)
        sweep(session, current_warning_policy(), now=now)


def shown(app: Flask) -> set[str]:
    """The endpoints of the console that answer a GET with a page."""
    rules = [one for one in app.url_map.iter_rules() if one.endpoint.startswith("desk.")]
    return {one.endpoint for one in rules if "GET" in (one.methods or ())} - NO_PAGES - SIGNED_OUT


@pytest.mark.parametrize("language", ["th", "en"])
def test_axe_finds_nothing_and_no_page_is_wide_or_heavy(app: Flask, language: str) -> None:
    """One visit a page, looked at in both widths: what a page is does not depend on them."""
    looked = scene(language)
    reason_first = looked.pages["desk.one_case"][0]
    found: dict[str, object] = {}
    with served(app) as address, chromium() as browser:
        every = [path for paths in looked.pages.values() for path in paths]
        above = [path for name in ABOVE for path in looked.pages[name]]
        seers = ((looked.head, every), (looked.boss, above), (looked.auditor, [reason_first]))
        for viewer, seen in seers:
            page = signed_in(browser, address, token_of(viewer), WIDTHS[0])
            for path in seen:
                page.goto(f"{address}/desk{path}")
                name = f"{viewer.staff_id}{path}".translate(str.maketrans("/?=", "---"))
                found |= {f"{path} {width}": wrong for width, wrong in wrongs(page, name, language)}
                if (heavy := size(page)) > LARGEST_PAGE:
                    found[f"{path} is heavy"] = heavy
        page = browser.new_context(locale=language).new_page()
        page.goto(f"{address}/desk/sign-in")
        found |= {f"/sign-in {width}": wrong for width, wrong in wrongs(page, "in", language)}
        # Whoever finds nothing must be able to find something.
        page.evaluate("document.documentElement.removeAttribute('lang')")
        assert [one.partition(":")[0] for one in faults(page)] == ["html-has-lang"]
    assert found == {}


def wrongs(page: Page, name: str, language: str) -> Iterator[tuple[int, tuple[list[str], int]]]:
    """What is wrong with an open page, for each width in which something is."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        picture(page, f"every-{language}-{width}-{name}")
        wrong = (faults(page), max(overflow(page), 0))
        if wrong != ([], 0):
            yield width, wrong


def test_every_page_is_named_here_and_none_asks_the_database_without_measure(
    app: Flask, runtime: Runtime
) -> None:
    looked = scene("th")
    assert set(looked.pages) == shown(app)
    desks = (Desk(app, looked.head), Desk(app, looked.boss))
    asked: list[str] = []
    event.listen(runtime.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    counted = {}
    every = [path for paths in looked.pages.values() for path in paths]
    for desk, path in product(desks, every):
        asked.clear()
        assert desk.get(path).status_code in (200, 303, 400, 404), path
        counted[path] = max(len(asked), counted.get(path, 0))
    assert {path: count for path, count in counted.items() if count > MOST_QUERIES} == {}
