"""The shop's own settings, kept in its database: name, currency, tax and shipping."""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from decimal import Decimal
from functools import lru_cache

from sqlalchemy import Column, Connection, delete, insert, select

from shopkeeper.database.engine import Database
from shopkeeper.database.metadata import table
from shopkeeper.database.types import DamagedValue, Str
from shopkeeper.errors import InvalidInput
from shopkeeper.money import Money, digits, is_currency
from shopkeeper.numbers import is_digits, parse_decimal
from shopkeeper.settings_model import ShopSettings
from shopkeeper.text import clean, hides

setting = table(
    "setting",
    Column("name", Str, primary_key=True),
    Column("value", Str, nullable=False),
)


MAX_RATE_DECIMALS = 6
"""A rate that older programs kept may have more: it holds, to the last digit, until it is changed."""

_SMALL_RATE = re.compile(r"[0-9](\.[0-9]+)?E-[0-9]{1,9}")
"""How older programs kept a rate of less than a millionth."""

_RATES = f"a tax rate is from 0 to 100 percent, with {MAX_RATE_DECIMALS} decimals at most, such as 8.25"

NAMES = tuple(each.name for each in fields(ShopSettings))

_RESTORED = ("orders_after", "numbers_after")
_OF_THE_SHOP = ("shop_id", *_RESTORED)  # which nobody changes

_KEPT = select(setting.c.name, setting.c.value).order_by(setting.c.name)


