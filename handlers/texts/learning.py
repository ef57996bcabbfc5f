"""To officials: what citizens asked that had no answer, and ways of asking that are proposed."""

from __future__ import annotations

from handlers.texts.format import number
from handlers.texts.sentences import sentence


def none() -> str:
    return sentence("learn.none")


def of_the_machine(helped: int, not_helped: int) -> str:
    """What citizens said of the machine, which is no rating of the desk."""
    return sentence("learn.machine", helped=number(helped), not_helped=number(not_helped))


def head(lines: str) -> str:
    """The most frequent questions, numbered."""
    return sentence("learn.head", lines=lines)


def line(words: str, why: str, times: int, proposal: int | None = None) -> str:
    """One question; ``why``: a refusal's code, "asked_back" or "not_these"; ``proposal``: what already waits for it."""
    said = sentence("learn.line", words=words, why=sentence(f"learn.why.{why}"), n=times)
    return said if proposal is None else sentence("learn.line_proposed", said=said, number=proposal)


def which(words: str, options: str) -> str:
    return sentence("learn.which", words=words, options=options)


def how() -> str:
    return sentence("learn.how")


def proposed(way: str, name: str, number: int) -> str:
    return sentence("learn.proposed", way=way, name=name, number=number)


def said(way: str, name: str) -> str:
    """A way of asking in the list of what waits."""
    return sentence("learn.said", way=way, name=name)


def confirmed(said: str, number: int) -> str:
    """Two officials agree on a way of asking."""
    return sentence("learn.confirmed", said=said, number=number)


def label_list() -> str:
    return sentence("learn.label_list")
