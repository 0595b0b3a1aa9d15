"""Practice beside a real telephone: two accounts at one door, and neither touches the other's."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from agents.models import Staff
from calls.ledger import calls_waiting
from calls.legs import LIVE, take_person
from calls.models import Call, Leg, OrphanEvent
from calls.warning_list import orphan_events
from cases.models import Case, SilentEvent
from cases.services import set_pin
from core import clock
from core.database import reading, transaction
from core.runtime import Runtime, configure, current
from ivr import tasks
from tests.support.beside import PRACTICE, REAL, TOKENS, beside
from tests.webhooks.looking import AGENT_PHONES, agent, dump, legs, rows
from tests.webhooks.serving import RemoteCalls, serving
from tests.webhooks.telephone import Caller, Person, Provider, new_sid

IN_DANGER = ("1", "1")
OTHER = {REAL: PRACTICE, PRACTICE: REAL}
BOTH = pytest.mark.parametrize("account", [REAL, PRACTICE], ids=["real", "practised"])
Dial = Callable[..., Caller]


class OfAccount(Provider):
    """A telephone company that speaks for one account."""

    def __init__(self, app: Flask, account: str) -> None:
        super().__init__(app)
        self.account = account

    def signature(self, address: str, params: Any, token: str | None = None) -> str:
        """Signed with the account's own token."""
        return super().signature(address, params, token or TOKENS[self.account])

    def params(self, sid: str, **more: str) -> dict[str, str]:
        """What every request of the account bears."""
        return super().params(sid, **{"AccountSid": self.account, **more})


@pytest.fixture
def app(runtime: Runtime) -> Iterator[Flask]:
    """A service that real people phone, with a practice phone beside it."""
    with serving(beside(runtime.settings)) as made:
        yield made


@pytest.fixture
def asked(app: Flask, remote: RemoteCalls) -> RemoteCalls:
    """The same service, and a provider that answers for both accounts when it is asked."""
    told = {"twilio_api_base": remote.base, "practice_port": remote.server_port}
    change(**told)
    return remote


def change(**settings: Any) -> None:
    """The service begins anew with some other settings; `serving` puts them back."""
    now = current()
    configure(now.settings.model_copy(update=settings), now.engine)


def minutes_later(minutes: float) -> None:
    """Both sweeps, as beat runs them, some minutes from now."""
    with time_machine.travel(clock.now() + timedelta(minutes=minutes)):
        tasks.finish_stale_calls()
        tasks.ask_orphans()


@pytest.fixture
def dial(app: Flask) -> Dial:
    """Makes callers of an account who hear the welcome."""

    def made(account: str, number: str = "+66810000042") -> Caller:
        caller = Caller(OfAccount(app, account), number)
        caller.dial()
        return caller

    return made


def trainee(number: int) -> int:
    """An agent on duty who practises."""
    staff_id = agent(number)
    with transaction() as session:
        session.execute(update(Staff).where(Staff.id == staff_id).values(practises=True))
    return staff_id


@BOTH
def test_each_account_is_let_in_with_its_own_token_alone(account: str, app: Flask) -> None:
    """Named account x token: only the two pairs that belong together are heard at all."""
    provider = OfAccount(app, account)
    told = provider.params(new_sid(), CallStatus="ringing")
    before = dump()
    for token in (TOKENS[OTHER[account]], "made-up-token-of-nobody-0123456789"):
        forged = {"X-Twilio-Signature": provider.signature("/ivr/voice", told, token)}
        assert provider.send("/ivr/voice", told, headers=forged).status_code == 403
    strange = told | {"AccountSid": "AC" + "9" * 32}
    assert provider.send("/ivr/voice", strange).status_code == 403
    assert dump() == before
    assert provider.send("/ivr/voice", told).status_code == 200
    assert [row.is_practice for row in rows(Call)] == [account == PRACTICE]


def test_practice_comes_from_this_machine_alone(app: Flask) -> None:
    """Whoever gets hold of the practice token elsewhere can make no case with it."""
    for account, expected in ((PRACTICE, 403), (REAL, 200)):
        provider = OfAccount(app, account)
        for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded"):
            told = provider.params(new_sid(), CallStatus="ringing")
            passed_on = provider.send("/ivr/voice", told, headers={name: "203.0.113.9"})
            assert passed_on.status_code == expected
        path = "/ivr/voice"
        remote = {"RAW_URI": path, "REQUEST_URI": path, "REMOTE_ADDR": "203.0.113.9"}
        told = provider.params(new_sid(), CallStatus="ringing")
        assert provider.send(path, told, environ_overrides=remote).status_code == expected


@BOTH
def test_whatever_one_account_asks_about_a_call_of_the_other_changes_nothing(
    account: str, app: Flask, dial: Dial
) -> None:
    """Account x action: every address of a call and of a leg of the other account answers 403."""
    trainee(0)
    caller = dial(account)
    document = caller.press(*IN_DANGER)
    [leg] = legs()
    intruder = OfAccount(app, OTHER[account])
    before = dump()
    of_call: list[tuple[str, dict[str, str]]] = [
        ("/ivr/voice", {"CallStatus": "ringing"}),
        (document.action, {"DialCallStatus": "no-answer"}),
        ("/ivr/status", {"CallStatus": "completed", "SequenceNumber": "3"}),
        ("/ivr/recording", {"RecordingStatus": "completed", "RecordingSid": new_sid("RE")}),
    ]
    of_leg: list[tuple[str, dict[str, str]]] = [
        (f"/ivr/leg/{leg.key}/0", {"Digits": "1"}),
        (f"/ivr/leg-status/{leg.key}", {"CallStatus": "completed", "SequenceNumber": "1"}),
        (f"/ivr/leg-amd/{leg.key}", {"AnsweredBy": "human"}),
    ]
    for address, params in of_call:
        assert intruder.post(address, caller.sid, **params).status_code == 403, address
    for address, params in of_leg:
        for sid in (new_sid(), caller.sid):
            assert intruder.post(address, sid, **params).status_code == 403, address
    assert dump() == before
    assert Person(caller.provider, document).pick_up().verbs == ["Gather", "Hangup"]


