"""What the roles are called on a page."""

from webapp.console.language import gettext, marked

NAMES = {
    "agent": marked("Hotline agent"),
    "operator": marked("SC-Operator"),
    "head_operator": marked("Head operator"),
    "action_officer": marked("SC-Action officer"),
    "supervisor": marked("Supervisor"),
    "admin": marked("Administrator"),
    "auditor": marked("Auditor"),
}


def role_name(role: str) -> str:
    """A role's name in the reader's language."""
    return gettext(NAMES[role])
