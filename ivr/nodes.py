"""The call flow as frozen, typed nodes: what a flow file becomes after loading.

A node either asks (menu, any_key, dynamic_menu, digits, record, queue) or passes on at once
(say, check, action) or ends the call (end). Shapes only; the engine gives them their meaning.
"""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Value: TypeAlias = str | bool | dict[str, str]
Texts: TypeAlias = dict[str, str]


class Frozen(BaseModel):
    """Base of everything in a flow: frozen, and an unknown word is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Go(Frozen):
    """Where to go on, what to remember on the way, and after how many tries at the node."""

    next: str
    after_tries: int | None = Field(default=None, ge=1)
    after_tries_quiet: int | None = Field(default=None, ge=1)
    say: str | None = None
    set: dict[str, Value] = {}
    forget: tuple[str, ...] = ()


class Option(Go):
    """One key of a menu; the label is what the answer is called in records."""

    label: str = "any"


class Tail(Frozen):
    """A piece in another language, spoken in that language's voice after the prompt."""

    lang: str
    text: str


class Node(Frozen):
    """What all nodes share; `texts` maps "th", "en", "th_quiet", "en_head" … to templates."""

    name: str
    texts: Texts = {}
    set: dict[str, Value] = {}
    priority: str | None = None
    skip_when: tuple[str, ...] = ()
    skip_next: str | None = None
    guard: str | None = None
    guard_else: str | None = None
    max_visits: int | None = None
    max_visits_next: str | None = None


class Asking(Node):
    """A node that waits for a key."""

    listen_first: bool = False
    tails: dict[str, tuple[Tail, ...]] = {}
    on_no_input: Go
    on_no_match: Go


class Menu(Asking):
    """One key out of a few."""

    type: Literal["menu"]
    options: dict[str, Option]
    pin_line: dict[str, Texts] = {}


class AnyKey(Asking):
    """Every key means the same."""

    type: Literal["any_key"]
    any: Option


class DynamicMenu(Asking):
    """Options made from the answer to an earlier question, and one last "none of these"."""

    type: Literal["dynamic_menu"]
    source: Literal["districts"]
    max_options: int
    last_key: str
    on_option: Go
    on_last: Go


class Digits(Asking):
    """A number is entered; `validate` names the rule, `branch` says where each result leads."""

    type: Literal["digits"]
    num_digits: tuple[int, int]
    finish_on_key: str = ""
    rule: str
    branch: dict[str, Go]
    on_dont_know: Go


class Record(Node):
    """The caller's voice is recorded, behind the condition `needs` and never without it."""

    type: Literal["record"]
    max_s: int
    needs: str
    else_next: str
    next: str


class Ceiling(Frozen):
    """How long people are rung before the call goes on, in seconds."""

    after_s: int
    next: str


class Queue(Node):
    """People on duty are rung, one after another."""

    type: Literal["queue"]
    takes_keys: bool = True
    keys_only: bool = False
    save_first: bool = False
    saves: Literal["case", "silent_event"] = "case"
    options: dict[str, Option] = {}
    any: Option | None = None
    agent_hears: Texts = {}
    wait: Texts = {}
    on_no_agent: Ceiling
    on_closed: Go


class Action(Node):
    """Something is written; the caller hears nothing of it."""

    type: Literal["action"]
    action: Literal["save"]
    next: str


class Say(Node):
    """Speaks and takes no key: the only place for emergency numbers."""

    type: Literal["say"]
    times: int = 1
    next: str


class Rule(Frozen):
    """One line of a check."""

    when: str
    next: str
    set: dict[str, Value] = {}


class Check(Node):
    """Asks nothing: the first rule that fits, else `otherwise`."""

    type: Literal["check"]
    rules: tuple[Rule, ...]
    otherwise: str


class End(Node):
    """Speaks and hangs up."""

    type: Literal["end"]


AnyNode: TypeAlias = Annotated[
    Menu | AnyKey | DynamicMenu | Digits | Record | Queue | Action | Say | Check | End,
    Field(discriminator="type"),
]


class Language(Frozen):
    """A language of the flow, with the provider's names for it."""

    say_language: str
    voice: str


class Timing(Frozen):
    """Seconds that the caller gets for a key and an entry, silence that ends a recording, rings."""

    key_s: int
    entry_s: int
    record_silence_s: int
    ring_s: int
    wait_s: int


class Keys(Frozen):
    """The keys that mean the same in every menu."""

    repeat: str
    person: str
    back: str
    info: str


class EntryKeys(Frozen):
    """The keys that mean something while digits are entered."""

    dont_know: str
    person: str


class Info(Frozen):
    """Where "more about this" leads, and when it is not offered."""

    next: str
    not_when: str


class Back(Frozen):
    """When going back is not offered."""

    not_when: str


class Announce(Frozen):
    """A sentence that is spoken once a call, at the first of these nodes."""

    first_of: tuple[str, ...]
    texts: Texts


class LoopGuard(Frozen):
    """How often a node may be reached before the call goes on elsewhere."""

    max_visits: int
    next: str
    queue_max_visits: int
    queue_next: str


class ConflictRules(Frozen):
    """When the question about the staff is not asked, and when no answer counts as yes."""

    unanswered_is_yes: tuple[str, ...]
    not_asked: tuple[str, ...]


class LiveLeg(Frozen):
    """What a person hears who is rung for a live call."""

    offer: Texts
    rounds: int


class Spoken(Frozen):
    """How numbers and facts are said."""

    retention: Texts
    reference_groups: tuple[int, ...]


class Flow(Frozen):
    """A whole call flow; `version` carries a digest of its source, so that a call can be pinned."""

    version: str
    default_language: str
    languages: dict[str, Language]
    start: str
    person: str
    after_talk: str
    keys: Keys
    entry_keys: EntryKeys
    info: Info
    back: Back
    hint: Texts
    hint_digits: Texts
    timing: Timing
    repeats: int
    loop_guard: LoopGuard
    announce: Announce
    priorities: tuple[str, ...]
    conflict: ConflictRules
    errors: dict[str, Texts]
    nodes: dict[str, AnyNode]
    live_leg: LiveLeg
    callback_legs: dict[str, Any]
    spoken: Spoken
    status_words: dict[str, Texts]
