"""Sends every webhook: signs it, remembers it, repeats, loses or delays it as a test ordered."""

import random
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag, urlencode

from practice.delivery import Letter, Reply, deliver, send_once
from practice.faults import Faults
from practice.ledger import NOTICED, Ledger
from practice.legs import Leg, Webhook
from practice.overrides import Overrides, read_overrides
from practice.settings import Settings
from practice.signing import sent_url, signature, with_query

EVENT_CODE = 11200


@dataclass(frozen=True)
class Post:
    """A webhook that is to be sent; `kind` is voice, status, recording or amd."""

    kind: str
    url: str
    params: Mapping[str, str]
    method: str = "POST"


class Postman:
    """All outgoing webhooks pass here."""

    def __init__(self, settings: Settings, ledger: Ledger, faults: Faults) -> None:
        """Remember in `ledger` what is sent, obey `faults`."""
        self._settings = settings
        self._ledger = ledger
        self._faults = faults
        self._held: dict[str, list[tuple[Leg, Post]]] = defaultdict(list)
        self._lock = threading.Lock()

    def ask(self, leg: Leg, post: Post, broken: Callable[[], str | None] = lambda: None) -> Reply:
        """Send a webhook now and return its answer; lost ones answer nothing."""
        overrides, wrong = read_overrides(urldefrag(post.url).fragment)
        if wrong:
            text = f"wrong connection overrides: {', '.join(wrong)}"
            self._ledger.add_problem(NOTICED, leg.sid, text)
        letter = self._sign(post)
        webhook = self._remember(leg, post, letter)
        if post.kind in self._faults.webhooks.drop:
            webhook.failure = "dropped"
            return Reply(failure="ct")
        reply = deliver(letter, overrides, broken)
        _note(webhook, reply)
        self._repeat(webhook, letter, reply)
        return reply

    def tell(self, leg: Leg, post: Post) -> None:
        """Send an event, or keep it back where events are to arrive in a wrong order."""
        if self._faults.webhooks.shuffle_seed is not None:
            with self._lock:
                self._held[leg.root.sid].append((leg, post))
            return
        self._tell_now(leg, post)

    def release(self, root: Leg) -> None:
        """Send the events of a call that were kept back, shuffled by the seed."""
        with self._lock:
            held = self._held.pop(root.sid, [])
        random.Random(self._faults.webhooks.shuffle_seed).shuffle(held)
        for leg, post in held:
            self._tell_now(leg, post)

    def replay(self, webhook: Webhook) -> Reply:
        """Send a webhook once more, byte for byte."""
        body = webhook.sent.encode() if webhook.sent is not None else None
        to = self._settings.on_the_wire(webhook.url)
        letter = Letter(webhook.method, webhook.url, webhook.headers, body, to)
        overrides = Overrides()
        return send_once(letter, overrides, time.monotonic() + overrides.total_s)

    def _tell_now(self, leg: Leg, post: Post) -> None:
        reply = self.ask(leg, post)
        is_taken = reply.status is not None and 200 <= reply.status < 300
        if not is_taken and post.kind not in self._faults.webhooks.drop:
            text = f"{post.kind} webhook failed: {reply.status or reply.failure}"
            self._ledger.add_problem(EVENT_CODE, leg.sid, text)

    def _sign(self, post: Post) -> Letter:
        url = sent_url(post.url)
        headers = {"I-Twilio-Idempotency-Token": str(uuid.uuid4()), "Accept": "*/*"}
        headers["User-Agent"] = "TwilioProxy/1.1"
        if post.method == "GET":
            url = with_query(url, post.params)
            headers["X-Twilio-Signature"] = signature(self._settings.auth_token, url, {})
            return Letter("GET", url, headers, None, self._settings.on_the_wire(url))
        headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        headers["X-Twilio-Signature"] = signature(self._settings.auth_token, url, post.params)
        body = urlencode(post.params).encode()
        return Letter("POST", url, headers, body, self._settings.on_the_wire(url))

    def _remember(self, leg: Leg, post: Post, letter: Letter) -> Webhook:
        def make(index: int) -> Webhook:
            sent = letter.body.decode() if letter.body is not None else None
            params, headers = dict(post.params), dict(letter.headers)
            where = (index, leg.sid, leg.root.sid, post.kind, letter.method, letter.url)
            return Webhook(*where, params, headers, sent)

        return self._ledger.add_webhook(make)

    def _repeat(self, webhook: Webhook, letter: Letter, first: Reply) -> None:
        for _ in range(self._faults.webhooks.duplicate):
            again = deliver(letter, Overrides())
            if (again.status, again.body) != (first.status, first.body):
                self._ledger.add_difference(difference(webhook, first, again))


def difference(webhook: Webhook, first: Reply, again: Reply) -> dict[str, Any]:
    """How a repeated webhook was answered in another way."""
    return {
        "index": webhook.index,
        "url": webhook.url,
        "first": {"status": first.status, "body": _text(first)},
        "again": {"status": again.status, "body": _text(again)},
    }


def _note(webhook: Webhook, reply: Reply) -> None:
    webhook.status, webhook.failure = reply.status, reply.failure
    webhook.attempts, webhook.ms = reply.attempts, reply.ms
    webhook.body = _text(reply)


def _text(reply: Reply) -> str:
    return reply.body.decode("utf-8", "replace")
