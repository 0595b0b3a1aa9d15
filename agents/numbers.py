"""Where people's numbers are compared; the fingerprint itself is the ground floor's."""

from core.numbers import number_fingerprint

__all__ = ["number_fingerprint"]
