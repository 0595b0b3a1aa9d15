"""CSV files on pages: the one that was sent, and one to save."""

from flask import Response, make_response, request


def sent_file(field: str, *, most: int = -1) -> bytes:
    """The file of this request, or what stands in a field in its stead; `most` bytes of a file."""
    file = request.files.get("file")
    content = file.read(most) if file else b""
    return content or request.form.get(field, "").encode("utf-8", "replace")


def to_save(content: bytes | str, name: str) -> Response:
    """A file for the browser to save under a name."""
    answer = make_response(content)
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer
