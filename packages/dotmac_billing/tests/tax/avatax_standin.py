"""A stand-in for AvaTax that keeps transactions and can be told to misbehave."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_NO_MORE = {"commit": ("Committed", "Cancelled"), "void": ("Cancelled",)}
ACCOUNT, KEY = "2000134479", "1A2B3C"
STATE, COUNTY = Decimal("0.0625"), Decimal("0.0025")


@dataclass
class Standin:
    """What AvaTax keeps, and how it is to misbehave next."""

    transactions: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    failing: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    lose_answers: int = 0
    wrong_by: Decimal = Decimal(0)
    url: str = ""

    def create(self, model: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        known = self.transactions.get(model["code"])
        if known is not None and known["status"] == "Committed":
            return 400, _error("DocStatusError", "The document is committed.")
        if (model["addresses"]["shipTo"] or {}).get("region") == "ZZ":
            return 400, _error("InvalidAddress", "There is no such region.")
        lines = [self._line(line) for line in model["lines"]]
        total = sum((line["tax"] for line in lines), Decimal(0))
        made = {
            "code": model["code"],
            "type": model["type"],
            "status": "Committed" if model.get("commit") else "Saved",
            "customerCode": model["customerCode"],
            "totalTax": total + self.wrong_by,
            "lines": lines,
        }
        if model["type"].endswith("Invoice"):
            self.transactions[model["code"]] = made
        return 201, made

    def _line(self, line: dict[str, Any]) -> dict[str, Any]:
        if line["taxCode"] == "NT":
            return {"lineNumber": line["number"], "tax": Decimal(0), "details": []}
        amount = Decimal(line["amount"])
        if "taxOverride" in line:
            tax = Decimal(line["taxOverride"]["taxAmount"])
            return {"lineNumber": line["number"], "tax": tax, "details": [], "overridden": True}
        if line["taxIncluded"]:
            amount /= 1 + STATE + COUNTY
        details: list[dict[str, Any]] = [
            {
                "country": "US",
                "region": "CA",
                "jurisType": kind,
                "jurisCode": code,
                "jurisName": name,
                "taxName": f"CA {kind.upper()} TAX",
                "rate": rate,
                "tax": (amount * rate).quantize(Decimal("0.01")),
            }
            for kind, code, name, rate in (
                ("State", "06", "CALIFORNIA", STATE),
                ("County", "037", "LOS ANGELES", COUNTY),
            )
        ]
        tax = sum((each["tax"] for each in details), Decimal(0))
        return {"lineNumber": line["number"], "tax": tax, "details": details}

    def handle(
        self, method: str, path: str, body: dict[str, Any], authorization: str
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        self.asked.append(f"{method} {path}")
        if self.failing:
            status, headers = self.failing.pop(0)
            return status, _error("Busy", "Not now."), headers
        wanted = "Basic " + base64.b64encode(f"{ACCOUNT}:{KEY}".encode()).decode()
        if authorization != wanted:
            return 401, _error("AuthenticationException", "Wrong license key."), {}
        return (*self._routed(path.split("?", maxsplit=1)[0], body), {})

    def _routed(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if path == "/api/v2/utilities/ping":
            return 200, {"authenticated": True}
        if path == "/api/v2/addresses/resolve":
            if body["postalCode"] == "00000":
                return 200, {"validatedAddresses": []}
            found = {**body, "city": str(body["city"]).upper()}
            return 200, {"validatedAddresses": [found]}
        if path == "/api/v2/transactions/create":
            return self.create(body)
        code, _, verb = path.removeprefix("/api/v2/companies/ISP/transactions/").partition("/")
        if code not in self.transactions:
            return 404, _error("EntityNotFoundError", "There is no such transaction.")
        return self._of_transaction(code, verb, body)

    def _of_transaction(
        self, code: str, verb: str, body: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        known = self.transactions[code]
        if verb == "adjust":
            known["status"] = "Saved"
            status, known = self.create(body["newTransaction"])
            known["status"] = "Committed"
            return status, known
        if known["status"] in _NO_MORE.get(verb, ()):
            return 400, _error("DocStatusError", "The document is settled.")
        if verb:
            known["status"] = {"commit": "Committed", "void": "Cancelled"}[verb]
        return 200, known


def _error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


def _handler(standin: Standin) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}", parse_float=Decimal)
            status, said, headers = standin.handle(
                self.command, self.path, body, self.headers.get("authorization", "")
            )
            if standin.lose_answers and status < 300:
                standin.lose_answers -= 1
                self.close_connection = True
                return
            content = json.dumps(said, default=float).encode()
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _answer  # noqa: N815 (names of the standard library)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (see above)
            """Says nothing."""

    return Handler


@contextmanager
def running_avatax() -> Iterator[Standin]:
    """A stand-in that listens on a free port of the loopback interface."""
    standin = Standin()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(standin))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    standin.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield standin
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
