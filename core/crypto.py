"""Sealing (AES-GCM under rotating keys) and fingerprints (keyed HMAC) of personal data."""

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import HotlineError

FORMAT = b"\x01"
KEY_ID_BYTES = 4
NONCE_BYTES = 12
HEAD_BYTES = len(FORMAT) + KEY_ID_BYTES + NONCE_BYTES


class SealBroken(HotlineError):
    """Sealed data cannot be opened: unknown key, wrong context or tampering."""


class Keyring:
    """Seals with the newest key and opens with any key that is still listed."""

    def __init__(self, data_keys: tuple[str, ...], secret_key: str) -> None:
        raw = [base64.urlsafe_b64decode(key) for key in data_keys]
        self._ciphers = {hashlib.sha256(key).digest()[:KEY_ID_BYTES]: AESGCM(key) for key in raw}
        self._newest = next(iter(self._ciphers))
        self._secret = hashlib.sha256(b"hotline fingerprints\0" + secret_key.encode()).digest()

    def seal(self, data: bytes, context: str) -> bytes:
        """Encrypt; `context` ("staff.phone") is bound in, so that a value cannot be moved."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[self._newest].encrypt(nonce, data, context.encode())
        return FORMAT + self._newest + nonce + sealed

    def open(self, sealed: bytes, context: str) -> bytes:
        """Decrypt what `seal` made with the same context; SealBroken when that cannot be."""
        key_id = bytes(sealed[1 : 1 + KEY_ID_BYTES])
        cipher = self._ciphers.get(key_id)
        if cipher is None or bytes(sealed[:1]) != FORMAT:
            raise SealBroken("sealed with a key that is not in DATA_KEYS")
        nonce = bytes(sealed[1 + KEY_ID_BYTES : HEAD_BYTES])
        try:
            return cipher.decrypt(nonce, bytes(sealed[HEAD_BYTES:]), context.encode())
        except InvalidTag:
            raise SealBroken("sealed data was changed or moved") from None

    def is_newest(self, sealed: bytes) -> bool:
        """Whether the value is sealed under the newest key already."""
        return bytes(sealed[1 : 1 + KEY_ID_BYTES]) == self._newest

    def fingerprint(self, purpose: str, value: str) -> str:
        """A keyed HMAC (hex) that finds equal values without showing them."""
        message = f"{purpose}\0{value}".encode()
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())
