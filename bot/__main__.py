"""``motcua``: the command line's entry."""

from bot.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
