"""Know how many decimals each currency has, and turn amounts into whole minor units and back.

Source of the table: ISO 4217, list one (active codes) and, for old returns in a backfill, the codes withdrawn since
2013 (list three). Codes without a minor unit (metals, drawing rights, test codes) are no money a shop credits in.
"""

from __future__ import annotations

from decimal import Decimal

LARGEST_MINOR = 2**63 - 1


class AmountError(ValueError):
    """An amount that cannot be said in whole minor units of its currency."""


def exponent(code: str) -> int | None:
    """Return how many decimals a currency has, or None when ISO 4217 knows no such currency."""
    return _EXPONENTS.get(code)


def to_minor(amount: Decimal, decimals: int) -> int:
    """Turn an amount into whole minor units, exactly; raise AmountError rather than round."""
    if not amount.is_finite():
        raise AmountError(f"{amount} is not an amount")
    if not amount:
        return 0
    # Judged by the size first: the digits of 1E999999 would be written out otherwise.
    if amount.adjusted() > _LARGEST_POWER:
        raise AmountError(f"{amount} is too large")
    if amount.adjusted() < -decimals:
        raise AmountError(_too_fine(amount, decimals))
    numerator, denominator = amount.as_integer_ratio()
    power: int = 10**decimals
    minor, rest = divmod(numerator * power, denominator)
    if rest:
        raise AmountError(_too_fine(amount, decimals))
    if abs(minor) > LARGEST_MINOR:
        raise AmountError(f"{amount} is too large")
    return minor


def major_text(minor: int, code: str) -> str:
    """Write whole minor units as people read them (15000 in EUR is `150.00`); an unknown code gets two decimals."""
    decimals = _EXPONENTS.get(code, 2)
    if not decimals:
        return str(minor)
    whole, part = divmod(abs(minor), 10**decimals)
    return f"{'-' if minor < 0 else ''}{whole}.{part:0{decimals}}"


def _too_fine(amount: Decimal, decimals: int) -> str:
    return f"{amount} has more decimals than the currency, which has {decimals or 'none'}"


_LARGEST_POWER = 18

_TWO_DECIMALS = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY
    COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS
    INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR
    MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
    STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG
"""
_WITHDRAWN_TWO_DECIMALS = "ANG BGN CUC HRK LTL LVL MRO SLL STD VEF ZWL"
_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_WITHDRAWN_NO_DECIMALS = "BYR"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DECIMALS = "CLF UYW"

# No money that anything is credited in today.
WITHDRAWN = frozenset(f"{_WITHDRAWN_TWO_DECIMALS} {_WITHDRAWN_NO_DECIMALS}".split())

_EXPONENTS = {
    code: decimals
    for codes, decimals in (
        (_TWO_DECIMALS, 2),
        (_WITHDRAWN_TWO_DECIMALS, 2),
        (_NO_DECIMALS, 0),
        (_WITHDRAWN_NO_DECIMALS, 0),
        (_THREE_DECIMALS, 3),
        (_FOUR_DECIMALS, 4),
    )
    for code in codes.split()
}
