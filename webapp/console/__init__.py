"""The console for people: server-rendered pages under /desk, whole without JavaScript."""

from flask import Blueprint

bp = Blueprint(
    "desk",
    __name__,
    url_prefix="/desk",
    template_folder="../templates",
    static_folder="../static",
    static_url_path="/static",
)
