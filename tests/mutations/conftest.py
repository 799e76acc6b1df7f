"""Nothing is collected from the program that `tests/check/test_mutations.py` runs."""

# As a program it imports the module next to it, which pytest does not find.
collect_ignore = ["mutate.py"]
