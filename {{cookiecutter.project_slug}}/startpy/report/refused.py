# From the template: an update may replace this file.
"""Find what a page with nothing from outside cannot show."""

import re
from html.parser import HTMLParser

ELEMENTS = {"script", "iframe", "object", "embed", "link", "base", "meta", "form"}
ADDRESSES = {"src", "srcset", "href", "xlink:href", "data", "poster", "background", "action"}
OUTSIDE = re.compile(r"@import|url\(\s*[\"']?(?!data:|#)[^)\"']", re.IGNORECASE)


def refused(html: str) -> str:
    """Say what in some HTML would load from outside or run a script; "" if nothing would."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.reason


class _Reader(HTMLParser):
    reason = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ELEMENTS:
            self.reason = self.reason or f"<{tag}>"
        for name, value in attrs:
            value = (value or "").strip()
            link = tag in ("a", "area") and re.match(r"https?:|mailto:|[^:]*$", value)
            loads = name in ADDRESSES and value and not value.startswith(("#", "data:"))
            style = name == "style" and OUTSIDE.search(value)
            if name.startswith("on") or style or (loads and not link):
                self.reason = self.reason or f"<{tag} {name}={value[:60]!r}>"

    def handle_data(self, data: str) -> None:
        if self.lasttag == "style" and OUTSIDE.search(data):
            self.reason = self.reason or "<style> with an address"
