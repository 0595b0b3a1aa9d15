"""Who must not have a report: from the office found up the tree to one that may (design.md §3a.7).

Pure. The office complained of is never chosen, nor one that the case excludes, while any other
office exists; nothing ends without an office.
"""

from dataclasses import dataclass, field

from routing.matching import Found
from routing.reasons import Reason, office_name, reason
from routing.snapshot import Directory, Office

# Only used when everybody on the way up is excluded: bodies outside the ministry come last.
OUTSIDE = ("partner", "school")


@dataclass(frozen=True)
class Ban:
    """Who must not have the report: staff of the office found, and offices named."""

    staff_involved: bool
    excluded: frozenset[str]


@dataclass(frozen=True)
class Settled:
    """The office that gets the report, the further reasons, and what the desk may choose from."""

    office: Office
    reasons: tuple[Reason, ...]
    candidates: tuple[Office, ...]


@dataclass
class _Climb:
    """Where the report stands on its way up, and the steps that led there."""

    office: Office
    directory: Directory
    steps: list[Reason] = field(default_factory=list)

    def leave(self, rule: str) -> None:
        """Go one office up for this rule."""
        superior = self.directory.superiors(self.office.code)[0]
        values = {"office": office_name(self.office), "superior": office_name(superior)}
        self.steps.append(reason(rule, **values))
        self.office = superior


def settle(found: Found, ban: Ban, directory: Directory) -> Settled:
    """Climb from the office found to the first that may have the report.

    The office complained of is the one that would own the report; a desk that only has to choose
    is not, and the centre has nobody above it.
    """
    climb = _Climb(found.office or _top(directory), directory)
    _leave_closed(climb)
    complained = found.chosen and bool(directory.superiors(climb.office.code))
    banned = ban.excluded
    if ban.staff_involved and complained:
        banned |= {climb.office.code}
        climb.leave("conflict_superior")
    elif ban.staff_involved:
        climb.steps.append(reason("conflict_at_desk"))
    _leave_banned(climb, banned)
    if climb.office.code in banned or not climb.office.active:
        climb.office = _highest(found, banned, directory) or climb.office
        rule = "nobody_allowed" if climb.office.code in banned else "highest_allowed"
        climb.steps.append(reason(rule, office=office_name(climb.office)))
    return Settled(climb.office, tuple(climb.steps), _candidates(found, ban, directory))


def _leave_closed(climb: _Climb) -> None:
    # A ring of offices (only a broken table has one) must not turn the way up into a circle.
    for _ in climb.directory.superiors(climb.office.code):
        if climb.office.active:
            return
        climb.leave("closed_superior")


def _leave_banned(climb: _Climb, banned: frozenset[str]) -> None:
    for _ in climb.directory.superiors(climb.office.code):
        if climb.office.code in banned:
            climb.leave("excluded_superior")
        elif not climb.office.active:
            climb.leave("closed_superior")
        else:
            return


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


def _rank(office: Office, directory: Directory) -> tuple[bool, bool, int]:
    return not office.active, office.type in OUTSIDE, len(directory.superiors(office.code))


def _candidates(found: Found, ban: Ban, directory: Directory) -> tuple[Office, ...]:
    """What the desk may choose from: with staff involved, the offices above; none excluded."""
    offices: dict[str, Office] = {}
    for candidate in found.candidates:
        chain = directory.superiors(candidate.code)
        office = chain[0] if ban.staff_involved and chain else candidate
        if office.code not in ban.excluded:
            offices[office.code] = office
    return tuple(offices.values())
