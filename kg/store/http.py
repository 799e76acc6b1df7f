"""Send HTTP requests: one deadline for everything, retries, and clear errors."""

import logging
import math
import os
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import partial
from http.client import HTTPException, HTTPResponse, IncompleteRead, responses
from time import monotonic, sleep
from urllib.error import URLError

from kg.display import Number, escape_unprintable
from kg.errors import KgError, KgTimeoutError
from kg.home import PACKAGE
from kg.store.credentials import ADVICE, LOOPBACK, find_credentials, split_address
from kg.store.engine import NARROW
from kg.store.interruptible import run_interruptible
from kg.store.transfer import (
    LIMIT_VARIABLE,
    BodyError,
    find_proxy,
    make_opener,
    read_body,
    read_start,
    use_opener,
)

TIMEOUT = 60  # seconds for an answer, from the connection to its last byte, with all attempts
LARGEST_ANSWER = "100MB"
ATTEMPTS = 4
FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
LONGEST_QUOTE = 300
LONGEST_ERROR = 16_384  # bytes of the body of an error that are read
TEMPORARY = (429, 500, 502, 503, 504)
# Certificates: expired or not yet valid; for another name or IP address (X509_V_ERR_… of OpenSSL).
WRONG_DATE, WRONG_NAME = (9, 10), (62, 64)
QUERY_PATHS = (
    "Oxigraph has /query, Fuseki /<dataset>/query, GraphDB /repositories/<name>, Virtuoso /sparql."
)
SIZE = re.compile(r"([0-9]{1,12})\s*([kMGT]?)i?B?", re.ASCII | re.IGNORECASE)

# Reports each wait before another attempt, at the level INFO.
LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reply:
    """The answer to a request: its status, the media type in lower case, and the body."""

    status: int
    kind: str
    body: bytes


@dataclass(frozen=True)
class _Failure:
    """An attempt that failed.

    `temporary` names a problem that another attempt can solve, or is empty; `wait` has the seconds
    that the server asks to wait.
    """

    error: KgError
    temporary: str = ""
    wait: float | None = None


