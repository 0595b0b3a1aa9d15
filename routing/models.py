"""Tables of places, offices and what each office serves; all codes are strings."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
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
    """A district by its official four-digit code; `kind` is khet in Bangkok, else amphoe."""

    __tablename__ = "district"

    code: Mapped[str] = mapped_column(String(4), primary_key=True)
    province_code: Mapped[str] = mapped_column(ForeignKey("province.code"), index=True)
    name_th: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(6))


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
    somebody loaded: loading the public tree again leaves the latter alone.
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
    active: Mapped[bool] = mapped_column(default=True)
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


class DirectoryVersion(Base):
    """One row that moves with every load; processes compare it before they use their snapshot.

    `stamp` is random, so that two databases, or a load rolled back, never pass for one another.
    """

    __tablename__ = "directory_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    stamp: Mapped[str] = mapped_column(String(32))
