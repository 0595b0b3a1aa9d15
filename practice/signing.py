"""The signature that proves a webhook comes from the owner of the account's token.

https://www.twilio.com/docs/usage/webhooks/webhooks-security
"""

from collections.abc import Mapping
from urllib.parse import urldefrag, urlencode, urlsplit

from twilio.request_validator import RequestValidator
from urllib3.util import parse_url


def sent_url(url: str) -> str:
    """The URL as it goes over the wire: escaped, without fragment and without user names."""
    parts = parse_url(urldefrag(url).url)
    return parts._replace(auth=None).url


def with_query(url: str, params: Mapping[str, str]) -> str:
    """The URL of a GET webhook, whose parameters stand in the query."""
    joint = "&" if urlsplit(url).query else "?"
    return f"{url}{joint}{urlencode(params)}" if params else url


def signature(token: str, url: str, params: Mapping[str, str]) -> str:
    """Sign a webhook; over HTTPS the port is not signed."""
    parts = parse_url(url)
    signed = parts._replace(port=None).url if parts.scheme == "https" else url
    validator = RequestValidator(token)  # type: ignore[no-untyped-call]
    return str(validator.compute_signature(signed, dict(params)))  # type: ignore[no-untyped-call]
