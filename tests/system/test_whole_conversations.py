"""Whole calls by telephone over real processes, word for word, with all that came of them.

REWRITE_GOLDEN=1 writes the files of tests/system/golden anew; read the difference before keeping
it.
"""

import difflib
import os
from pathlib import Path

import pytest

from tests.support.stack import Stack
from tests.system.stories import STORIES, tell
from tests.system.transcript import transcript

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", STORIES)
def test_the_conversation_and_what_is_kept_of_it_are_as_written_down(
    stack: Stack, name: str
) -> None:
    heard = transcript(tell(stack, STORIES[name]))
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("REWRITE_GOLDEN"):
        file.write_text(heard, encoding="utf-8")
    written = file.read_text(encoding="utf-8")
    difference = difflib.unified_diff(
        written.splitlines(), heard.splitlines(), str(file.name), "heard now", lineterm=""
    )
    assert heard == written, "\n".join(difference)
