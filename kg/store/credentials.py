"""Who asks an endpoint: a token, or user and password, from the environment or from netrc.

None of them is ever part of an address, and none is ever part of a message.
"""

import base64
import netrc
import os
import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from kg.errors import KgError

TOKEN, USER, PASSWORD = "KG_ENDPOINT_TOKEN", "KG_ENDPOINT_USER", "KG_ENDPOINT_PASSWORD"
INSECURE = "KG_ENDPOINT_INSECURE"


@dataclass(frozen=True)
class Credentials:
    """The value of the Authorization header, empty for nobody; what no message may hold."""

    header: str = field(default="", repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def redact(self, text: str) -> str:
        """Return a text with every secret in it made unreadable."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return text


def split_address(url: str) -> SplitResult:
    """Return the parts of an endpoint's address.

    Raises:
        KgError: it is no http or https address in ASCII, or holds a user or password.
    """
    try:
        parts = urlsplit(url)
        known = bool(parts.hostname) and parts.scheme in ("http", "https")
        parts.port  # noqa: B018  # raises where it is no number
    except ValueError:
        parts, known = urlsplit(""), False
    if parts.username is not None or parts.password is not None:
        raise KgError(
            f"{parts.scheme}://{parts.hostname}: the address holds a user or a password, and "
            f"addresses are written down everywhere. Leave them out and set {USER} and {PASSWORD}, "
            "or use netrc.",
            exit_code=2,
        )
    if not known or not re.fullmatch(r"[!-~]+", url):
        told = "the address given" if "@" in url else re.sub(r"[^ -~]", "?", url)
        raise KgError(
            f"{told}: no address of an endpoint. Write it in ASCII: http://127.0.0.1:7878/query",
            exit_code=2,
        )
    return parts


def redact_address(url: str) -> str:
    """Return an address as messages show it: without its query, which may hold a key.

    >>> redact_address("https://example.org/ds/query?key=1")
    'https://example.org/ds/query'
    """
    return url.partition("#")[0].partition("?")[0]


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("example.org")
    (True, True, False)
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def find_credentials(url: str) -> Credentials:
    """Return who asks the endpoint at an address: a token goes before a user, that before netrc.

    Raises:
        KgError: the environment or netrc names nobody properly, or the way there is not private.
    """
    parts = split_address(url)
    host = parts.hostname or ""
    found = _read_environment() or _read_netrc(host)
    private = parts.scheme == "https" or is_loopback(host) or os.environ.get(INSECURE) == "1"
    if found.header and not private:
        raise KgError(
            f"{redact_address(url)}: the password or token for it would travel readable by everyone. "
            f"Use https, or set {INSECURE}=1 where the network is your own.",
            exit_code=2,
        )
    key = (parts.query,) if parts.query else ()
    return Credentials(found.header, (*found.secrets, *key))


def _read_environment() -> Credentials | None:
    token, user, password = (os.environ.get(name, "") for name in (TOKEN, USER, PASSWORD))
    if token and (user or password):
        raise KgError(f"{TOKEN} and {USER} are both set. Unset one of them.", exit_code=2)
    if token:
        if not re.fullmatch(r"[!-~]+", token):
            raise KgError(
                f"{TOKEN}: spaces or line ends in it. Set it to the token alone.", exit_code=2
            )
        return Credentials(f"Bearer {token}", (token,))
    if user and password:
        return _encode_basic(user, password, USER)
    if user or password:
        missing = PASSWORD if user else USER
        raise KgError(f"{missing} is not set, and its partner is. Set both.", exit_code=2)
    return None


def _encode_basic(user: str, password: str, where: str) -> Credentials:
    """Return the header of RFC 7617."""
    if ":" in user:
        raise KgError(f"{where}: a user's name has no colon. Correct it.", exit_code=2)
    coded = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
    return Credentials(f"Basic {coded}", tuple(filter(None, (password, coded))))


def _read_netrc(host: str) -> Credentials:
    named = os.environ.get("NETRC")
    where = Path(named) if named else Path("~/.netrc").expanduser()
    if not named and not where.is_file():
        return Credentials()
    try:
        # Only its default place has its permissions looked at.
        known = netrc.netrc(named).authenticators(host)
    except netrc.NetrcParseError as error:
        # Its own message may quote what stands there.
        raise KgError(
            f"{where}:{error.lineno or 1}: not netrc, or others may read it. "
            "Write machine HOST login USER password PASSWORD, and chmod 600."
        ) from None
    except (OSError, UnicodeDecodeError):
        raise KgError(f"{where}: cannot be read. Correct or unset NETRC.") from None
    if known is None:
        return Credentials()
    user, _, password = known
    return _encode_basic(user or "", password or "", str(where))
