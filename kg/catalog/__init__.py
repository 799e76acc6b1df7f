"""The catalogue: what a dump says about the dataset, its named graphs and its files."""

from kg.catalog.crate import CRATE_FILE, describe_schema, write_crate
from kg.catalog.describe import CATALOG, Answers, describe_dataset
from kg.catalog.written import CountedStream, WrittenFile

__all__ = [
    "CATALOG",
    "CRATE_FILE",
    "Answers",
    "CountedStream",
    "WrittenFile",
    "describe_dataset",
    "describe_schema",
    "write_crate",
]
