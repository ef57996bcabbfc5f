"""``motcua``: the command line's entry."""

import gc
import os

# Small matrices only: a second thread costs more than it gives, and sums would depend on how many there are.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Nearly all that is made while starting stays until the end: looking for garbage all the time costs a fifth of it.
gc.set_threshold(100_000, 20, 20)

from bot.commands.cli import main  # noqa: E402

if __name__ == "__main__":
    raise SystemExit(main())
