"""A dry run: what other rules would do to the newest cases. Reads only.

Every case is asked about again as it is known now, at the moment at which it was opened, once with
the rules in force and once with those tried. Dates on rules do not count here, for a rule that
begins tomorrow is tried on the cases of yesterday; one that has ended is left out.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from cases.access import Viewer, not_excluded, visible
from cases.answers import CaseAnswers
from cases.choosing import question_of
from cases.counting import counted
from cases.models import Case, CaseExclusion, CasePlace
from cases.reach import SCHOOL
from routing.directory import current_directory
from routing.models import Office
from routing.rulebook import Rule, RuleBook
from routing.rules import Decision, Question, Reason, choose_office

FIRED = "rule_fired"
_OF_CASE = ("hazard_group", "hazard_type", "danger", "quiet", "conflict", "language")
_OF_PLACE = ("level", "affiliation", "district_code", "province_code")
_COLUMNS = (
    *(getattr(Case, name) for name in ("id", "reference", "opened_at", "severity", *_OF_CASE)),
    *(getattr(CasePlace, name) for name in ("confirmed", "school_code", *_OF_PLACE)),
)


@dataclass(frozen=True)
class Move:
    """A case that would go elsewhere, with the reasons that are new and those that are gone."""

    reference: str
    opened_at: datetime
    before: str
    after: str
    new: tuple[Reason, ...]
    gone: tuple[Reason, ...]


@dataclass(frozen=True)
class Replay:
    """How many cases were asked about, and those that would move, the newest first."""

    cases: int
    moves: tuple[Move, ...]


def replay(
    session: Session,
    rules: Iterable[Rule],
    *,
    last: int,
    now: datetime,
    around_clock: bool = False,
    viewer: Viewer | None = None,
) -> Replay:
    """Try rules on the newest cases; with a viewer on those of which that person may know."""
    directory = current_directory(session)
    number = directory.rules.version
    in_force = replace(directory, rules=_undated(directory.rules.rules, number, now))
    tried = replace(directory, rules=_undated(rules, number + 1, now))
    newest = _newest(last)
    if viewer is not None:
        newest = newest.where(not_excluded(viewer))
    rows = session.execute(newest).all()
    excluded = _exclusions(session, min((row.id for row in rows), default=0))
    parents = _above_schools(session, {row.school_code for row in rows if row.school_code})
    moves = []
    for row in rows:
        asked = _question(row, excluded.get(row.id, frozenset()), around_clock=around_clock)
        asked = replace(
            asked, school_office=row.school_code, school_parent=parents.get(row.school_code)
        )
        before, after = choose_office(asked, in_force), choose_office(asked, tried)
        if before.office_code != after.office_code:
            moves.append(_move(row, before, after))
    return Replay(len(rows), tuple(moves))


def readable(session: Session, viewer: Viewer, moves: Iterable[Move]) -> list[Move]:
    """Those of the moves whose case is on the person's lists."""
    told = {one.reference: one for one in moves}
    wanted = select(Case.reference).where(
        Case.reference.in_(told), visible(session, viewer, "case.list")
    )
    mine = set(session.scalars(wanted))
    return [one for one in told.values() if one.reference in mine]


def _newest(last: int) -> Any:
    places = (CasePlace.case_id == Case.id) & CasePlace.is_lead
    wanted = select(*_COLUMNS).join(CasePlace, places).where(counted(Case.is_practice))
    return wanted.order_by(Case.id.desc()).limit(last)


def _undated(rules: Iterable[Rule], version: int, now: datetime) -> RuleBook:
    lasting = (one for one in rules if one.valid_to is None or one.valid_to > now)
    return RuleBook(version, tuple(replace(one, valid_from=None, valid_to=None) for one in lasting))


def _exclusions(session: Session, lowest: int) -> dict[int, frozenset[str]]:
    found: dict[int, frozenset[str]] = {}
    barred = select(CaseExclusion.case_id, CaseExclusion.office_code).where(
        CaseExclusion.case_id >= lowest, CaseExclusion.office_code.is_not(None)
    )
    for row in session.execute(barred):
        found[row.case_id] = found.get(row.case_id, frozenset()) | {row.office_code}
    return found


def _above_schools(session: Session, codes: Collection[str]) -> dict[str, str | None]:
    """The offices above schools, by the schools' codes; one look for all cases."""
    wanted = select(Office.code, Office.parent_code).where(
        Office.code.in_(codes), Office.type == SCHOOL
    )
    return {row.code: row.parent_code for row in session.execute(wanted)}


def _question(row: Row[Any], excluded: frozenset[str], *, around_clock: bool) -> Question:
    known = {name: getattr(row, name) for name in (*_OF_CASE, *_OF_PLACE)}
    answers = CaseAnswers(**known, place_confirmed=row.confirmed)
    return question_of(
        answers,
        severity=row.severity,
        excluded=excluded,
        at=row.opened_at,
        around_clock=around_clock,
    )


def _move(row: Row[Any], before: Decision, after: Decision) -> Move:
    return Move(
        reference=row.reference,
        opened_at=row.opened_at,
        before=before.office_code,
        after=after.office_code,
        new=tuple(_added(before, after)),
        gone=tuple(one for one in _added(after, before) if one.rule == FIRED),
    )


def _added(old: Decision, new: Decision) -> Iterator[Reason]:
    """The reasons of the newer decision that the older one did not have."""
    return (one for one in new.reasons if one not in old.reasons)
