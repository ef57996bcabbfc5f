"""``motcua``: the command line's entry."""

import gc

# Nearly all that is made while starting stays until the end: looking for garbage all the time costs a fifth of it.
gc.set_threshold(100_000, 20, 20)

from bot.cli import main  # noqa: E402

if __name__ == "__main__":
    raise SystemExit(main())
