"""The documents of the API, field by field (design.md §5); OpenAPI is made from these classes."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class Document(BaseModel):
    """Base of all documents: read from objects, nothing beyond what is named."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Place(Document):
    """Where it happened; `text` is what the caller said where no code was found."""

    district_code: str | None
    province_code: str | None
    postal_code: str | None
    school_code: str | None
    text: str | None


class OfficeName(Document):
    """An office by code and names."""

    code: str
    name_th: str
    name_en: str


class Office(OfficeName):
    """An office of the directory."""

    type: str
    former_name_th: str | None
    parent_code: str | None
    province_code: str | None
    district_code: str | None
    affiliation: str | None
    level: str | None
    active: bool
    confirmed: bool
    basis: str


class Reason(Document):
    """One step of why a case went to its office."""

    rule: str
    th: str
    en: str


class NextStep(Document):
    """What is owed next on a case, by which office, by when."""

    what: str
    office: OfficeName
    due_at: datetime


class Attempt(Document):
    """One try at a callback; `number` counts 1, 2, 3."""

    number: int
    outcome: str | None
    identity: str
    started_at: datetime


class Callback(Document):
    """A call that is owed; `window` is "HH:MM-HH:MM", "now" or empty where a person decides."""

    id: int
    state: str
    consent: bool
    due_at: datetime | None
    window: str | None
    attempts: list[Attempt]


class Recording(Document):
    """A recording and on what basis it was made; the audio is not in the API."""

    id: int
    state: str
    basis: str
    duration_s: int | None
    started_at: datetime


class Call(Document):
    """One telephone call and what was chosen in it, node by node, in order."""

    call_sid: str
    direction: str
    status: str
    ended_by: str
    language: str
    answers: dict[str, str]
    flow_version: str
    started_at: datetime
    ended_at: datetime | None
    case_reference: str | None
    practice: bool


class Case(Document):
    """A case; `office` and `place` are its lead ones, `hazard_type` is empty while unknown.

    `late`: a step of it was not done in time, and it stays so when the case is over. `practice`:
    nobody real reported it. `inferred` says why, where `intent` or `role` was said by nobody.
    """

    reference: str
    call_sids: list[str]
    channel: str
    intent: str
    role: str
    inferred: list[Reason]
    hazard_group: str
    hazard_type: str | None
    severity: str
    status: str
    danger: bool
    anonymous: bool
    recording_consent: bool | None
    place: Place
    office: OfficeName
    reasons: list[Reason]
    next_step: NextStep | None
    opened_at: datetime
    due_at: datetime
    late: bool
    practice: bool
    callbacks: list[Callback]
    recordings: list[Recording]


class RevealedCase(Case):
    """A case with the caller's number, shown for a reason that is kept on the timeline."""

    caller_number: str | None


class CaseList(Document):
    """The newest cases first; `next_cursor` asks for the next page, empty on the last."""

    items: list[Case]
    next_cursor: str | None


class CallbackList(Document):
    """The newest callbacks first; `next_cursor` asks for the next page, empty on the last."""

    items: list[Callback]
    next_cursor: str | None


class BadParameter(Document):
    """A parameter that cannot be used, and why; its value is never repeated."""

    name: str
    reason: str


class Problem(Document):
    """What went wrong (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    errors: list[BadParameter] = Field(default_factory=list)
