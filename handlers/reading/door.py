"""What happens to a text before anything is stored: cleaned, and without numbers that name a person.

Pure. A dossier's code survives byte for byte, whatever stands around it; the last four digits of a phone stay, since
they are what a citizen proves a dossier with. Masking twice changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from onestop.code import locate

SEAL = "\ue000"
"""Before the hash of a receipt's token. Of the private characters, which ``clean`` takes out of what people send."""

SLIP_SCANNED, SLIP_LINKED, SLIP_TYPED = "\ue001", "\ue002", "\ue003"
"""Before the hash of a result slip's token, by how it came: its QR, its link, its eight characters."""

LONGEST = 4096
"""Characters of one message; what is longer is cut. Channels allow no more."""

CARD = "[số thẻ]"
IDENTITY = "[CCCD]"
EMAIL = "[e-mail]"
PASSCODE = "[OTP]"
PHONE = "…"
"""Before the last four digits of a phone: "…4821"."""

_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Unicode categories without a shape of their own: controls, what turns or hides text, half characters."""

_GAP = r"[ .\-\u00a0\u2010-\u2015]"
_EMAIL = re.compile(r"[\w.+%\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63})+")
_PASSCODE = re.compile(r"(?i)(\botp\b\D{0,20}?)(?<!\d)\d{4,8}(?!\d)")
_DIGITS = re.compile(rf"(?<![\w…])\(?\+?\d(?:{_GAP}?\(?{_GAP}?\d\)?){{8,}}(?!\d)")
_PUBLIC = re.compile(
    r"\b\d\.\d{6}(?:\.\d{3}\.\d{2}\.\d{2}\.H\d{2})?\b"  # a procedure's code
    r"|\b[GHgh]\d{2}(?:\.\d+)+-\d{6,}\b"  # a payment's id: not masked, so that it can be refused by name
    r"|(?<!\d)\d{1,2}[-.]\d{1,2}[-.](?:19|20)\d{2}(?!\d)"  # a day
    r"|(?<![\d.])[1-9]\d{0,2}(?:\.?\d{3})*(?=\s*(?:đồng|đ\b|vnđ|vnd|triệu|tỷ))",  # an amount of money
    re.IGNORECASE,
)
_FIGURE, _SAYS_OTP = re.compile(r"\d"), re.compile("(?i)otp")
LEAST_FIGURES, LEAST_PASSCODE = 9, 4
"""A number of somebody's has at least so many; a one-time password."""
_GROUP = re.compile(r"\d+")
_MASKS = re.compile(rf"{'|'.join(map(re.escape, (CARD, IDENTITY, EMAIL, PASSCODE)))}|{PHONE}\d{{4}}")


def clean_and_mask(text: str) -> str:
    """The only form of a text that is stored: NFC, no controls or lone surrogates, at most 4096 characters, masked."""
    return mask(clean(text))


def clean(text: str) -> str:
    """NFC without NUL, lone surrogates, controls and characters that turn the direction of writing; cut to fit."""
    # Cut first as well: a text of megabytes is not to be normalised.
    return unicodedata.normalize("NFC", _visible(text[: 4 * LONGEST].replace("\r\n", "\n"))).strip()[:LONGEST].rstrip()


def mask(text: str) -> str:
    """``text`` without identity numbers, phones, bank cards, e-mail addresses and one-time passwords."""
    text = _visible(text)
    figures = len(_FIGURE.findall(text))
    if figures < LEAST_FIGURES and "@" not in text and (figures < LEAST_PASSCODE or not _SAYS_OTP.search(text)):
        return text
    return _between(text, _codes(text), lambda rest: _between(rest, _public(rest), _mask_numbers))


def holds_masked(text: str) -> bool:
    """Whether something was taken out that the citizen should not have sent; a phone's last four are no such thing."""
    return any(mark in text for mark in (CARD, IDENTITY, EMAIL, PASSCODE))


def without_masks(text: str) -> str:
    """The text without what stands for the numbers taken out, for searching."""
    return _MASKS.sub(" ", text)


def _between(text: str, kept: Iterator[tuple[int, int]], change: Callable[[str], str]) -> str:
    """``change`` applied to all of ``text`` but the spans ``kept``."""
    parts: list[str] = []
    at = 0
    for start, end in kept:
        parts += (change(text[at:start]), text[start:end])
        at = end
    return "".join((*parts, change(text[at:])))


def _visible(text: str) -> str:
    """What can be seen of a text; nearly always all of it."""
    return text if text.isprintable() else "".join(map(_seen, text))


def _seen(character: str) -> str:
    """The character, a blank for a tab or a line's odd end, nothing for what has no shape."""
    if character.isprintable() or character == "\n":
        return character
    if character in "\t\r\v\f\u0085\u2028\u2029":
        return " "
    return "" if unicodedata.category(character) in _UNSEEN else character


def _codes(text: str) -> Iterator[tuple[int, int]]:
    """Where dossier codes stand."""
    return ((start, end) for _, start, end in locate(text))


def _public(text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _PUBLIC.finditer(text))


def _mask_numbers(text: str) -> str:
    text = _EMAIL.sub(EMAIL, text)
    text = _PASSCODE.sub(lambda found: found[1] + PASSCODE, text)
    return _DIGITS.sub(_mask_run, text)


def _mask_run(found: re.Match[str]) -> str:
    """A run of digits in groups, of which several together may be one number: "4821 0912 345 678" holds a phone."""
    run = found[0]
    groups = [match.span() for match in _GROUP.finditer(run)]
    parts: list[str] = []
    done = at = 0
    while at < len(groups):
        for last in _longest_first(run, groups, at):
            start, end = groups[at][0], groups[last][1]
            masked = _masked(run[start:end], last - at + 1, plus=run[:start].endswith("+"))
            if masked is not None:
                parts += (run[done:start].rstrip("+("), masked)
                done, at = end, last
                break
        at += 1
    return "".join((*parts, run[done:]))


def _longest_first(run: str, groups: list[tuple[int, int]], at: int) -> range:
    """The ends to try for a number that begins at group ``at``: no number here has more than nineteen digits."""
    last, count = at, 0
    while last < len(groups) and (count := count + groups[last][1] - groups[last][0]) <= 19:
        last += 1
    return range(last - 1, at - 1, -1)


def _masked(part: str, groups: int, plus: bool) -> str | None:
    """What stands for one number; None where it is no card, identity number or phone."""
    digits = "".join(str(unicodedata.digit(character)) for character in part if character.isdigit())
    if is_phone(digits) or (plus and 9 <= len(digits) <= 15):
        return PHONE + digits[-4:]
    if len(digits) == 12 and (groups == 1 or digits.startswith("0")):
        return IDENTITY
    if 13 <= len(digits) <= 19 and (groups == 1 or is_card(digits)):
        return CARD
    return None


def is_phone(digits: str) -> bool:
    """A Vietnamese number: 0 or 84 and nine digits (mobile) or ten (landline with its area code 2xx)."""
    for prefix in ("0084", "84", "0"):
        if digits.startswith(prefix):
            rest = digits[len(prefix) :].removeprefix("0")
            if (len(rest) == 9 and rest[0] in "123456789") or (len(rest) == 10 and rest[0] == "2"):
                return True
    return False


def is_card(digits: str) -> bool:
    """Luhn's check (ISO/IEC 7812-1), or the prefix of Vietnam's own cards, 9704."""
    total = 0
    for n, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + n % 2)
        total += doubled - 9 * (doubled > 9)
    return total % 10 == 0 or digits.startswith("9704")
