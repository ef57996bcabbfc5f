"""What is counted, in Prometheus' words. Labels hold no chat, no code, no text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from bot.engine.alarm import Guesses

Counts = Mapping[str, Mapping[str, int]]
"""What each channel counted: name of the channel → word → how often."""


class _Channels(Collector):
    """Asks the channels for their counts whenever somebody looks: their hot paths only add to a dictionary."""

    def __init__(self, counts: Callable[[], Counts]) -> None:
        self._counts = counts

    def collect(self) -> Iterator[CounterMetricFamily]:
        family = CounterMetricFamily("motcua_channel", "what channels received and called", labels=("channel", "what"))
        for channel, counts in self._counts().items():
            for what, count in counts.items():
                family.add_metric((channel, what), count)
        yield family


class Metrics:
    """One registry a running program. ``accepted = answered + expired + rejected + dead`` plus what is still open.

    ``channels`` gives what each channel counted.
    """

    def __init__(self, channels: Callable[[], Counts] = dict) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Channels(channels))
        counter = Counter("motcua_inbox", "messages and events by outcome", ["outcome"], registry=self.registry)
        self._accepted = counter.labels("accepted")
        self._outcomes = {name: counter.labels(name) for name in ("answered", "expired", "rejected", "dead")}
        letters = Counter("motcua_outbox", "letters by outcome", ["outcome"], registry=self.registry)
        self._letters = {name: letters.labels(name) for name in ("sent", "refused", "expired", "dead", "retried")}
        self.inbox_waiting = Gauge("motcua_inbox_waiting", "rows waiting in memory", registry=self.registry)
        self.outbox_waiting = Gauge("motcua_outbox_waiting", "letters waiting in memory", registry=self.registry)
        self.pushes = Counter("motcua_onestop_pushes", "rows the backend pushed", ["outcome"], registry=self.registry)
        self.proof_misses = Gauge(
            "motcua_proof_misses", "wrong proofs within five minutes", ["of"], registry=self.registry
        )

    def accepted(self, count: int) -> None:
        """Rows stored for the first time."""
        self._accepted.inc(count)

    def answered(self, outcome: str) -> None:
        """A message is done with."""
        self._outcomes[outcome].inc()

    def rejected(self, count: int) -> None:
        """Rows that were stored and will never be answered: nobody could read them."""
        self._outcomes["rejected"].inc(count)

    def letter(self, outcome: str) -> None:
        """A letter is done with, or will be tried again."""
        self._letters[outcome].inc()

    def guesses(self, found: Guesses) -> None:
        """Wrong proofs of the last five minutes."""
        for of, count in (("tries", found.tries), ("codes", found.codes), ("chats", found.chats)):
            self.proof_misses.labels(of).set(count)

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)
