"""The legs that we cause, on the telephone: each request gets its document, once and for ever.

The rule of calls holds for each leg: the turn is in the address, the row moves by compare and
set, the document of the present turn is kept sealed and given byte for byte to whoever asks for
this turn or an older one again. A second call for the same leg is hung up on.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from calls.dialling import new_key
from calls.leg_events import dial_over, hold_leg, owns
from calls.legs import APPROVAL, LIVE, NOTICE, OPERATOR
from calls.models import Callback, CallbackAttempt, Leg
from calls.outcomes import accept, connect, settle
from calls.policy import current_policy
from calls.states import HUMAN, verdict
from core import runtime
from core.links import public_url
from core.logs import logger
from ivr import words
from ivr.approval_leg import ApprovalTalk
from ivr.callback_talk import OVER, Advance, Heard, Position, caller_turn, operator_turn
from ivr.live_leg import LiveTalk
from ivr.nodes import Flow
from ivr.notice_leg import NoticeTalk
from ivr.prompts import spoken_language
from ivr.twiml import render
from ivr.verbs import Dial, Gather, Hangup, Number, Say, Verb

SEAL: Final = "legs.answer:"
KEY_S: Final = 7
LISTEN_S: Final = 3
STAFF_LANGUAGE: Final = "th"
# Where nothing has been said yet, and nothing is said any more once the attempt is given up.
SILENT: Final = ("start", "listen")

log = logger(__name__)


@dataclass(frozen=True)
class LegRequest:
    """One signed request for a leg's document; `params` are the provider's parameters."""

    key: str
    turn: int
    params: Mapping[str, str]


def answer_leg(session: Session, request: LegRequest, *, flow: Flow, now: datetime) -> bytes:
    """The document for one turn of a leg that we caused.

    An unknown key and a second call get a hang-up, and nothing is written.
    """
    leg = hold_leg(session, request.key)
    sid = request.params.get("CallSid", "")
    if leg is None or not owns(session, leg, sid):
        log.warning("a leg's request was turned away", leg_known=leg is not None)
        return render([Hangup()], flow.languages)
    kept = _kept(leg)
    if request.turn < leg.turn:
        return str(kept["document"]).encode()
    if request.turn > leg.turn:
        return render([Hangup()], flow.languages)
    leg.call_sid, leg.touched_at = sid, now
    if leg.state in ("created", "ringing"):
        leg.state = "answered"
    talk = _talk(session, leg, request, flow, now)
    position, verbs = talk.next(Position(**kept["position"]) if kept else Position())
    document = render(verbs, flow.languages)
    leg.turn += 1
    leg.answer = _sealed(leg.key, position, document)
    session.flush()
    return document


def _talk(
    session: Session, leg: Leg, request: LegRequest, flow: Flow, now: datetime
) -> "_Talk | LiveTalk | ApprovalTalk | NoticeTalk":
    action = public_url(f"/ivr/leg/{leg.key}/{request.turn + 1}", "twiml")
    if leg.kind == LIVE:
        return LiveTalk(session, leg, request.params, flow, action, now)
    if leg.kind == APPROVAL:
        return ApprovalTalk(session, leg, request.params, flow, action, now)
    if leg.kind == NOTICE:
        return NoticeTalk(session, leg, request.params, flow, action, now)
    return _Talk(session, leg, request.params, flow, action, now)


def _kept(leg: Leg) -> dict[str, Any]:
    if leg.answer is None:
        return {}
    kept: dict[str, Any] = json.loads(runtime.current().keyring.open(leg.answer, SEAL + leg.key))
    return kept


def _sealed(key: str, position: Position, document: bytes) -> bytes:
    place = asdict(position)
    kept = json.dumps({"position": place, "document": document.decode()}, ensure_ascii=False)
    return runtime.current().keyring.seal(kept.encode(), SEAL + key)


class _Talk:
    """One turn of one leg: the pure rules say what happens, this lets it happen and words it."""

    def __init__(
        self,
        session: Session,
        leg: Leg,
        params: Mapping[str, str],
        flow: Flow,
        action: str,
        now: datetime,
    ) -> None:
        self.session = session
        self.leg = leg
        self.params = params
        self.flow = flow
        self.action = action
        self.now = now
        self.policy = current_policy()
        self.attempt = session.get_one(CallbackAttempt, leg.attempt_id)
        self.callback = session.get_one(Callback, self.attempt.callback_id)

    def next(self, position: Position) -> tuple[Position, list[Verb]]:
        """Advance by what was heard; the new position and what is said there."""
        if position.place in SILENT and self._is_given_up():
            return OVER, [Hangup()]
        if self.leg.kind == OPERATOR:
            advance = operator_turn(position, Heard(self.params.get("Digits", "")))
            return self._operator(advance)
        advance = caller_turn(position, self._heard())
        return self._caller(advance)

    def _is_given_up(self) -> bool:
        """Whether the attempt ended, or the callback was taken back, before anybody spoke."""
        wanted = "dialling_operator" if self.leg.kind == OPERATOR else "dialling_caller"
        return self.attempt.outcome is not None or self.callback.state != wanted

    def _heard(self) -> Heard:
        if self.leg.answered_by is None:
            self.leg.answered_by = verdict(self.params.get("AnsweredBy"))
        return Heard(self.params.get("Digits", ""), self.leg.answered_by)

    def _operator(self, advance: Advance) -> tuple[Position, list[Verb]]:
        match advance.effect:
            case "accept":
                return self._dial(advance)
            case "decline":
                settle(self.session, self.attempt, "operator_no_answer", self.policy, now=self.now)
            case "dial_over":
                outcome = dial_over(self.session, self.leg, self.params, self.policy, now=self.now)
                if outcome != "reached":
                    return OVER, [self._to_operator("not_reached"), Hangup()]
        if advance.position == OVER:
            return OVER, [Hangup()]
        return advance.position, self._asking(self._to_operator("offer"), KEY_S)

    def _dial(self, advance: Advance) -> tuple[Position, list[Verb]]:
        key = new_key()
        callback = accept(self.session, self.leg, key, self.policy, now=self.now)
        if callback is None:
            return OVER, [self._to_operator("not_allowed"), Hangup()]
        spoken = [self._to_operator("connecting")]
        if callback.keys_only:
            spoken.insert(0, self._to_operator("keys_only"))
        return advance.position, [*spoken, self._ring_caller(callback, key)]

    def _ring_caller(self, callback: Callback, key: str) -> Dial:
        number = Number(
            to=callback.number or "",
            url=public_url(f"/ivr/leg/{key}/0", "twiml"),
            status_callback=public_url(f"/ivr/leg-status/{key}", "event"),
            machine_detection=True,
            amd_status_callback=public_url(f"/ivr/leg-amd/{key}", "event"),
        )
        return Dial(
            action=self.action,
            numbers=(number,),
            caller_id=runtime.current().settings.hotline_number,
            timeout_s=self.policy.caller_ring_s,
            time_limit_s=self.policy.talk_limit_s,
        )

    def _caller(self, advance: Advance) -> tuple[Position, list[Verb]]:
        if advance.effect == "connect":
            joined = connect(self.session, self.leg, self.policy, now=self.now)
            # An empty document ends the whisper, which joins the two.
            return OVER, [] if joined else [Hangup()]
        if advance.effect is not None:
            settle(self.session, self.attempt, advance.effect, self.policy, now=self.now)
        if advance.position == OVER:
            return OVER, [Hangup()]
        if advance.position.place == "listen":
            return advance.position, self._asking(None, LISTEN_S)
        if self.leg.answered_by is None:
            # A key in the silence: whoever presses one is a person.
            self.leg.answered_by = HUMAN
        return advance.position, self._asking(self._hello(), KEY_S)

    def _asking(self, said: Say | None, wait_s: int) -> list[Verb]:
        prompts = (said,) if said else ()
        # Should the key never arrive here, the whisper must not run out: that would join the two.
        return [Gather(prompts, self.action, timeout_s=wait_s), Hangup()]

    def _hello(self) -> Say:
        lang = self.callback.language
        if lang not in self.flow.languages:
            lang = self.flow.default_language
        texts = self.flow.callback_legs["caller"]
        lang = spoken_language(texts["hello"], lang, self.flow)
        hello = texts["hello"][lang].format(code=words.digits(self.callback.code or "", lang))
        return Say(f"{hello} {texts['keys'][lang]}", lang)

    def _to_operator(self, name: str) -> Say:
        return Say(self.flow.callback_legs["operator"][name][STAFF_LANGUAGE], STAFF_LANGUAGE)
