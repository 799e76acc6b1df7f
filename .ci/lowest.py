"""Print the lowest versions that pyproject.toml allows, as pip constraints."""

import re
import sys
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"
project = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]
extras = project["optional-dependencies"].values()
for requirement in [*project["dependencies"], *(line for extra in extras for line in extra)]:
    bound = re.match(r"([\w.-]+)>=([\w.]+)", requirement)
    if bound:
        sys.stdout.write(f"{bound[1]}=={bound[2]}\n")
