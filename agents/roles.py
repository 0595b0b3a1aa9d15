"""The roles that people may hold (design.md §5) and the scopes that tokens may hold."""

ROLES = (
    "agent",
    "operator",
    "head_operator",
    "action_officer",
    "supervisor",
    "admin",
    "auditor",
)
SCOPES = ("cases:read", "calls:read", "callbacks:read", "offices:read", "identity:read")
