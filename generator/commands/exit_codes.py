"""Maps exceptions to messages and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import typer

from generator.errors import ExitCode, MachineError, ReportError, visible
from generator.system import user_code
from generator.system.files import is_machine, refused_by_machine


def code_of(command: Callable[[], int]) -> int:
    """Run a command to its end; a bug leaves as the exception that it is."""
    try:
        code = _on_this_machine(command)
        return _interrupted() if code == ExitCode.INTERRUPTED else code  # typer's answer to Ctrl-C
    except ReportError as refusal:
        return _refused(refusal)
    except typer.TyperException as refusal:
        return _misused(refusal)
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted()
    except (BrokenPipeError, SystemExit) as left:  # SystemExit is typer's answer to a closed pipe
        if not isinstance(left if isinstance(left, OSError) else left.__context__, BrokenPipeError):
            raise
        return _read_enough()
    except Exception as reason:
        own = user_code.failure(reason)
        if own is None:
            raise
        return _refused(own)


def _on_this_machine(command: Callable[[], int]) -> int:
    """The command, where whatever the disk or the memory refuses is no bug, wherever it shows."""
    try:
        code = command()
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as reason:
        if not is_machine(reason):
            raise
        raise refused_by_machine(reason) from reason
    except MemoryError as reason:
        remedy = "free memory, or render at a smaller size"
        raise MachineError("memory ran out", remedy) from reason
    return code


def _refused(refusal: ReportError) -> int:
    cause = "\n".join(visible(line) for line in refusal.cause.split("\n"))
    print(f"error: {cause}", file=sys.stderr)
    if refusal.remedy:
        print(f"  {visible(refusal.remedy)}", file=sys.stderr)
    return refusal.exit_code


def _misused(refusal: typer.TyperException) -> int:
    if message := refusal.format_message():  # none where the help was printed instead
        print(f"error: {visible(message)}", file=sys.stderr)
        print("  --help after the command says what it takes", file=sys.stderr)
    return ExitCode.USAGE


def _interrupted() -> int:
    print("interrupted: run the same command to go on from here", file=sys.stderr)
    return ExitCode.INTERRUPTED


def _read_enough() -> int:
    """Whoever read the output has what they want; Python's own flush at the end must not fail."""
    sys.stdout = sys.__stdout__
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return ExitCode.DONE
