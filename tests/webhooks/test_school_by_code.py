"""The place told by a school's code or by its name: read back, and given to whom it concerns."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from cases.models import CasePlace
from core.database import transaction
from core.runtime import Runtime
from routing.loading import bump_version
from routing.models import Office
from tests.webhooks.looking import dump, lead, rows, the_case
from tests.webhooks.serving import serving
from tests.webhooks.telephone import Caller

pytestmark = pytest.mark.backends("postgresql")
CODE = "92990042"
# A building, no call, primary, another way.
TO_SCHOOL = ("2", "2", "2", "3", "1", "#")


@pytest.fixture
def app(own_runtime: Runtime) -> Iterator[Flask]:
    """The service with one made-up school."""
    with serving(own_runtime.settings) as made:
        with transaction() as session:
            session.add(
                Office(
                    code=CODE,
                    type="school",
                    name_th="โรงเรียนสมมุติวิทยา 42",
                    name_en="Sommut Witthaya 42 School",
                    parent_code="SESA-13",
                    province_code="92",
                    district_code="9209",
                    affiliation="basic",
                )
            )
            bump_version(session)
        yield made


def test_a_school_is_read_back_by_name_and_its_area_gets_the_report(
    phone: Callable[..., Caller],
) -> None:
    """The level that was pressed would lead to the primary area: the school itself goes before."""
    call = phone()
    call.press(*TO_SCHOOL, CODE)
    assert call.heard.spoken.startswith("โรงเรียนสมมุติวิทยา สี่ สอง อำเภอ")
    call.press("1", "2", "2", "*")
    (place,) = rows(CasePlace)
    assert (place.school_code, place.district_code, place.confirmed) == (CODE, "9209", True)
    assert lead(the_case().id).office_code == "SESA-13"
    call.hang_up()
    assert rows(CasePlace)[0].school_code == CODE


@pytest.mark.parametrize("keys", [("2",), ("99999999", "99999999"), ("*",)])
def test_without_a_known_school_the_postal_code_is_asked_for_again(
    keys: tuple[str, ...], phone: Callable[..., Caller]
) -> None:
    call = phone()
    call.press(*TO_SCHOOL, *((CODE,) if keys == ("2",) else ()), *keys, "92160", "1")
    call.hang_up()
    (place,) = rows(CasePlace)
    assert (place.school_code, place.district_code) == (None, "9209")


def test_a_district_that_is_said_is_read_back_and_counts_after_a_key_alone(
    phone: Callable[..., Caller],
) -> None:
    call = phone()
    listening = call.press(*TO_SCHOOL).tree.find("Gather")
    assert listening is not None
    told = {name: listening.get(name) for name in ("input", "language", "profanityFilter")}
    assert told == {"input": "dtmf speech", "language": "th-TH", "profanityFilter": "false"}
    assert {"ตรัง", "ดุสิต"} <= set(str(listening.get("hints")).split(","))
    junk = "\x00\u202e<Say>" + "evil-7f3a" * 7000
    assert call.ask(call.heard.action, SpeechResult=junk, Confidence="0.99").verbs == ["Gather"]
    heard = call.ask(call.heard.action, SpeechResult="อ.รัษฎา จังหวัดตรังค่ะ", Confidence="0.01")
    assert heard.spoken.startswith("อำเภอรัษฎา จังหวัดตรัง")
    call.press("", "", "2", "2", "*")
    (place,) = rows(CasePlace)
    assert (place.district_code, place.province_code, place.confirmed) == (None, None, False)
    assert lead(the_case().id).office_code == "HQ"
    assert "evil-7f3a" not in str(dump())


def test_a_province_that_is_said_twice_goes_to_the_desk_once_it_is_confirmed(
    phone: Callable[..., Caller],
) -> None:
    call = phone()
    call.press(*TO_SCHOOL)
    assert "อำเภอด้วย" in call.ask(call.heard.action, SpeechResult="ตรัง").spoken
    hints = call.heard.tree.find("Gather")
    assert hints is not None
    assert "รัษฎา" in str(hints.get("hints"))
    again = call.ask(call.heard.action, SpeechResult="จังหวัดตรัง")
    assert again.spoken.startswith("จังหวัดตรัง ใช่")
    call.press("1", "2", "2", "*")
    (place,) = rows(CasePlace)
    assert (place.province_code, place.district_code, place.confirmed) == ("92", None, False)
    assert lead(the_case().id).office_code == "HQ"
