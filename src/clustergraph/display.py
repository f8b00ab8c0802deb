"""Words from data, files and endpoints in; the same words, harmless to a terminal, out."""

import re
from typing import Final

_CONTROL: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]|\r(?!\n)"
)
"""What a terminal may obey, what turns the direction of text around, and halves of surrogate pairs."""


def visible(text: str) -> str:
    r"""Return the text with control characters written out; line ends and tabs stay.

    >>> print(visible("\x1b]0;title\x07 Grün"))
    \x1b]0;title\x07 Grün
    """
    return _CONTROL.sub(lambda match: ascii(match[0])[1:-1], text)
