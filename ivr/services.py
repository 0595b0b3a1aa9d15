"""One use case per webhook of a live call: begin, go on, end; each in the door's transaction."""

import secrets
from datetime import datetime
from typing import Any

from flask import abort
from sqlalchemy.orm import Session

from agents.numbers import number_fingerprint
from calls import ledger
from calls.legs import end_legs_of
from calls.limit_rules import BY_NUMBER
from calls.limits import shortness_at
from calls.services import call_ended
from calls.states import ENDED
from calls.statuses import ended_by
from cases.announcing import announcement_at
from cases.counting import everything_counts
from cases.opening import OpenedCase
from cases.pin import new_pin
from cases.services import link_call
from cases.silent import record_silent_call
from core import phones, runtime
from core.crypto import same
from core.database import single_statements
from core.links import public_url
from ivr import engine
from ivr.facts import CallIdentity
from ivr.finishing import is_telling, write_case, write_follow_up
from ivr.nodes import Flow, Queue
from ivr.prompt_files import played
from ivr.recorded import keep_named
from ivr.replies import reply_of
from ivr.turns import Links, Reply, Run, State, Taken, Turn
from ivr.twiml import render
from ivr.verbs import Hangup, Redirect
from ivr.versions import current_flow, flow_in_force, flow_of, known_flow
from ivr.webhooks import Webhook
from ivr.world import World
from recordings.services import attach_case

TOKEN_LENGTH = 16


def call_token(call_sid: str) -> str:
    """What ties a turn's address to its call, so that another call's address opens nothing."""
    return runtime.current().keyring.fingerprint("call.turn", call_sid)[:TOKEN_LENGTH]


def check_number_called(webhook: Webhook) -> None:
    """403 for a call to a number that is not the hotline's (B06)."""
    if webhook.get("To") != runtime.current().settings.hotline_number:
        abort(403)


def is_loop(webhook: Webhook) -> bool:
    """Whether the hotline phones itself (B22): a telephone that we rang sends us back here."""
    own = runtime.current().settings.hotline_number
    return own in {phones.normalise(webhook.get(name)) for name in ("From", "ForwardedFrom")}


def check_token(webhook: Webhook, token: str) -> None:
    """403 for a turn's address that belongs to another call (B37)."""
    if not same(token, call_token(webhook.call_sid)):
        abort(403)


def begin_call(session: Session, webhook: Webhook, *, now: datetime) -> bytes:
    """Answer a call that comes in: written down before its first document leaves.

    The same call again, at whatever turn, gets the document that it hears now.
    """
    known = ledger.find_call(session, webhook.call_sid)
    if known is not None:
        return _hangup() if known.has_ended else known.answer
    flow = flow_in_force(session, now)
    about = _ledger_facts(webhook, flow)
    facts = _first_facts(flow, webhook.get("From"))
    facts |= _front(session, about["caller_fingerprint"], now)
    world = World(session, webhook.call_sid, webhook.account_sid, now)
    turn = world.run(engine.begin(flow, facts, _links(webhook.call_sid, 0)))
    moment = _moment(flow, turn, None)
    is_new = ledger.open_call(session, webhook.call_sid, moment, facts=about, now=now)
    if not is_new:
        return begin_call(session, webhook, now=now)
    ended = ledger.terminal_orphan(session, webhook.call_sid, webhook.account_sid)
    if ended is not None:
        end_call(session, webhook.call_sid, ended, now=now)
        return _hangup()
    return moment.answer


def _first_facts(flow: Flow, raw_number: str) -> dict[str, Any]:
    number = phones.normalise(raw_number)
    own = frozenset({runtime.current().settings.hotline_number})
    facts: dict[str, Any] = {
        "lang": flow.default_language,
        "code": f"{secrets.randbelow(90) + 10}",
        "given_pin": new_pin(),
    }
    if number is not None:
        facts["from"] = number
    if phones.dialable(number, own):
        facts["caller"] = number
    return facts


