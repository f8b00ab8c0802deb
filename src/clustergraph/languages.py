"""The languages that the project speaks, in the order in which it shows them."""

from typing import Final

LANGUAGES: Final = ("de", "fr", "en")
