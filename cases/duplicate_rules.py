"""Pure rules of duplicates: which case may be left for another one, so that nothing is lost by it.

Source: design.md §1 (nothing reported is lost, somebody always owns the next step), decision 0041.
"""

from dataclasses import dataclass

from cases.states import DUPLICATE, SETTLED


@dataclass(frozen=True)
class DuplicateFacts:
    """How the other case stands, as `other_status`, and what would be lost with this one.

    `is_graver`: this case is graver than the other. `same_secrets`: the same people must know of
    neither. `owes_call`: somebody waits for a callback, or a person must decide about one.
    """

    is_itself: bool
    other_status: str
    is_graver: bool = False
    same_secrets: bool = True
    owes_call: bool = False
    has_parts: bool = False


def duplicate_fault(facts: DuplicateFacts) -> str | None:
    """Why the case cannot be left for the other one, as a rule of CaseRefused."""
    if facts.is_itself:
        return "duplicate_itself"
    if facts.other_status == DUPLICATE:
        return "duplicate_twice"
    if facts.other_status in SETTLED:
        return "duplicate_over"
    return _loss(facts)


def _loss(facts: DuplicateFacts) -> str | None:
    """What would be lost: a secret, an emergency, a call that was wished, another office's part."""
    losses = {
        "duplicate_secret": not facts.same_secrets,
        "duplicate_graver": facts.is_graver,
        "callback_owed": facts.owes_call,
        "open_parts": facts.has_parts,
    }
    return next((rule for rule, is_lost in losses.items() if is_lost), None)
