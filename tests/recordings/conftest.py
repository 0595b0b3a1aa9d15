"""The provider on loopback, and a service of ours that takes recordings from it."""

import base64
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cases.models import Case, TimelineEvent
from core import runtime as core_runtime
from core.database import reading, transaction
from core.runtime import Runtime
from core.settings import Settings, load_settings
from recordings import services
from recordings.models import Recording
from tests.recordings.media_server import ACCOUNT, CALL, SID, TOKEN, MediaServer

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def media() -> Iterator[MediaServer]:
    """The provider, serving a good recording of four seconds."""
    server = MediaServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass(frozen=True)
class Service:
    """Our side: its settings, the environment that gives them, a case that owns the recording."""

    settings: Settings
    environment: dict[str, str]
    case_id: int

    @property
    def folder(self) -> Path:
        """Where sealed copies rest."""
        return Path(self.settings.recordings_url)

    def copies(self) -> list[Path]:
        """Every file in that folder."""
        return sorted(self.folder.iterdir()) if self.folder.exists() else []

    def register(self, now: datetime = NOW, **changes: Any) -> int | None:
        """Announce a completed recording of four seconds; gives the row's id."""
        said: dict[str, Any] = {
            "recording_sid": SID,
            "account_sid": ACCOUNT,
            "call_sid": CALL,
            "case_id": self.case_id,
            "status": "completed",
            "duration_s": 4,
            "started_at": now,
        }
        with transaction() as session:
            row = services.register(session, **{**said, **changes}, now=now)
            return row.id if row else None

    def told(self) -> list[str]:
        """What the case's timeline says about recordings, in order."""
        query = select(TimelineEvent).where(TimelineEvent.case_id == self.case_id)
        with reading() as session:
            events = session.scalars(query.order_by(TimelineEvent.id)).all()
        return [event.kind for event in events]

    def row(self, recording_id: int | None) -> Recording:
        """The row as it stands in the database."""
        with reading() as session:
            return session.scalars(select(Recording).where(Recording.id == recording_id)).one()


@pytest.fixture
def service(runtime: Runtime, tmp_path: Path, media: MediaServer) -> Iterator[Service]:
    """Our service with one case, pointed at the media server, with a folder of its own."""
    environment = {
        "DATABASE_URL": runtime.settings.database_url,
        "REDIS_URL": runtime.settings.redis_url,
        "VAR_DIR": str(tmp_path),
        "SECRET_KEY": "made-up-secret-for-tests-0123456789ab",
        "DATA_KEYS": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_BASE": media.base,
        "RECORDINGS_URL": str(tmp_path / "sealed"),
    }
    settings = load_settings(environment)
    started = core_runtime.configure(settings)
    with transaction() as session:
        case = Case(
            reference="123456782",
            hazard_group="V",
            severity="normal",
            status_since=NOW,
            language="th",
            account_sid=ACCOUNT,
            opened_at=NOW,
            due_at=NOW,
        )
        session.add(case)
        session.flush()
        case_id = case.id
    yield Service(settings, environment, case_id)
    started.engine.dispose()
