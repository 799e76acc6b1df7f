"""Source texts: known by SHA-256, restored when garbled, cut into passages."""

from kg.source.library import (
    SourceRow,
    SourceText,
    add_source,
    find_source,
    list_sources,
    read_text,
    source_folder,
)
from kg.source.overlap import NgramIndex, shared_run
from kg.source.passages import (
    Segment,
    passage_digest,
    restore_passage,
    split_segments,
)
from kg.source.pinyin import strip_pinyin
from kg.source.repair.corruption import garble
from kg.source.repair.repair import LOST, DamagedSpan, Restoration, restore_text
from kg.source.simplify import simplify_text

__all__ = [
    "LOST",
    "DamagedSpan",
    "NgramIndex",
    "Restoration",
    "Segment",
    "SourceRow",
    "SourceText",
    "add_source",
    "find_source",
    "garble",
    "list_sources",
    "passage_digest",
    "read_text",
    "restore_passage",
    "restore_text",
    "shared_run",
    "simplify_text",
    "source_folder",
    "split_segments",
    "strip_pinyin",
]
