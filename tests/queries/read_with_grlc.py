"""Read a folder of query files as grlc does; run by the Python that has grlc.

Standard input has a JSON object: `folder`, and `calls`: lists of a file and the values of a call.
The last line of standard output is one too: `queries`, what grlc reads in each file, by its name;
and `calls`, the query that each call sends to the endpoint.
"""

import json
import sys
from typing import Any

FIELDS = ("summary", "description", "tags", "method", "endpoint", "type")


def main() -> None:
    # Imported here: pytest looks for doctests, and grlc is in an environment of its own.
    from grlc import gquery  # type: ignore[import-not-found]
    from grlc.fileLoaders import LocalLoader  # type: ignore[import-not-found]
    from grlc.queryTypes import guessQueryType  # type: ignore[import-not-found]

    given = json.load(sys.stdin)
    loader = LocalLoader(given["folder"])
    read: dict[str, Any] = {}
    for item in loader.fetchFiles():
        assert guessQueryType(item["download_url"]) == "sparql"
        text = loader.getTextFor(item)
        endpoint, _ = gquery.guess_endpoint_uri(text, loader)
        read[item["name"]] = gquery.get_metadata(text, endpoint)
    queries = {
        name: {
            "parameters": data["parameters"],
            **{field: data.get(field) for field in FIELDS},
        }
        for name, data in read.items()
    }
    calls = [
        gquery.rewrite_query(read[name]["query"], read[name]["parameters"], values)
        for name, values in given["calls"]
    ]
    # grlc prints lines of its own before.
    sys.stdout.write("\n" + json.dumps({"queries": queries, "calls": calls}))


if __name__ == "__main__":
    main()
