"""Source texts: local copies identified by SHA-256, their passages, and restoring garbled ones."""

from kg.source.library import (
    KnownSource,
    add_source,
    find_source,
    list_sources,
    read_text,
    source_folder,
)
from kg.source.overlap import NgramIndex
from kg.source.passages import (
    Segment,
    digest_passage,
    restore_passage,
    split_segments,
)
from kg.source.pinyin import strip_pinyin
from kg.source.repair import LOST, GarbledSpan, Restoration, restore_text
from kg.source.simplify import simplify_text

__all__ = [
    "LOST",
    "GarbledSpan",
    "KnownSource",
    "NgramIndex",
    "Restoration",
    "Segment",
    "add_source",
    "digest_passage",
    "find_source",
    "list_sources",
    "read_text",
    "restore_passage",
    "restore_text",
    "simplify_text",
    "source_folder",
    "split_segments",
    "strip_pinyin",
]
