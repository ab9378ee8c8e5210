"""The command line: `main.py` names the verbs, one module a family of verbs holds them.

stdout is data, stderr is talk, exit codes are `plant.errors.ExitCode`. What may enter: a verb
with `--help` that has an example, and `--json`.
"""
