"""Credentials from the environment and from netrc."""

import base64
from pathlib import Path

import pytest

from kg.errors import KgError
from kg.store.credentials import Credentials, find_credentials, split_address

SECRET = "s3cret-onion"  # noqa: S105  # of no account
URL = "https://example.org/query"

pytestmark = pytest.mark.usefixtures("no_credentials")


def encode_basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def set_environment(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"KG_ENDPOINT_{name}", value)


def write_netrc(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)


def test_no_credentials_by_default() -> None:
    assert find_credentials(URL) == Credentials()


def test_token_of_the_environment_is_a_bearer_token(monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, TOKEN=SECRET)
    assert find_credentials(URL).header == f"Bearer {SECRET}"


def test_user_and_password_of_the_environment_precede_netrc(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_netrc(tmp_path / "netrc", "machine example.org login eve password other\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    set_environment(monkeypatch, USER="änne", PASSWORD=SECRET)
    assert find_credentials(URL).header == encode_basic("änne", SECRET)


@pytest.mark.parametrize("named", [True, False])
def test_netrc_is_read_for_its_host_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, named: bool
) -> None:
    path = tmp_path / ("my-netrc" if named else "empty-home/.netrc")
    write_netrc(path, f"machine example.org login anne password {SECRET}\n")
    if named:
        monkeypatch.setenv("NETRC", str(path))
    assert find_credentials(URL).header == encode_basic("anne", SECRET)
    assert find_credentials("https://example.com/query").header == ""


@pytest.mark.parametrize("text", [f"machine example.org login anne\n{SECRET}\n", None])
def test_error_of_netrc_does_not_quote_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str | None
) -> None:
    path = tmp_path / "netrc"
    if text:
        write_netrc(path, text)
    monkeypatch.setenv("NETRC", str(path))
    with pytest.raises(KgError, match=r"netrc:\d: not a readable netrc file") as caught:
        find_credentials(URL)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"TOKEN": SECRET, "USER": "anne"}, "Set KG_ENDPOINT_TOKEN only"),
        ({"USER": "anne"}, "Set KG_ENDPOINT_TOKEN only"),
        ({"PASSWORD": SECRET}, "Set KG_ENDPOINT_TOKEN only"),
        ({"TOKEN": f"{SECRET}\n"}, "KG_ENDPOINT_TOKEN: contains a space"),
    ],
)
def test_incomplete_and_invalid_credentials_are_usage_errors(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], message: str
) -> None:
    set_environment(monkeypatch, **variables)
    with pytest.raises(KgError, match=message) as caught:
        find_credentials(URL)
    assert SECRET not in str(caught.value)
    assert caught.value.exit_code == 2


def test_credentials_are_not_sent_over_plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, TOKEN=SECRET)
    with pytest.raises(KgError, match="not sent over plain http") as caught:
        find_credentials("http://example.org/query")
    assert caught.value.exit_code == 2
    for url in (URL, "http://localhost:1/query", "http://127.0.0.1/query", "http://[::1]:1/query"):
        assert find_credentials(url).header
    set_environment(monkeypatch, INSECURE="1")
    assert find_credentials("http://example.org/query").header


def test_credentials_of_the_environment_are_for_the_host_of_the_endpoint(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    set_environment(monkeypatch, TOKEN=SECRET)
    monkeypatch.setenv("KG_ENDPOINT", f" {URL}\n")
    assert find_credentials("https://example.org:8443/other").header == f"Bearer {SECRET}"
    other = find_credentials("https://example.com/query")
    assert other.header == ""
    assert "KG_ENDPOINT_PASSWORD are sent only to example.org, the host of KG_END" in other.note
    # Nothing is sent, so plain http is no danger.
    assert find_credentials("http://example.com/query").header == ""
    write_netrc(tmp_path / "netrc", "machine example.com login anne password onion\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert find_credentials("https://example.com/query").header == encode_basic("anne", "onion")


def test_secrets_are_not_in_the_representation(monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, USER="anne", PASSWORD=SECRET)
    found = find_credentials(f"{URL}?key={SECRET[::-1]}")
    encoded = encode_basic("anne", SECRET).removeprefix("Basic ")
    assert set(found.secrets) == {SECRET, encoded, f"key={SECRET[::-1]}"}
    assert repr(found) == "Credentials(note='')"


@pytest.mark.parametrize(
    "url",
    [
        f"http://anne:{SECRET}@127.0.0.1:1/query",
        f"http://{SECRET}@127.0.0.1:1/query",
        f"ftp://anne:{SECRET}@127.0.0.1:1/query",
        f"http://anne:{SECRET}@127.0.0.1:port/query",
        f"http://anne:{SECRET}@[::1/query",
        "",
        "query",
        "http:///query",
        "file:///etc/passwd",
        "http://h/a b",
        "http://h/ü",
        "http://h:x/",
    ],
)
def test_invalid_address_is_a_usage_error_without_its_password(url: str) -> None:
    with pytest.raises(KgError, match="not the address of an endpoint") as caught:
        split_address(url)
    assert SECRET not in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("url", ["http://h/query\r\n", " http://h/query", "http://h/a b"])
def test_space_in_an_address_is_named(url: str) -> None:
    with pytest.raises(KgError, match=r"It contains a space or a line end") as caught:
        split_address(url)
    assert str(caught.value).isprintable()


def test_address_may_have_an_at_sign_in_its_path() -> None:
    assert split_address("http://example.org/a@b?c=@").hostname == "example.org"
