"""The document of one turn, as plain verbs: what is spoken, and how keys are taken."""

from ivr import prompts
from ivr.nodes import Asking, Digits, End, Flow, Menu, Node, Queue, Record
from ivr.turns import Links, RingTarget, State
from ivr.verbs import Dial, Gather, Hangup, Number, Pause, Redirect, Say, Verb
from ivr.verbs import Record as RecordVerb

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
        return [self._said(prompts.text_of(self.flow.errors[name], self._lang, self.flow))]

    def spoken(self, node: Node) -> list[Verb]:
        """The node's prompt, taking no key."""
        return [self._said(prompts.prompt(node, self.state.facts, self.flow))]

    def ending(self, node: End) -> list[Verb]:
        """Speak and hang up."""
        return [*self.spoken(node), Hangup()]

    def asking(self, node: Asking, *, error: str | None, hint: bool) -> list[Verb]:
        """A prompt that takes keys; with `listen_first` the keys count only after it."""
        pieces = [
            *(self.error(error) if error else []),
            *self._announcement(node),
            *self._head(node),
            *self.spoken(node),
            *self._tails(node),
            *(self._hint(node) if hint else []),
        ]
        if node.listen_first:
            return [*pieces, self._gather(node, ())]
        return [self._gather(node, tuple(pieces))]

    def _gather(self, node: Node, pieces: tuple[Verb, ...]) -> Gather:
        timing, action = self.flow.timing, self.links.next_turn
        prompts_ = tuple(piece for piece in pieces if isinstance(piece, Say | Pause))
        if not isinstance(node, Digits):
            return Gather(prompts_, action, 1, timing.key_s)
        shortest, longest = node.num_digits
        length = longest if shortest == longest else None
        return Gather(prompts_, action, length, timing.entry_s, node.finish_on_key)

    def recording(self, node: Record) -> list[Verb]:
        """Record behind the prompt; a caller who says nothing goes on to the next turn too."""
        record = RecordVerb(
            action=self.links.next_turn,
            recording_status_callback=self.links.recording,
            max_s=node.max_s,
            timeout_s=self.flow.timing.record_silence_s,
            finish_keys=f"#{self.flow.keys.person}",
        )
        return [*self.spoken(node), record, Redirect(self.links.next_turn)]

    def waiting(self, node: Queue) -> list[Verb]:
        """A wait in which a key may be pressed, before the next person is rung."""
        pieces = tuple(piece for piece in self.spoken(node) if isinstance(piece, Say))
        return [Gather(pieces, self.links.next_turn, 1, self.flow.timing.wait_s)]

    def still_waiting(self, node: Queue) -> list[Verb]:
        """What is said between two rings when no key is taken."""
        text = prompts.text_of(node.wait, self._lang, self.flow)
        return [self._said(text)] if text else []

    def nobody_free(self, node: Queue, seconds: int) -> list[Verb]:
        """Everybody on duty is talking: wait a little and look again."""
        if node.takes_keys:
            return [Gather((), self.links.next_turn, 1, seconds)]
        return [Pause(seconds), Redirect(self.links.next_turn)]

    def dialling(self, target: RingTarget, ring_s: int) -> list[Verb]:
        """Ring one person, who hears the whisper first."""
        number = Number(target.number, target.whisper, target.status_callback)
        return [
            Dial(
                action=self.links.next_turn,
                numbers=(number,),
                caller_id=self.links.caller_id,
                timeout_s=ring_s,
                time_limit_s=TALK_LIMIT_S,
            )
        ]

    @property
    def _lang(self) -> str:
        return str(self.state.facts["lang"])

    def _said(self, text: str) -> Say:
        return Say(prompts.fill(text, self.state.facts, self.flow), self._lang)

    def _announcement(self, node: Node) -> list[Verb]:
        announce = self.flow.announce
        if node.name not in announce.first_of or not self._first_time("announce"):
            return []
        return [self._said(prompts.text_of(announce.texts, self._lang, self.flow))]

    def _head(self, node: Node) -> list[Verb]:
        text = node.texts.get(f"{self._lang}_head")
        if not text or not self._first_time(f"head:{node.name}"):
            return []
        return [self._said(text)]

    def _first_time(self, what: str) -> bool:
        if what in self.state.spoken:
            return False
        self.state.spoken.append(what)
        return True

    def _tails(self, node: Node) -> list[Verb]:
        if not isinstance(node, Menu):
            return []
        return [Say(tail.text, tail.lang) for tail in node.tails.get(self._lang, ())]

    def _hint(self, node: Node) -> list[Verb]:
        texts = self.flow.hint_digits if isinstance(node, Digits) else self.flow.hint
        return [self._said(prompts.text_of(texts, self._lang, self.flow))]
