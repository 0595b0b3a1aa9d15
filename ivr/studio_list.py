"""The list for whoever records the prompts: which text becomes which file."""

import csv
from io import StringIO

from ivr.nodes import Flow
from ivr.prompt_files import Library, file_of
from ivr.prompt_list import Line, prompt_lines

COLUMNS = ("file", "prompt", "language", "voice", "seconds", "recorded", "text")


def state_of(line: Line, library: Library, flow: Flow) -> str:
    """Whether a prompt is recorded; one that differs from call to call is always spoken."""
    if not line.is_whole:
        return "spoken"
    recorded = library.of(line.text, line.lang, flow.languages[line.lang].voice)
    if recorded is None:
        return "not recorded"
    return "recorded" if recorded.fits(line.text) else "wrong length"


def studio_list(library: Library, flow: Flow) -> str:
    """A CSV table with a row for every prompt that can be recorded."""
    table = StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for line in prompt_lines(flow):
        if line.is_whole:
            voice = flow.languages[line.lang].voice
            length, state = f"{line.seconds:.1f}", state_of(line, library, flow)
            names = (file_of(line, voice), line.name, line.lang, voice)
            writer.writerow((*names, length, state, line.text))
    return table.getvalue()