class Settings:
    """Reads and changes the shop's settings. Each of them is also an attribute: `settings.currency`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, connection: Connection) -> ShopSettings:
        """The settings as this transaction sees them."""
        try:
            return _kept(tuple(connection.execute(_KEPT).all()))
        except InvalidInput as error:
            raise DamagedValue("setting.value", f"cannot be ({error.message})") from error

    def all(self) -> ShopSettings:
        """The settings as they are now."""
        with self._database.read() as connection:
            return self.read(connection)

    @property
    def shop_id(self) -> str:
        """What tells this shop from any other, for as long as its database lives."""
        with self._database.read() as connection:
            return str(connection.scalar(select(setting.c.value).where(setting.c.name == "shop_id")))

    @property
    def name(self) -> str:
        return self.all().name

    @property
    def currency(self) -> str:
        return self.all().currency

    @property
    def tax_rate(self) -> Decimal:
        return self.all().tax_rate

    @property
    def prices_include_tax(self) -> bool:
        return self.all().prices_include_tax

    @property
    def shipping_flat(self) -> Money:
        return self.all().shipping_flat

    @property
    def shipping_free_from(self) -> Money | None:
        return self.all().shipping_free_from

    def change(self, **values: object) -> ShopSettings:
        """Changes the settings that are named, all or none. Values are of the setting's type, or text.

        Raises:
            InvalidInput: With a message for each name that is unknown or whose value cannot be.
        """
        with self._database.write() as connection:
            before = self.read(connection)
            after = _parsed(before, values)
            if digits(after.currency) != digits(before.currency) and _has_prices(connection):
                raise InvalidInput(fields={"currency": f"{before.currency} and {after.currency} have different minor"
                                                       " units, and there are prices. Change it in an empty shop."})
            connection.execute(delete(setting).where(setting.c.name.in_(NAMES)))
            rows = [{"name": name, "value": written(getattr(after, name))} for name in NAMES]
            connection.execute(insert(setting), rows)
        return after


def setting_problems(connection: Connection) -> Iterator[str]:
    """What of the stored settings cannot be, in sentences."""
    stored: dict[str, str] = {row.name: row.value for row in connection.execute(_KEPT)}
    yield from (f"There is no setting {name!r}." for name in sorted(stored.keys() - {*NAMES, *_OF_THE_SHOP}))
    if not stored.get("shop_id"):
        yield "The shop has lost its id."
    if changed := [name for name in NAMES if name in stored]:  # all are stored at once
        yield from (f"The setting {name} is missing." for name in NAMES if name not in changed)
    yield from (f"The setting {name} is no number." for name in _RESTORED if not is_digits(stored.get(name, "0")))
    try:
        _kept(tuple(stored.items()))
    except InvalidInput as error:
        yield from (f"The setting {problem}." for problem in error.fields.values())


def written(value: object) -> str:
    """A setting as text, as `change` reads it."""
    if isinstance(value, Money):
        return value.plain()
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


@lru_cache(maxsize=16)  # every cart asks for them, and they hardly ever change
def _kept(rows: tuple[tuple[str, str], ...]) -> ShopSettings:
    stored: dict[str, object] = {name: clean(value) for name, value in rows if name in NAMES}
    rate = str(stored.get("tax_rate", ""))
    if _SMALL_RATE.fullmatch(rate):
        stored["tax_rate"] = Decimal(rate)
    return _parsed(ShopSettings(), stored, new=False)


def _parsed(before: ShopSettings, values: dict[str, object], *, new: bool = True) -> ShopSettings:
    unknown = [name for name in values if name not in NAMES]
    problems = {name: f"There is no setting {name!r}; there are {', '.join(NAMES)}." for name in unknown}
    currency = before.currency
    parsed: dict[str, object] = {}
    for name in NAMES:  # currency stands before the amounts in it
        value = values.get(name, getattr(before, name))
        try:
            parsed[name] = _value(name, value if name in values or name == "tax_rate" else written(value), currency)
            if new and name == "tax_rate" and name in values:
                _check_decimals(_rate(value))
        except ValueError as error:
            problems[name] = f"{name}: {error}"
        if name == "currency":
            currency = str(parsed.get(name, currency))
    if problems:
        raise InvalidInput(fields=problems)
    return replace(before, **parsed)  # type: ignore[arg-type]  # each is of its field's type by _value


def _value(name: str, value: object, currency: str) -> object:
    text = written(value).strip()
    if isinstance(value, Money) and value.currency != currency:
        raise ValueError(f"{value} is not in {currency}")
    match name:
        case "name":
            return _shop_name(text)
        case "currency":
            return _currency(text)
        case "tax_rate":
            return _rate(value)
        case "prices_include_tax":
            return _yes(text)
        case "shipping_free_from" if not text or text == "never":
            return None
        case _:
            return Money.parse(text, currency)


def _shop_name(text: str) -> str:
    name = clean(text)
    if not 1 <= len(name) <= 60 or hides(text):
        raise ValueError("give a name of 1 to 60 characters, none of which is unseen")
    return name


def _currency(text: str) -> str:
    if not is_currency(text.upper()):
        raise ValueError(f"{text!r} is no ISO 4217 code such as USD, EUR or JPY")
    return text.upper()


def _rate(value: object) -> Decimal:
    rate = value if isinstance(value, Decimal) else parse_decimal(written(value).strip().removesuffix("%").rstrip())
    if not (rate.is_finite() and 0 <= rate <= 100):
        raise ValueError(_RATES)
    return Decimal(int(rate)) if rate == int(rate) else rate


def _check_decimals(rate: Decimal) -> None:
    _sign, figures, exponent = rate.as_tuple()
    assert isinstance(exponent, int)  # it is finite
    excess = -exponent - MAX_RATE_DECIMALS
    if excess > 0 and any(figures[-excess:]):
        raise ValueError(_RATES)


def _yes(text: str) -> bool:
    if text.casefold() in {"yes", "true", "1", "on"}:
        return True
    if text.casefold() in {"no", "false", "0", "off"}:
        return False
    raise ValueError(f"{text!r} is neither yes nor no")


def _has_prices(connection: Connection) -> bool:
    # The variant table belongs to a room above; the question is asked of the database, not of that room.
    return bool(connection.exec_driver_sql("SELECT EXISTS (SELECT 1 FROM variant)").scalar())
