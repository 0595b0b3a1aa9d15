"""What practice mode needs no environment for: secrets of its own, addresses of this machine."""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def practice_values(var_dir: Path, given: Mapping[str, Any]) -> dict[str, str]:
    """Secrets, addresses, hours of practice mode; secrets are made once (practice.json, 0600)."""
    path = var_dir / "practice.json"
    if path.exists():
        kept: dict[str, str] = json.loads(path.read_text())
    else:
        kept = _new_secrets()
        var_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(kept, file)
    practice_port = given.get("practice_port", "8001")
    return kept | {
        # A practice call works at any hour (design.md §5).
        "safe_hours": "00:00-24:00",
        "public_url": f"http://127.0.0.1:{given.get('voice_port') or given.get('port', '8000')}",
        "twilio_api_base": f"http://127.0.0.1:{practice_port}",
        # Mail, LINE and SMS go to the practice provider too, which only keeps them.
        "mail_from": "notices@practice.example",
        "line_channel_token": "practice",
        "line_api_base": f"http://127.0.0.1:{practice_port}",
        "sms_from": "PRACTICE",
    }


def _new_secrets() -> dict[str, str]:
    return {
        "secret_key": secrets.token_hex(32),
        "data_keys": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "twilio_account_sid": "AC" + secrets.token_hex(16),
        "twilio_auth_token": secrets.token_hex(16),
    }
