"""The catalogue: what a dump says about the dataset, its named graphs and its files."""

from kg.catalog.describe import CATALOG, describe_dataset
from kg.catalog.written import CountedStream, WrittenFile

__all__ = ["CATALOG", "CountedStream", "WrittenFile", "describe_dataset"]
