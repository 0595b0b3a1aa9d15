"""the hazard types

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COLUMNS = ("code", "hazard_group", "th", "en", "severity", "sensitive", "position")
# The list of the safety handbook with our codes; the table may be edited afterwards.
TYPES = (
    ('V1', 'V', 'การล่วงละเมิดทางเพศ', 'Sexual abuse', 'urgent', True, 1),
    ('V2', 'V', 'การทะเลาะวิวาท', 'Fighting', 'normal', False, 2),
    ('V3', 'V', 'การกลั่นแกล้งรังแก', 'Bullying', 'normal', False, 3),
    ('V4', 'V', 'การชุมนุมประท้วงและการจลาจล', 'Protest, riot', 'normal', False, 4),
    ('V5', 'V', 'การก่อวินาศกรรม', 'Sabotage', 'normal', False, 5),
    ('V6', 'V', 'การระเบิด', 'Explosion', 'urgent', False, 6),
    ('V7', 'V', 'สารเคมีและวัตถุอันตราย', 'Chemicals, dangerous goods', 'normal', False, 7),
    ('V8', 'V', 'การล่อลวง ลักพาตัว', 'Luring, abduction', 'urgent', True, 8),
    ('V0', 'V', 'ความรุนแรงอื่น ๆ', 'Other violence', 'normal', False, 9),
    ('A1', 'A', 'ภัยธรรมชาติ', 'Natural disaster', 'normal', False, 10),
    ('A2', 'A', 'ภัยจากอาคารเรียน สิ่งก่อสร้าง', 'Buildings, structures', 'normal', False, 11),
    ('A3', 'A', 'ภัยจากยานพาหนะ', 'Vehicles, travel', 'normal', False, 12),
    ('A4', 'A', 'ภัยจากการจัดกิจกรรม', 'Activities, trips', 'normal', False, 13),
    ('A5', 'A', 'ภัยจากเครื่องมือ อุปกรณ์', 'Tools, equipment', 'normal', False, 14),
    ('A0', 'A', 'อุบัติเหตุอื่น ๆ', 'Other accident', 'normal', False, 15),
    ('R1', 'R', 'การถูกปล่อยปละ ละเลย ทอดทิ้ง', 'Neglect, abandonment', 'normal', False, 16),
    ('R2', 'R', 'การคุกคามทางเพศ', 'Sexual harassment', 'urgent', True, 17),
    ('R3', 'R', 'การไม่ได้รับความเป็นธรรมจากสังคม', 'Social unfairness', 'normal', False, 18),
    ('R0', 'R', 'การถูกละเมิดสิทธิอื่น ๆ', 'Other violation of rights', 'normal', False, 19),
    ('U1', 'U', 'ภาวะจิตเวช', 'Mental ill-health', 'urgent', True, 20),
    ('U2', 'U', 'ติดเกม', 'Gaming addiction', 'normal', False, 21),
    ('U3', 'U', 'ยาเสพติด', 'Drugs', 'normal', False, 22),
    ('U4', 'U', 'โรคระบาดในมนุษย์', 'Human epidemic', 'normal', False, 23),
    ('U5', 'U', 'ภัยไซเบอร์', 'Cyber harm', 'normal', False, 24),
    ('U6', 'U', 'การพนัน', 'Gambling', 'normal', False, 25),
    ('U7', 'U', 'มลภาวะเป็นพิษ', 'Pollution', 'normal', False, 26),
    ('U8', 'U', 'โรคระบาดในสัตว์', 'Animal epidemic', 'normal', False, 27),
    ('U9', 'U', 'ภาวะทุพโภชนาการ', 'Malnutrition', 'normal', False, 28),
    ('U0', 'U', 'ผลกระทบต่อสุขภาพอื่น ๆ', 'Other harm to health', 'normal', False, 29),
    ('X', 'X', 'ยังไม่ทราบ', 'Not yet known', 'normal', False, 30),
)


def upgrade() -> None:
    table = sa.table("hazard_types", *(sa.column(name) for name in COLUMNS))
    op.bulk_insert(table, [dict(zip(COLUMNS, row, strict=True)) for row in TYPES])


def downgrade() -> None:
    codes = ", ".join(f"'{row[0]}'" for row in TYPES)
    op.execute(f"DELETE FROM hazard_types WHERE code IN ({codes})")
