"""How long a test waits for what must happen before it calls it missing.

Generous, since a wait that succeeds costs nothing and a busy machine is no finding. What a test says about a limit of
the program itself (no answer within ...) it says with the limit's own value, and with a silence that has no end.
"""

PATIENCE = 600.0
"""Seconds."""
