"""PINs: the easy ones are refused, a keyed HMAC is all that is kept, guessing locks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from cases.answers import CaseAnswers
from cases.models import Case
from cases.pin import new_pin, pin_mac, too_easy
from cases.queries import timeline
from cases.services import OpenedCase, check_pin, open_case, set_pin
from core.database import reading, transaction
from core.runtime import Runtime

BOTH = pytest.mark.backends("postgresql", "sqlite")
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
PIN = "8305"


@pytest.mark.parametrize(
    "pin",
    [
        *("0000", "9999", "1234", "4321", "0123", "7890", "0987", "1212", "5050", "1221"),
        *("2580", "0852", "2552", "1999", "2012", "2568"),
    ],
)
def test_the_first_guesses_of_a_stranger_are_too_easy(pin: str) -> None:
    assert too_easy(pin)


@pytest.mark.parametrize("pin", [PIN, "4719", "9061", "3527"])
def test_an_ordinary_pin_is_fine(pin: str) -> None:
    assert not too_easy(pin)


def test_a_pin_that_we_choose_is_never_too_easy() -> None:
    made = [new_pin() for _ in range(300)]
    assert not any(too_easy(pin) for pin in made)
    assert all(len(pin) == 4 and pin.isdigit() for pin in made)


def test_most_pins_may_be_chosen() -> None:
    refused = sum(too_easy(f"{number:04d}") for number in range(10_000))
    assert refused < 1_000


@given(st.integers(0, 9999))
def test_too_easy_answers_for_every_pin(number: int) -> None:
    assert too_easy(f"{number:04d}") in (True, False)


@pytest.fixture
def opened(runtime: Runtime) -> OpenedCase:
    """A case with a PIN."""
    with transaction() as session:
        made = open_case(
            session,
            CaseAnswers("V"),
            call_sid="CA" + "1" * 32,
            account_sid="AC" + "0" * 32,
            now=NOW,
        )
        set_pin(session, made.id, PIN, now=NOW)
    return made


def tried(opened: OpenedCase, pin: str, *, at: datetime = NOW) -> bool:
    """Whether a caller with this PIN is let in."""
    with transaction() as session:
        found = check_pin(session, opened.reference, pin, now=at)
    assert found is None or found.id == opened.id
    return found is not None


@BOTH
def test_the_right_pair_opens_the_case(opened: OpenedCase) -> None:
    with transaction() as session:
        found = check_pin(session, opened.reference, PIN, now=NOW)
    assert found is not None
    assert (found.status, found.status_since) == ("received", NOW)


@BOTH
def test_only_a_keyed_hmac_is_kept(opened: OpenedCase) -> None:
    with reading() as session:
        kept = session.scalar(select(Case.pin_mac).where(Case.id == opened.id))
    assert kept == pin_mac(opened.reference, PIN)
    assert kept != pin_mac("123456789", PIN)
    assert PIN not in str(kept)[:8]


@BOTH
def test_five_wrong_tries_lock_for_fifteen_minutes(opened: OpenedCase) -> None:
    for _ in range(5):
        assert not tried(opened, "1111")
    assert not tried(opened, PIN)
    assert not tried(opened, PIN, at=NOW + timedelta(minutes=14, seconds=59))
    assert tried(opened, PIN, at=NOW + timedelta(minutes=15))
    with reading() as session:
        kinds = [event.kind for event in timeline(session, opened.id)]
    assert kinds == ["opened", "pin_set", "pin_locked"]


@BOTH
def test_a_right_try_forgets_the_wrong_ones(opened: OpenedCase) -> None:
    for _ in range(4):
        assert not tried(opened, "1111")
    assert tried(opened, PIN)
    for _ in range(4):
        assert not tried(opened, "1111")
    assert tried(opened, PIN)


@BOTH
def test_a_reference_that_is_not_there_looks_like_a_wrong_pin(runtime: Runtime) -> None:
    with transaction() as session:
        assert check_pin(session, "123456789", PIN, now=NOW) is None


@BOTH
def test_a_case_without_a_pin_cannot_be_asked_about(runtime: Runtime) -> None:
    with transaction() as session:
        made = open_case(
            session,
            CaseAnswers("V"),
            call_sid="CA" + "2" * 32,
            account_sid="AC" + "0" * 32,
            now=NOW,
        )
        assert check_pin(session, made.reference, "", now=NOW) is None
        assert check_pin(session, made.reference, "0" * 64, now=NOW) is None
