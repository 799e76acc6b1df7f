"""Functions that write the files of a folder, and read them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg.files import write_folder


@pytest.fixture(scope="session")
def read_tree() -> Callable[[Path], dict[str, bytes | None]]:
    """Return a function that returns the bytes of each file below a folder; None for folders."""

    def read_files(folder: Path) -> dict[str, bytes | None]:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
            for path in sorted(folder.rglob("*"))
        }

    return read_files


@pytest.fixture(scope="session")
def write_all() -> Callable[..., None]:
    """Return a function that writes files to a folder, by default as the export `test`."""

    def write_files(folder: Path, files: dict[str, bytes], **options: Any) -> None:
        options.setdefault("export", "test")
        with write_folder(folder, **options) as open_file:
            for name, data in files.items():
                open_file(name).write(data)

    return write_files
