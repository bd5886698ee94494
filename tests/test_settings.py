"""The shop's settings: what they are at first, what can be said, what is refused."""
from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import update

from shopkeeper import InvalidInput, Money, Shop, ShopSettings
from shopkeeper.database.engine import Database
from shopkeeper.settings import NAMES, Settings, setting, written
from tests.factories import add_product


@pytest.fixture
def settings(database: Database) -> Settings:
    return Settings(database)


def refusal(settings: Settings, **values: object) -> dict[str, str]:
    """What is said to a change that is refused, by setting; nothing of it is kept."""
    before = settings.all()
    with pytest.raises(InvalidInput) as refused:
        settings.change(**values)
    assert settings.all() == before
    return refused.value.fields


def test_a_new_shop_has_no_tax_and_sends_for_nothing(settings: Settings) -> None:
    assert settings.all() == ShopSettings("Shopkeeper", "USD", Decimal(0), False, Money(0, "USD"), None)


def test_settings_are_changed_by_text_as_an_owner_types_it(settings: Settings, database: Database) -> None:
    settings.change(name=" Ada’s Café ", currency="eur", tax_rate="8.25 %", prices_include_tax="Yes",
                    shipping_flat="4.9", shipping_free_from="50")
    kept = Settings(database)  # as a program that starts later sees them
    assert (kept.name, kept.currency, kept.tax_rate, kept.prices_include_tax, kept.shipping_flat,
            kept.shipping_free_from) == ("Ada’s Café", "EUR", Decimal("8.25"), True, Money(490, "EUR"),
                                         Money(5000, "EUR"))


def test_settings_are_changed_by_values_of_their_own_type(settings: Settings) -> None:
    changed = settings.change(tax_rate=Decimal("19"), prices_include_tax=True, shipping_flat=Money(490, "USD"),
                              shipping_free_from=Money(5000, "USD"))
    assert changed == settings.all()
    assert settings.change(shipping_free_from=None, prices_include_tax=False).shipping_free_from is None
    assert settings.tax_rate == 19


@pytest.mark.parametrize("never", ["never", "", None])
def test_shipping_that_is_never_free_can_be_said(settings: Settings, never: str | None) -> None:
    settings.change(shipping_free_from="50")
    settings.change(shipping_free_from=never)
    assert settings.shipping_free_from is None


def test_what_is_not_named_stays(settings: Settings) -> None:
    settings.change(tax_rate="8.25", shipping_flat="5")
    before = settings.all()
    after = settings.change(name="Ada’s")
    assert (after.tax_rate, after.shipping_flat) == (before.tax_rate, before.shipping_flat)


def test_every_setting_is_written_as_it_can_be_read(settings: Settings) -> None:
    before = settings.change(currency="KWD", tax_rate="8.250", prices_include_tax="on", shipping_flat="1.005")
    assert settings.change(**{name: written(getattr(before, name)) for name in NAMES}) == before


@pytest.mark.parametrize(("name", "value"), [
    ("name", ""), ("name", "x" * 61), ("name", "Ada\x1b[31m"), ("name", "\u202eAda"), ("name", "\ud800"),
    ("currency", "DOLLARS"), ("currency", ""), ("currency", "X\x00"),
    *(("tax_rate", rate) for rate in ("1_0", "１０", "١٠", "1e1", "1E+1", "+5", "0x10", "8,25", "8.2.5", "8 .25", "%",
                                      "", ".", "-5", "inf", "sNaN", "\u00b2", "8\u00a0.25")),
    ("tax_rate", Decimal("NaN")), ("tax_rate", Decimal("-1")), ("shipping_flat", "1_0"), ("shipping_flat", "１０"),
    ("shipping_flat", "+5"), ("shipping_flat", "٥"), ("shipping_flat", "Infinity"),
    ("tax_rate", "x"), ("tax_rate", "-1"), ("tax_rate", "100.1"), ("tax_rate", "NaN"), ("tax_rate", "Infinity"),
    ("tax_rate", "8.1234567"), ("tax_rate", "0.3333333333333333333333333333"), ("tax_rate", "1E-999999999"),
    ("prices_include_tax", "perhaps"), ("prices_include_tax", ""),
    ("shipping_flat", "-5"), ("shipping_flat", "1e3"), ("shipping_flat", "5.001"), ("shipping_flat", "5 EUR"),
    ("shipping_flat", ""), ("shipping_flat", Money(500, "EUR")), ("shipping_free_from", "free"),
])
def test_what_cannot_be_is_refused_with_its_name(settings: Settings, name: str, value: object) -> None:
    assert set(refusal(settings, **{name: value})) == {name}


