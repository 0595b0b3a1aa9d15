"""Whole conversations, word for word, in Thai and English.

REWRITE_GOLDEN=1 writes the files anew; read the difference before keeping it.
"""

import difflib
import os
from pathlib import Path

import pytest

from tests.ivr.conversations import CONVERSATIONS

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("lang", ["th", "en"])
@pytest.mark.parametrize("name", CONVERSATIONS)
def test_the_conversation_is_word_for_word_as_kept(name, lang):
    phone = CONVERSATIONS[name].held(lang)
    file = GOLDEN / f"{name}.{lang}.txt"
    if os.environ.get("REWRITE_GOLDEN"):
        file.write_text(phone.transcript(), encoding="utf-8")
    kept = file.read_text(encoding="utf-8")
    difference = difflib.unified_diff(
        kept.splitlines(), phone.transcript().splitlines(), "kept", "now", lineterm="", n=1
    )
    assert kept == phone.transcript(), "\n".join(difference)
    assert phone.state.ended, "every kept conversation comes to its end"


def test_no_golden_file_is_left_over():
    kept = {file.name for file in GOLDEN.glob("*.txt")}
    assert kept == {f"{name}.{lang}.txt" for name in CONVERSATIONS for lang in ("th", "en")}
