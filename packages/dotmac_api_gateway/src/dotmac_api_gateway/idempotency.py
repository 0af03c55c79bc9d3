"""`Idempotency-Key`: a POST that is sent again is answered again, and not done again.

The key is claimed and the answer kept in the transaction that does the work, so that a crash leaves
both or neither. Only successes (2xx) are kept: after a refusal the transaction is rolled back, key
and all, and the same key may be tried again. A route with transactions of its own (a bill run)
commits its work before the answer is kept; a crash in between lets a repetition work again.
What is kept is status, body and content type; the body is sealed, because some answers hold a
secret that is told only once.

Such a route needs a second connection while the key holds one; no more than half of the connections
are lent to keys of that sort, so that the work they wait for always finds one.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from fastapi import Request, Response

from dotmac_api_gateway.routing import Handle
from dotmac_core_ops.database import get_database
from dotmac_core_ops.idempotency import Fingerprint, StoredResponse, begin, finish, forget
from dotmac_core_ops.principal import principal_of
from dotmac_core_ops.sealing import Sealer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"

_SUCCESS = range(200, 300)


PURPOSE = "gateway.answers"
"""What the sealer of kept answers is made for."""


def idempotent(
    handle: Handle, connections: AbstractAsyncContextManager[object], sealer: Sealer
) -> Handle:
    """`handle` of a route for principals, which does a request with a key once.

    `connections` is entered for as long as the key holds a connection; `sealer` seals what is kept.
    """

    async def handled(request: Request) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return await handle(request)
        principal = await principal_of(request)
        address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        fingerprint = Fingerprint.of(
            principal.subject, request.method, address, await request.body()
        )
        database = get_database(request)
        about = principal.tenant_id.bytes + fingerprint.request_hash
        async with connections, database.transaction(principal.tenant_id) as session:
            stored = await begin(session, key, fingerprint)
            if stored is not None:
                headers = {REPLAYED: "true", "Content-Type": stored.content_type}
                body = sealer.open(stored.body, about=about)
                return Response(body, stored.status, headers)
            request.state.transaction = session
            response = await handle(request)
            content = getattr(response, "body", None)
            if response.status_code in _SUCCESS and isinstance(content, bytes):
                content_type = response.headers.get("content-type", "")
                sealed = sealer.seal(content, about=about)
                answer = StoredResponse(response.status_code, sealed, content_type)
                await finish(session, key, fingerprint, answer)
            else:
                await forget(session, key, fingerprint)
            return response

    return handled
