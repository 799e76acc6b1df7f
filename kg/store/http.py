"""Send HTTP requests: a deadline for each answer, retries for a busy server, clear errors.

All requests go through urllib, because SPARQLWrapper does and cannot use another client.
"""

import re
import ssl
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse, IncompleteRead, responses
from time import sleep
from urllib.error import URLError
from urllib.request import HTTPErrorProcessor, ProxyHandler, Request, build_opener, install_opener

from kg.errors import KgError, KgTimeoutError
from kg.home import PACKAGE
from kg.store.credentials import ADVICE, LOOPBACK, find_credentials, split_address
from kg.store.interruptible import run_interruptible

TIMEOUT = 60  # seconds for an answer, from the connection to its last byte
ATTEMPTS = 4
FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
CHUNK = 1 << 16
LONGEST_QUOTE = 300
BUSY = (429, 503)
QUERY_PATHS = (
    "Oxigraph has /query, Fuseki /<dataset>/query, GraphDB /repositories/<name>, Virtuoso /sparql."
)


class _OwnResponses(HTTPErrorProcessor):
    """Return every response to our own requests as it is, whatever its status.

    So urllib follows no redirect: it would send the Authorization header to the new host. The
    opener is installed for the process, but requests of others are handled as usual.
    """

    def http_response(self, request: Request, response: HTTPResponse) -> HTTPResponse:
        if request.get_header("User-agent") == PACKAGE:
            return response
        return super().http_response(request, response)  # type: ignore[no-any-return]

    https_response = http_response


class Client:
    """The client of one address; `paths` is the advice if nothing answers there."""

    def __init__(self, url: str, timeout: float = TIMEOUT, paths: str = QUERY_PATHS) -> None:
        """Find the credentials (see `find_credentials`); nothing is sent yet."""
        parts = split_address(url)
        self._host = parts.netloc
        self.url = url.partition("#")[0]
        self.name = self.url.partition("?")[0]  # the query of an address may be a key
        self.timeout = timeout
        self.paths = paths
        self._credentials = find_credentials(url)
        # A proxy cannot reach a server on this machine. TLS certificates are verified by default.
        proxies = ProxyHandler({} if parts.hostname in LOOPBACK else None)
        self._opener = build_opener(_OwnResponses, proxies)

    @property
    def headers(self) -> dict[str, str]:
        """The headers that every request must have."""
        header = self._credentials.header
        return {"User-Agent": PACKAGE} | ({"Authorization": header} if header else {})

    def send(self, open_response: Callable[[], HTTPResponse], where: str) -> tuple[str, bytes]:
        """Return the media type and the body of an answer; `where` names in messages what is sent.

        `open_response` sends the request with `urllib.request.urlopen`. If the server is busy
        (429, 503), the request is sent up to four times, each time after the seconds that the
        server asks for (Retry-After, RFC 9110, 10.2.3), or else after a wait that doubles.

        Raises:
            KgError: there is no answer; exit code 2 if the server rejects what was sent.
        """
        for attempt in range(1, ATTEMPTS + 1):
            response, body = self._send_once(open_response)
            if 200 <= response.status < 300:
                return response.headers.get_content_type(), body
            given = response.headers.get("Retry-After", "")
            wait = float(given) if given.isdecimal() else FIRST_WAIT * 2.0 ** (attempt - 1)
            if response.status not in BUSY or attempt == ATTEMPTS or wait > LONGEST_WAIT:
                break
            sleep(wait)
        raise self._explain_status(response, body, where, wait)

    def fail(self, problem: str, advice: str) -> KgError:
        """Return an error that quotes the server."""
        return KgError(f"{self.name}: {self._quote(problem).rstrip('.')}. {advice}".rstrip())

    def _send_once(self, open_response: Callable[[], HTTPResponse]) -> tuple[HTTPResponse, bytes]:
        def read_response() -> tuple[HTTPResponse, bytes]:
            install_opener(self._opener)
            with open_response() as response:
                # In chunks, since a server may announce more than fits into the memory.
                body = b"".join(iter(lambda: response.read(CHUNK), b""))
                if response.length:
                    raise IncompleteRead(body, response.length)
                return response, body

        try:
            return run_interruptible(read_response, self.timeout)
        except (OSError, HTTPException) as error:
            reason = error.reason if isinstance(error, URLError) else error
        raise self._explain(reason)

    def _explain(self, reason: BaseException | str) -> KgError:
        if isinstance(reason, TimeoutError):
            error = self.fail(
                f"no complete answer within {self.timeout:.3g} seconds", "Ask for less."
            )
            return KgTimeoutError(str(error))
        if isinstance(reason, HTTPException):
            return self.fail(f"the answer is incomplete or not HTTP: {reason!r}", "Try again.")
        detail = getattr(reason, "strerror", None) or str(reason)
        if isinstance(reason, ssl.SSLError):
            return self.fail(
                f"TLS failed: {detail}",
                "Does the server use https? Set SSL_CERT_FILE to trust an authority of your own.",
            )
        return self.fail(
            f"no connection to {self._host}: {detail}", "Start the server, or correct the address."
        )

    def _explain_status(
        self, response: HTTPResponse, body: bytes, where: str, wait: float
    ) -> KgError:
        status, text = response.status, body.decode("utf-8", "replace")
        if status == 400:
            return KgError(f"{where}: {self.name} rejects it: {self._quote(text)}", exit_code=2)
        problem, advice = f"{status} {responses.get(status, '')}", ""
        if status in BUSY:
            advice = f"Try again in {wait:.0f} seconds."
        elif status in (401, 403):
            advice = ADVICE
        elif status in (404, 405, 406, 410, 501):
            advice = self.paths
        elif status in (408, 504):
            advice = "Ask for less."
        elif 300 <= status < 400:
            moved = response.headers.get("Location", "no address").partition("?")[0]
            problem += f": {re.sub('//[^/@]*@', '//', moved)}"
            advice = "Use that address if you trust it."
        else:
            problem += f": {text}"
        return self.fail(problem, advice)

    def _quote(self, text: str) -> str:
        """Return a server's text in one line, without control characters and secrets."""
        for secret in sorted(self._credentials.secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        text = "".join(filter(str.isprintable, " ".join(text.split())))
        return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"
