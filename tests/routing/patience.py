"""Property tests measure no time: a machine that does other work must not make them fail."""

from hypothesis import HealthCheck, settings

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
