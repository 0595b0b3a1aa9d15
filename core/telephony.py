"""The provider of telephone calls: what we ask of it, and the adapter that speaks Twilio's REST.

`TELEPHONY=practice`, and the practice account beside a real one, are the same adapter pointed at
the practice provider. Vendor errors and words stop here. No call is ever retried in here: POST
/Calls has no idempotency key, so a timeout, a reset or a 5xx is an unknown outcome that the caller
must reconcile (Twilio error 20500).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import HttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import HTTPError

from core import runtime
from core.errors import HotlineError
from core.settings import Settings

REST_TIMEOUT_S = 10
# Practice beside a real telephone answers on this machine: real work does not wait for it.
APART_TIMEOUT_S = 2
MEDIA_TIMEOUT_S = (3, 10)
CHUNK = 64 * 1024
LIST_PAGE = 200
EVENTS = ["initiated", "ringing", "answered", "completed"]
# Twilio's error codes, thousands of them: of numbers that may not be called (21210, 21215) and of
# dialling (13227) come with a 403 too. An account that is not active, or a key that is unknown.
CODES_OF_CALLS = frozenset({13, 21})
CODES_OF_ACCOUNTS = frozenset({10001, 20003, 20005})


class TelephonyError(HotlineError):
    """The provider did not do what was asked."""


class Refused(TelephonyError):
    """The provider said no (4xx): asking again will not help."""


class ShutOut(TelephonyError):
    """The provider does not let our account in (401, 403): nothing was done, whatever was asked.

    A key was revoked, an account suspended: it concerns every request, until somebody mends it.
    """


class Busy(TelephonyError):
    """Too many requests (429): never processed, always safe to ask again later."""


class OutcomeUnknown(TelephonyError):
    """Nobody knows whether it was done: look before asking again."""


class NotFound(TelephonyError):
    """The provider has no such thing (404)."""


@dataclass(frozen=True)
class RemoteCall:
    """A call as the provider knows it; `status` is the provider's word, `caller` who phoned."""

    sid: str
    status: str
    direction: str
    to: str
    started_at: datetime | None
    caller: str = field(default="", repr=False)


@dataclass(frozen=True)
class CallLinks:
    """Our addresses for a call that we make: its documents, what if there is none, its events."""

    document: str
    fallback: str
    status: str


class Telephony(Protocol):
    """What the floors above need from a provider."""

    def create_call(self, *, to: str, links: CallLinks, ring_s: int) -> str:
        """Ring a number; returns the new call's sid."""

    def cancel_ring(self, sid: str) -> None:
        """End a call that rings; one that was answered goes on."""

    def call_status(self, sid: str) -> RemoteCall:
        """Look one call up."""

    def calls_to(self, to: str, since: datetime) -> list[RemoteCall]:
        """Calls to a number that started after a moment, newest first."""

    def calls_in(self, since: datetime, until: datetime, most: int) -> list[RemoteCall]:
        """Calls to the hotline that began in a span, newest first; at most so many."""

    def recording_media(self, recording_sid: str) -> Iterator[bytes]:
        """The recording's WAV, in chunks."""

    def delete_recording(self, recording_sid: str) -> None:
        """Remove the provider's copy; one that is gone already is no error."""


class _BasedHttpClient(TwilioHttpClient):
    """Twilio's own client sent to another host, with a deadline and no retries."""

    def __init__(self, base: str, timeout_s: float) -> None:
        super().__init__(timeout=timeout_s, max_retries=0)
        self._base = urlsplit(base)

    def request(  # type: ignore[override]
        self, method: str, uri: str, *args: Any, **kwargs: Any
    ) -> Response:
        """Send the request to the configured base instead of the address built in."""
        parts = urlsplit(uri)
        uri = urlunsplit((self._base.scheme, self._base.netloc, *parts[2:]))
        return super().request(method, uri, *args, **kwargs)


