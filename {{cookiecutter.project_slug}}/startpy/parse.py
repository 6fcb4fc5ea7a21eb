# From the template: an update may replace this file.
"""Read a number or a date as a person wrote it: one reading, or a reason why not."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import product

from startpy.letters import PLAIN, compose

SIGNS = "$€£¢¥₤₩₪₫₭₮₱₲₴₵₸₹₺₼₽₾₿฿₡₦"
# The codes of ISO 4217, and what people write instead of one (without accents: zł, Kč).
CODES = r"""
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD
CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP
GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD
KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN
NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP
SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND
VUV WST XAF XCD XOF XPF YER ZAR ZMW [Kk]r zl Kc Ft Fr\.? Rs\.?
"""
CURRENCY = rf"[A-Z]{{0,3}}[{SIGNS}]|{'|'.join(CODES.split())}"
# No part can take what another part could take, so that long nonsense is refused as fast as short.
NUMBER = re.compile(
    rf"(?P<head>(?:[-+( ]|{CURRENCY})*+)"
    r"(?P<digits>(?:[\d.,]|[' ](?=\d))++)"
    r"(?P<power>(?:[eE][-+]?\d{1,4})?+)"
    rf"(?P<tail>(?:[)% ]|{CURRENCY})*+)"
)
GROUPED = {
    ".": re.compile(r"([1-9]\d{0,2}(?:([ ,'])\d{3}(?:\2\d{3})*+)|\d*)(?:\.(\d*))?"),
    ",": re.compile(r"([1-9]\d{0,2}(?:([ .'])\d{3}(?:\2\d{3})*+)|\d*)(?:,(\d*))?"),
}

# How people write days, with and without a time, and months: as in datetime.strptime.
DAYS = [
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y"),
    *("%m-%d-%Y", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y"),
    *("%B %d, %Y", "%d-%b-%Y", "%d-%b-%y"),
]
TIMES = ["%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%H:%M:%S%z", "%H:%M:%S.%f%z", "%I:%M %p"]
TIMES += ["%I:%M:%S %p"]
MOMENTS = [
    f"{day}{between}{time}"
    for day, between, time in product(DAYS, (" ", "T"), TIMES)
    if between == " " or day == "%Y-%m-%d"
]
MONTHS = ["%Y-%m", "%b %Y", "%B %Y", "%b-%y"]
FORMATS = [*DAYS, *MOMENTS, *MONTHS]


def number_of(text: str, decimal: str) -> float | None:
    """Return the number that a text says; none if it is blank; ValueError if it says none."""
    plain = " ".join(compose(text).replace("\N{MINUS SIGN}", "-").translate(PLAIN).split())
    if not plain:
        return None
    if any(unicodedata.category(letter) == "No" for letter in text):
        raise ValueError(text)  # 5¹ is a 5 with a footnote
    found = NUMBER.fullmatch(plain)
    whole = found and GROUPED[decimal].fullmatch(found["digits"])
    if not whole or not any(map(str.isdigit, whole[0])):
        raise ValueError(text)
    around = re.sub(CURRENCY, "¤", found["head"] + found["tail"]).replace(" ", "")
    if "".join(sorted(around)) not in AROUND:
        raise ValueError(text)
    integer = re.sub(r"\D", "", whole[1]) or "0"
    power = int(found["power"][1:] or 0) - 2 * ("%" in around)
    sign = "-" if "-" in around or "(" in around else ""
    number = float(f"{sign}{integer}.{whole[3] or 0}e{power}")
    if number in (float("inf"), float("-inf")) or (number == 0 and re.search("[1-9]", whole[0])):
        raise ValueError(text)
    return number


# What may stand around the digits, in any order: a sign or brackets, a currency or a percent sign.
AROUND = {"".join(sorted(sign + unit)) for sign in ("", "-", "+", "()") for unit in ("", "¤", "%")}


def date_of(text: str, formats: Sequence[str]) -> datetime | None:
    """Return the date that a text says in one of the formats; ValueError if in none or in two."""
    text = text.strip()
    if not text:
        return None
    readings = {reading for reading in (reading_of(text, each) for each in formats) if reading}
    if len(readings) != 1:
        days = " or ".join(f"{reading:%Y-%m-%d}" for reading in sorted(readings))
        raise ValueError(f"{text!r} may be {days}" if readings else repr(text))
    return readings.pop()


def reading_of(text: str, form: str) -> datetime | None:
    try:
        if form == "excel":
            return from_excel(float(text)) if re.fullmatch(r"\d+(\.\d*)?", text) else None
        reading = datetime.strptime(text, form)
    except (ValueError, OverflowError):
        return None
    return reading.astimezone(UTC) if reading.tzinfo else reading


def from_excel(serial: float) -> datetime:
    """Return the date of a number in Excel, in days; its 60 is a day that never was."""
    if not 1 <= serial < 2_958_466 or 60 <= serial < 61:
        raise ValueError(serial)
    first = datetime(1899, 12, 31) if serial < 60 else datetime(1899, 12, 30)
    return first + timedelta(milliseconds=round(serial * 86_400_000))
