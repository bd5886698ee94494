"""The `shopkeeper` command, and `python -m shopkeeper`: it can be interrupted before all that it needs is imported."""
from __future__ import annotations

from shopkeeper.interrupts import exit_at_interrupts


def main() -> None:
    """Run the command and end the program, see `shopkeeper.cli.main`."""
    exit_at_interrupts()
    from shopkeeper import cli

    try:
        cli.main()
    finally:
        exit_at_interrupts()


if __name__ == "__main__":
    main()
