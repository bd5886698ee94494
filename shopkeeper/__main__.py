"""`python -m shopkeeper` is the `shopkeeper` command."""
from __future__ import annotations

from shopkeeper.cli import main

main()
