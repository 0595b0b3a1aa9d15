"""Stories at the desk of the hotline: suggested, joined with an undo, announced, taken back."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from agents.models import Staff
from agents.roles import ROLES
from cases.announcement_rules import HOURS
from cases.announcing import announcement_at
from cases.models import CaseExclusion
from cases.story_models import StoryCase
from core import clock
from core.database import reading, transaction
from core.runtime import Runtime
from tests.console_cases.people import Desk, Made, opened_case
from tests.console_cases.scenes import told_story

Hire = Callable[..., Desk]
SAID = {"th": "ทราบเรื่องน้ำท่วมแล้ว", "en": "We know about the flood.", "hours": "2"}


@pytest.fixture
def boss(desk_of: Hire) -> Desk:
    """A supervisor of the hotline."""
    return desk_of(("supervisor", "HQ"))


def html_of(desk: Desk, path: str) -> str:
    answer = desk.get(path)
    assert answer.status_code == 200, path
    return str(answer.get_data(as_text=True))


def joined(made: Made) -> bool:
    with reading() as session:
        found = select(StoryCase).where(
            StoryCase.case_id == made.case_id, StoryCase.left_at.is_(None)
        )
        return session.scalars(found).one_or_none() is not None


def heard() -> str | None:
    with transaction() as session:
        found = announcement_at(session, clock.now())
    return found.th if found else None


def test_three_reports_within_an_hour_are_warned_about_and_become_a_story(
    boss: Desk, runtime: Runtime
) -> None:
    opened_case()
    opened_case()
    assert "/stories/new" not in html_of(boss, "/stories")
    last = opened_case()
    assert f"/stories/new?case={last.reference}" in html_of(boss, "/stories")
    form = {"case": last.reference, "title_th": "ทะเลาะวิวาท", "title_en": "Fighting"}
    answer = boss.post("/stories/new", **form)
    assert answer.status_code == 303
    assert joined(last)
    page = html_of(boss, answer.headers["Location"].removeprefix("/desk"))
    assert page.count('name="case"') == 3
    refused = boss.post("/stories/new", **(form | {"title_en": " "}))
    assert refused.status_code == 400
    assert "ทะเลาะวิวาท" in refused.get_data(as_text=True)


def test_joining_and_taking_out_can_be_undone_with_one_press(boss: Desk, runtime: Runtime) -> None:
    made = opened_case()
    story_id = told_story(boss)
    for step, other, is_in in (("join", "leave", True), ("leave", "join", False)):
        answer = boss.post(f"/stories/{story_id}/{step}", case=made.reference)
        page = html_of(boss, answer.headers["Location"].removeprefix("/desk"))
        assert joined(made) == is_in
        undo = page.partition('role="status"')[2].partition("</form>")[0]
        assert f"/stories/{story_id}/{other}" in undo
        assert made.reference in undo


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("th", ("แล้ว 2 เรื่อง", "รวมอยู่ในเหตุการณ์อื่นแล้ว", "ไม่มีสิทธิ์ดู")),
        ("en", ("2 of the chosen cases belong", "to a story already", "may not see it")),
    ],
)
def test_the_chosen_cases_are_joined_but_for_those_that_are_named_with_the_reason(
    lang: str, words: tuple[str, ...], boss: Desk, runtime: Runtime
) -> None:
    one, taken, secret, last = (opened_case() for _ in range(4))
    story_id = told_story(boss)
    told_story(boss, taken)
    with transaction() as session:
        session.add(CaseExclusion(case_id=secret.case_id, staff_id=boss.viewer.staff_id))
        session.get_one(Staff, boss.viewer.staff_id).language = lang
    chosen = [row.reference for row in (one, taken, secret, last)]
    answer = boss.post(f"/stories/{story_id}/join", case=chosen)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert (joined(one), joined(last), joined(secret)) == (True, True, False)
    message = page.partition('role="alert"')[2].partition("</div>")[0]
    assert [word for word in words if word not in message] == []
    assert [row.reference in message for row in (one, taken, secret, last)] == [
        False,
        True,
        True,
        False,
    ]


def test_where_none_of_several_cases_can_be_joined_nothing_changes(
    boss: Desk, runtime: Runtime
) -> None:
    first, second = opened_case(), opened_case()
    story_id = told_story(boss)
    told_story(boss, first, second)
    chosen = [first.reference, second.reference]
    answer = boss.post(f"/stories/{story_id}/join", case=chosen)
    assert answer.status_code == 409
    assert "รวมเรื่องที่เลือกไม่ได้เลย" in answer.get_data(as_text=True)
    nobody = boss.post(f"/stories/{story_id}/join", case=["100000009", "nonsense"])
    assert nobody.status_code == 404


def test_an_announcement_is_looked_at_first_then_heard_then_taken_back(
    boss: Desk, runtime: Runtime
) -> None:
    address = f"/stories/{told_story(boss)}"
    look = boss.post(f"{address}/announcement", preview="yes", **SAID)
    assert look.status_code == 200
    page = look.get_data(as_text=True)
    assert "วินาที" in page
    lengths = re.findall(r'<option value="(\d+)"', page.partition('id="hours"')[2])
    assert tuple(map(int, lengths)) == HOURS
    assert heard() is None
    assert boss.post(f"{address}/announcement", announce="yes", **SAID).status_code == 303
    assert heard() == SAID["th"]
    assert boss.post(f"{address}/silence").status_code == 303
    assert heard() is None


@pytest.mark.parametrize("button", ["preview", "announce"])
def test_what_may_not_be_said_comes_back_as_it_was_typed(
    button: str, boss: Desk, runtime: Runtime
) -> None:
    typed = SAID | {"th": "มีคนเจ็บ โทร หนึ่ง หก หก เก้า", button: "yes"}
    answer = boss.post(f"/stories/{told_story(boss)}/announcement", **typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert typed["th"] in page
    assert "เบอร์ฉุกเฉิน" in page
    assert heard() is None


@pytest.mark.parametrize("role", ROLES)
def test_only_the_hotlines_own_people_find_stories(
    role: str, boss: Desk, desk_of: Hire, runtime: Runtime
) -> None:
    made = opened_case()
    story_id = told_story(boss, made)
    here, elsewhere = desk_of((role, "HQ")), desk_of((role, "ESA-9202"))
    may = role in ("agent", "supervisor", "admin")
    for desk, expected in ((here, may), (elsewhere, False)):
        for path in ("/stories", f"/stories/{story_id}"):
            assert desk.get(path).status_code == (200 if expected else 404)
        assert ("/desk/stories" in desk.get("/").get_data(as_text=True)) == expected
        managed = desk.post(f"/stories/{story_id}/silence").status_code
        manages = expected and role in ("supervisor", "admin")
        assert managed == (303 if manages else 404)


def test_safety_rule_07_no_case_is_joined_or_shown_to_who_is_shut_out(
    boss: Desk, desk_of: Hire, runtime: Runtime
) -> None:
    made = opened_case()
    other = desk_of(("supervisor", "HQ"))
    with transaction() as session:
        session.add(CaseExclusion(case_id=made.case_id, staff_id=other.viewer.staff_id))
    story_id = told_story(boss)
    assert other.post(f"/stories/{story_id}/join", case=made.reference).status_code == 404
    assert boss.post(f"/stories/{story_id}/join", case=made.reference).status_code == 303
    assert made.reference in html_of(boss, f"/stories/{story_id}")
    for path in (
        "/stories",
        f"/stories/{story_id}",
        f"/stories/{story_id}?joined={made.reference}",
    ):
        assert made.reference not in html_of(other, path).replace(f"?joined={made.reference}", "")
    assert other.post(f"/stories/{story_id}/leave", case=made.reference).status_code == 404


def test_a_case_says_to_which_story_it_belongs_and_goes_on_as_it_was(
    boss: Desk, desk_of: Hire, runtime: Runtime
) -> None:
    made = opened_case()
    desk = desk_of(("operator", "ESA-9202"))
    told_story(boss, made)
    page = html_of(desk, f"/cases/{made.reference}")
    assert "น้ำท่วม" in page
    assert "/desk/stories" not in page
    assert desk.post(f"/cases/{made.reference}/acknowledge").status_code == 303
