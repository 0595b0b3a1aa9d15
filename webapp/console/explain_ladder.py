"""The offices of a decision as a tree from the top: chosen, gone past (and why), to choose from."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from routing.rules import Decision, Reason
from routing.snapshot import Directory, Office

CHOSEN, SKIPPED, CANDIDATE, ON_THE_WAY = "chosen", "skipped", "candidate", "on_the_way"


@dataclass(frozen=True)
class Rung:
    """One office; `why` says why the report went past it, `below` are those under it."""

    office: Office
    mark: str
    why: tuple[Reason, ...] = ()
    below: tuple["Rung", ...] = field(default=())


def ladder(decision: Decision, directory: Directory) -> tuple[Rung, ...]:
    """The offices that had to do with a decision, each under the one above it."""
    named = (
        decision.office_code,
        *decision.candidates,
        *(one.office_code for one in decision.skipped),
    )
    shown: set[str] = set()
    for code in named:
        if directory.office(code) is not None:
            shown |= {code, *(one.code for one in directory.superiors(code))}
    rungs: list[Rung] = []
    while shown:
        # In a ring of offices (only a broken table has one) nobody is on top: any one will do.
        tops = [code for code in shown if _above(code, directory) not in shown - {code}]
        rungs.append(_rung(min(tops or shown), shown, decision, directory))
        shown -= _codes(rungs[-1])
    return tuple(rungs)


def _rung(code: str, shown: set[str], decision: Decision, directory: Directory) -> Rung:
    rest = shown - {code}
    below = sorted(one for one in rest if _above(one, directory) == code)
    why = tuple(one.reason for one in decision.skipped if one.office_code == code)
    return Rung(
        directory.offices[code],
        _mark(code, decision, why),
        why,
        tuple(_rung(one, rest, decision, directory) for one in below),
    )


def _codes(rung: Rung) -> set[str]:
    return {rung.office.code}.union(*(_codes(one) for one in rung.below))


def _mark(code: str, decision: Decision, why: Iterable[Reason]) -> str:
    if code == decision.office_code:
        return CHOSEN
    if code in decision.candidates:
        return CANDIDATE
    return SKIPPED if tuple(why) else ON_THE_WAY


def _above(code: str, directory: Directory) -> str | None:
    office = directory.office(code)
    return office.parent_code if office else None
