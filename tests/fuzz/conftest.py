"""Nothing is collected from the program that `make fuzz` and the tests run."""

# As a program it imports the modules next to it, which pytest does not find.
collect_ignore = ["breaks.py", "fuzz.py", "inputs.py", "targets.py", "worker.py"]
