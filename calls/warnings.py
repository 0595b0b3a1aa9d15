"""Warnings open and close as things go wrong and right; the heads who must act are told once."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from agents.permissions import offices_above
from agents.queries import head_operator_ids
from agents.services import owe_notice
from calls import warning_queries, warning_rules
from calls.errors import WarningRefused
from calls.warning_models import OPEN, DirectoryWarning, WarningCase
from calls.warning_policy import WarningPolicy
from calls.warning_rules import Finding
from cases.access import parents_of
from cases.queries import exclusions_of
from core.inserts import insert_unless_there
from core.logs import logger
from core.zones import BANGKOK, bangkok

TEMPLATE: Final = "directory_warning"
LONGEST_REASON: Final = 500
LONGEST_ASIDE: Final = timedelta(days=366)
Key = tuple[str, str, str]
Parents = warning_rules.Parents

log = logger(__name__)


@dataclass(frozen=True)
class Swept:
    """What one sweep did."""

    opened: int
    closed: int


def sweep(session: Session, policy: WarningPolicy, *, now: datetime) -> Swept:
    """Look at everything that is warned of; open what is new, close what is over."""
    known = _open(session)
    parents = parents_of(session, ())
    silent = [code for kind, code, _ in known if kind == warning_rules.SILENT]
    found = findings(session, policy, parents, silent, now=now)
    new, still, gone = warning_rules.changes(known.keys(), found)
    _close(session, [known[key].id for key in gone], now)
    for one in still:
        _renew(session, known[one.key], one)
    for one in new:
        if policy.kinds[one.kind].tells:
            _begin(session, one, policy, parents, now)
    _write_down(session, [one for one in new if not policy.kinds[one.kind].tells], policy, now)
    session.flush()
    log.info("warnings swept", opened=len(new), closed=len(gone), open=len(still) + len(new))
    return Swept(len(new), len(gone))


def findings(
    session: Session,
    policy: WarningPolicy,
    parents: Parents,
    silent: Collection[str],
    *,
    now: datetime,
) -> list[Finding]:
    """Everything to warn of now, at most so many of a kind; `silent` are the offices that are known
    to be so already."""
    rules, facts = warning_rules, warning_queries
    kinds = (
        rules.staffing(facts.staffings(session), policy.fewest_operators),
        rules.failing(facts.failed_runs(session, policy, now), policy.failures_in_a_row),
        rules.traffic(
            facts.traffics(session, policy, now),
            facts.days_silent(session, silent, now),
            weeks=policy.usual_weeks,
            usual_fewest=policy.usual_fewest,
            silent_days=policy.silent_days,
            busy_times=policy.busy_times,
            busy_fewest=policy.busy_fewest,
        ),
        facts.idle_offices(session, policy, now),
        rules.repeated(
            facts.reports(session, policy, now),
            parents,
            fewest=policy.reports,
            days=policy.report_days,
        ),
        facts.uncovered(session, policy, now),
    )
    return [one for kind in kinds for one in _bounded(kind, policy.most_of_a_kind)]


def set_aside(
    session: Session, warning_id: int, until: date, reason: str, *, by: int, now: datetime
) -> None:
    """Nobody is reminded of a warning until a day is over; it comes back when it still holds.

    WarningRefused: "until" for a day that is past or too far, "reason" without one, "gone".
    """
    today = bangkok(now).date()
    if not today <= until <= today + LONGEST_ASIDE:
        raise WarningRefused("until")
    if not 0 < len(reason) <= LONGEST_REASON:
        raise WarningRefused("reason")
    ends = datetime.combine(until + timedelta(days=1), time.min, BANGKOK)
    values = {"aside_until": ends, "aside_reason": reason, "aside_by": by, "aside_at": now}
    _change(session, warning_id, values)
    log.info("warning set aside", warning_id=warning_id, by=by)


def bring_back(session: Session, warning_id: int, *, by: int) -> None:
    """A warning that was set aside counts again; WarningRefused for one that is gone."""
    _change(session, warning_id, {"aside_until": None})
    log.info("warning brought back", warning_id=warning_id, by=by)


def _change(session: Session, warning_id: int, values: dict[str, object]) -> None:
    changed = session.execute(
        update(DirectoryWarning)
        .where(DirectoryWarning.id == warning_id, text(OPEN))
        .values(**values)
        .returning(DirectoryWarning.id)
        .execution_options(synchronize_session=False)
    )
    if changed.one_or_none() is None:
        raise WarningRefused("gone")


def _bounded(found: Iterable[Finding], most: int) -> list[Finding]:
    """The first so many of each kind."""
    counts: dict[str, int] = {}
    kept = []
    for one in found:
        counts[one.kind] = counts.get(one.kind, 0) + 1
        if counts[one.kind] <= most:
            kept.append(one)
    return kept


def _open(session: Session) -> dict[Key, DirectoryWarning]:
    rows = session.scalars(select(DirectoryWarning).where(text(OPEN)))
    return {(one.kind, one.office_code, one.subject): one for one in rows}


def _close(session: Session, ids: Sequence[int], now: datetime) -> None:
    session.execute(
        update(DirectoryWarning)
        .where(DirectoryWarning.id.in_(ids), text(OPEN))
        .values(closed_at=now)
        .execution_options(synchronize_session=False)
    )


def _renew(session: Session, row: DirectoryWarning, found: Finding) -> None:
    if row.data == dict(found.data) and not found.cases:
        return
    row.data = dict(found.data)
    _link(session, row.id, found)


def _write_down(
    session: Session, found: Sequence[Finding], policy: WarningPolicy, now: datetime
) -> None:
    """Warnings of which nobody is told; a new country brings a thousand at once."""
    if found:
        statement = insert_unless_there(session.connection(), DirectoryWarning)
        session.execute(statement, [_row(one, policy, now) for one in found])


def _begin(
    session: Session, found: Finding, policy: WarningPolicy, parents: Parents, now: datetime
) -> None:
    """Write a warning down, once however many sweeps find it, and tell who must act."""
    statement = insert_unless_there(session.connection(), DirectoryWarning)
    written = statement.values(**_row(found, policy, now)).returning(DirectoryWarning.id)
    made = session.execute(written).scalar_one_or_none()
    if made is not None:
        _link(session, made, found)
        _tell(session, made, found, parents, now)


def _row(found: Finding, policy: WarningPolicy, now: datetime) -> dict[str, object]:
    return {
        "kind": found.kind,
        "office_code": found.office_code,
        "subject": found.subject,
        "weight": policy.kinds[found.kind].weight,
        "data": dict(found.data),
        "opened_at": now,
    }


def _link(session: Session, warning_id: int, found: Finding) -> None:
    """The cases that the warning counts now, so that nobody who must not know of one sees it."""
    held = select(WarningCase.case_id).where(WarningCase.warning_id == warning_id)
    new = set(found.cases) - set(session.scalars(held)) if found.cases else set()
    if new:
        rows = [{"warning_id": warning_id, "case_id": one} for one in sorted(new)]
        session.execute(insert(WarningCase), rows)


def _tell(
    session: Session, warning_id: int, found: Finding, parents: Parents, now: datetime
) -> None:
    """The heads of the office, else of the nearest office above that has any who may know."""
    secret = exclusions_of(session, found.cases)
    for code in (found.office_code, *offices_above(found.office_code, parents)):
        people = secret.without(head_operator_ids(session, code))
        if not people or code in secret.offices:
            continue
        for one in people:
            about = {"occasion": str(warning_id), "due_at": now, "now": now}
            owe_notice(session, TEMPLATE, staff_id=one, **about)  # type: ignore[arg-type]
        return
