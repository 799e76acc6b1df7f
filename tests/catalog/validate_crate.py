"""Validate an RO-Crate with roc-validator, without a network; run by the Python that has it.

Arguments: a folder for files of the validator, and the folders of crates. The last lines of
standard output are a JSON object for each: the number of `checks`, and `issues`, the messages. The
JSON-LD context of RO-Crate 1.2 is on the web; in its place stands one with those of its terms that
we use, which mean the same.
"""

import io
import json
import sys
from pathlib import Path

TERMS = """
    Article City CreativeWork Dataset Organization Person Thing about contentSize contentUrl creator
    creditText dateModified datePublished description encodingFormat hasPart identifier isBasedOn
    keywords license name publisher sha256 spatialCoverage url version
"""
CONTEXT = {
    **{term: f"http://schema.org/{term}" for term in TERMS.split()},
    "File": "http://schema.org/MediaObject",
    "conformsTo": "http://purl.org/dc/terms/conformsTo",
}
ADDRESS = "https://w3id.org/ro/crate/1.2/context"
MEDIA_TYPES = "application/ld+json, application/json"


def store_context(cache: Path) -> None:
    """Store the context in the cache of the validator, as if it came from the web."""
    # Imported here: pytest looks for doctests, and the validator is in an environment of its own.
    from requests.adapters import HTTPAdapter  # type: ignore[import-untyped]
    from requests_cache import CachedSession  # type: ignore[import-not-found]
    from urllib3 import HTTPResponse  # type: ignore[import-not-found]

    class LocalAdapter(HTTPAdapter):  # type: ignore[misc]
        def send(self, request: object, *args: object, **options: object) -> object:
            body = io.BytesIO(json.dumps({"@context": CONTEXT}).encode())
            headers = {"Content-Type": "application/ld+json"}
            raw = HTTPResponse(body, headers=headers, status=200, preload_content=False)
            return self.build_response(request, raw)

    session = CachedSession(cache_name=str(cache), backend="sqlite")
    session.mount("https://", LocalAdapter())
    for accepted in (MEDIA_TYPES, f"{MEDIA_TYPES};p=0.9, */*;q=0.1"):
        session.get(ADDRESS, headers={"Accept": accepted})


def main(folder: str, *crates: str) -> None:
    from rocrate_validator import services  # type: ignore[import-not-found]
    from rocrate_validator.models import (  # type: ignore[import-not-found]
        Severity,
        ValidationSettings,
    )

    cache = Path(folder) / "cache"
    store_context(cache)
    for crate in crates:
        settings = ValidationSettings(
            rocrate_uri=crate,
            profile_identifier="ro-crate-1.2",
            requirement_severity=Severity.REQUIRED,
            cache_path=cache,
            offline=True,
        )
        result = services.validate(settings)
        issues = [issue.message for issue in result.get_issues(Severity.REQUIRED)]
        found = {"checks": len(result.executed_checks), "issues": issues}
        sys.stdout.write(f"{json.dumps(found)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
