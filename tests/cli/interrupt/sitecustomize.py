"""Interrupt copies of a process at chosen points, and report how each copy ends.

Python imports this module when it starts, if its folder is in PYTHONPATH. From the first call in
the folder KG_INTERRUPT_FOLDER on, the process is forked at every n-th call of a Python function
(KG_INTERRUPT_STEP), at the first call of some functions (KG_INTERRUPT_CALLS, qualified names
separated by blanks), and before the first import of some modules (KG_INTERRUPT_IMPORTS). Each copy
gets SIGINT. The file KG_INTERRUPT_REPORT gets a line for each copy, a tuple as Python writes it:
the point, the exit code, and what the copy printed.
"""

# No other modules: the program has to import its own.
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

SIGINT = 2
REPORT = os.environ.get("KG_INTERRUPT_REPORT", "")
FOLDER = os.environ.get("KG_INTERRUPT_FOLDER", "")
STEP = int(os.environ.get("KG_INTERRUPT_STEP", "0"))
CALLS = set(os.environ.get("KG_INTERRUPT_CALLS", "").split())
IMPORTS = set(os.environ.get("KG_INTERRUPT_IMPORTS", "").split())


class Interrupter:
    """Watches what the program calls and imports."""

    def __init__(self) -> None:
        self.calls = 0
        self.is_copy = False

    def watch_call(self, frame: "FrameType", event: str, argument: object) -> None:
        """Count a call, and interrupt a copy of the process if it is one of those chosen."""
        if event != "call":
            return
        name, caller = frame.f_code.co_qualname, frame.f_back
        if self.calls or (caller and caller.f_code.co_filename.startswith(FOLDER)):
            self.calls += 1
            if name in CALLS:
                CALLS.remove(name)
                self.interrupt_copy(f"first call of {name}")
            elif STEP and self.calls % STEP == 0:
                self.interrupt_copy(f"call {self.calls}, of {name}")

    def watch_import(self, event: str, arguments: tuple[object, ...]) -> None:
        """Interrupt a copy of the process before the first import of a module."""
        if event == "import" and self.calls and arguments[0] in IMPORTS:
            IMPORTS.remove(str(arguments[0]))
            self.interrupt_copy(f"import {arguments[0]}")

    def interrupt_copy(self, point: str) -> None:
        """Fork the process, interrupt the copy, and wait for its end."""
        if self.is_copy:
            return
        sys.setprofile(None)
        printed = f"{REPORT}.printed"
        process = os.fork()
        if process == 0:
            self.is_copy = True
            with open(printed, "wb") as stream:  # noqa: PTH123
                os.dup2(stream.fileno(), 1)
                os.dup2(stream.fileno(), 2)
            os.kill(os.getpid(), SIGINT)
            return
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        with open(printed, encoding="utf-8") as stream, open(REPORT, "a") as report:  # noqa: PTH123
            report.write(f"{(point, code, stream.read())!a}\n")
        sys.setprofile(self.watch_call)


if REPORT:
    interrupter = Interrupter()
    sys.setprofile(interrupter.watch_call)
    sys.addaudithook(interrupter.watch_import)
