"""What schemathesis is told beyond its settings: whose token to send, and that headers have to be documented, too."""
from __future__ import annotations

import os

import schemathesis
from schemathesis import Case, CheckContext, Response
from schemathesis.auths import AuthContext

# What a connection needs, whatever the document says.
_TRANSPORT = {"connection", "content-length", "content-type", "date"}


@schemathesis.auth()
class Token:
    """The token of the test's account; to log out, one that nobody needs."""

    def get(self, _case: Case, context: AuthContext) -> str:
        return "nobodys" if context.operation.path.endswith("/logout") else os.environ["SHOPKEEPER_TOKEN"]

    def set(self, case: Case, data: str, _context: AuthContext) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.check
def headers_are_documented(_context: CheckContext, response: Response, case: Case) -> None:
    """The other way round than schemathesis's own check: what is sent stands in the document."""
    told = case.operation.definition.raw["responses"].get(str(response.status_code))
    if told is not None:
        unknown = set(response.headers) - {name.lower() for name in told.get("headers", {})} - _TRANSPORT
        assert not unknown, f"Not in the document: {', '.join(sorted(unknown))}"
