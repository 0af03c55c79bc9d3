"""Files as people upload them, and as attackers do."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import httpx
from PIL import Image

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def image(form: str, size: tuple[int, int] = (40, 30)) -> bytes:
    """An image of a format of Pillow."""
    buffer = io.BytesIO()
    Image.effect_noise(size, 80).convert("P" if form == "GIF" else "RGB").save(buffer, form)
    return buffer.getvalue()


def archive(members: dict[str, bytes]) -> bytes:
    """A ZIP of members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return buffer.getvalue()


def docx(**more: bytes) -> bytes:
    """The skeleton of a Word document."""
    return archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>", **more})


async def uploaded(
    client: httpx.AsyncClient,
    customer: dict[str, Any],
    content: bytes = PDF,
    name: str = "passport.pdf",
    **fields: str,
) -> httpx.Response:
    """The answer to an upload."""
    return await client.post(
        f"/customers/{customer['id']}/documents",
        files={"file": (name, content, "application/octet-stream")},
        data={"kind": "passport", **fields},
    )


async def taken(
    client: httpx.AsyncClient,
    customer: dict[str, Any],
    content: bytes = PDF,
    name: str = "passport.pdf",
    **fields: str,
) -> dict[str, Any]:
    """A document that was taken in."""
    answer = await uploaded(client, customer, content, name, **fields)
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()["data"]
    return document


def path_of(document: dict[str, Any]) -> str:
    """Where the document is found."""
    return f"/customers/{document['customer_id']}/documents/{document['id']}"


async def link_of(client: httpx.AsyncClient, document: dict[str, Any], **body: int) -> str:
    """A link to the document's file."""
    answer = await client.post(f"{path_of(document)}/link", json=body)
    assert answer.status_code == 200, answer.text
    url: str = answer.json()["data"]["url"]
    return url
