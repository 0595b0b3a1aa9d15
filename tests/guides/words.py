"""What the people of the story write, in the language of the pictures."""

from typing import Final

WORDS: Final = {
    "th": {
        "note": "คุยกับผู้แจ้งแล้ว เด็กอยู่กับยายที่บ้าน ปลอดภัยดี ยายรู้เรื่องแล้ว ผู้แจ้งสะดวกให้โทรอีกครั้งวันศุกร์หลังสี่โมงเย็น",
        "why_number": "ผู้แจ้งขอให้ยืนยันเบอร์ที่ให้ไว้",
        "why_listen": "ต้องฟังว่าเกิดขึ้นที่ไหนและเมื่อไร",
        "instead": "ให้ครูประจำกลุ่มไปพบเด็กในชั่วโมงเรียนโดยไม่บอกว่ามีการแจ้ง แล้วรายงานภายในวันนี้",
        "why_hand_over": "ขอให้คุณจันทร์ไปพบเด็กและครู เพราะดูแลศูนย์การเรียนรู้แห่งนี้อยู่",
        "why_not": "ขอให้โทรถามครูประจำกลุ่มก่อน แล้วขออนุมัติอีกครั้ง",
        "asked_again": "โทรถามครูประจำกลุ่มแล้ว เหตุเกิดจริง ขอให้คุณจันทร์ลงพื้นที่",
        "why_danger": "ผู้แจ้งอยู่ในพื้นที่ของอำเภอเมือง ขอให้เข้าช่วยทันที",
        "why_danger_person": "ขอให้คุณจันทร์ไปที่เกิดเหตุ ประสานตำรวจไว้แล้ว",
        "done": "ไปพบเด็กกับครูแล้ว เด็กปลอดภัย ตกลงให้ครูดูแลช่วงพักทุกวัน และนัดคุยกับผู้ปกครองวันศุกร์",
    },
    "en": {
        "note": "Spoke with the caller. The child is safe at home with the grandmother, who knows. "
        "A call on Friday after four is safe.",
        "why_number": "The caller asked us to check it",
        "why_listen": "I must hear where and when it happened",
        "instead": "The group teacher sees the child in class, without a word about a report, "
        "and tells me today.",
        "why_hand_over": "Khun Chan looks after this learning centre: please see the child and "
        "the teacher.",
        "why_not": "Please ring the group teacher first, then ask again.",
        "asked_again": "The group teacher confirms it. Please let Khun Chan go there.",
        "why_danger": "The caller is in your district. Please help at once.",
        "why_danger_person": "Please let Khun Chan go there. The police have been called.",
        "done": "Saw the child and the teacher. The child is safe. The teacher watches the breaks, "
        "and meets the parents on Friday.",
    },
}
