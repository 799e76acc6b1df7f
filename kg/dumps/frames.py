"""JSON-LD frames: for each class, the things with what they link to, by label, in one object.

See https://www.w3.org/TR/json-ld11-framing/.
"""

from kg.dumps.context import Context
from kg.graph import LocalGraph
from kg.names import text

CONTEXT_FILE = "context.json"
FOLDER = "frames"


def build_frames(
    graph: LocalGraph, context: Context, address: str = f"../{CONTEXT_FILE}"
) -> dict[str, dict[str, object]]:
    """Return the frame of each class whose instances a file has, by the name of the class.

    `address` is that of the context. A thing is one object with its own values. What it links to is
    an object with its label, or an IRI if not all values of the property have labels: a frame
    leaves out what lacks a label.
    """
    # Without @omitDefault a thing has null for each link that only others have.
    plain = {"@embed": "@never", "@omitDefault": True}
    labelled = {
        **plain,
        "@embed": "@always",
        "@explicit": True,
        # Not the short name, which would be read as a map of languages.
        context.names.shorten(context.names.expand("rdfs:label")): {},
    }
    frames: dict[str, dict[str, object]] = {}
    for term, link, every in graph.internal("frame-links"):
        name, key = (context.terms.get(text(one), "") for one in (term, link))
        if ":" in name or not (name and key):
            continue
        frame = frames.setdefault(name, {"@context": address, "type": name})
        frame[key] = labelled if text(every) == "1" else plain
    return frames
