"""What is to be warned of, from what is known now; pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from agents.permissions import offices_above
from routing.vocabulary import HQ

FEW: Final = "few"
NO_HEAD: Final = "no_head"
NOBODY: Final = "nobody"
PHONE_FAILS: Final = "phone_fails"
SILENT: Final = "silent"
BUSY: Final = "busy"
NO_ACTION: Final = "no_action"
REPORTS: Final = "reports"
ON_CALL_EMPTY: Final = "on_call_empty"
ON_CALL_GAP: Final = "on_call_gap"
ROSTER_GAP: Final = "roster_gap"
KINDS: Final = (
    *(ON_CALL_EMPTY, REPORTS, ON_CALL_GAP, NOBODY, PHONE_FAILS, NO_ACTION),
    *(BUSY, SILENT, ROSTER_GAP, NO_HEAD, FEW),
)

Parents = Mapping[str, str | None]


@dataclass(frozen=True)
class Finding:
    """One thing to warn of; `cases` are those that it counts."""

    kind: str
    office_code: str
    subject: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    cases: tuple[int, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same warning as before."""
        return self.kind, self.office_code, self.subject


@dataclass(frozen=True)
class Staffing:
    """Who works at an office that takes part: operators in all, heads among them."""

    office_code: str
    operators: int
    heads: int


@dataclass(frozen=True)
class Traffic:
    """Cases of an office: in the usual weeks before the last one, in the last one, in as many weeks
    before so long a silence as is warned of, and days since the last case."""

    office_code: str
    usual: int
    last_week: int
    before_silence: int
    days_silent: int


@dataclass(frozen=True)
class Report:
    """One report about a school, or about a postal code and a type, and who must not know of it."""

    case_id: int
    office_code: str
    subject: str
    excluded: frozenset[str] = frozenset()


def staffing(rows: Iterable[Staffing], fewest: int) -> Iterator[Finding]:
    """Offices with too few operators, or with people and nobody to approve (domain.md B5)."""
    for one in rows:
        if one.operators < fewest:
            yield Finding(FEW, one.office_code, data={"count": one.operators})
        if one.operators and not one.heads:
            yield Finding(NO_HEAD, one.office_code)


def failing(runs: Iterable[tuple[str, int, Sequence[bool]]], in_a_row: int) -> Iterator[Finding]:
    """Telephones whose last rings all failed: office, staff id, the rings, the last one first."""
    for office, staff_id, failed in runs:
        count = next((at for at, one in enumerate(failed) if not one), len(failed))
        if count >= in_a_row:
            yield Finding(PHONE_FAILS, office, str(staff_id), {"count": count})


def traffic(
    rows: Iterable[Traffic],
    still_silent: Mapping[str, int],
    *,
    weeks: int,
    usual_fewest: int,
    silent_days: int,
    busy_times: int,
    busy_fewest: int,
) -> Iterator[Finding]:
    """Offices that fell silent, or have several times as many cases as usual.

    `still_silent` are the days without a case of the offices that are warned of already: the longer
    an office is silent the less is usual there, and only a new case ends the warning.
    """
    for code, days in still_silent.items():
        if days >= silent_days:
            yield Finding(SILENT, code, data={"days": days})
    for one in rows:
        is_new = one.office_code not in still_silent and one.days_silent >= silent_days
        if is_new and one.before_silence >= usual_fewest:
            yield Finding(SILENT, one.office_code, data={"days": one.days_silent})
        is_more = one.last_week * weeks >= one.usual * busy_times
        # Where next to nothing is usual, as in the first weeks of an office, it takes a flood.
        fewest = busy_fewest * (1 if one.usual >= usual_fewest else busy_times)
        if is_more and one.last_week >= fewest:
            usual = round(one.usual / weeks, 1)
            yield Finding(BUSY, one.office_code, data={"count": one.last_week, "usual": usual})


def repeated(
    reports: Iterable[Report], parents: Parents, *, fewest: int, days: int
) -> Iterator[Finding]:
    """Schools and spots with several reports within some days, for the office that may know of all
    of them."""
    found: dict[str, list[Report]] = {}
    for one in reports:
        found.setdefault(one.subject, []).append(one)
    for subject, same in found.items():
        if len(same) >= fewest:
            cases = tuple(sorted(one.case_id for one in same))
            data = {"count": len(same), "days": days}
            yield Finding(REPORTS, knowing_office(same, parents), subject, data, cases)


def knowing_office(reports: Sequence[Report], parents: Parents) -> str:
    """The lowest office that sees every one of these cases and is shut out of none.

    Source: design.md §3a.7: an office that must not know of a case must not learn of it by a count.
    """
    leads = [one.office_code for one in reports]
    excluded = frozenset().union(*(one.excluded for one in reports))
    for code in (leads[0], *offices_above(leads[0], parents)):
        if code not in excluded and all(_sees(code, lead, parents) for lead in leads):
            return code
    return HQ


def _sees(office: str, lead: str, parents: Parents) -> bool:
    return office == lead or office in offices_above(lead, parents)


def changes(
    known: Collection[tuple[str, str, str]], found: Iterable[Finding]
) -> tuple[list[Finding], list[Finding], set[tuple[str, str, str]]]:
    """What is new, what still holds, and the keys of what holds no more."""
    every = {one.key: one for one in found}
    new = [one for key, one in every.items() if key not in known]
    still = [one for key, one in every.items() if key in known]
    return new, still, set(known) - every.keys()
