"""Where ontology, data and questions are: a folder given, a checkout, or the wheel."""

from dataclasses import dataclass
from pathlib import Path

MARK = "city-policy-kg"


class KgError(ValueError):
    """Whatever a user's file or argument can cause, told as `where:line: what. What to do.`.

    `exit_code` is what the command line ends with: 1 no answer to be had, 2 a wrong call.
    """

    def __init__(self, message: str, *, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def name_generator() -> str:
    """Return what wrote a file, to stand in its first bytes: the program with its version."""
    # Here and not above: it costs as much as all the rest of the module.
    from importlib.metadata import version

    return f"{MARK} {version(MARK)}"


@dataclass(frozen=True)
class Home:
    """The three folders that the program reads: `ontology/`, `data/` and `queries/`."""

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
    """Return the home in the folder given, or else in the checkout or the wheel that runs.

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
            raise KgError(
                f"{candidate}: {' and '.join(missing)} missing. A home has ontology/, data/ and "
                "queries/. Name another folder with --home, or leave the option out."
            )
    raise KgError(
        f"{candidates[0]}: no ontology/prefixes.ttl there. A home has ontology/, data/ and "
        "queries/. Name another folder with --home, or leave the option out."
    )
