"""The three cookies of the console: the session, the visit before it, the visitor's language."""

from flask import Response, request

from core import runtime

SESSION = "desk-session"
VISIT = "desk-visit"
LANGUAGE = "desk-language"


def is_https() -> bool:
    """Whether people come by https; by plain http only on this very machine (core.settings)."""
    return runtime.current().settings.public_url.startswith("https:")


def read(name: str) -> str:
    """What the browser sent, or nothing."""
    return request.cookies.get(_named(name), "")


def write(response: Response, name: str, value: str) -> None:
    """Hand the browser a cookie that ends with it and that no script can read."""
    response.set_cookie(
        _named(name), value, path="/", secure=is_https(), httponly=True, samesite="Lax"
    )


def remove(response: Response, name: str) -> None:
    """Take a cookie back."""
    response.delete_cookie(_named(name), path="/", secure=is_https(), httponly=True, samesite="Lax")


def _named(name: str) -> str:
    # Browsers let only the host itself set this prefix, and only by https.
    return f"__Host-{name}" if is_https() else name
