"""A stand-in for Storecove that keeps submissions and can be told to misbehave."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

from lxml import etree

KEY, LEGAL_ENTITY = "key-of-the-test", 100234
SCHEMES = {"BE:EN", "DE:VAT", "GLN", "NL:KVK"}
_SUBMISSIONS = "/api/v2/document_submissions"

Answer = tuple[int, Any, dict[str, str]]


@dataclass
class Taken:
    """A document that it took."""

    guid: str
    key: str
    receiver: dict[str, str]
    content: bytes
    arrived: bool = False


@dataclass
class Standin:
    """What Storecove keeps, and how it is to misbehave next."""

    taken: list[Taken] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    failing: list[int] = field(default_factory=list)
    unreachable: set[str] = field(default_factory=set)
    lose_answers: int = 0
    silent: bool = False
    heard: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def handle(self, method: str, path: str, raw: bytes, authorization: str) -> Answer:
        self.asked.append(f"{method} {path.removeprefix('/api/v2')}")
        if self.failing:
            return self.failing.pop(0), {"errors": []}, {}
        if authorization != f"Bearer {KEY}":
            return 401, {"errors": [{"source": "authorization", "details": "is wrong"}]}, {}
        if method == "POST" and path == _SUBMISSIONS:
            return self._submit(json.loads(raw))
        guid, _, rest = path.removeprefix(f"{_SUBMISSIONS}/").partition("/")
        known = next((one for one in self.taken if one.guid == guid), None)
        if method != "GET" or rest != "evidence/sending" or known is None or not known.arrived:
            return 404, {"errors": []}, {}
        evidence = {"transmission_id": f"as4-{guid}", "message_id": f"sbdh-{guid}"}
        return 200, {"network": "peppol", "evidence": evidence, "documents": []}, {}

    def _submit(self, model: dict[str, Any]) -> Answer:
        if model["legalEntityId"] != LEGAL_ENTITY:
            return _refused("legalEntityId", "is not yours")
        if any(one.key == model["idempotencyGuid"] for one in self.taken):
            return _refused("idempotencyGuid", "has already been used")
        receiver = model["routing"]["eIdentifiers"][0]
        if receiver["scheme"] not in SCHEMES:
            return _refused("routing.eIdentifiers.0.scheme", "is not known")
        if receiver["id"] in self.unreachable:
            return _refused("routing.eIdentifiers.0", "is not registered in the network")
        document = model["document"]
        raw = document["rawDocumentData"]
        said = (document["documentType"], raw["parse"], raw["parseStrategy"])
        if said != ("invoice", True, "ubl"):
            return _refused("document", "is of no kind that can be read")
        content = base64.b64decode(raw["document"], validate=True)
        etree.fromstring(content)
        self.taken.append(Taken(str(uuid4()), model["idempotencyGuid"], receiver, content))
        return 200, {"guid": self.taken[-1].guid}, {}

    def arrive(self) -> None:
        """Let all that was taken reach its receivers."""
        for one in self.taken:
            one.arrived = True


def _refused(source: str, details: str) -> Answer:
    return 422, {"errors": [{"source": source, "details": details}]}, {}


def _handler(standin: Standin) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
            status, said, headers = standin.handle(
                self.command, self.path, raw, self.headers.get("authorization", "")
            )
            if standin.silent:
                standin.heard.wait()  # until the test has had enough of waiting for an answer
                self.close_connection = True
                return
            if standin.lose_answers and status < 300:
                standin.lose_answers -= 1
                self.close_connection = True
                return
            content = json.dumps(said).encode()
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
def running_storecove() -> Iterator[Standin]:
    """A stand-in that listens on a free port of the loopback interface."""
    standin = Standin()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(standin))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    standin.url = f"http://127.0.0.1:{server.server_port}/api/v2"
    try:
        yield standin
    finally:
        standin.heard.set()
        server.shutdown()
        thread.join()
        server.server_close()
