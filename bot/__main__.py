"""``motcua``: the command line's entry."""


def main() -> int:
    """Run one command; the exit code is 0, 1 (a check failed) or 2 (wrong use or setting)."""
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
