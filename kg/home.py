"""The home: the folder with the ontology, the data and the queries that the program reads."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.errors import KgError
from kg.reading import explain_os_error, find_status

PACKAGE = "city-policy-kg"


@cache
def name_program() -> str:
    """Return the name and version of the program, as written into the files that it makes."""
    # Imported here: this import takes longer than the rest of the module.
    from importlib.metadata import version

    return f"{PACKAGE} {version(PACKAGE)}"


@dataclass(frozen=True)
class Home:
    """A folder with the three folders that the program reads: ontology/, data/ and queries/."""

    root: Path

    @property
    def ontology(self) -> Path:
        """The folder of the ontology's Turtle files, its shapes and its rules."""
        return self.root / "ontology"

    @property
    def data(self) -> Path:
        """The folder of the data's Turtle files."""
        return self.root / "data"

    @property
    def queries(self) -> Path:
        """The folder of the questions, one `.rq` file each."""
        return self.root / "queries"


def find_home(folder: Path | None = None) -> Home:
    """Return the home in the given folder, or by default the wheel's or the checkout's own.

    Raises:
        KgError: the folder lacks `ontology/`, `data/` or `queries/`.

    >>> find_home().ontology.name
    'ontology'
    """
    package = Path(__file__).resolve().parent
    resources = package / "resources"
    root = folder or (resources if resources.is_dir() else package.parent)
    for name in ("ontology/prefixes.ttl", "data/", "queries/"):
        try:
            find_status(root / name)
        except OSError as error:
            missing = isinstance(error, FileNotFoundError)
            reason = "" if missing else f" ({explain_os_error(error)})"
            problem = f"{name} not found{reason}"
            if missing and not root.exists():
                problem = "no such folder"
            raise KgError(
                f"{root}: {problem}. Give a folder with ontology/, data/ and queries/."
            ) from None
    return Home(root)
