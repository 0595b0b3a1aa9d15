"""The longest call: a warning, and later a kind end by way of the case that is saved."""

from ivr.arriving import Arriving
from ivr.flow_settings import Longest
from ivr.nodes import Asking
from ivr.progress import TELLING
from ivr.turns import Reply, Steps

WARNING = "call_long"
# Its number is told once: whoever has come so far hears it to the end.
TOLD_ONCE = "reference"


class Lasting(Arriving):
    """The part of a turn that looks at how long the call lasts by now."""

    def keep_short(self, reply: Reply) -> Steps:
        """Warn, or end the call, where it would ask something more; what was pressed counts first.

        Who is being rung for or speaks has a ceiling there, the welcome always takes its key, and
        danger is never ended so: the loop guard bounds it. Who is asked whether to talk on, after a
        talk that was longer than any such call, hears that question.
        """
        longest, node = self.flow.longest, self.flow.nodes[self.state.node]
        if longest is None or not isinstance(node, Asking) or self.holds("quiet_or_danger"):
            return
        if node.name == self.flow.after_talk_limit:
            return
        if _is_over(reply, longest) and node.name not in (self.flow.start, TOLD_ONCE):
            self.verbs = self.documents.error("call_over")
            yield from self.arrive(self._end())
        elif reply.elapsed_s >= longest.warn_s and WARNING not in self.state.spoken:
            self.state.spoken.append(WARNING)
            self.verbs = [*self.documents.error(WARNING), *self.verbs]

    def _end(self) -> str:
        """By way of the saved case and the numbers that answer all day, where a case was told."""
        told = any(self.facts.get(name) for name in (*TELLING, "reference", "followed_case"))
        return self.flow.loop_guard.queue_next if told else self.flow.after_talk


def _is_over(reply: Reply, longest: Longest) -> bool:
    return reply.elapsed_s >= longest.end_s or reply.turn >= longest.turns
