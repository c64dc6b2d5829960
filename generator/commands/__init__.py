"""The commands, in the order in which --help lists them; each imports what it needs as it runs."""

from generator.commands.keeping import init, publish, schema, serve, verify
from generator.commands.looking import explore, find, layers, render, score
from generator.commands.reports import build, check, diff, plan, scan

COMMANDS = (
    build,
    plan,
    check,
    scan,
    layers,
    diff,
    render,
    score,
    find,
    explore,
    verify,
    serve,
    init,
    publish,
    schema,
)

__all__ = ["COMMANDS"]