def _front(session: Session, fingerprint: str | None, now: datetime) -> dict[str, Any]:
    """What goes before the first question; the call keeps it, whatever becomes of it later.

    Who phones again and again has heard what is announced, and gets the keys alone.
    """
    short = shortness_at(session, fingerprint, now=now)
    if short == BY_NUMBER:
        return {"short": True}
    found = announcement_at(session, now)
    return ({"announcement": found.texts} if found else {}) | ({"short": True} if short else {})


def _ledger_facts(webhook: Webhook, flow: Flow) -> dict[str, Any]:
    number = phones.normalise(webhook.get("From"))
    return {
        "account_sid": webhook.account_sid,
        "status": "in_progress",
        "flow_version": flow.version,
        "caller_number": number,
        "caller_fingerprint": number_fingerprint(number, webhook.account_sid),
    }


def quick_turn(webhook: Webhook, number: int, *, now: datetime) -> bytes | None:
    """A turn that asks the world nothing: one look, one compare-and-set, no lock.

    None, with nothing written, for every other turn and for whoever comes second: `take_turn`.
    """
    with single_statements() as connection:
        call = ledger.look_at_call(connection, webhook.call_sid)
        if call is None or call.has_ended or call.account_sid != webhook.account_sid:
            return None
        flow = known_flow(call.flow_version)
        if flow is None:
            return None
        state = State.from_dict(call.state)
        if number != call.turn or state.ended:
            return call.answer
        reply = reply_of(webhook, call, now)
        turn = _unasked(engine.advance(flow, state, reply, _links(call.sid, number + 1)))
        if turn is None or (call.case_id is None and _concerns_a_case(turn.state.facts)):
            return None
        moment = _moment(flow, turn, call.case_id)
        return moment.answer if ledger.move_call(connection, call, moment, now=now) else None


def _unasked(steps: Run) -> Turn | None:
    """The turn, or None as soon as the engine asks anything; it is pure, so nothing is lost."""
    try:
        next(steps)
    except StopIteration as done:
        turn: Turn = done.value
        return turn
    return None


def _concerns_a_case(facts: dict[str, Any]) -> bool:
    return is_telling(facts) or bool(facts.get("followed_case"))


def take_turn(session: Session, webhook: Webhook, number: int, *, now: datetime) -> bytes:
    """Go on with a call; a repeated, older or unexpected turn gets the current answer again."""
    call = ledger.find_call(session, webhook.call_sid)
    if call is None:
        ledger.log_orphan(session, webhook.call_sid, webhook.account_sid, "turn", now=now)
        return render([Redirect(public_url("/ivr/voice", "twiml"))], current_flow().languages)
    if call.has_ended:
        return _hangup()
    state = State.from_dict(call.state)
    if number != call.turn or state.ended:
        return call.answer
    return _advance(session, call, state, reply_of(webhook, call, now), now=now)


def _advance(
    session: Session, call: ledger.LiveCall, state: State, reply: Reply, *, now: datetime
) -> bytes:
    flow = flow_of(session, call.flow_version)
    world = _world(session, call, state, now)
    turn = world.run(engine.advance(flow, state, reply, _links(call.sid, call.turn + 1)))
    facts = turn.state.facts
    if world.case is None and is_telling(facts) and not facts.get("followed_case"):
        facts["reference"] = world.ensure_case(facts, turn.state.visits).reference
    if facts.get("followed_case") and not state.facts.get("followed_case"):
        link_call(session, facts["followed_case_id"], call.sid, now)
    if world.written:
        facts["written"] = world.written
    case_id = world.case.id if world.case else facts.get("followed_case_id", call.case_id)
    moment = _moment(flow, turn, case_id)
    if not ledger.move_call(session.connection(), call, moment, now=now):
        again = ledger.find_call(session, call.sid)
        return again.answer if again else _hangup()
    return moment.answer


def _case_of(call: ledger.LiveCall, state: State) -> OpenedCase | None:
    reference = state.facts.get("reference")
    if call.case_id is None or reference is None:
        return None
    return OpenedCase(call.case_id, reference)


def _world(session: Session, call: ledger.LiveCall, state: State, now: datetime) -> World:
    followed = state.facts["followed_case_id"] if state.facts.get("followed_case") else None
    return World(session, call.sid, call.account_sid, now, _case_of(call, state), followed)


