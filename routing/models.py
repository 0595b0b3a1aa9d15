"""Tables of places, offices and what each office serves; all codes are strings."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, true
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, UtcDateTime

PUBLIC = "public"
FILE = "file"


class Province(Base):
    """A province (จังหวัด) by its official two-digit code."""

    __tablename__ = "province"

    code: Mapped[str] = mapped_column(String(2), primary_key=True)
    name_th: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))


class District(Base):
    """A district by its official four-digit code; `kind` is khet in Bangkok, else amphoe.

    While it is not on, its reports go to the level above the office that serves it.
    """

    __tablename__ = "district"

    code: Mapped[str] = mapped_column(String(4), primary_key=True)
    province_code: Mapped[str] = mapped_column(ForeignKey("province.code"), index=True)
    name_th: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(6))
    is_on: Mapped[bool] = mapped_column(default=True, server_default=true())


class PostalCode(Base):
    """One pair of postal code and district; a code names one to four districts."""

    __tablename__ = "postal_code"

    postal_code: Mapped[str] = mapped_column(String(5), primary_key=True)
    district_code: Mapped[str] = mapped_column(ForeignKey("district.code"), primary_key=True)


class Office(Base):
    """A unit of the tree: hq, agency, province, area_primary, area_secondary, district, partner,
    school.

    `confirmed` is False while code or existence rest on derivation or general knowledge; `basis`
    says on what. `origin` is "public" for the tree that ships with the product, "file" for what
    somebody loaded or typed: loading the public tree again leaves the latter alone. `is_on` is the
    roll-out switch: an office that is not on yet leaves its reports to the level above, and stands
    here so that they are counted. `phone` is the office's public telephone in E.164, which is no
    secret; its fingerprint is what a caller's number is compared with. `cluster` is the group of
    schools (สหวิทยาเขต) between a school and its area.
    """

    __tablename__ = "office"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    type: Mapped[str] = mapped_column(String(16), index=True)
    name_th: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    former_name_th: Mapped[str | None] = mapped_column(String(200))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("office.code"), index=True)
    province_code: Mapped[str | None] = mapped_column(ForeignKey("province.code"))
    district_code: Mapped[str | None] = mapped_column(ForeignKey("district.code"))
    postal_code: Mapped[str | None] = mapped_column(String(5))
    affiliation: Mapped[str | None] = mapped_column(String(16))
    level: Mapped[str | None] = mapped_column(String(24))
    phone: Mapped[str | None] = mapped_column(String(16))
    phone_fingerprint: Mapped[str | None] = mapped_column(String(64), index=True)
    cluster: Mapped[str | None] = mapped_column(String(100))
    active: Mapped[bool] = mapped_column(default=True)
    is_on: Mapped[bool] = mapped_column(default=True, server_default=true())
    confirmed: Mapped[bool] = mapped_column(default=True)
    basis: Mapped[str] = mapped_column(String(200), default="")
    origin: Mapped[str] = mapped_column(String(8), default=FILE)


class Jurisdiction(Base):
    """What an office serves: an affiliation, perhaps one level, in a district, a province or (both
    empty) the whole country, from `valid_from` on and before `valid_to`."""

    __tablename__ = "jurisdiction"
    id: Mapped[int] = mapped_column(primary_key=True)
    office_code: Mapped[str] = mapped_column(ForeignKey("office.code"), index=True)
    affiliation: Mapped[str] = mapped_column(String(16))
    level: Mapped[str | None] = mapped_column(String(24))
    province_code: Mapped[str | None] = mapped_column(ForeignKey("province.code"))
    district_code: Mapped[str | None] = mapped_column(ForeignKey("district.code"))
    confirmed: Mapped[bool] = mapped_column(default=True)
    basis: Mapped[str] = mapped_column(String(200), default="")
    origin: Mapped[str] = mapped_column(String(8), default=FILE)
    valid_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OfficeHours(Base):
    """One span of an office's own opening hours: ISO weekday 1 to 7, "08:30" to "16:30" or "24:00".

    An office without any row keeps the usual hours.
    """

    __tablename__ = "office_hours"

    office_code: Mapped[str] = mapped_column(ForeignKey("office.code"), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True)
    opens: Mapped[str] = mapped_column(String(5), primary_key=True)
    closes: Mapped[str] = mapped_column(String(5))


class RoutingRuleVersion(Base):
    """One published version of the routing rules; never changed. `restores` is the version whose
    rules it repeats, where it takes a later one back."""

    __tablename__ = "routing_rule_versions"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by: Mapped[str] = mapped_column(String(64), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    restores: Mapped[int | None]


class RoutingRule(Base):
    """One rule of a version. `send_to` is an office's code, "superior" or "desk"; codes are no
    foreign keys, for a rule must not keep an office from going."""

    __tablename__ = "routing_rules"

    version: Mapped[int] = mapped_column(
        ForeignKey("routing_rule_versions.number"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    conditions: Mapped[dict[str, Any]] = mapped_column(JSON)
    send_to: Mapped[str] = mapped_column(String(32))
    th: Mapped[str] = mapped_column(String(300))
    en: Mapped[str] = mapped_column(String(300))
    valid_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DirectoryVersion(Base):
    """One row that moves with every change; processes compare it before they use their snapshot.

    `stamp` is random, so that two databases, or a load rolled back, never pass for one another.
    """

    __tablename__ = "directory_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    stamp: Mapped[str] = mapped_column(String(32))
