"""The parts of the shop that can be served, each by a process of its own if need be."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from fastapi import APIRouter

from shopkeeper.api.routes import account, cart, order, payment, product

Part = Literal["account", "product", "cart", "order", "payment"]

PARTS: tuple[Part, ...] = get_args(Part)

ROUTERS: Mapping[Part, APIRouter] = {
    "account": account.router, "product": product.router, "cart": cart.router, "order": order.router,
    "payment": payment.router,
}
