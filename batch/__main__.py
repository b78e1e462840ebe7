"""Run the commands as `python -m batch`."""

from __future__ import annotations

from batch.cli import main

main(prog_name="serialback")
