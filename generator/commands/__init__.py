"""The commands, in the order in which --help lists them: one verb, one module.

Each module has a function ``command`` with the command's options. A new command is one more module
and its name in ``COMMANDS``.
"""

COMMANDS = (
    "build",
    "plan",
    "check",
    "scan",
    "layers",
    "diff",
    "render",
    "score",
    "find",
    "explore",
    "verify",
    "serve",
    "clean",
    "init",
    "publish",
    "schema",
)
