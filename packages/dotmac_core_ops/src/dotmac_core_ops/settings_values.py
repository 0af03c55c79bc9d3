"""What the values of settings look like: their forms in the environment and what is refused."""

import os
import secrets
import sys
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_settings import NoDecode
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

_SHORTEST_KEY = 32
_FEWEST_CHARACTERS = 8
_PLACEHOLDERS = ("change", "your", "secret", "example", "insecure", "default", "dotmac", "replace")


def default_home() -> Path:
    """The per-user data directory: `~/.local/share/dotmac`, or what the system has for that."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "dotmac"
    base = os.environ.get("XDG_DATA_HOME", "")
    # The specification says that a relative path there is to be ignored.
    return (Path(base) if base.startswith("/") else Path.home() / ".local" / "share") / "dotmac"


def _comma_list(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def upper(value: object) -> object:
    """Text in upper case, for names that may be written either way."""
    return value.upper() if isinstance(value, str) else value


def lower(value: object) -> object:
    """Text in lower case, for names that may be written either way."""
    return value.lower() if isinstance(value, str) else value


def _postgres_url(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        url = make_url(value)
    except ArgumentError:
        raise ValueError("must look like postgresql://user:password@host:5432/name") from None
    if url.drivername not in {"postgresql", "postgres", "postgresql+asyncpg"}:
        raise ValueError("must begin with postgresql:// or postgresql+asyncpg://")
    if not url.database:
        raise ValueError("must name a database after the host, as in …:5432/dotmac")
    # asyncpg's spelling of an option; everything else, psql and pg_dump too, knows libpq's.
    if mode := url.query.get("ssl"):
        url = url.difference_update_query(["ssl"]).update_query_dict({"sslmode": mode})
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


PostgresUrl = Annotated[str, BeforeValidator(_postgres_url)]
"""`postgresql://…`; the form with a driver, `postgresql+asyncpg://…`, is accepted and reduced."""

CommaList = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_list)]
"""`a, b` becomes `("a", "b")`."""


def weakness_of(key: str) -> str | None:
    """What is wrong with `key` as a production secret; None when nothing is."""
    if not key:
        return "is required in production"
    if len(key) < _SHORTEST_KEY:
        return f"must have at least {_SHORTEST_KEY} characters in production"
    if key.lower().startswith(_PLACEHOLDERS) or len(set(key)) < _FEWEST_CHARACTERS:
        return "must be random in production, not a placeholder"
    return None


def key_kept_in(path: Path) -> str:
    """The key in the file `path`, made at the first call; nobody else may read it.

    Raises:
        OSError: it can be neither read nor written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        # Written beside and linked into place: two processes that start at once agree on one.
        partial = path.with_name(f".{path.name}.{os.getpid()}")
        file = os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(file, "w") as out:
            out.write(secrets.token_urlsafe(48))
        try:
            path.hardlink_to(partial)
        except FileExistsError:
            pass
        finally:
            partial.unlink()
    return path.read_text().strip()