class TwilioTelephony:
    """Twilio's REST by its official library."""

    def __init__(self, settings: Settings, http: HttpClient | None = None) -> None:
        self._settings = settings
        self._auth = _credentials(settings)
        self._client = twilio_client(settings, http)

    def create_call(self, *, to: str, links: CallLinks, ring_s: int) -> str:
        """POST /Calls with our own number shown and every progress event asked for."""
        return str(
            ask_twilio(
                self._client.calls.create,
                to=to,
                from_=self._settings.hotline_number,
                url=links.document,
                fallback_url=links.fallback,
                status_callback=links.status,
                status_callback_event=EVENTS,
                timeout=ring_s,
            ).sid
        )

    def cancel_ring(self, sid: str) -> None:
        """POST /Calls/{sid} Status=canceled, which leaves a call in progress alone."""
        ask_twilio(self._client.calls(sid).update, status="canceled")

    def call_status(self, sid: str) -> RemoteCall:
        """GET /Calls/{sid}; the answer may lag behind (Twilio: eventually consistent)."""
        return _remote(ask_twilio(self._client.calls(sid).fetch))

    def calls_to(self, to: str, since: datetime) -> list[RemoteCall]:
        """GET /Calls?To=&StartTime>=, the first fifty."""
        found = ask_twilio(self._client.calls.list, to=to, start_time_after=since, limit=50)
        return [_remote(call) for call in found]

    def calls_in(self, since: datetime, until: datetime, most: int) -> list[RemoteCall]:
        """GET /Calls?To=our number&StartTime>=&StartTime<=, page after page."""
        found = ask_twilio(
            self._client.calls.list,
            to=self._settings.hotline_number,
            start_time_after=since,
            start_time_before=until,
            limit=most,
            page_size=min(most, LIST_PAGE),
        )
        return [_remote(call) for call in found]

    def recording_media(self, recording_sid: str) -> Iterator[bytes]:
        """GET the WAV from an address built by us, never from one that was posted (SSRF)."""
        base, account = self._settings.twilio_api_base, self._settings.twilio_account_sid
        url = f"{base}/2010-04-01/Accounts/{account}/Recordings/{recording_sid}.wav"
        try:
            with requests.get(
                url, auth=self._auth, timeout=MEDIA_TIMEOUT_S, stream=True, allow_redirects=False
            ) as answer:
                _check_status(answer.status_code)
                # read1 gives what is there: a server that drips must not outlast the taker's clock.
                while chunk := answer.raw.read1(CHUNK, decode_content=True):
                    yield chunk
        except (requests.RequestException, HTTPError) as error:
            raise OutcomeUnknown(type(error).__name__) from None

    def delete_recording(self, recording_sid: str) -> None:
        """DELETE /Recordings/{sid}."""
        try:
            ask_twilio(self._client.recordings(recording_sid).delete)
        except NotFound:
            return


def twilio_client(settings: Settings, http: HttpClient | None = None) -> Client:
    """Twilio's library, signed in, sent to the configured host, with a deadline and no retries."""
    return Client(
        *_credentials(settings),
        account_sid=settings.twilio_account_sid,
        http_client=http or _BasedHttpClient(settings.twilio_api_base, _timeout_s(settings)),
    )


def _timeout_s(settings: Settings) -> float:
    """How long is waited for an answer; the settings are those of one account."""
    is_apart = settings.is_apart(settings.twilio_account_sid)
    return APART_TIMEOUT_S if is_apart else REST_TIMEOUT_S


def _credentials(settings: Settings) -> tuple[str, str]:
    user = settings.twilio_api_key or settings.twilio_account_sid
    return user, settings.twilio_api_secret or settings.twilio_auth_token[0]


def ask_twilio(call: Any, **parameters: Any) -> Any:
    """Call Twilio's library; whatever it raises becomes one of our errors."""
    try:
        return call(**parameters)
    except TwilioRestException as error:
        _check_status(error.status, error.code)
        raise OutcomeUnknown(str(error.code)) from None
    except (TwilioException, requests.RequestException, ValueError, OSError) as error:
        # TwilioServiceException and broken bodies too: none of them says what was done.
        _check_page(error)
        _check_status(getattr(error, "status", 500) or 500, getattr(error, "code", None))
        raise OutcomeUnknown(type(error).__name__) from None


def _check_page(error: Exception) -> None:
    """The library wraps a list that failed: its answer is an argument of what is raised."""
    for answer in error.args:
        if isinstance(answer, Response) and _is_shut_out(answer.status_code, 0):
            raise ShutOut(str(answer.status_code)) from None


def _check_status(status: int, code: int | None = None) -> None:
    """Turn the provider's HTTP status, and its own code, into our errors; 2xx passes."""
    if status < 300:
        return
    if _is_shut_out(status, code or 0):
        raise ShutOut(str(status))
    if status == 404:
        raise NotFound("404")
    if status == 429:
        raise Busy("429")
    if status < 500:
        raise Refused(str(status))
    raise OutcomeUnknown(str(status))


def _is_shut_out(status: int, code: int) -> bool:
    """Whether it is the account that is refused, and not what was asked of it."""
    is_about_a_call = code // 1000 in CODES_OF_CALLS
    return code in CODES_OF_ACCOUNTS or status == 401 or (status == 403 and not is_about_a_call)


def _remote(call: Any) -> RemoteCall:
    return RemoteCall(
        sid=call.sid,
        status=str(call.status),
        direction=str(call.direction),
        to=call.to or "",
        started_at=call.start_time or call.date_created,
        # The library's name for it: `from` is a word of Python's own.
        caller=call._from or "",
    )


@lru_cache(maxsize=4)
def _for_settings(settings: Settings) -> TwilioTelephony:
    return TwilioTelephony(settings)


def provider(account_sid: str) -> Telephony:
    """The provider that a call belongs to; an account that is not ours is refused."""
    settings = runtime.current().settings.account_of(account_sid)
    if settings is None:
        raise Refused("unknown account")
    return _for_settings(settings)
