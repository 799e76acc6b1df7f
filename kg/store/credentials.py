"""Credentials for an endpoint: a token, or user and password, from the environment or netrc.

They are never part of an address, and never part of a message. Those of the environment are for
the host of `KG_ENDPOINT`, if that is set, and otherwise for the endpoint that a command names.
"""

import base64
import netrc
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from kg.display import escape_unprintable
from kg.errors import KgError

TOKEN, USER, PASSWORD = "KG_ENDPOINT_TOKEN", "KG_ENDPOINT_USER", "KG_ENDPOINT_PASSWORD"
ENDPOINT, INSECURE = "KG_ENDPOINT", "KG_ENDPOINT_INSECURE"
ADVICE = f"Set {USER} and {PASSWORD}, or {TOKEN}, or use netrc."
LOOPBACK = ("localhost", "127.0.0.1", "::1")
ASCII = re.compile(r"[!-~]+")  # printable, without spaces


@dataclass(frozen=True)
class Credentials:
    """The value of the Authorization header, empty without credentials; and texts to redact.

    `note` says why the credentials of the environment are not sent.
    """

    header: str = field(default="", repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    note: str = ""


def split_address(url: str) -> SplitResult:
    """Return the parts of an endpoint's address.

    Raises:
        KgError: it is not an http or https address in ASCII, or it contains a user or password.
    """
    try:
        parts = urlsplit(url)
        is_valid = parts.port is None or parts.port > 0  # raises if it is not a number
    except ValueError:
        parts, is_valid = urlsplit(""), False
    is_valid = is_valid and parts.scheme in ("http", "https") and bool(parts.hostname)
    if not is_valid or "@" in parts.netloc or not ASCII.fullmatch(url):
        shown = "the address" if "@" in url else escape_unprintable(url)
        space = " It contains a space or a line end." if re.search(r"\s", url) else ""
        raise KgError(
            f"{shown}: not the address of an endpoint.{space} Write it like "
            "http://127.0.0.1:7878/query, in ASCII, without user and password. "
            f"For credentials, {ADVICE[0].lower()}{ADVICE[1:]}",
            exit_code=2,
        )
    return parts


def find_credentials(url: str) -> Credentials:
    """Return the credentials for an address: from the environment, or else from netrc.

    Raises:
        KgError: they are incomplete or invalid, or would be sent over plain http.
    """
    parts = split_address(url)
    host = parts.hostname or ""
    found, note = _read_environment(), ""
    if found and (named := os.environ.get(ENDPOINT, "").strip()):
        bound = split_address(named).hostname
        if bound != host:
            found = None
            note = (
                f"{TOKEN}, {USER} and {PASSWORD} are sent only to {bound}, the host of {ENDPOINT}. "
                f"Correct or unset {ENDPOINT}, or use netrc."
            )
    found = found or _read_netrc(host)
    is_private = parts.scheme == "https" or host in LOOPBACK or os.environ.get(INSECURE) == "1"
    if found.header and not is_private:
        raise KgError(
            f"{host}: credentials are not sent over plain http, where others can read them. "
            f"Use https, or set {INSECURE}=1 if you trust the network.",
            exit_code=2,
        )
    # The query of an address may be a key.
    return Credentials(found.header, tuple(filter(None, (*found.secrets, parts.query))), note)


def _read_environment() -> Credentials | None:
    token, user, password = (os.environ.get(name, "") for name in (TOKEN, USER, PASSWORD))
    if (token and (user or password)) or bool(user) != bool(password):
        raise KgError(
            f"Incomplete or double credentials. Set {TOKEN} only, or both {USER} and {PASSWORD}.",
            exit_code=2,
        )
    if token and not ASCII.fullmatch(token):
        raise KgError(f"{TOKEN}: contains a space or a character that is not ASCII.", exit_code=2)
    if token:
        return Credentials(f"Bearer {token}", (token,))
    return _encode_basic(user, password) if user else None


def _read_netrc(host: str) -> Credentials:
    named = os.environ.get("NETRC")
    path = Path(named) if named else Path("~/.netrc").expanduser()
    if not named and not path.is_file():
        return Credentials()
    try:
        # Without a name, the library also checks that nobody else can read the file.
        found = netrc.netrc(named).authenticators(host)
    except (netrc.NetrcParseError, OSError, UnicodeDecodeError) as error:
        # The message of the error may quote a password.
        raise KgError(
            f"{path}:{getattr(error, 'lineno', None) or 1}: not a readable netrc file, or others "
            "can read it, too. Write machine HOST login USER password PASSWORD, and chmod 600."
        ) from None
    return _encode_basic(found[0] or "", found[2] or "") if found else Credentials()


def _encode_basic(user: str, password: str) -> Credentials:
    """Return the credentials of RFC 7617."""
    encoded = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
    return Credentials(f"Basic {encoded}", (password, encoded))
