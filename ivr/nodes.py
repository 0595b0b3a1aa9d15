"""The call flow as frozen, typed nodes: what a flow file becomes after loading.

A node either asks (menu, any_key, dynamic_menu, digits, record, queue) or passes on at once
(say, check, action) or ends the call (end). Shapes only; the engine gives them their meaning.
"""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from ivr.flow_settings import (
    Announce,
    Back,
    ConflictRules,
    EntryKeys,
    Info,
    Keys,
    Language,
    LiveLeg,
    Longest,
    LoopGuard,
    Spoken,
    Texts,
    Timing,
    Value,
)


class Frozen(BaseModel):
    """Base of everything in a flow: frozen, and an unknown word is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Go(Frozen):
    """Where to go on, what to remember on the way, and after how many tries at the node.

    `keep` adds a fact to a list of such facts, by the names of both.
    """

    next: str
    after_tries: int | None = Field(default=None, ge=1)
    after_tries_quiet: int | None = Field(default=None, ge=1)
    say: str | None = None
    set: dict[str, Value] = {}
    forget: tuple[str, ...] = ()
    keep: dict[str, str] = {}


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
    """One key out of a few; with `plays` what the caller has just said is played before it."""

    type: Literal["menu"]
    options: dict[str, Option]
    pin_line: dict[str, Texts] = {}
    plays: bool = False


class AnyKey(Asking):
    """Every key means the same."""

    type: Literal["any_key"]
    any: Option


class DynamicMenu(Asking):
    """Options made from the answer to an earlier question, and one last "none of these"."""

    type: Literal["dynamic_menu"]
    source: Literal["districts", "further_districts"]
    max_options: int
    last_key: str
    on_option: Go
    on_last: Go


class Digits(Asking):
    """A number is entered; `validate` names the rule, `branch` says where each result leads.

    A hash alone leads to another way of answering, where there is one and no key ends the entry.
    With `hears` words are listened to as well, but for those who cannot speak; it names their rule.
    """

    type: Literal["digits"]
    num_digits: tuple[int, int]
    finish_on_key: str = ""
    rule: str
    branch: dict[str, Go]
    on_dont_know: Go
    on_other_way: Go | None = None
    hears: str | None = None


class Record(Node):
    """The caller's voice is recorded, behind the condition `needs` and never without it.

    Who ends it with the key that repeats hears it at the node `review`, where there is one.
    """

    type: Literal["record"]
    max_s: int
    needs: str
    else_next: str
    next: str
    review: str | None = None


class Playback(Node):
    """Waits until what was just recorded is ours to play, at most `looks` times; any other way out
    is `on_missing`."""

    type: Literal["playback"]
    looks: int = Field(ge=1, le=6)
    next: str
    on_missing: Go


class Ceiling(Frozen):
    """How long people are rung before the call goes on, in seconds."""

    after_s: int
    next: str


class Queue(Node):
    """People on duty are rung, one after another; with `own_language` only those who speak the
    caller's."""

    type: Literal["queue"]
    takes_keys: bool = True
    keys_only: bool = False
    own_language: bool = False
    save_first: bool = False
    saves: Literal["case", "silent_event"] = "case"
    options: dict[str, Option] = {}
    any: Option | None = None
    agent_hears: Texts = {}
    wait: Texts = {}
    on_no_agent: Ceiling
    on_closed: Go


class Action(Node):
    """Something is written, or a recording taken back; the caller hears nothing of it."""

    type: Literal["action"]
    action: Literal["save", "withdraw"]
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
    Menu | AnyKey | DynamicMenu | Digits | Record | Playback | Queue | Action | Say | Check | End,
    Field(discriminator="type"),
]


class Flow(Frozen):
    """A whole call flow; `version` carries a digest of its source, so that a call can be pinned."""

    version: str
    default_language: str
    languages: dict[str, Language]
    start: str
    person: str
    after_talk: str
    # Where a talk leads that came to its longest; absent in a flow from before there was one.
    after_talk_limit: str | None = None
    keys: Keys
    entry_keys: EntryKeys
    info: Info
    back: Back
    hint: Texts
    hint_digits: Texts
    timing: Timing
    repeats: int
    loop_guard: LoopGuard
    # Absent in a flow from before a call had a longest length.
    longest: Longest | None = None
    announce: Announce
    # What goes before a story's announcement; empty in a flow from before there were stories.
    front: Texts = {}
    priorities: tuple[str, ...]
    conflict: ConflictRules
    errors: dict[str, Texts]
    nodes: dict[str, AnyNode]
    live_leg: LiveLeg
    callback_legs: dict[str, Any]
    # Empty in a flow from before there was such a leg, which a running call may be pinned to.
    approval_leg: dict[str, Texts] = {}
    # Empty in a flow that was published before there was such a leg: the built-in words are said.
    notice_leg: dict[str, Texts] = {}
    spoken: Spoken
    status_words: dict[str, Texts]

    def whole_languages(self) -> tuple[str, ...]:
        """The languages in which everything is said."""
        return tuple(name for name, one in self.languages.items() if not one.partial)

    def danger_queues(self) -> tuple[str, ...]:
        """The names of the queues where whoever is in danger waits."""
        return self._queues_from(len(self.priorities) - 1)

    def graver_queues(self, name: str) -> tuple[str, ...]:
        """The names of the queues whose callers go before those of this one."""
        return self._queues_from(self._rank(self.nodes[name]) + 1)

    def _queues_from(self, rank: int) -> tuple[str, ...]:
        queues = [node for node in self.nodes.values() if isinstance(node, Queue)]
        return tuple(node.name for node in queues if self._rank(node) >= rank)

    def _rank(self, node: Node) -> int:
        return self.priorities.index(node.priority) if node.priority else 0
