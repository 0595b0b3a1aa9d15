"""Tables of people, their roles per office, API tokens and the notices owed to them."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, SealedText, UtcDateTime
from routing.graveness import IS_GRAVE

# Conditions of partial indexes, which a query says word for word.
OWED = "state = 'owed'"
UNDELIVERED = "state = 'undelivered'"
UNSEEN = "next_at IS NOT NULL"
GRAVE_OWED = f"{OWED} AND {IS_GRAVE}"
GRAVE_UNSEEN = f"{UNSEEN} AND {IS_GRAVE}"


class Staff(Base):
    """A person who works with the hotline; name and phone are sealed.

    `duty` is what the person chose: "on", "off" or "auto" (the roster or the opening hours decide),
    and `duty_since` when. `on_call` puts the person on the hotline's own on-call list. `language`
    is the one the console speaks with the person. `post` is one of posts.yaml. `undertaking` is the
    version of the undertaking of secrecy that was signed last. While `temporary_until` is set the
    password is one that somebody else knows: it fits until then, and the first thing to do with it
    is to change it. `practises` is a trainee: who may use the practice phone beside the real
    telephone, and know of practice cases.
    """

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(SealedText("staff.name"))
    phone: Mapped[str | None] = mapped_column(SealedText("staff.phone"))
    phone_fingerprint: Mapped[str | None] = mapped_column(String(64), index=True)
    always_on_duty: Mapped[bool] = mapped_column(default=False)
    on_call: Mapped[bool] = mapped_column(default=False)
    duty: Mapped[str] = mapped_column(String(8), default="auto")
    duty_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    language: Mapped[str] = mapped_column(String(2), default="th", server_default="th")
    last_rung_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    post: Mapped[str | None] = mapped_column(String(24))
    undertaking: Mapped[str | None] = mapped_column(String(16))
    temporary_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    practises: Mapped[bool] = mapped_column(default=False, server_default=false())


class StaffRole(Base):
    """What a person is at one office; one person may be several things at several offices.

    `deputy` marks a head operator who stands in: asked when no head may or can decide.
    """

    __tablename__ = "staff_roles"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    office_code: Mapped[str] = mapped_column(String(32), primary_key=True)
    role: Mapped[str] = mapped_column(String(16), primary_key=True)
    deputy: Mapped[bool] = mapped_column(default=False, server_default=false())

    __table_args__ = (Index("ix_staff_roles_office_code_role", "office_code", "role"),)


class OfficeSetting(Base):
    """What an office has chosen for itself; an office without a row has the defaults.

    `ringing` is "automatic" (callbacks ring whoever is on duty) or "work_list" (people ring from
    their list; urgent and overdue callbacks ring by themselves all the same). `note_visibility` is
    who reads a note of the office unless its author chooses otherwise; empty for the office alone.
    """

    __tablename__ = "office_settings"

    office_code: Mapped[str] = mapped_column(String(32), primary_key=True)
    ringing: Mapped[str] = mapped_column(String(16))
    note_visibility: Mapped[str | None] = mapped_column(String(24))
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ApiToken(Base):
    """A program's key to the API; only the token's hash is kept."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Notice(Base):
    """A message owed to a person or an office; it names a reference and knows no case.

    `key` holds template, receiver and reference together, so that nothing is owed twice; a notice
    whose matter is settled gives its key up. `severity` is the matter's, where it has one.
    `next_at` is when the next channel is used if nobody has seen the notice by then. `answer_by` is
    the moment that its text names. What `is_beside` goes to an office's own mailbox and LINE group
    while its people are told by name, and lies in nobody's list.
    """

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    template: Mapped[str] = mapped_column(String(48))
    recipient_staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    office_code: Mapped[str | None] = mapped_column(String(32), index=True)
    reference: Mapped[str | None] = mapped_column(String(32), index=True)
    severity: Mapped[str | None] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), default="owed")
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_beside: Mapped[bool] = mapped_column(default=False, server_default=false())

    __table_args__ = (
        Index(
            "ix_notices_unseen",
            "next_at",
            postgresql_where=text(UNSEEN),
            sqlite_where=text(UNSEEN),
        ),
        Index(
            "ix_notices_owed",
            "due_at",
            postgresql_where=text(OWED),
            sqlite_where=text(OWED),
        ),
        Index(
            "ix_notices_owed_grave",
            "severity",
            "due_at",
            postgresql_where=text(GRAVE_OWED),
            sqlite_where=text(GRAVE_OWED),
        ),
        Index(
            "ix_notices_unseen_grave",
            "severity",
            "next_at",
            postgresql_where=text(GRAVE_UNSEEN),
            sqlite_where=text(GRAVE_UNSEEN),
        ),
        Index(
            "ix_notices_undelivered",
            "id",
            postgresql_where=text(UNDELIVERED),
            sqlite_where=text(UNDELIVERED),
        ),
    )


class StaffSession(Base):
    """One sign-in of a person at one browser; only the hash of its random token is kept.

    It holds until `idle_until`, which every request moves on, and never beyond `ends_at`.
    `password_mark` ties it to the password it was opened with: a new password ends it.
    """

    __tablename__ = "staff_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    password_mark: Mapped[str] = mapped_column(String(64))
    device: Mapped[str] = mapped_column(SealedText("staff_sessions.device"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    idle_until: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInTries(Base):
    """How often an e-mail address or a network address was tried since `since`.

    `key` is a keyed fingerprint: what people type by mistake may be a password.
    """

    __tablename__ = "sign_in_tries"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    tries: Mapped[int]
    since: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