def test_a_practised_danger_rings_a_trainee_by_a_made_up_number_and_holds_nobody(
    dial: Dial,
) -> None:
    """Real agents are not rung for it, and a trainee stays free for who is really in danger."""
    agent(0)
    assert dial(PRACTICE).press(*IN_DANGER).rings == [], "no trainee is on duty"
    staff_id = trainee(1)
    practised = dial(PRACTICE)
    [rung] = practised.press(*IN_DANGER).rings
    assert rung not in AGENT_PHONES
    assert rung == f"+{66810000000 + staff_id % 100}"
    with transaction() as session:
        assert take_person(session, staff_id, REAL, LIVE, now=datetime.now(UTC))
    assert {row.last_rung_at for row in rows(Staff) if row.id != staff_id} == {None}


def test_practice_that_waits_makes_no_real_caller_wait(dial: Dial) -> None:
    """A second ring yields to another number in danger, but never to one that is practised."""
    staff_id = trainee(1)
    practised = dial(PRACTICE, "+66810000201")
    assert practised.press(*IN_DANGER).rings
    with transaction() as session:
        session.execute(update(Leg).values(state="ended"))
        session.execute(update(Staff).where(Staff.id == staff_id).values(active=False))
    agent(0)
    real = dial(REAL, "+66810000301")
    assert real.press(*IN_DANGER).rings == [AGENT_PHONES[0]]
    assert [row.waiting for row in rows(Call)] == [True] * 2
    assert real.dial_over().rings == [AGENT_PHONES[0]]
    with reading() as session:
        assert [calls_waiting(session, practice) for practice in (False, True)] == [1, 1]


@BOTH
def test_a_call_follows_up_cases_of_its_own_world_alone(account: str, dial: Dial) -> None:
    made = {}
    for one in (REAL, PRACTICE):
        assert dial(one).press("2", "1").verbs
        [case] = [row for row in rows(Case) if row.account_sid == one]
        with transaction() as session:
            set_pin(session, case.id, "2749", now=datetime.now(UTC))
        made[one] = case.reference
    own = dial(account).press("3", made[account], "2749").spoken
    other = dial(account).press("3", made[OTHER[account]], "2749").spoken
    assert own != other
    followed = [row.case_id for row in rows(Call) if row.account_sid == account]
    known = {row.id for row in rows(Case) if row.account_sid == account}
    assert {one for one in followed if one is not None} <= known


def test_a_silent_practice_call_leaves_no_line_on_the_board(dial: Dial) -> None:
    dial(PRACTICE).hang_up()
    assert list(rows(SilentEvent)) == []
    dial(REAL).hang_up()
    assert len(rows(SilentEvent)) == 1


def test_a_practice_call_that_was_only_heard_of_is_on_no_board(
    app: Flask, asked: RemoteCalls, dial: Dial
) -> None:
    """Its end is told before its beginning: by one account, it is no end of the other's call."""
    strays = {one: Caller(OfAccount(app, one)) for one in (PRACTICE, REAL)}
    for caller in strays.values():
        caller.hang_up()
        asked.statuses[caller.sid] = "completed"
    with reading() as session:
        assert [one.call_sid for one in orphan_events(session, 9)] == [strays[REAL].sid]
    taken = Caller(OfAccount(app, REAL), sid=Caller(OfAccount(app, PRACTICE)).sid)
    Caller(OfAccount(app, PRACTICE), sid=taken.sid).hang_up()
    assert taken.dial().verbs == ["Gather"]
    minutes_later(1)
    assert {one.outcome for one in rows(OrphanEvent)} == {"written", "known"}
    assert [one.call_sid for one in rows(SilentEvent)] == [strays[REAL].sid]


def test_a_practice_provider_that_does_not_answer_is_asked_once_in_a_sweep(
    asked: RemoteCalls, dial: Dial
) -> None:
    """Real calls do not wait for it; it is asked again in the next sweep."""
    callers = [dial(one) for one in (PRACTICE, PRACTICE, REAL, REAL)]
    asked.answer = 503
    minutes_later(4)
    practised, real = callers[:2], callers[2:]
    assert [one.sid for one in real if one.sid in asked.asked] == [one.sid for one in real]
    assert len(asked.asked) == 1 + len(real)
    asked.answer = 200
    minutes_later(8)
    assert set(asked.asked) == {one.sid for one in (*practised, *real)}
    assert None not in {row.ended_at for row in rows(Call)}


def test_calls_of_a_practice_phone_that_was_taken_away_come_to_an_end(
    app: Flask, asked: RemoteCalls, dial: Dial
) -> None:
    """Those that go on and those that were only heard of; nothing real is made of them."""
    told, silent = dial(PRACTICE), dial(PRACTICE)
    told.press("2", "1")
    Caller(OfAccount(app, PRACTICE)).status("ringing")
    change(practice_phone="off")
    for minutes in range(4, 80, 15):
        minutes_later(minutes)
    assert {row.sid: row.status for row in rows(Call)} == {told.sid: "failed", silent.sid: "failed"}
    assert [one.outcome for one in rows(OrphanEvent)] == ["unknown"]
    assert (asked.asked, list(rows(SilentEvent))) == ([], [])
    assert [case.is_practice for case in rows(Case)] == [True]
