"""The public names, all but those that are costly to import.

`Shop` is imported when it is first asked for: it brings SQLAlchemy, which costs as much time as all the rest, and
a screen that only needs the words should not wait for it; nor for what few screens need.
"""
from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from shopkeeper.accounts.model import Account, Session, SessionInfo
from shopkeeper.cart.model import Cart, CartLine, CartWarning
from shopkeeper.catalog.model import (
    BrowsePage,
    Category,
    Choice,
    Facet,
    FacetValue,
    Image,
    ImportReport,
    Option,
    Product,
    ProductCard,
    Query,
    Sort,
    Specification,
    Variant,
)
from shopkeeper.config import data_folder, state_folder
from shopkeeper.errors import (
    AuthenticationFailed,
    BackupFailed,
    BadSignature,
    CartChanged,
    DatabaseReplaced,
    DatabaseUnavailable,
    EmailTaken,
    EmptyCart,
    GatewayUnavailable,
    IdempotencyMismatch,
    ImportFailed,
    InvalidInput,
    InvalidState,
    LoginRequired,
    NotFound,
    OutOfStock,
    PaymentDeclined,
    PriceChanged,
    Problem,
    RestoreRefused,
    SchemaTooNew,
    SessionExpired,
    ShopDamaged,
    ShopError,
    TooManyAttempts,
)
from shopkeeper.money import Money
from shopkeeper.orders.model import Address, Order, OrderLine, Page, Quote
from shopkeeper.payments.model import Card, CardToken, Payment, brand, cvc_problem, expiry_problem, number_problem
from shopkeeper.settings_model import ShopSettings

if TYPE_CHECKING:
    from shopkeeper.cart.explain import Derivation, explain
    from shopkeeper.shop import Shop

__all__ = [
    "Account", "Address", "AuthenticationFailed", "BackupFailed", "BadSignature", "BrowsePage", "Card", "CardToken",
    "Cart", "CartChanged", "CartLine", "CartWarning", "Category", "Choice", "DatabaseReplaced", "DatabaseUnavailable",
    "Derivation", "EmailTaken", "EmptyCart", "Facet", "FacetValue", "GatewayUnavailable", "IdempotencyMismatch",
    "Image", "ImportFailed", "ImportReport", "InvalidInput", "InvalidState", "LoginRequired", "Money", "NotFound",
    "Option", "Order", "OrderLine", "OutOfStock", "Page", "Payment", "PaymentDeclined", "PriceChanged", "Problem",
    "Product", "ProductCard", "Query", "Quote", "RestoreRefused", "SchemaTooNew", "Session", "SessionExpired",
    "SessionInfo", "Shop", "ShopDamaged", "ShopError", "ShopSettings", "Sort", "Specification", "TooManyAttempts",
    "Variant", "brand", "cvc_problem", "data_folder", "expiry_problem", "explain", "number_problem", "state_folder",
]

_LATE = {"Shop": "shopkeeper.shop", "Derivation": "shopkeeper.cart.explain", "explain": "shopkeeper.cart.explain"}


def __getattr__(name: str) -> object:
    if name in _LATE:
        return getattr(import_module(_LATE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