class Client:
    """The client of one address; `paths` is the advice if nothing answers there.

    `slow` is the advice if there is no answer in time; if it is empty, to narrow the query.
    """

    slow = ""

    def __init__(
        self,
        url: str,
        timeout: float = TIMEOUT,
        paths: str = QUERY_PATHS,
        max_answer_size: str | None = None,
    ) -> None:
        """Find the credentials (see `find_credentials`) and the proxy; nothing is sent yet.

        Without `max_answer_size`, the largest answer has the size in `KG_MAX_ANSWER_SIZE`, or 100
        megabytes.

        Raises:
            KgError: the address, the credentials, the proxy or the size are invalid.
        """
        parts = split_address(url)
        self._host = parts.netloc
        self.url = url.partition("#")[0]
        self.name = self.url.partition("?")[0]  # the query of an address may be a key
        self.timeout = timeout
        self.paths = paths
        self._limit = parse_size(
            max_answer_size or os.environ.get(LIMIT_VARIABLE) or LARGEST_ANSWER
        )
        self._credentials = find_credentials(url)
        # A proxy cannot reach a server on this machine.
        is_local = parts.hostname in LOOPBACK
        self._proxy = None if is_local else find_proxy(parts.scheme, parts.netloc)
        self._opener = make_opener({parts.scheme: self._proxy.url} if self._proxy else {})

    @property
    def headers(self) -> dict[str, str]:
        """The headers that every request must have."""
        header = self._credentials.header
        return {"User-Agent": PACKAGE} | ({"Authorization": header} if header else {})

    def send(
        self, open_response: Callable[[float], HTTPResponse], where: str, *, accepted: int = 200
    ) -> Reply:
        """Return the answer to a request; `where` names in messages what is sent.

        The status of the answer is one of success (but 206), or the `accepted` one.

        `open_response` sends the request with `urllib.request.urlopen`; it is called with the
        timeout in seconds. If the server is busy or fails (429, 500, 502, 503, 504), or drops the
        connection, the request is sent up to four times, each time after the time that the server
        asks for (Retry-After, RFC 9110, 10.2.3), or else after a wait that doubles. So the request
        must be one that may be repeated.

        Raises:
            KgError: there is no answer; exit code 2 if the server rejects what was sent.
        """
        deadline = monotonic() + self.timeout
        for attempt in range(1, ATTEMPTS + 1):
            left = deadline - monotonic()
            outcome = self._send_once(partial(open_response, left), where, left, accepted)
            if isinstance(outcome, Reply):
                return outcome
            doubled = FIRST_WAIT * 2.0 ** (attempt - 1)
            wait = doubled if outcome.wait is None else outcome.wait
            longest = min(LONGEST_WAIT, deadline - monotonic())
            if not outcome.temporary or attempt == ATTEMPTS or wait > longest:
                raise outcome.error
            LOGGER.info(
                "%s: %s. Attempt %d of %d in %g seconds.",
                *(self.name, outcome.temporary, attempt + 1, ATTEMPTS, wait),
            )
            sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def fail(self, problem: str, advice: str, body: bytes = b"") -> KgError:
        """Return an error that quotes the server, with the beginning of its answer."""
        start = self._quote(body[:LONGEST_ERROR].decode("utf-8", "backslashreplace")).rstrip(".")
        text = self._quote(problem).rstrip(".")
        return KgError(f"{self.name}: {text}{f': {start}' if start else ''}. {advice}".rstrip())

    def _send_once(
        self, open_response: Callable[[], HTTPResponse], where: str, seconds: float, accepted: int
    ) -> Reply | _Failure:
        def read_response() -> tuple[HTTPResponse, bytes]:
            with use_opener(self._opener):
                response = open_response()
            with response:
                if 200 <= response.status < 300:
                    return response, read_body(response, self._limit)
                return response, read_start(response, LONGEST_ERROR)

        try:
            response, body = run_interruptible(read_response, max(seconds, 0))
        except BodyError as error:
            return _Failure(self.fail(error.problem, error.advice))
        except (OSError, HTTPException, ValueError) as error:
            reason = error.reason if isinstance(error, URLError) else error
        else:
            status = response.status
            if (200 <= status < 300 and status != 206) or status == accepted:
                return Reply(status, response.headers.get_content_type(), body)
            return self._explain_status(response, body, where)
        return self._explain(reason)

    def _explain(self, reason: BaseException | str) -> _Failure:
        """Explain why there is no answer."""
        detail = getattr(reason, "strerror", None) or str(reason)
        if isinstance(reason, TimeoutError):
            problem = (
                f"no complete answer within {self.timeout:.3g} second{'s' * (self.timeout != 1)}"
            )
            return _Failure(KgTimeoutError(str(self.fail(problem, self.slow or NARROW))))
        if isinstance(reason, ssl.SSLError):
            return _Failure(self.fail(f"TLS failed: {detail}", _advise_tls(reason)))
        if isinstance(reason, IncompleteRead):
            missing = f": {reason.expected:,} bytes are missing" if reason.expected else ""
            problem = f"the answer is incomplete{missing}"
            return _Failure(self.fail(problem, "Try again."), problem)
        if isinstance(reason, ConnectionError) and not isinstance(reason, ConnectionRefusedError):
            problem = f"the connection{self._through} was closed without an answer"
            return _Failure(self.fail(problem, "Try again."), problem)
        if isinstance(reason, HTTPException | ValueError):
            problem = f"the answer{self._through} is not HTTP: {reason}"
            return _Failure(self.fail(problem, "Correct the address."))
        if self._proxy:
            problem = f"no connection{self._through} to {self._host}: {detail}"
            return _Failure(self.fail(problem, self._proxy_advice))
        return _Failure(
            self.fail(
                f"no connection to {self._host}: {detail}",
                "Start the server, or correct the address.",
            )
        )

    def _explain_status(self, response: HTTPResponse, body: bytes, where: str) -> _Failure:
        """Explain an answer with another status than success."""
        status, through = response.status, self._through
        if status == 400:
            text = self._quote(body.decode("utf-8", "backslashreplace"))
            return _Failure(KgError(f"{where}: {self.name} rejects it: {text}", exit_code=2))
        problem, advice = f"{status} {responses.get(status, '')}".rstrip() + through, ""
        if status == 407:
            return _Failure(self.fail(problem, self._proxy_advice, body))
        wait = _read_wait(response) if status in TEMPORARY else None
        if wait is not None:
            seconds = Number(math.ceil(wait))
            advice = f"Try again in {seconds} second{seconds:s}."
        elif status in (401, 403):
            advice = self._credentials.note or ADVICE
        elif status in (404, 405, 406, 410, 501):
            advice = self.paths
        elif status in (408, 504):
            advice = self.slow or "Narrow the query."
        elif status in (429, 503):
            advice = "Try again later."
        elif status == 206:
            problem += ": the server sent only a part, which was not asked for"
        elif 300 <= status < 400:
            moved = response.headers.get("Location", "").partition("?")[0]
            problem += f": {re.sub('//[^/@]*@', '//', moved)}" if moved else ""
            advice = "Use that address if you trust it." if moved else "Check the address."
        if status in TEMPORARY:
            return _Failure(self.fail(problem, advice, body), problem, wait)
        return _Failure(self.fail(problem, advice, b"" if 300 <= status < 400 else body))

    @property
    def _through(self) -> str:
        if not self._proxy:
            return ""
        return f" through the proxy {self._proxy.name} ({self._proxy.variable})"

    @property
    def _proxy_advice(self) -> str:
        if not self._proxy:  # one that this machine does not know of
            return "A proxy on the way asks for credentials: set http_proxy or https_proxy."
        return (
            f"Start the proxy, set {self._proxy.variable} to http://HOST:PORT, or "
            f"http://USER:PASSWORD@HOST:PORT if it asks for credentials, or add {self._host} to "
            "no_proxy."
        )

    def _quote(self, text: str) -> str:
        """Return a server's text in one line, without secrets, and with escapes for controls."""
        for secret in sorted(self._credentials.secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        text = escape_unprintable(" ".join(text.split()))
        return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"


def parse_size(text: str) -> int:
    """Return a number of bytes that is written with a unit: 500kB, 100MB, 2GB, or none.

    Raises:
        KgError: it is not such a number, or it is 0.

    >>> parse_size("100MB"), parse_size("5 k"), parse_size("7")
    (100000000, 5000, 7)
    """
    found = SIZE.fullmatch(text.strip())
    size = int(found[1]) * 1000 ** " kmgt".index(found[2].lower() or " ") if found else 0
    if not size:
        raise KgError(
            f"{escape_unprintable(text)}: not a size. Write one like 100MB or 2GB, in "
            f"--max-answer-size or {LIMIT_VARIABLE}.",
            exit_code=2,
        )
    return size


def _read_wait(response: HTTPResponse) -> float | None:
    """Return the seconds in the header Retry-After, which has seconds or a date, or None."""
    text = response.headers.get("Retry-After", "").strip()
    if re.fullmatch("[0-9]{1,9}", text):
        return float(text)
    try:
        # Relative to the clock of the server, if it has one.
        until = parsedate_to_datetime(text)
        now = parsedate_to_datetime(response.headers.get("Date", ""))
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def _advise_tls(error: ssl.SSLError) -> str:
    """Return what to do if TLS fails."""
    code = getattr(error, "verify_code", None)
    if code in WRONG_NAME:
        return "Use the name that is in the server's certificate, or correct the certificate."
    if code in WRONG_DATE:
        return "Correct the clock of this machine, or renew the server's certificate."
    if code is not None:
        return "Set SSL_CERT_FILE to the file of the authority that signed it, if you trust it."
    return "Does the server use https at this port? If not, use http."