def test_a_refused_rate_is_told_its_range_and_decimals(settings: Settings) -> None:
    for rate in ("8.1234567", Decimal("1E-999999999"), "100.1"):
        assert refusal(settings, tax_rate=rate)["tax_rate"] == (
            "tax_rate: a tax rate is from 0 to 100 percent, with 6 decimals at most, such as 8.25")


@pytest.mark.parametrize(("rate", "text"), [
    ("8.123456", "8.123456"), (Decimal("1E+1"), "10"), ("8.250000000", "8.250000000"), (Decimal(33) / 4, "8.25"),
    (Decimal("0E-99"), "0"),
])
def test_a_rate_within_the_bound_is_taken_however_it_is_written(
    settings: Settings, rate: str | Decimal, text: str
) -> None:
    assert written(settings.change(tax_rate=rate).tax_rate) == text


@pytest.mark.parametrize(("stored", "rate"), [("5E-7", "0.0000005"), ("1.25E-9", "0.00000000125"), ("8.250", "8.25")])
def test_a_small_rate_that_an_older_program_kept_holds_until_it_is_changed(
    settings: Settings, database: Database, stored: str, rate: str
) -> None:
    settings.change(tax_rate="8")
    with database.write() as connection:
        connection.execute(update(setting).where(setting.c.name == "tax_rate").values(value=stored))
    assert settings.change(name="Ada’s").tax_rate == settings.all().tax_rate == Decimal(rate)


def test_a_refused_number_is_told_how_to_write_it(settings: Settings) -> None:
    assert refusal(settings, tax_rate="1_0")["tax_rate"] == "tax_rate: '1_0' is not a number; write it like 8.25"


def test_a_longer_rate_that_an_older_program_kept_holds_until_it_is_changed(
    settings: Settings, database: Database
) -> None:
    longer = "0.3333333333333333333333333333"
    settings.change(tax_rate="8")
    with database.write() as connection:
        connection.execute(update(setting).where(setting.c.name == "tax_rate").values(value=longer))
    assert settings.change(name="Ada’s").tax_rate == Decimal(longer)
    assert settings.change(tax_rate="7").tax_rate == 7


def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_kept(settings: Settings) -> None:
    fields = refusal(settings, color="red", tax_rate="x", name="Ada’s")
    assert set(fields) == {"color", "tax_rate"}
    assert "tax_rate" in fields["color"]  # the message for an unknown name lists those that there are


def test_amounts_must_fit_a_new_currency(settings: Settings) -> None:
    settings.change(shipping_flat="5.50")
    assert set(refusal(settings, currency="JPY")) == {"shipping_flat"}
    assert settings.change(currency="JPY", shipping_flat="550").shipping_flat == Money(550, "JPY")


def test_prices_keep_a_currency_of_as_many_digits(shop: Shop) -> None:
    add_product(shop)
    assert "empty shop" in refusal(shop.settings, currency="JPY")["currency"]
    assert shop.settings.change(currency="EUR").currency == "EUR"


def test_every_shop_is_told_from_any_other_for_good(settings: Settings, database: Database) -> None:
    before = settings.shop_id
    settings.change(name="Ada’s")
    assert Settings(database).shop_id == before
    assert len(before) == 32
    assert "shop_id" in refusal(settings, shop_id="mine")
