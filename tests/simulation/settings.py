"""The service's settings as in production; every address and number leads nowhere."""

from collections.abc import Mapping

from core.settings import Settings, load_settings

ENVIRON = {
    "SECRET_KEY": "made-up-secret-key-0123456789abcdef",
    "DATA_KEYS": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    # Not practice: there people are on duty, and callbacks ring, around the clock.
    "TELEPHONY": "twilio",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "made-up-token-0123456789abcdefghij",
    "PUBLIC_URL": "http://127.0.0.1:1",
    "TWILIO_API_BASE": "http://127.0.0.1:1",
    "SAFE_HOURS": "08:00-20:00",
    # The channels of notices are set; what is sent goes to the services of this simulation.
    "SMTP_URL": "smtp://127.0.0.1:1",
    "MAIL_FROM": "notices@simulation.example",
    "LINE_CHANNEL_TOKEN": "made-up",
    "LINE_MONTHLY_BUDGET": "2000",
    "SMS_FROM": "SIMULATION",
}


def production(database_url: str, folder: str) -> Settings:
    """Settings for one simulated country."""
    more: Mapping[str, str] = {
        "DATABASE_URL": database_url,
        "VAR_DIR": folder,
        "REDIS_URL": f"unix://{folder}/nowhere.sock",
    }
    return load_settings({**ENVIRON, **more})
