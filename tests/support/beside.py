"""A service that real people phone, with a practice phone beside it: two accounts, made up both."""

from typing import Final

from core.settings import Settings

REAL, PRACTICE = "AC" + "1" * 32, "AC" + "2" * 32
TOKENS: Final = {
    REAL: "made-up-real-token-0123456789abcdef",
    PRACTICE: "made-up-practice-token-0123456789abc",
}


def beside(settings: Settings) -> Settings:
    """The same settings in production, with the practice phone for trainees."""
    return settings.model_copy(
        update={
            "telephony": "twilio",
            "twilio_account_sid": REAL,
            "twilio_auth_token": (TOKENS[REAL],),
            "twilio_api_base": "https://api.twilio.com",
            "practice_phone": "trainees",
            "practice_account_sid": PRACTICE,
            "practice_auth_token": TOKENS[PRACTICE],
        }
    )
