"""Command lines in processes of their own, at a fraction of the price: forked, not started.

One process imports everything once (torch costs seconds); every command is then run in a child
forked from it, a real process that can be killed, interrupted and starved like any other.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

from tests.faults import syscalls

ROOT = Path(__file__).parents[2]
SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Fault:
    """The ``at``-th file operation below ``below`` fails; see syscalls.c.

    ``errno`` 0 kills the process instead; ``lasting`` lets every later operation fail too.
    ``process`` is ``main``, or ``child`` for the MkDocs that the build starts.
    """

    below: str
    at: int = 0
    errno: int = 5
    lasting: bool = False
    log: str = ""
    process: str = "main"

    @property
    def environment(self) -> dict[str, str]:
        """What the preloaded library reads in a process that is started, not forked."""
        return {
            "FAULTS_BELOW": self.below,
            "FAULTS_AT": str(self.at),
            "FAULTS_ERRNO": str(self.errno),
            "FAULTS_LASTING": str(int(self.lasting)),
            "FAULTS_LOG": self.log,
        }


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: its exit code (negative for a signal) and what it wrote."""

    code: int
    out: str
    err: str


@dataclass(slots=True)
class Child:
    """A running command; ``wait`` gives its end."""

    nursery: Nursery
    number: int
    pid: int

    def wait(self, timeout: float = 300) -> Ended:
        """Wait for the end; TimeoutError (and the process killed) where it does not come."""
        code = self.nursery.code_of(self.number, timeout)
        if code is None:
            self.send(signal.SIGKILL)
            self.nursery.code_of(self.number, 10)
            raise TimeoutError(f"no end after {timeout} s: {self._written('err')}")
        return Ended(code, self._written("out"), self._written("err"))

    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.nursery.code_of(self.number, 0) is None

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process alone; one that is gone already is no error."""
        if self.running():
            os.kill(self.pid, number)

    def _written(self, which: str) -> str:
        path = self.nursery.folder / f"{self.number}.{which}"
        return path.read_text(encoding="utf-8", errors="replace")


@dataclass(slots=True)
class Nursery:
    """Forks commands; ``folder`` gets what they write. Use it in a ``with`` statement."""

    folder: Path
    with_faults: bool = False
    process: subprocess.Popen[str] = field(init=False)
    ended: dict[int, int] = field(default_factory=dict)
    pids: dict[int, int] = field(default_factory=dict)
    count: int = 0

    def __enter__(self) -> Nursery:
        self.folder.mkdir(parents=True, exist_ok=True)
        environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
        if self.with_faults:
            environment["LD_PRELOAD"] = str(syscalls.library(self.folder))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            cwd=ROOT,
            start_new_session=True,
        )
        self._event(120)  # it is ready
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        self.process.stdin.close()  # type: ignore[union-attr]
        self.process.wait(60)
        self.process.stdout.close()  # type: ignore[union-attr]

    def start(
        self,
        *arguments: object,
        cwd: Path = ROOT,
        environment: Mapping[str, str] | None = None,
        prelude: Sequence[str] = (),
        fault: Fault | None = None,
    ) -> Child:
        """Run ``filterbook ARGUMENTS``; ``prelude`` names functions to call before it."""
        self.count += 1
        in_main = fault is not None and self.with_faults and fault.process == "main"
        child_fault = fault.environment if fault and fault.process == "child" else {}
        asked = {
            "number": self.count,
            "arguments": [str(each) for each in arguments],
            "cwd": str(cwd),
            "environment": {**(environment or {}), **child_fault},
            "prelude": list(prelude),
            "fault": asdict(fault) if fault and in_main else None,
            "folder": str(self.folder),
        }
        print(json.dumps(asked), file=self.process.stdin, flush=True)
        while self.count not in self.pids:
            self._event(60)
        return Child(self, self.count, self.pids[self.count])

    def run(self, *arguments: object, timeout: float = 300, **options: Any) -> Ended:
        """Run a command to its end."""
        return self.start(*arguments, **options).wait(timeout)

    def code_of(self, number: int, timeout: float) -> int | None:
        """The exit code of a child, or None if it has not ended within ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        while number not in self.ended:
            left = deadline - time.monotonic()
            if not self._event(max(left, 0)) and left <= 0:
                return None
        return self.ended[number]

    def _event(self, timeout: float) -> bool:
        """Take note of one event, if there is one in time."""
        ready, _, _ = select.select([self.process.stdout], [], [], timeout)
        if not ready:
            return False
        line = self.process.stdout.readline()  # type: ignore[union-attr]
        if not line:
            raise RuntimeError("the nursery died")
        event = json.loads(line)
        if "pid" in event:
            self.pids[event["number"]] = event["pid"]
        elif "code" in event:
            self.ended[event["number"]] = event["code"]
        return True


def _serve() -> None:
    """The process that forks: reads what is asked, tells pids and ends, a line each."""
    _import_everything()
    _tell(ready=True)
    running: dict[int, int] = {}
    asking = True
    while asking or running:
        ready = select.select([0], [], [], 0.01)[0] if asking else time.sleep(0.01)
        if ready:
            line = _line()
            asking = bool(line)
            if line:
                asked = json.loads(line)
                # What is sent before the command has begun waits for it: the nursery is no command.
                signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
                pid = os.fork()
                if pid == 0:
                    _become(asked)
                signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
                running[pid] = asked["number"]
                _tell(number=asked["number"], pid=pid)
        while running:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                break
            _tell(number=running.pop(pid), code=os.waitstatus_to_exitcode(status))


def _line() -> bytes:
    """A line of stdin without a buffer, which would hide further ones from ``select``."""
    line = b""
    while not line.endswith(b"\n"):
        char = os.read(0, 1)
        if not char:
            return b""
        line += char
    return line


def _tell(**event: object) -> None:
    os.write(1, json.dumps(event).encode() + b"\n")


def _import_everything() -> None:
    import_module("generator.__main__")
    for path in sorted((ROOT / "generator").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if not name.endswith("__main__"):
            import_module(name)
    import_module("tests.faults.standins")


def _become(asked: dict[str, Any]) -> NoReturn:
    """In the child: the command, and nothing of the nursery after it."""
    code = 1
    try:
        folder, number = asked["folder"], asked["number"]
        for descriptor, path in ((0, os.devnull), (1, f"{number}.out"), (2, f"{number}.err")):
            flags = os.O_RDONLY if descriptor == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            opened = os.open(os.path.join(folder, path), flags, 0o644)  # noqa: PTH118
            os.dup2(opened, descriptor)
            os.close(opened)
        os.environ.update(asked["environment"])
        os.chdir(asked["cwd"])
        sys.argv = ["filterbook", *asked["arguments"]]
        for name in asked["prelude"]:
            getattr(import_module("tests.faults.standins"), name)()
        if asked["fault"]:
            _arm(Fault(**asked["fault"]))
        code = _command()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _command() -> int:
    from generator import __main__ as program

    app = program.app

    def begun(**options: Any) -> Any:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        return app(**options)

    program.app = begun  # type: ignore[assignment]
    try:
        program.main()
    except SystemExit as left:
        return int(left.code or 0)
    except BaseException:  # what the interpreter would print of a bug
        sys.excepthook(*sys.exc_info())
        return 1
    return 0


def _arm(fault: Fault) -> None:
    arm = ctypes.CDLL(None).faults_arm
    arm(fault.below.encode(), fault.at, fault.errno, int(fault.lasting), fault.log.encode())


if __name__ == "__main__":
    _serve()
