"""A caller on a made-up world: drives the engine turn by turn and checks every document.

Each turn is run twice from equal states, which must give equal turns and leave the state as it
was; each state goes through JSON, as it does between two webhooks.
"""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from ivr import engine
from ivr.nodes import Flow
from ivr.turns import Links, Question, Reply, Run, Save, SetPin, State, Taken, Turn, Withdraw
from ivr.verbs import Dial, Gather, Hangup, Pause, Play, Record, Redirect, Say
from tests.ivr.documents import FLOW, document_problems, says
from tests.ivr.made_up_world import World

CALLER = "+66810000123"
HOTLINE = "+6621266565"
LINKS = Links(
    "https://hotline.example/ivr/turn/x/1", "https://hotline.example/ivr/recording", HOTLINE
)
# A caller who waits is rung for by one person after another; more than this is no wait but a loop.
MOST_RINGS = 80


@dataclass
class Phone:
    """One call: what was done and said, and what was asked of the world."""

    world: World = field(default_factory=World)
    flow: Flow = FLOW
    lang: str = "th"
    caller: str | None = CALLER
    announcement: Mapping[str, str] | None = None
    short: bool = False
    lines: list[str] = field(default_factory=list)
    answered: int = 0
    spoken: int = 0
    turns: int = 0
    state: State = field(init=False)
    verbs: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        facts: dict[str, Any] = {"lang": self.lang, "code": "42", "given_pin": "8305"}
        if self.caller:
            facts |= {"caller": self.caller, "from": self.caller}
        if self.announcement:
            facts["announcement"] = dict(self.announcement)
        if self.short:
            facts["short"] = True
        self._take(lambda: engine.begin(self.flow, deepcopy(facts), LINKS))
        self._wait_for_people()

    # ---- what the caller does

    def play(self, *steps: str) -> "Phone":
        """Do one step after another: keys, "" for silence, "speak" or "speak *" at a recording,
        "say …" where words are listened to."""
        for step in steps:
            self.do(step)
        return self

    def do(self, step: str) -> "Phone":
        """Do one step; people who are rung on the way answer or do not."""
        if step.startswith("speak"):
            key = step.removeprefix("speak").strip() or "#"
            ended = "" if key == "#" else f", then presses {key}"
            self.lines.append(f"caller: speaks for 12 seconds{ended}")
            self.spoken += 1
            return self.hear(Reply(key, recorded_s=12, recording_sid=f"RE{self.spoken}"))
        if step.startswith("say "):
            self.lines.append(f"caller: says {step.removeprefix('say ')}")
            self.answered += 1
            return self.hear(Reply(words=step.removeprefix("say ")))
        self.lines.append(f"caller: presses {step}" if step else "caller: says and presses nothing")
        self.answered += bool(step)
        return self.hear(Reply(step))

    def hear(self, reply: Reply) -> "Phone":
        """Let the engine hear a reply, then every dial until the caller is asked again."""
        state = self.state
        self._take(lambda: engine.advance(self.flow, state, reply, LINKS))
        self._wait_for_people()
        return self

    def _wait_for_people(self) -> None:
        for _ in range(MOST_RINGS):
            last = self.verbs[-1] if self.verbs else None
            if isinstance(last, Dial):
                self._end_dial(last)
            elif isinstance(last, Redirect) and isinstance(self.verbs[-2], Pause):
                self.lines.append("(waits)")
                self.once(Reply())
            else:
                return
        raise AssertionError(f"people are rung for ever at {self.node}")

    def _end_dial(self, dial: Dial) -> None:
        taken = self.world.answer(Taken(str(self.state.leg_key)))
        how = "is taken" if taken else f"rings {dial.timeout_s} s"
        self.lines.append(f"({dial.numbers[0].to} {how})")
        self.once(Reply(dial_status="completed" if taken else "no-answer", dial_bridged=taken))

    def once(self, reply: Reply) -> None:
        """One turn and no more."""
        state = self.state
        self._take(lambda: engine.advance(self.flow, state, reply, LINKS))

    # ---- the turn, and what must be true of every turn

    def _take(self, run: Callable[[], Run]) -> None:
        before = self._plain()
        answers: list[Any] = []
        turn = self._drive(run(), answers)
        assert self._plain() == before, "the state that came in was changed"
        again = _replay(run(), answers)
        assert again == turn, "the same state and reply gave another turn"
        self.turns += 1
        plain = json.loads(json.dumps(turn.state.as_dict(), ensure_ascii=False))
        self.state, self.verbs = State.from_dict(plain), turn.verbs
        self._write()
        problems = document_problems(turn, self.flow)
        assert not problems, (self.node, problems, self.lines[-6:])

    def _plain(self) -> str | None:
        """The state as text; None before the first turn."""
        state = getattr(self, "state", None)
        return state and json.dumps(state.as_dict(), ensure_ascii=False)

    def _drive(self, run: Run, answers: list[Any]) -> Turn:
        try:
            question = next(run)
            while True:
                self._note(question)
                answers.append(self.world.answer(question))
                question = run.send(answers[-1])
        except StopIteration as done:
            turn: Turn = done.value
            return turn

    def _note(self, question: Question) -> None:
        if isinstance(question, Save):
            what = "silent event" if question.silent_event else "case"
            told = {k: v for k, v in question.facts.items() if k in TOLD and v is not None}
            listed = ", ".join(f"{name} {_shown(told[name])}" for name in sorted(told))
            self.lines.append(f"(the {what} is saved: {listed})")
        elif isinstance(question, SetPin):
            self.lines.append("(the PIN is kept)")
        elif isinstance(question, Withdraw):
            self.lines.append(f"(recording {question.recording_sid} is taken back)")

    def _write(self) -> None:
        for verb in self.verbs:
            self.lines += _spoken(verb)

    # ---- looking at it

    @property
    def node(self) -> str:
        """Where the call stands."""
        return self.state.node

    @property
    def facts(self) -> dict[str, Any]:
        """What the call knows."""
        return self.state.facts

    def asked(self, kind: type) -> list[Any]:
        """All questions of one kind so far."""
        return [question for question in self.world.asked if isinstance(question, kind)]

    @property
    def said(self) -> str:
        """What the last document says."""
        return " ".join(say.text for say in says(self.verbs))

    def transcript(self) -> str:
        """The whole call, a line for everything that was said or done."""
        return "\n".join(self.lines) + "\n"


TOLD = (
    "group", "subcat", "danger", "quiet", "callback", "callback_window", "number", "level",
    "place", "district", "said_province", "school", "further_places", "conflict",
    "recording_consent", "recorded", "priority",
)  # fmt: skip


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return " and ".join(map(_shown, value))
    return str(value["en"]) if isinstance(value, Mapping) else str(value)


def _replay(run: Run, answers: list[Any]) -> Turn:
    waiting = iter(answers)
    try:
        next(run)
        while True:
            run.send(next(waiting))
    except StopIteration as done:
        turn: Turn = done.value
        return turn


def _spoken(verb: Any) -> list[str]:
    match verb:
        case Say():
            return [f"hotline ({verb.lang}): {verb.text}"]
        case Play():
            return ["(plays what the caller said)"]
        case Gather():
            keys = "a key" if verb.num_digits == 1 else "keys"
            keys += " or words" if verb.speech else ""
            return [*(line for one in verb.prompts for line in _spoken(one)), f"({keys}?)"]
        case Record():
            return [f"(records up to {verb.max_s} s)"]
        case Hangup():
            return ["(hangs up)"]
    return []
