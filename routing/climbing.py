"""Who must not have a report or cannot act on it: from the office found up to one that may and can.

Pure. The office complained of is never chosen, nor one that the case excludes, while any other
office exists; nothing ends without an office (design.md §3a.7).
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from routing.matching import Found
from routing.opening import UsualHours
from routing.reasons import Reason, Skipped, district_name, office_name, reason
from routing.snapshot import Directory, District, Office

# Only used when everybody on the way up is excluded: bodies outside the ministry come last.
OUTSIDE = ("partner", "school")
# Who is left for one of these would have had the report, but for the roll-out.
ROLL_OUT = ("not_on_superior", "district_not_on")


@dataclass(frozen=True)
class Ban:
    """Who must not have the report: staff of the office found, and offices named.

    `waits` is the district of the report while it does not take part in the roll-out.
    """

    staff_involved: bool
    excluded: frozenset[str]
    waits: District | None = None


@dataclass(frozen=True)
class Settled:
    """The office that gets the report, the further reasons, and what the desk may choose from.

    `banned` are the offices that must not have it, `complained_of` the one whose staff may be
    involved, `meant_for` the one that would have it if it, or the district, took part already,
    `skipped` those that the report went past, in order.
    """

    office: Office
    reasons: tuple[Reason, ...]
    candidates: tuple[Office, ...]
    banned: frozenset[str] = frozenset()
    complained_of: str | None = None
    meant_for: str | None = None
    skipped: tuple[Skipped, ...] = ()


@dataclass
class _Climb:
    """Where the report stands on its way up, and the steps that led there."""

    office: Office
    directory: Directory
    steps: list[Reason] = field(default_factory=list)
    meant_for: str | None = None
    skipped: list[Skipped] = field(default_factory=list)

    def leave(self, rule: str, **more: object) -> None:
        """Go one office up for this rule."""
        if rule in ROLL_OUT and self.meant_for is None:
            self.meant_for = self.office.code
        superior = self.directory.superiors(self.office.code)[0]
        values = {"office": office_name(self.office), "superior": office_name(superior)}
        self.go(superior, reason(rule, **values, **more))

    def go(self, office: Office, why: Reason) -> None:
        """Go to another office; the one left behind was skipped for this reason."""
        self.steps.append(why)
        if office is not self.office:
            self.skipped.append(Skipped(self.office.code, why))
        self.office = office

    def leave_while(self, banned: frozenset[str], *rules: str) -> None:
        """Go up as long as one of these rules speaks against the office."""
        # A ring of offices (only a broken table has one) must not make the way up a circle.
        for _ in self.directory.superiors(self.office.code):
            rule = against(self.office, banned)
            if rule not in rules:
                return
            self.leave(rule)


def settle(found: Found, ban: Ban, directory: Directory) -> Settled:
    """Climb from the office found to the first that may have the report.

    The office complained of is the one that would own the report; a desk that only has to choose
    is not, and the centre has nobody above it.
    """
    climb = _Climb(found.office or _top(directory), directory)
    climb.leave_while(frozenset(), "closed_superior")
    complained_of = _leave_complained(climb, found, ban)
    _leave_waiting(climb, found, ban)
    banned = ban.excluded | {complained_of} if complained_of else ban.excluded
    climb.leave_while(banned, "excluded_superior", "closed_superior", "not_on_superior")
    if against(climb.office, banned):
        highest = _highest(found, banned, directory) or climb.office
        rule = "nobody_allowed" if highest.code in banned else "highest_allowed"
        climb.go(highest, reason(rule, office=office_name(highest)))
    return Settled(
        office=climb.office,
        reasons=tuple(climb.steps),
        candidates=_candidates(found, ban, climb),
        banned=banned,
        complained_of=complained_of,
        meant_for=None if climb.meant_for in banned else climb.meant_for,
        skipped=tuple(climb.skipped),
    )


def prefer_open(
    settled: Settled, directory: Directory, at: datetime | None, usual: UsualHours | None
) -> Settled:
    """An emergency: the nearest open office above goes before one outside its hours."""
    office = settled.office
    if directory.is_open(office.code, at, usual):
        return settled
    values = {"office": office_name(office)}
    for superior in directory.superiors(office.code):
        able = against(superior, settled.banned) is None
        if able and directory.is_open(superior.code, at, usual):
            why = reason("closed_now_superior", **values, superior=office_name(superior))
            skipped = (*settled.skipped, Skipped(office.code, why))
            return replace(
                settled, office=superior, reasons=(*settled.reasons, why), skipped=skipped
            )
    return replace(settled, reasons=(*settled.reasons, reason("closed_now_kept", **values)))


def against(office: Office, banned: frozenset[str]) -> str | None:
    """The rule by which an office cannot have the report, or None."""
    if office.code in banned:
        return "excluded_superior"
    if not office.active:
        return "closed_superior"
    return None if office.is_on else "not_on_superior"


def _leave_complained(climb: _Climb, found: Found, ban: Ban) -> str | None:
    if not ban.staff_involved:
        return None
    if found.chosen and climb.directory.superiors(climb.office.code):
        complained_of = climb.office.code
        climb.leave("conflict_superior")
        return complained_of
    climb.steps.append(reason("conflict_at_desk"))
    return None


def _leave_waiting(climb: _Climb, found: Found, ban: Ban) -> None:
    """The level above takes what comes from a district that is not on; once is enough."""
    is_first = climb.office is found.office and found.by_place
    if ban.waits and is_first and climb.directory.superiors(climb.office.code):
        climb.leave("district_not_on", place=district_name(ban.waits, climb.directory))


def _highest(found: Found, banned: frozenset[str], directory: Directory) -> Office | None:
    """The highest office not banned, those above what was found or might be meant first."""
    near: set[str] = set()
    for office in (*([found.office] if found.office else []), *found.candidates):
        near.update(one.code for one in directory.superiors(office.code))
    allowed = (one for one in directory.offices.values() if one.code not in banned)
    return min(
        allowed,
        key=lambda one: (_rank(one, directory), one.code not in near, one.code),
        default=None,
    )


def _top(directory: Directory) -> Office:
    """The highest office of a tree without the centre."""
    return min(directory.offices.values(), key=lambda one: (_rank(one, directory), one.code))


def _rank(office: Office, directory: Directory) -> tuple[bool, bool, bool, int]:
    is_outside = office.type in OUTSIDE
    depth = len(directory.superiors(office.code))
    return not office.active, is_outside, not office.is_on, depth


def _candidates(found: Found, ban: Ban, climb: _Climb) -> tuple[Office, ...]:
    """What the desk may choose from: offices that take part, with staff involved those above; none
    excluded, and not the desk itself."""
    offices: dict[str, Office] = {}
    for candidate in found.candidates:
        chain = (candidate, *climb.directory.superiors(candidate.code))
        above = ban.staff_involved or ban.waits is not None
        way = chain[1:] if above and len(chain) > 1 else chain
        able = (one for one in way if one.active and one.is_on)
        office = next(able, way[0])
        if office.code not in ban.excluded and office is not climb.office:
            offices[office.code] = office
    return tuple(offices.values())
