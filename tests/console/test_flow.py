"""The pages of the call flow: who opens them, what they count and compare, the way back."""

import re

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from calls.flow_models import FlowRelease, FlowVersion
from core import clock
from core.database import reading, transaction
from ivr.versions import current_flow, flow_in_force
from tests.console.flow_people import CHANGED, busy_week, counted, published
from tests.console_cases.people import Desk, hired

PAGES = ("/flow", "/flow/picture", "/flow/nodes/group", "/flow/releases", "/flow/releases/0")
LARGEST_PAGE = 100_000
SURE = {"note": "ผู้โทรสับสน", "sure": "yes"}


def desk_of(app: Flask, role: str = "admin", office: str = "HQ", language: str = "en") -> Desk:
    return Desk(app, hired("มานี ทดสอบ", (role, office), language=language))


def text_of(desk: Desk, path: str) -> str:
    answer = desk.get(path)
    assert answer.status_code == 200, path
    return str(answer.get_data(as_text=True))


def in_force() -> str:
    with transaction() as session:
        return flow_in_force(session, clock.now()).version


@pytest.mark.parametrize(
    ("role", "office", "looks", "changes"),
    [
        ("admin", "HQ", 200, 400),
        ("supervisor", "HQ", 200, 404),
        ("auditor", "HQ", 200, 404),
        ("agent", "HQ", 200, 404),
        ("operator", "HQ", 404, 404),
        ("admin", "ESA-9202", 404, 404),
        ("supervisor", "OBEC", 404, 404),
    ],
)
def test_whom_they_open_to(app: Flask, role: str, office: str, looks: int, changes: int) -> None:
    desk = desk_of(app, role, office)
    assert {desk.get(page).status_code for page in PAGES} == {looks}
    assert desk.post("/flow/releases/0/restore").status_code == changes
    offered = 'href="/desk/flow"' in desk.get("/").get_data(as_text=True)
    assert offered == (looks == 200)


def test_without_calls_the_flow_is_there_and_says_that_nothing_was_counted(app: Flask) -> None:
    html = text_of(desk_of(app), "/flow")
    assert "As soon as one has, it is counted here." in html
    assert "We keep this secret" not in html
    assert "What is it about?" in html
    assert "เรื่องอะไรคะ" in html
    assert html.count("No call came here.") > 50


def test_the_hardest_nodes_stand_on_top_and_few_calls_say_nothing(app: Flask) -> None:
    busy_week()
    html = text_of(desk_of(app), "/flow")
    stuck = html.split('id="nodes"')[0]
    assert re.findall(r"<strong>(\w+)</strong>", stuck) == ["group", "welcome"]
    assert "100 calls in this time." in stuck
    assert "90 calls came · answered 60 · wrong key 30 · silent 20" in stuck
    assert re.findall(r'<rect width="(\d+)%"', stuck)[:3] == ["33", "22", "17"]


def test_a_page_stays_light_when_every_node_has_its_figures(app: Flask) -> None:
    for name in current_flow().nodes:
        counted(name, came=54321, answered=43210, wrong=5432, silent=4321, gave_up=3210)
    for language in ("th", "en"):
        assert len(text_of(desk_of(app, language=language), "/flow")) < LARGEST_PAGE
        assert len(text_of(desk_of(app, language=language), "/flow/picture")) < LARGEST_PAGE


def test_the_period_bounds_what_is_counted_and_nonsense_asks_for_the_usual(app: Flask) -> None:
    desk = desk_of(app)
    counted("welcome", came=20, silent=10, days_ago=10)
    assert "20 calls came" in text_of(desk, "/flow?days=30")
    for days in ("7", "", "x", "-1", "99999999999"):
        assert "20 calls came" not in text_of(desk, f"/flow?days={days}&version=nonsense")


def test_the_drawing_marks_where_callers_get_stuck_and_leads_to_each_node(app: Flask) -> None:
    busy_week()
    html = text_of(desk_of(app), "/flow/picture?size=full")
    drawn = html.split("<svg", 1)[1]
    names = re.findall(r"/desk/flow/nodes/(\w+)\?", drawn)
    assert names == list(current_flow().nodes)
    assert drawn.count("#9b1c1c") == 4
    assert "33 %" in drawn
    assert " style=" not in html
    assert text_of(desk_of(app, language="th"), "/flow/picture?size=half").count("เรื่องอะไรคะ") == 1


def test_a_node_tells_all_that_is_said_and_where_answers_lead(app: Flask) -> None:
    html = text_of(desk_of(app), "/flow/nodes/group")
    for words in ("Once before it", "We keep this secret", "key 1 · violence", "→ sub_v"):
        assert words in html
    assert desk_of(app).get("/flow/nodes/nowhere").status_code == 404


