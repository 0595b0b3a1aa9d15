"""What a flow says beside its nodes, frozen and typed: languages, keys of every menu, times."""

from typing import TypeAlias

from pydantic import BaseModel, ConfigDict

Value: TypeAlias = str | bool | dict[str, str]
Texts: TypeAlias = dict[str, str]


class Setting(BaseModel):
    """Base of these parts: frozen, and an unknown word is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Language(Setting):
    """A language of the flow, with the provider's names for it.

    `partial`: only some nodes have a text in it, the others speak the first language. `name` is
    what it is called to the person who is rung.
    """

    say_language: str
    voice: str
    partial: bool = False
    name: Texts = {}


class Timing(Setting):
    """Seconds that the caller gets for a key and an entry, silence that ends a recording, rings."""

    key_s: int
    entry_s: int
    record_silence_s: int
    ring_s: int
    wait_s: int


class Keys(Setting):
    """The keys that mean the same in every menu."""

    repeat: str
    person: str
    back: str
    info: str


class EntryKeys(Setting):
    """The keys that mean something while digits are entered."""

    dont_know: str
    person: str
    other_way: str = "#"


class Info(Setting):
    """Where "more about this" leads, and when it is not offered."""

    next: str
    not_when: str


class Back(Setting):
    """When going back is not offered."""

    not_when: str


class Announce(Setting):
    """A sentence that is spoken once a call, at the first of these nodes."""

    first_of: tuple[str, ...]
    texts: Texts


class Longest(Setting):
    """How long a call may last, in seconds, or in turns; `talk_s` is for a person who took it."""

    warn_s: int
    end_s: int
    turns: int
    talk_s: int


class LoopGuard(Setting):
    """How often a node may be reached before the call goes on elsewhere."""

    max_visits: int
    next: str
    queue_max_visits: int
    queue_next: str


class ConflictRules(Setting):
    """When the question about the staff is not asked, and when no answer counts as yes."""

    unanswered_is_yes: tuple[str, ...]
    not_asked: tuple[str, ...]


class LiveLeg(Setting):
    """What a person hears who is rung for a live call.

    `language` says which one the caller has chosen, `limit` how long a talk may last, `gives_way`
    that a graver call needs this person.
    """

    offer: Texts
    limit: Texts = {}
    gives_way: Texts = {}
    language: Texts = {}
    rounds: int


class Spoken(Setting):
    """How numbers and facts are said."""

    retention: Texts
    reference_groups: tuple[int, ...]
