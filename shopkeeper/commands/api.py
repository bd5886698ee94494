"""`shopkeeper api`: the shop over HTTP, whole or in parts."""
from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from shopkeeper.commands.base import Invocation, emit
from shopkeeper.commands.parameter_types import NonEmptyText, Origin, WholeNumber
from shopkeeper.config import database_address
from shopkeeper.database.missing import require_shop
from shopkeeper.errors import InvalidInput

if TYPE_CHECKING:
    from shopkeeper.api.parts import Part

_PARTS = ("account", "product", "cart", "order", "payment")

_WAYS = "`shopkeeper import` makes one from your products, and `shopkeeper api --sample` one with the sample catalog."


@click.command("api")
@click.option("--host", default="127.0.0.1", show_default=True, type=NonEmptyText(), help="Where to listen.")
@click.option("--port", default=8000, show_default=True, type=WholeNumber(0, 65_535))
@click.option("--only", metavar="PART[,PART…]", default=",".join(_PARTS), type=NonEmptyText(),
              help=f"Serve some parts only: {', '.join(_PARTS)}.")
@click.option("--rate", default=1200, show_default=True, type=WholeNumber(0, 10**9),
              help="Requests a minute for each token, five times as many for each address; 0: no limit.")
@click.option("--cors", multiple=True, type=Origin(), metavar="ORIGIN",
              help="A website that may call from a browser; repeatable.")
@click.option("--require-if-match", is_flag=True, help="Refuse changes of a cart that do not say which cart they saw.")
@click.option("--sample", is_flag=True, help="Make the shop where there is none, and fill an empty one with the"
                                              " sample catalog.")
@click.option("--quiet", is_flag=True, help="No access log.")
@click.pass_obj
def api(invocation: Invocation, host: str, port: int, only: str, rate: int, cors: tuple[str, ...],
        require_if_match: bool, sample: bool, quiet: bool) -> None:
    """Serves the shop over HTTP. Needs the extra shopkeeper[api]: in a clone of the shop, pip install -e '.[api]'."""
    parts = tuple(part.strip() for part in only.split(","))
    unknown = [part for part in parts if part not in _PARTS]
    if unknown:
        raise InvalidInput(f"There is no part {unknown[0]!r}; there are {', '.join(_PARTS)}.")
    try:
        from shopkeeper.api.app import Options
        from shopkeeper.api.listening import listening
        from shopkeeper.api.server import serve
    except ImportError as error:
        raise InvalidInput(f"The API needs {error.name}, which is not installed. Install the extra shopkeeper[api]:"
                           " in a clone of the shop, pip install -e '.[api]'.") from error
    if not sample:
        require_shop(database_address(invocation.url), ways=_WAYS)
    with invocation.open(sample=sample, create=sample) as shop, listening(host, port) as sockets:
        emit(f"Serving {', '.join(parts)} on http://{host}:{port}", err=True)
        options = Options(cast("tuple[Part, ...]", parts), rate, 5 * rate, cors, require_if_match)
        serve(shop, options, sockets, quiet=quiet)