def test_every_node_has_its_page_in_both_languages(app: Flask) -> None:
    desks = (desk_of(app), desk_of(app, language="th"))
    for name in current_flow().nodes:
        assert [desk.get(f"/flow/nodes/{name}").status_code for desk in desks] == [200, 200]


def test_a_release_shows_what_it_changed_and_who_put_it_in_force(app: Flask) -> None:
    release = published(note="clearer words")
    desk = desk_of(app)
    listed = text_of(desk, "/flow/releases")
    assert "clearer words" in listed
    assert "Command line" in listed
    html = text_of(desk, f"/flow/releases/{release.id}")
    assert re.findall(r"<h3>(\w+) <span[^>]*>(\w+)</span>", html) == [("group", "changed")]
    assert CHANGED in html
    assert "Put it in force again" not in html
    assert desk.get(f"/flow/releases/{release.id + 1}").status_code == 404
    assert desk.get(f"/flow/releases/0?against={release.id + 1}").status_code == 404


def test_an_admin_goes_back_to_the_built_in_flow_and_forth_again(app: Flask) -> None:
    built_in, release = in_force(), published()
    desk = desk_of(app)
    assert in_force() == release.version
    sent = desk.post("/flow/releases/0/restore", base=str(release.id), **SURE)
    assert sent.status_code == 303
    assert in_force() == built_in
    listed = text_of(desk, "/flow/releases?told=restored")
    assert "It is in force." in listed
    assert "ผู้โทรสับสน" in listed
    assert "มานี ทดสอบ" in listed
    back = f"/flow/releases/{release.id}/restore"
    assert desk.post(back, base=str(release.id + 1), **SURE).status_code == 303
    assert in_force() == release.version
    assert f"back to release {release.id}" in text_of(desk, "/flow/releases")


@pytest.mark.parametrize("lacks", [{"note": " "}, {"sure": ""}, {"base": "x"}, {"note": "x" * 301}])
def test_who_is_not_sure_or_does_not_say_why_changes_nothing(
    app: Flask, lacks: dict[str, str]
) -> None:
    release = published()
    form = SURE | {"base": str(release.id)} | lacks
    answer = desk_of(app).post("/flow/releases/0/restore", **form)
    assert answer.status_code == 400
    assert "Tick that calls are to begin with it" in answer.get_data(as_text=True)
    assert in_force() == release.version


@pytest.mark.parametrize(
    ("number", "base", "status", "said"),
    [
        ("0", 0, 409, "Another flow was put in force meanwhile."),
        ("own", 1, 409, "This version is in force already."),
        ("987", 1, 404, ""),
    ],
)
def test_a_way_back_that_makes_no_sense_is_refused(
    app: Flask, number: str, base: int, status: int, said: str
) -> None:
    release = published()
    number = number.replace("own", str(release.id))
    form = SURE | {"base": str(release.id if base else 0)}
    answer = desk_of(app).post(f"/flow/releases/{number}/restore", **form)
    assert answer.status_code == status
    assert said in answer.get_data(as_text=True)
    assert in_force() == release.version


def test_without_any_release_there_is_nothing_to_go_back_to(app: Flask) -> None:
    desk = desk_of(app)
    assert desk.post("/flow/releases/0/restore", base="0", **SURE).status_code == 409
    assert desk.post("/flow/releases/1/restore", base="0", **SURE).status_code == 404


def test_a_version_that_does_not_pass_is_shown_as_such_and_never_put_in_force(app: Flask) -> None:
    now, version = clock.now(), "0-broken"
    with transaction() as session:
        session.execute(
            insert(FlowVersion).values(version=version, source="nodes: 1", first_used_at=now)
        )
        values = {"version": version, "at": now, "by": "shell:root", "note": "bad"}
        session.execute(insert(FlowRelease).values(values))
        bad = session.scalars(select(FlowRelease.id)).one()
    release, desk = published(), desk_of(app)
    for path in (f"/flow?version={version}", f"/flow/picture?version={version}"):
        assert "This version cannot be shown" in text_of(desk, path)
    assert "This version cannot be shown" in text_of(desk, f"/flow/releases/{bad}")
    assert desk.get(f"/flow/nodes/group?version={version}").status_code == 404
    answer = desk.post(f"/flow/releases/{bad}/restore", base=str(release.id), **SURE)
    assert answer.status_code == 409
    assert "does not pass" in answer.get_data(as_text=True)
    with transaction() as session:
        change = update(FlowRelease).where(FlowRelease.id == release.id)
        session.execute(change.values(refused_at=now))
    assert "goes on with an earlier one" in text_of(desk, "/flow/releases")
    with reading() as session:
        assert len(session.scalars(select(FlowRelease.id)).all()) == 2
