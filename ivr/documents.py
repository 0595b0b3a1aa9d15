"""The document of one turn, as plain verbs: what is spoken, and how keys are taken."""

from dataclasses import replace

from ivr import prompts
from ivr.flow_settings import Texts
from ivr.nodes import Asking, Digits, End, Flow, Menu, Node, Playback, Queue, Record
from ivr.turns import Links, RingTarget, State
from ivr.verbs import Dial, Gather, Hangup, Number, Pause, Play, Redirect, Say, Speech, Verb
from ivr.verbs import Record as RecordVerb

# For a flow from before a call had a longest length.
TALK_LIMIT_S = 3600


class Documents:
    """Builds the verbs for one call's next document."""

    def __init__(self, flow: Flow, state: State, links: Links) -> None:
        self.flow = flow
        self.state = state
        self.links = links

    @property
    def own_number(self) -> str:
        """The hotline's own number, which is shown and never dialled."""
        return self.links.caller_id

    def error(self, name: str) -> list[Verb]:
        """A short sentence that goes before a prompt."""
        return [self._said(self.flow.errors[name])]

    def spoken(self, node: Node) -> list[Verb]:
        """The node's prompt, taking no key."""
        facts = {**self.state.facts, "lang": self.lang_at(node)}
        return [Say(prompts.prompt(node, facts, self.flow), facts["lang"])]

    def ending(self, node: End) -> list[Verb]:
        """Speak and hang up."""
        return [*self.spoken(node), Hangup()]

    def asking(
        self,
        node: Asking,
        *,
        error: str | None,
        hint: bool,
        names: tuple[str, ...] | None = None,
    ) -> list[Verb]:
        """A prompt that takes keys; with `listen_first` the keys count only after it.

        With `names` words are listened to as well, and these may be among them.
        """
        pieces = [
            *(self.error(error) if error else []),
            *([] if error else self._news(node)),
            *self._announcement(node),
            *self._head(node),
            *([] if error or hint else self._played(node)),
            *self.spoken(node),
            *self._tails(node),
            *(self._hint(node) if hint else []),
        ]
        if node.listen_first:
            return [*pieces, self._gather(node, ())]
        speech = None if names is None else Speech(self.lang_at(node), names)
        return [replace(self._gather(node, tuple(pieces)), speech=speech)]

    def _gather(self, node: Node, pieces: tuple[Verb, ...]) -> Gather:
        timing, action = self.flow.timing, self.links.next_turn
        prompts_ = tuple(piece for piece in pieces if isinstance(piece, Say | Play | Pause))
        if not isinstance(node, Digits):
            return Gather(prompts_, action, 1, timing.key_s)
        shortest, longest = node.num_digits
        length = longest if shortest == longest else None
        return Gather(prompts_, action, length, timing.entry_s, node.finish_on_key)

    def recording(self, node: Record) -> list[Verb]:
        """Record behind the prompt; a caller who says nothing goes on to the next turn too."""
        ends = f"#{self.flow.keys.repeat}" if node.review else "#"
        record = RecordVerb(
            action=self.links.next_turn,
            recording_status_callback=self.links.recording,
            max_s=node.max_s,
            timeout_s=self.flow.timing.record_silence_s,
            finish_keys=f"{ends}{self.flow.keys.person}",
        )
        return [*self.spoken(node), record, Redirect(self.links.next_turn)]

    def looking(self, node: Playback, *, is_first: bool) -> list[Verb]:
        """A wait until a recording has come, in which a person may be asked for."""
        pieces = tuple(one for one in self.spoken(node) if isinstance(one, Say)) if is_first else ()
        return [Gather(pieces, self.links.next_turn, 1, self.flow.timing.wait_s)]

    def waiting(self, node: Queue) -> list[Verb]:
        """A wait in which a key may be pressed, before the next person is rung."""
        pieces = tuple(piece for piece in self.spoken(node) if isinstance(piece, Say))
        return [Gather(pieces, self.links.next_turn, 1, self.flow.timing.wait_s)]

    def still_waiting(self, node: Queue) -> list[Verb]:
        """What is said between two rings when no key is taken."""
        return [self._said(node.wait)] if node.wait else []

    def nobody_free(self, node: Queue, seconds: int) -> list[Verb]:
        """Everybody on duty is talking: wait a little and look again."""
        if node.takes_keys:
            return [Gather((), self.links.next_turn, 1, seconds)]
        return [Pause(seconds), Redirect(self.links.next_turn)]

    def dialling(self, target: RingTarget, ring_s: int) -> list[Verb]:
        """Ring one person, who hears the whisper first."""
        number = Number(target.number, target.whisper, target.status_callback)
        longest = self.flow.longest
        return [
            Dial(
                action=self.links.next_turn,
                numbers=(number,),
                caller_id=self.links.caller_id,
                timeout_s=ring_s,
                time_limit_s=longest.talk_s if longest else TALK_LIMIT_S,
            )
        ]

    @property
    def _lang(self) -> str:
        return str(self.state.facts["lang"])

    def lang_at(self, node: Node) -> str:
        """The language that is spoken at a node."""
        return prompts.spoken_language(node.texts, self._lang, self.flow)

    def _said(self, texts: Texts) -> Say:
        lang = prompts.spoken_language(texts, self._lang, self.flow)
        return self._filled(prompts.text_of(texts, lang, self.flow), lang)

    def _filled(self, text: str, lang: str) -> Say:
        return Say(prompts.fill(text, {**self.state.facts, "lang": lang}, self.flow), lang)

    def _announcement(self, node: Node) -> list[Verb]:
        announce = self.flow.announce
        if node.name not in announce.first_of or not self._first_time("announce"):
            return []
        return [self._said(announce.texts)]

    def _news(self, node: Node) -> list[Verb]:
        """What every caller hears while a story is announced, after the key for danger.

        Inside the first Gather, so that no key waits for it; once in each language, and again for
        who asks to hear it again. Its words are spoken as they were typed: they have no blanks.
        """
        news, lang = self.state.facts.get("announcement"), self._lang
        if not news or node.name != self.flow.start or lang not in news:
            return []
        if not self._first_time(f"news:{lang}") and not self.state.repeats:
            return []
        return [self._said(self.flow.front), Say(news[lang], lang)]

    def _head(self, node: Node) -> list[Verb]:
        lang = self.lang_at(node)
        text = node.texts.get(f"{lang}_head")
        if not text or not self._first_time(f"head:{node.name}"):
            return []
        return [self._filled(text, lang)]

    def _played(self, node: Node) -> list[Verb]:
        """What the caller has just said, at a menu that plays it."""
        if isinstance(node, Menu) and node.plays and "playback" in self.state.facts:
            return [Play(str(self.state.facts["playback"]))]
        return []

    def _first_time(self, what: str) -> bool:
        if what in self.state.spoken:
            return False
        self.state.spoken.append(what)
        return True

    def _tails(self, node: Node) -> list[Verb]:
        if not isinstance(node, Menu):
            return []
        return [Say(tail.text, tail.lang) for tail in node.tails.get(self.lang_at(node), ())]

    def _hint(self, node: Node) -> list[Verb]:
        texts = self.flow.hint_digits if isinstance(node, Digits) else self.flow.hint
        return [self._said(texts)]
