"""The same webhook twice at the same moment: one row, one step, the same bytes."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from calls.models import Call, CallEvent
from cases.models import Case, SilentEvent
from tests.webhooks.looking import agent, legs, live, rows
from tests.webhooks.telephone import Caller, Heard, Provider, new_sid

pytestmark = pytest.mark.backends("postgresql", "sqlite")
AT_ONCE = 6
ROUNDS = 3
WITHIN_S = 30


def at_once(jobs: Sequence[Callable[[], bytes]]) -> list[bytes]:
    """Run all jobs at the same moment, each in a thread of its own; their results in order."""
    gate = threading.Barrier(len(jobs))

    def run(job: Callable[[], bytes]) -> bytes:
        gate.wait(WITHIN_S)
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        futures = [pool.submit(run, job) for job in jobs]
        return [future.result(WITHIN_S) for future in futures]


def post(provider: Provider, address: str, sid: str, **params: str) -> Callable[[], bytes]:
    """One signed request on a connection of its own."""
    beside = provider.beside()

    def job() -> bytes:
        response = beside.post(address, sid, **params)
        assert response.status_code in (200, 204)
        return response.data

    return job


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_b39_first_webhooks_at_the_same_moment_make_one_call_and_hear_the_same(
    _round: int, provider: Provider
) -> None:
    sid = new_sid()
    answers = at_once([post(provider, "/ivr/voice", sid) for _ in range(AT_ONCE)])
    assert len(set(answers)) == 1
    assert Heard(answers[0]).verbs == ["Gather"]
    assert len(rows(Call)) == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_the_same_turn_at_the_same_moment_moves_the_call_once(
    _round: int, provider: Provider, call: Caller
) -> None:
    call.press("2")
    action = call.heard.action
    answers = at_once([post(provider, action, call.sid, Digits="1") for _ in range(AT_ONCE)])
    assert len(set(answers)) == 1
    assert live(call.sid).turn == 2
    assert len(rows(Case)) == 1


def test_different_keys_for_the_same_turn_at_the_same_moment_give_one_answer_to_all(
    provider: Provider, call: Caller
) -> None:
    call.press("2")
    action = call.heard.action
    jobs = [post(provider, action, call.sid, Digits=str(key)) for key in range(1, 6)]
    assert len(set(at_once(jobs))) == 1
    assert live(call.sid).turn == 2
    assert len(rows(Case)) == 1


def test_ends_at_the_same_moment_end_the_call_once(provider: Provider, call: Caller) -> None:
    told = {"CallStatus": "completed", "SequenceNumber": "3"}
    at_once([post(provider, "/ivr/status", call.sid, **told) for _ in range(AT_ONCE)])
    assert len(rows(CallEvent)) == 1
    assert [event.calls for event in rows(SilentEvent)] == [1]


def test_a_key_and_the_end_at_the_same_moment_lose_nothing(
    provider: Provider, call: Caller
) -> None:
    call.press("2")
    at_once(
        [
            post(provider, call.heard.action, call.sid, Digits="1"),
            post(provider, "/ivr/status", call.sid, CallStatus="completed"),
        ]
    )
    ended, told = live(call.sid).has_ended, live(call.sid).state["facts"].get("group")
    assert ended
    assert len(rows(Case)) == (1 if told else 0)


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_two_callers_at_the_same_moment_never_ring_the_same_person(
    _round: int, provider: Provider, phone: Callable[..., Caller]
) -> None:
    for number in range(2):
        agent(number)
    callers = [phone(f"+6681000{number:04d}") for number in range(1, 5)]
    for caller in callers:
        caller.press("1")
    jobs = [post(provider, one.heard.action, one.sid, Digits="1") for one in callers]
    rung = [number for body in at_once(jobs) for number in Heard(body).rings]
    assert len(rung) == len(set(rung)) == 2
    assert len({leg.staff_id for leg in legs()}) == 2
