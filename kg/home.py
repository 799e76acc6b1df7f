"""The home: the folder with the ontology, the data and the queries that the program reads."""

from dataclasses import dataclass
from pathlib import Path

from kg.errors import KgError

PACKAGE = "city-policy-kg"


def producer() -> str:
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
    """Return the home in the given folder, or by default the checkout's or the wheel's own.

    Raises:
        KgError: the folder lacks `ontology/`, `data/` or `queries/`.

    >>> find_home().ontology.name
    'ontology'
    """
    package = Path(__file__).resolve().parent
    candidates = [folder] if folder else [package.parent, package / "resources"]
    for candidate in candidates:
        if (candidate / "ontology" / "prefixes.ttl").is_file():
            home = Home(candidate)
            missing = [f"{f.name}/" for f in (home.data, home.queries) if not f.is_dir()]
            if not missing:
                return home
            raise _refuse_folder(candidate, f"{' and '.join(missing)} missing")
    raise _refuse_folder(candidates[0], "ontology/prefixes.ttl not found")


def _refuse_folder(folder: Path, what: str) -> KgError:
    return KgError(
        f"{folder}: {what}. A home has the folders ontology/, data/ and queries/. "
        "Give another folder with --home, or omit the option."
    )
