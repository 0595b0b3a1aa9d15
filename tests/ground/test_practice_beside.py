"""The practice phone beside a real telephone: its setting, its account, its process."""

import re
import socket
from pathlib import Path

import pytest

from core import service, telephony
from core.commands import service_stages
from core.errors import SettingsError
from core.settings import Settings, load_settings
from practice.settings import Settings as PracticeSettings
from tests.ground.test_start import GOOD
from tests.support.beside import PRACTICE, REAL, TOKENS

BESIDE = {
    **GOOD,
    "TWILIO_ACCOUNT_SID": REAL,
    "TWILIO_AUTH_TOKEN": TOKENS[REAL],
    "TWILIO_API_KEY": "SK" + "3" * 32,
    "TWILIO_API_SECRET": "made-up-secret-of-a-key",
    "PRACTICE_PHONE": "trainees",
    "PRACTICE_ACCOUNT_SID": PRACTICE,
    "PRACTICE_AUTH_TOKEN": TOKENS[PRACTICE],
    "PRACTICE_PORT": "8011",
}


def loaded(folder: Path, **changed: str) -> Settings:
    return load_settings({"VAR_DIR": str(folder), **BESIDE, **changed})


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"PRACTICE_PHONE": "everybody"}, "PRACTICE_PHONE: "),
        ({"PRACTICE_ACCOUNT_SID": ""}, "PRACTICE_ACCOUNT_SID: is missing or empty"),
        ({"PRACTICE_ACCOUNT_SID": "AC12"}, "PRACTICE_ACCOUNT_SID: "),
        ({"PRACTICE_ACCOUNT_SID": REAL}, "PRACTICE_ACCOUNT_SID: must be another account"),
        ({"PRACTICE_AUTH_TOKEN": ""}, "PRACTICE_AUTH_TOKEN: must have at least 32"),
        ({"PRACTICE_AUTH_TOKEN": "too-short"}, "PRACTICE_AUTH_TOKEN: must have at least 32"),
        ({"PRACTICE_AUTH_TOKEN": TOKENS[REAL]}, "PRACTICE_AUTH_TOKEN: must be another secret"),
        ({"PRACTICE_PORT": "8000"}, "PRACTICE_PORT: is taken by the service itself"),
        ({"TELEPHONY": "practice"}, "PRACTICE_PHONE: practice mode has its practice phone"),
    ],
)
def test_nonsense_stops_the_start_and_is_named(
    changed: dict[str, str], said: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=re.escape(said)) as refused:
        loaded(tmp_path, **changed)
    assert "too-short" not in str(refused.value)


def test_without_the_setting_there_is_no_second_account_and_no_second_process(
    tmp_path: Path,
) -> None:
    told = loaded(tmp_path, PRACTICE_PHONE="off")
    assert told.accounts == (REAL,)
    assert told.account_of(PRACTICE) is None
    assert not told.is_practice_account(PRACTICE)
    assert service.practice_beside(told) == ()


def test_each_account_has_its_own_provider_and_secret_and_any_other_is_refused(
    tmp_path: Path,
) -> None:
    told = loaded(tmp_path)
    real, practised = told.account_of(REAL), told.account_of(PRACTICE)
    assert real is told
    assert practised is not None
    assert practised.twilio_api_base == "http://127.0.0.1:8011"
    assert telephony._credentials(practised) == (PRACTICE, TOKENS[PRACTICE])
    assert telephony._credentials(told) == (BESIDE["TWILIO_API_KEY"], BESIDE["TWILIO_API_SECRET"])
    waits = [telephony.twilio_client(one).http_client.timeout for one in (told, practised)]
    assert waits == [telephony.REST_TIMEOUT_S, telephony.APART_TIMEOUT_S]
    assert told.account_of("AC" + "9" * 32) is None
    assert told.account_of("") is None
    assert [told.is_practice_account(one) for one in told.accounts] == [False, True]


def test_the_practice_process_comes_last_and_knows_no_secret_of_the_real_service(
    tmp_path: Path,
) -> None:
    told = loaded(tmp_path)
    [practised] = service_stages(told)[-1]
    assert practised.name == "practice"
    secrets = ("DATABASE_URL", "PGPASSWORD", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    ours = BESIDE | dict.fromkeys((*secrets, "HTTP_PROXY"), "made-up") | {"PATH": "/bin"}
    known = {"PATH": "/bin", "PRACTICE_AUTH_TOKEN": TOKENS[PRACTICE]}
    assert practised.environment(ours) == known
    words = " ".join(practised.argv)
    assert [one for one in TOKENS.values() if one in words] == []
    assert PRACTICE in words
    assert REAL not in words


def test_a_stranger_on_the_practice_port_keeps_no_real_caller_waiting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        port = taken.getsockname()[1]
        stages = service_stages(loaded(tmp_path, PRACTICE_PORT=str(port)))
    assert [one.name for stage in stages[1:] for one in stage] == ["web", "worker", "beat"]
    assert f"Port {port} cannot be used" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("address", "goes_to"),
    [
        ("https://hotline.example.org/ivr/voice?a=1", "http://127.0.0.1:8000/ivr/voice?a=1"),
        ("https://hotline.example.org.evil.example/ivr/voice", None),
        ("https://hotline.example.org", None),
        ("https://api.twilio.com/2010-04-01/Accounts", None),
        ("http://127.0.0.1:8000/ivr/voice", None),
    ],
)
def test_no_practice_webhook_leaves_the_machine(address: str, goes_to: str | None) -> None:
    told = PracticeSettings(
        *(PRACTICE, TOKENS[PRACTICE], "+6621266565", "https://hotline.example.org/ivr/voice"),
        public_url="https://hotline.example.org",
        deliver_to="http://127.0.0.1:8000",
    )
    assert told.on_the_wire(address) == goes_to
