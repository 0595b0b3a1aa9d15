"""Pure rules of approval: who may decide about a hand-over, whose turn it is, who is rung.

Nobody decides about their own request, nobody who may not know of the case, and nobody who is to
have it (domain.md B8, design.md §3a.7 and §3a.10).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from agents.rules import Head


@dataclass(frozen=True)
class Request:
    """What decides about who decides: the asker, the receivers, who is shut out, how urgent."""

    asker: int
    receivers: frozenset[int] = frozenset()
    barred_offices: frozenset[str] = frozenset()
    barred_people: frozenset[int] = frozenset()
    is_emergency: bool = False


def impartial(heads: Iterable[Head], request: Request) -> list[Head]:
    """The heads whom nothing in the case itself keeps from deciding."""
    partial = {request.asker, *request.receivers, *request.barred_people}
    return [
        one
        for one in heads
        if one.staff_id not in partial and one.office_code not in request.barred_offices
    ]


def deciders(heads: Iterable[Head], request: Request) -> list[Head]:
    """Who may decide now: heads; deputies in an emergency, or while no head is on duty."""
    able = impartial(heads, request)
    manned = {one.office_code for one in able if one.on_duty and not one.deputy}
    return [
        one
        for one in able
        if not one.deputy or request.is_emergency or one.office_code not in manned
    ]


def ring_order(heads: Iterable[Head], offices: Sequence[str], request: Request) -> list[Head]:
    """Whom to ring, one after another and nobody twice: heads on duty, then their deputies.

    Of `offices` the one asked last comes first. An emergency then rings those off duty as well.
    """
    able = [one for one in deciders(heads, request) if one.office_code in offices and one.phone]
    if not request.is_emergency:
        able = [one for one in able if one.on_duty]
    able.sort(key=lambda one: (not one.on_duty, one.deputy, -offices.index(one.office_code)))
    once: dict[int, Head] = {}
    for one in able:
        once.setdefault(one.staff_id, one)
    return list(once.values())


def first_approver(chain: Sequence[str], heads: Sequence[Head], request: Request) -> str | None:
    """The office whose heads are asked first; None when nobody up to the top may decide.

    `chain` begins with the office that has the case. Whoever heads an office cannot have the
    request decided there or below: it goes above.
    """
    return _nearest(chain[first_place(chain, heads, request) :], heads, request)


def first_place(chain: Sequence[str], heads: Sequence[Head], request: Request) -> int:
    """Where in the chain those begin who may decide: above every office that the asker heads."""
    own = {one.office_code for one in heads if one.staff_id == request.asker}
    return max((at + 1 for at, office in enumerate(chain) if office in own), default=0)


def late_approver(
    chain: Sequence[str], asked: Collection[str], heads: Sequence[Head], request: Request
) -> str | None:
    """The nearest office that was passed over, for nobody there could decide, and now can."""
    allowed = chain[first_place(chain, heads, request) :]
    return _nearest([one for one in allowed if one not in asked], heads, request)


def next_approver(
    chain: Sequence[str], asked: Collection[str], heads: Sequence[Head], request: Request
) -> str | None:
    """The office that is asked when those asked so far have not answered; None at the top."""
    last = max((at for at, office in enumerate(chain) if office in asked), default=-1)
    return _nearest(chain[last + 1 :], heads, request)


def _nearest(chain: Sequence[str], heads: Sequence[Head], request: Request) -> str | None:
    able = {one.office_code for one in impartial(heads, request)}
    return next((office for office in chain if office in able), None)