def _links(call_sid: str, turn: int) -> Links:
    return Links(
        next_turn=public_url(f"/ivr/turn/{call_token(call_sid)}/{turn}", "twiml"),
        recording=public_url("/ivr/recording", "event"),
        caller_id=runtime.current().settings.hotline_number,
    )


def _moment(flow: Flow, turn: Turn, case_id: int | None) -> ledger.Moment:
    node = flow.nodes[turn.state.node]
    return ledger.Moment(
        state=turn.state.as_dict(),
        answer=render(played(turn.verbs, flow.languages), flow.languages),
        node=node.name,
        language=turn.state.facts["lang"],
        waiting=isinstance(node, Queue),
        case_id=case_id,
        hangs_up=turn.state.ended,
    )


def _hangup() -> bytes:
    return render([Hangup()], current_flow().languages)


def end_call(session: Session, sid: str, status: str, *, now: datetime) -> None:
    """The provider says how the call ended: finish what it told, once, whoever says it again."""
    call = ledger.find_call(session, sid)
    if call is not None:
        _end(session, call, status, now=now)


def _end(session: Session, call: ledger.LiveCall, status: str, *, now: datetime) -> None:
    if call.has_ended:
        return
    sid, state = call.sid, State.from_dict(call.state)
    if state.leg_key and _was_taken(session, call, state, now):
        state.facts["talked"] = True  # the end of the call was told before the end of its Dial
    case_id = _finish(session, call, state, now)
    keep_named(session, call, case_id, state.facts.get("recordings", []), now=now)
    if case_id is not None:
        attach_case(session, sid, case_id, now=now)
    elif not state.answers and not _was_practised_apart(call):
        record_silent_call(session, call_sid=sid, caller_number=state.facts.get("from"), now=now)
    end_legs_of(session, sid, now=now)
    ledger.end_call(
        session, call, status=status, ended_by=ended_by(status, hung_up=state.ended), now=now
    )
    call_ended(session, sid, now=now)


def _finish(session: Session, call: ledger.LiveCall, state: State, now: datetime) -> int | None:
    """Write down what the call told: its own case, the one it followed up, or both in turn."""
    identity = CallIdentity(call.sid, call.account_sid, now)
    facts, visits = state.facts, state.visits
    followed = facts["followed_case_id"] if facts.get("followed_case") else None
    own = None if call.case_id == followed else call.case_id
    if own is None and followed is None and is_telling(facts) and not _is_left_over(call):
        own = World(session, call.sid, call.account_sid, now).ensure_case(facts, visits).id
        ledger.link_case(session, call.sid, own)
    if own is not None:
        write_case(session, own, facts, visits, call=identity, ended=True)
    if followed is not None:
        write_follow_up(session, followed, facts, visits, call=identity)
    return own if own is not None else followed


def _was_practised_apart(call: ledger.LiveCall) -> bool:
    """Whether nobody real phoned in a real service, by the call's own mark."""
    return call.is_practice and not everything_counts()


def _is_left_over(call: ledger.LiveCall) -> bool:
    """Whether it was practised by an account that is gone: a case of it would be a real one."""
    settings = runtime.current().settings
    return call.is_practice and not settings.is_practice_account(call.account_sid)


def _was_taken(session: Session, call: ledger.LiveCall, state: State, now: datetime) -> bool:
    world = _world(session, call, state, now)
    return bool(world.answer(Taken(str(state.leg_key), bridged=True)))


def hear_status(
    session: Session, webhook: Webhook, status: str, sequence: int, *, now: datetime
) -> None:
    """Log a status event once; a terminal one ends the call."""
    call = ledger.find_call(session, webhook.call_sid)
    if call is None:
        ledger.log_orphan(session, webhook.call_sid, webhook.account_sid, status, now=now)
        return
    is_new = ledger.log_event(session, webhook.call_sid, f"status:{status}", sequence, {}, now=now)
    if is_new and status in ENDED:
        _end(session, call, status, now=now)
