"""What can go wrong with a case."""

from core.errors import BadInput, HotlineError


class IllegalTransition(HotlineError):
    """A case or an assignment cannot go from one state to the other."""

    def __init__(self, what: str, old: str, new: str) -> None:
        super().__init__(f"{what} cannot go from {old} to {new}")
        self.old, self.new = old, new


class TimelineIsAppendOnly(HotlineError):
    """A timeline entry was about to be changed or deleted."""


class StaleCase(HotlineError):
    """Somebody else has changed the case since the page was made."""


class NoteIsAppendOnly(HotlineError):
    """A note or one of its revisions was about to be changed or deleted."""


class NoteRefused(BadInput):
    """A note cannot be kept; `rule` is empty, too_long or visibility."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"the note cannot be kept: {rule}")
        self.rule = rule


class RulesAreAppendOnly(HotlineError):
    """A deadline rule was about to be changed or deleted; a newer one takes it back."""


class DeadlineRefused(BadInput):
    """A deadline rule cannot be kept; `rule` is the key of the words that say why.

    severity, step, hazard, unit, amount, emergency_clock, emergency_longer, not_shorter, nothing,
    valid_from, note_missing, note_too_long.
    """

    def __init__(self, rule: str) -> None:
        super().__init__(f"the deadline cannot be kept: {rule}")
        self.rule = rule


class UnknownCase(HotlineError):
    """There is no case with this id."""


class CaseRefused(HotlineError):
    """Something cannot be done to a case; `rule` is the key of the words that say why.

    begin_first, callback_owed, duplicate_graver, duplicate_itself, duplicate_over,
    duplicate_secret, duplicate_twice, excluded, no_partner, no_such_case, not_a_candidate,
    open_handover, open_parts, partner, reason_missing, reason_too_long, still_on_the_line,
    wrong_status.
    """

    def __init__(self, rule: str) -> None:
        super().__init__(f"this cannot be done to the case: {rule}")
        self.rule = rule


class StopRefused(CaseRefused):
    """The clock of a case cannot be stopped like this; `rule` says why.

    stop_reason, stop_until, stop_too_long, stop_step, stop_danger, stop_twice, reason_missing,
    reason_too_long.
    """


class HandoverRefused(CaseRefused):
    """A hand-over cannot be asked for, decided or answered like this; `rule` says why.

    reason_missing, reason_too_long, kind, no_receiver, too_many, chair, not_below, office_closed,
    partner, excluded, not_staff, open_handover, wrong_status, not_yours.
    """


class ResultRefused(CaseRefused):
    """A report of a result cannot be kept; `rule` says why.

    done_missing, too_long, for_whom, measures, steps, child_safe, referral_missing.
    """


class CloseRefused(CaseRefused):
    """A case cannot be closed yet; `rule` says why.

    no_report, child_not_safe, head_needed, open_parts, told_places.
    """


class NotOursRefused(CaseRefused):
    """An office cannot say of a case that it is not its own; `rule` says why not.

    nobody_above, not_ours_why, wrong_status, reason_missing, reason_too_long.
    """


class CorrectionRefused(CaseRefused):
    """What a case is cannot be put right like this; `rule` says why.

    nothing_changed, hazard_unknown, severity_unknown, district_missing, school_missing,
    intent_unknown, role_unknown, several_places, wrong_status, reason_missing,
    reason_too_long.
    """


class ConflictRefused(CaseRefused):
    """Nobody is shut out of a case like this; `rule` says why.

    conflict_whom, conflict_desk, conflict_above, conflict_known, reason_missing, reason_too_long.
    """


class PartRefused(CaseRefused):
    """A further office cannot have a part of a case, or a part cannot be changed; `rule` says why.

    wrong_status, briefing_missing, briefing_too_long, place_missing, office_closed, is_lead,
    has_part, too_many_parts, several_offices (`candidates` are their codes), reason_missing,
    reason_too_long.
    """

    def __init__(self, rule: str, candidates: tuple[str, ...] = ()) -> None:
        super().__init__(rule)
        self.candidates = candidates


class StoryRefused(BadInput):
    """A story or its announcement cannot be kept like this; `rule` says why.

    title_missing, too_long, ended, announcing, in_a_story, in_this_story, practice, and the rules
    of cases.announcement_rules.fault.
    """

    def __init__(self, rule: str) -> None:
        super().__init__(f"this cannot be done to the story: {rule}")
        self.rule = rule
