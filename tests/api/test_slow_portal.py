"""A payment portal that does not answer: who pays waits for it, and nobody else."""
from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from shopkeeper import Shop
from tests.api.caller import Caller
from tests.factories import add_account, add_product
from tests.portals import Portal
from tests.waiting import PATIENCE

MORE_THAN_SERVICES_RUN_AT_ONCE = 20


def test_nobody_waits_for_the_portal_who_does_not_pay(shop: Shop, ada: Caller, portal: Portal) -> None:
    mug = add_product(shop, "Tin Mug", stock=None).variants[0].id
    shoppers = [Caller(ada.client, add_account(shop, f"{number}@example.com").token)
                for number in range(MORE_THAN_SERVICES_RUN_AT_ONCE)]
    for shopper in shoppers:
        shopper.add(mug)
    all_there, answering = threading.Barrier(len(shoppers) + 1), threading.Event()

    def think() -> None:
        all_there.wait(PATIENCE)
        answering.wait(PATIENCE)

    portal.meanwhile = think
    with ThreadPoolExecutor(len(shoppers)) as pool:
        paying = [pool.submit(shopper.pay) for shopper in shoppers]
        all_there.wait(PATIENCE)
        try:
            assert ada.add(mug).status_code == 200
            assert ada.cart()["count"] == 1
        finally:
            answering.set()
        assert [each.result().status_code for each in paying] == [201] * len(shoppers)
