"""HTTP with patience: a service that is busy is asked again, for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from dotmac_billing.tax.errors import TaxServiceUnavailableError
from dotmac_core_ops.http import dump_json

Sleep = Callable[[float], Awaitable[None]]

_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_LONGEST_PAUSE = 30.0


class PatientHttp:
    """Sends requests to one service; after `attempts` it gives up.

    Between attempts it waits half a second, one, two and so on, or as long as the service says
    (`Retry-After`), but never more than 30 seconds. Only what may be repeated is sent through it.
    """

    def __init__(
        self,
        service: str,
        *,
        client: httpx.AsyncClient,
        attempts: int = 4,
        first_pause: float = 0.5,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._service = service
        self._client = client
        self._attempts = attempts
        self._first_pause = first_pause
        self._sleep = sleep

    async def send(
        self,
        method: str,
        path: str,
        body: object = None,
        **options: Any,  # noqa: ANN401 (httpx's)
    ) -> httpx.Response:
        """The service's answer, whatever it says, unless it is busy or broken.

        Raises:
            TaxServiceUnavailableError: no answer, or none but "not now", in all attempts.
        """
        problem = ""
        for attempt in range(self._attempts):
            pause = self._first_pause * 2**attempt
            try:
                answer = await self._client.request(
                    method,
                    path,
                    content=None if body is None else dump_json(body),
                    headers={"content-type": "application/json", "accept": "application/json"},
                    **options,
                )
            except httpx.TransportError as error:
                problem = type(error).__name__
            else:
                if answer.status_code not in _AGAIN:
                    return answer
                problem = f"status {answer.status_code}"
                pause = _asked_for(answer) or pause
            if attempt + 1 < self._attempts:
                await self._sleep(min(pause, _LONGEST_PAUSE))
        raise TaxServiceUnavailableError(self._service, problem)


def _asked_for(answer: httpx.Response) -> float | None:
    seconds = answer.headers.get("retry-after", "")
    return float(seconds) if seconds.isdecimal() else None
