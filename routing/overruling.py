"""Editable rules over the built-in answer: the first that holds and can be followed decides.

Pure. A rule whose office may not or cannot have the report is passed over, and the reason says so;
so rules never leave a report without an office, nor with one that must not know.
"""

from dataclasses import replace

from routing.catalogue import Text
from routing.climbing import Settled, against
from routing.reasons import Reason, Skipped, office_name, reason
from routing.rulebook import DESK, SUPERIOR, Facts, Rule
from routing.snapshot import Directory, Office
from routing.vocabulary import HQ, PARTNER

# Offices above all schools; any other may be the one that a report of unknown place complains of.
ABOVE_SCHOOLS = ("hq", "agency")
# Why a rule is passed over, by what speaks against its office on any way up.
PASSED_OVER = {
    "excluded_superior": "rule_passed_excluded",
    "closed_superior": "rule_passed_closed",
    "not_on_superior": "rule_passed_not_on",
}


def overrule(
    settled: Settled, facts: Facts, directory: Directory, rules: tuple[Rule, ...]
) -> Settled:
    """The answer after these rules, in their order."""
    for rule in rules:
        if not rule.when.holds(facts):
            continue
        office, problem = _target(rule, settled, facts, directory)
        name = office_name(office) if office else Text(rule.send_to, rule.send_to)
        about = {"name": rule.name, "version": directory.rules.version, "office": name}
        if office is not None and problem is None:
            why = reason("rule_fired", **about, why=Text(rule.th, rule.en))
            return _moved(settled, rule, office, why)
        settled = _passed(settled, office, reason(problem or "rule_passed_unknown", **about))
    return settled


def _moved(settled: Settled, rule: Rule, office: Office, why: Reason) -> Settled:
    """Candidates are for the desk: those it had, or what the built-in tree had chosen."""
    reasons = (*settled.reasons, why)
    if office is settled.office:
        return replace(settled, reasons=reasons)
    return replace(
        settled,
        office=office,
        reasons=reasons,
        candidates=(settled.office,) if rule.send_to == DESK else (),
        # A rule has taken it elsewhere: nobody was turned away for the roll-out.
        meant_for=None,
        skipped=(*settled.skipped, Skipped(settled.office.code, why)),
    )


def _passed(settled: Settled, office: Office | None, why: Reason) -> Settled:
    """A rule that cannot be followed; the office that it names was skipped, the present one not."""
    skipped = settled.skipped
    if office is not None and office is not settled.office:
        skipped = (*skipped, Skipped(office.code, why))
    return replace(settled, reasons=(*settled.reasons, why), skipped=skipped)


def _target(
    rule: Rule, settled: Settled, facts: Facts, directory: Directory
) -> tuple[Office | None, str | None]:
    """Where a rule leads, and why it cannot be followed."""
    if rule.send_to == SUPERIOR:
        return _superior(settled, directory)
    office = directory.office(HQ if rule.send_to == DESK else rule.send_to)
    if office is None:
        return None, "rule_passed_unknown"
    return office, _problem(office, settled, facts, directory)


def _superior(settled: Settled, directory: Directory) -> tuple[Office, str | None]:
    able = (
        one
        for one in directory.superiors(settled.office.code)
        if against(one, settled.banned) is None
    )
    office = next(able, None)
    return (office, None) if office else (settled.office, "rule_passed_no_superior")


def _problem(office: Office, settled: Settled, facts: Facts, directory: Directory) -> str | None:
    way_up = against(office, settled.banned)
    if way_up is not None:
        return PASSED_OVER[way_up]
    if office.type == PARTNER:
        return "rule_passed_partner"
    if facts.conflict and _may_be_involved(office, settled, directory):
        return "rule_passed_involved"
    return None


def _may_be_involved(office: Office, settled: Settled, directory: Directory) -> bool:
    """Whether an office is below the one complained of or, where nobody knows which that is, may
    be it."""
    if settled.complained_of is None:
        return office.type not in ABOVE_SCHOOLS
    return any(one.code == settled.complained_of for one in directory.superiors(office.code))
