"""Directories, as the requests of Entra ID and Okta have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from dotmac_identity import ApiKeyService
from dotmac_identity.testing import Organisation

ENTRA_USER: dict[str, Any] = {
    "schemas": [
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    ],
    "externalId": "7c4ae2d1-0f0e-4c7b-9a35-2f1a1a3cbb01",
    "userName": "Vera.Lind@example.com",
    "active": True,
    "displayName": "Vera Lind",
    "title": "Technician",
    "preferredLanguage": "sv-SE",
    "emails": [{"primary": True, "type": "work", "value": "vera.lind@example.com"}],
    "addresses": [{"primary": False, "type": "work", "formatted": "Storgatan 1"}],
    "meta": {"resourceType": "User"},
    "name": {"formatted": "Vera Lind", "familyName": "Lind", "givenName": "Vera"},
    "roles": [{"value": "owner", "primary": "True"}],
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Field"},
}
OKTA_USER: dict[str, Any] = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "userName": "omar.haddad@example.com",
    "name": {"givenName": "Omar", "familyName": "Haddad"},
    "emails": [{"primary": True, "value": "omar.haddad@example.com", "type": "work"}],
    "displayName": "Omar Haddad",
    "locale": "en-US",
    "externalId": "00ujl29u0le5T6Aj10h7",
    "groups": [],
    "password": "1mz050nq",
    "active": True,
}
LET_GO = [{"op": "Replace", "path": "active", "value": "False"}]
LET_IN = [{"op": "Replace", "path": "active", "value": "True"}]


@dataclass(frozen=True)
class Directory:
    """A directory with a key of an organisation."""

    http: httpx.AsyncClient
    secret: str
    key_id: str

    @classmethod
    async def of(
        cls, http: httpx.AsyncClient, organisation: Organisation, *scopes: str
    ) -> Directory:
        """One whose key has the scopes, `users:provision` unless others are given."""
        async with organisation.database.transaction(organisation.profile.id) as session:
            issued = await ApiKeyService.within(session).create(
                name="Directory", scopes=scopes or ("users:provision",)
            )
        return cls(http, issued.secret, str(issued.grant.id))

    async def ask(
        self, method: str, path: str, json: object = None, **headers: str
    ) -> httpx.Response:
        """A request below `/scim/v2`, in the media type of SCIM."""
        sent = {
            "Authorization": f"Bearer {self.secret}",
            "Accept": "application/scim+json",
            "Content-Type": "application/scim+json; charset=utf-8",
            **headers,
        }
        return await self.http.request(method, f"/scim/v2{path}", json=json, headers=sent)

    async def told(self, method: str, path: str, json: object = None, **headers: str) -> str:
        """The status, and of a refusal SCIM's word for it, or else our code."""
        return said(await self.ask(method, path, json, **headers))

    async def brings(self, document: dict[str, Any], **changes: object) -> dict[str, Any]:
        """A user who was not here before."""
        answer = await self.ask("POST", "/Users", {**document, **changes})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def found(self, filter_: str, **query: int) -> list[dict[str, Any]]:
        """Whom the filter finds."""
        params = str(httpx.QueryParams({"filter": filter_, **query}))
        answer = await self.ask("GET", f"/Users?{params}")
        assert answer.status_code == 200, answer.text
        listed: list[dict[str, Any]] = answer.json()["Resources"]
        return listed

    async def patches(
        self, user_id: object, operations: Sequence[dict[str, Any]], **headers: str
    ) -> httpx.Response:
        """Operations on a user."""
        message = {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": operations,
        }
        return await self.ask("PATCH", f"/Users/{user_id}", message, **headers)


def said(answer: httpx.Response) -> str:
    """`409 uniqueness`; the status alone of what is no refusal."""
    if not answer.is_error:
        return str(answer.status_code)
    body = answer.json()
    assert answer.headers["Content-Type"] == "application/scim+json"
    assert set(body) <= {"schemas", "status", "scimType", "detail"}
    assert body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert body["status"] == str(answer.status_code)
    word = body.get("scimType", answer.headers["X-Error-Code"])
    return f"{answer.status_code} {word}"
