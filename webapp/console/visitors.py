"""Where a request comes from: the network address that tries are counted by, and the device."""

from ipaddress import IPv6Address, ip_address

from flask import request

from webapp.console.cookies import is_https

# One household or office holds a whole network of this size.
IPV6_NETWORK = 64
# Browsers name those that they resemble as well: the first mark that is found counts.
BROWSERS = (
    ("Edg", "Edge"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def network_address() -> str:
    """The visitor's address, of IPv6 the network.

    With an https PUBLIC_URL there is a proxy before us, for we speak http: what it wrote last is
    the address that it saw. Anything before that is the visitor's own word.
    """
    seen = request.remote_addr or ""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if is_https() and forwarded:
        seen = forwarded.rpartition(",")[2].strip()
    try:
        address = ip_address(seen)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        network = int(address) >> (128 - IPV6_NETWORK)
        return f"{network:x}::/{IPV6_NETWORK}"
    return str(address)


def device() -> str:
    """Browser and system by name, such as "Chrome, Android"; nothing of what we do not know."""
    told = request.user_agent.string
    found = (
        next((name for mark, name in names if mark in told), "") for names in (BROWSERS, SYSTEMS)
    )
    return ", ".join(name for name in found if name)
