# From the template: an update may replace this file.
"""Letters and their plain forms: what `unaccent` makes of each letter, and no other."""

import re
import unicodedata
from collections.abc import Callable

# Latin letters that Unicode does not take apart, each beside what it becomes.
LATIN = """
ßss ẞSS æae ÆAE œoe ŒOE øo ØO łl ŁL đd ĐD ðd ÐD þth ÞTH ħh ĦH ıi ŋn ŊN ŧt ŦT ĸq ŉ'n ſs ŀl ĿL
ƀb ɃB ɓb ƁB ƃb ƂB ƈc ƇC ȼc ȻC ɖd ƉD ɗd ƊD ƌd ƋD ɇe ɆE ɛe ƐE ƒf ƑF ɠg ƓG ǥg ǤG ɨi ƗI ɩi ƖI
ɉj ɈJ ƙk ƘK ƚl ȽL ɲn ƝN ƞn ƥp ƤP ɍr ɌR ƫt ƭt ƬT ʈt ƮT ⱦt ȾT ʉu ɄU ʋv ƲV
ⱥa ȺA ɏy ɎY ƴy ƳY ƶz ƵZ ȥz ȤZ µu
"""
# Signs that people type in several ways, and marks that nobody sees.
SIGNS = (
    dict.fromkeys("‘’‛′ʼʻ", "'")
    | dict.fromkeys("“”‟″", '"')
    | dict.fromkeys("‐‑‒–—―", "-")
    | {"‚": ",", "„": ",,", "…": "...", "«": "<<", "»": ">>", "⁄": "/", "№": "No"}
    | dict.fromkeys("\u2028\u2029", "\n")
    | dict.fromkeys("\u00ad\u200b\u200e\u200f\u2060\ufeff", "")
    | dict.fromkeys(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]), "")
)
SPELLED = {pair[0]: pair[1:] for pair in LATIN.split()} | SIGNS

MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff]")
# What is left of q̣̇ and the like, which have no letter of their own. A mark on a letter of
# another script stays: Cyrillic and Greek words need theirs.
MARKS_ON_LATIN = re.compile(f"(?<=[\0-\x7f\u00c0-\u024f\u1e00-\u1eff]){MARKS.pattern}+")


def compose(text: str) -> str:
    """Return text with each letter in one piece, so that letters can be changed one by one."""
    composed = unicodedata.normalize("NFC", text)
    return composed if composed.isascii() else MARKS_ON_LATIN.sub("", composed)


def plain_letter(letter: str) -> str:
    """Return what `unaccent` makes of one letter."""
    if letter.isascii():
        return letter
    if letter in SPELLED:
        return SPELLED[letter]
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    kind = unicodedata.category(letter)
    if kind == "Zs":
        return " "
    if kind[0] not in "LN":
        return letter
    parts = unicodedata.normalize("NFKD", letter)
    plain = "".join(SPELLED.get(part, part) for part in parts if not unicodedata.combining(part))
    # 1½ is 1 1/2, not 11/2.
    return f"{' ' * ('/' in plain)}{plain}" if plain.isascii() and plain.strip() else letter


class Letters(dict):
    """What each letter becomes, worked out when it is first met: a table for `str.translate`."""

    def __init__(self, change: Callable[[str], str]) -> None:
        super().__init__()
        self.change = change

    def __missing__(self, code: int) -> str:
        self[code] = self.change(chr(code))
        return self[code]


# What `unaccent` makes of each letter that was met so far.
PLAIN = Letters(plain_letter)
