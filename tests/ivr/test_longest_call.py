"""The longest call: warned of, ended kindly, and never at the cost of what was told."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.turns import Reply, Save
from ivr.verbs import Dial, Hangup
from tests.ivr.conversations import AWAY, ORDINARY, THERE
from tests.ivr.documents import FLOW
from tests.ivr.made_up_world import World
from tests.ivr.phone import Phone

LONGEST = FLOW.longest
assert LONGEST is not None
WARNED, OVER = LONGEST.warn_s, LONGEST.end_s


def said(name: str, lang: str = "th") -> str:
    return FLOW.errors[name][lang]


@pytest.mark.parametrize("lang", ["th", "en"])
def test_a_long_call_is_warned_once_and_goes_on(lang: str) -> None:
    phone = Phone(lang=lang).play("2")
    phone.hear(Reply("1", elapsed_s=WARNED))
    assert phone.said.startswith(said("call_long", lang))
    assert phone.node == "sub_v"
    phone.hear(Reply("1", elapsed_s=WARNED + 9))
    assert said("call_long", lang) not in phone.said
    assert phone.node == "callback_ask"


@pytest.mark.parametrize("lang", ["th", "en"])
@pytest.mark.parametrize("reply", [Reply("1", elapsed_s=OVER), Reply("1", turn=LONGEST.turns)])
def test_at_its_end_the_answer_counts_the_case_is_saved_and_numbers_are_told(
    reply: Reply, lang: str
) -> None:
    phone = Phone(World(AWAY), lang=lang).play("2").hear(reply)
    assert phone.facts["group"] == "V"
    assert said("call_over", lang) in phone.said
    assert FLOW.nodes["lines"].texts[lang] in phone.said
    assert isinstance(phone.verbs[-1], Hangup)
    assert not phone.asked(Save)[-1].silent_event


def test_who_told_nothing_is_ended_kindly_without_a_case() -> None:
    phone = Phone().play("3").hear(Reply("*", elapsed_s=OVER))
    assert (phone.state.ended, phone.asked(Save)) == (True, [])
    assert FLOW.nodes["goodbye"].texts["th"] in phone.said


def test_the_number_of_the_report_is_heard_before_the_end() -> None:
    phone = Phone().play(*ORDINARY[:11]).hear(Reply("5924", elapsed_s=OVER))
    assert phone.node == "reference"
    phone.hear(Reply("1", elapsed_s=OVER))
    assert not phone.state.ended


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**4), st.sampled_from(["", "4", "8", "*"]))
def test_however_long_a_call_lasts_the_welcome_takes_danger_and_a_person_is_rung(
    elapsed_s: int, turn: int, before: str
) -> None:
    phone = Phone(World(THERE)).hear(Reply(before, elapsed_s=elapsed_s, turn=turn))
    assert phone.node == FLOW.start
    phone.once(Reply("1", elapsed_s=elapsed_s, turn=turn))
    assert phone.node == "danger_now"
    phone.once(Reply("1", elapsed_s=elapsed_s, turn=turn))
    assert isinstance(phone.verbs[-1], Dial)


def test_a_person_who_is_rung_is_let_ring_and_the_talk_has_its_own_bound() -> None:
    phone = Phone(World(AWAY)).play("1")
    phone.once(Reply("1", elapsed_s=OVER - 1))
    phone.once(Reply(dial_status="no-answer", dial_bridged=False, elapsed_s=OVER))
    assert isinstance(phone.verbs[-1], Dial)
    assert phone.verbs[-1].time_limit_s == LONGEST.talk_s


def _joined() -> Phone:
    """A call that a person has taken, while they talk."""
    phone = Phone(World(THERE)).play("1")
    phone.once(Reply("1"))
    phone.once(Reply(dial_status="no-answer", dial_bridged=False))
    return phone


def test_a_talk_that_the_limit_cuts_off_may_be_gone_on_with() -> None:
    phone = _joined()
    over = Reply(dial_status="completed", dial_s=LONGEST.talk_s, elapsed_s=LONGEST.talk_s + 60)
    phone.once(over)
    assert (phone.node, phone.said) == ("talk_over", FLOW.nodes["talk_over"].texts["th"])
    phone.once(Reply("1", elapsed_s=LONGEST.talk_s + 70))
    assert isinstance(phone.verbs[-1], Dial)


def test_a_talk_that_ends_by_itself_ends_the_call() -> None:
    phone = _joined()
    phone.once(Reply(dial_status="completed", dial_s=LONGEST.talk_s - 60))
    assert phone.node == FLOW.after_talk
