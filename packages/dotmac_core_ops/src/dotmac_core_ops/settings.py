"""Everything that can be configured: one typed object, read once at the start.

`load_settings()` reads the process environment, over a `.env` file in the working directory, over
the defaults. An empty value counts as not set.
"""

import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from dotmac_core_ops.settings_files import FileSettings
from dotmac_core_ops.settings_messages import MessageSettings
from dotmac_core_ops.settings_page import as_env_file, as_markdown
from dotmac_core_ops.settings_peppol import PeppolSettings
from dotmac_core_ops.settings_sign_in import SignInSettings
from dotmac_core_ops.settings_values import (
    CommaList,
    PostgresUrl,
    default_home,
    key_kept_in,
    lower,
    upper,
    weakness_of,
)

_TEST_KEY = "dotmac-test-key-known-to-everybody-0123456789"
_NEW_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'

_GENERAL: JsonDict = {"group": "General"}
_SERVER: JsonDict = {"group": "HTTP server"}
_DATABASE: JsonDict = {"group": "Database"}
_SIGN_IN: JsonDict = {"group": "Sign-in"}
_LIMITS: JsonDict = {"group": "Limits"}
_FILES: JsonDict = {"group": "Files"}
_OUTSIDE: JsonDict = {"group": "External services"}


class Environment(StrEnum):
    """What this installation is for."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class SettingsError(Exception):
    """The configuration is wrong. Its text has one line per mistake, each naming the variable."""

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(mistakes))


class Settings(SignInSettings, MessageSettings, FileSettings, PeppolSettings, BaseSettings):
    """The configuration of one process.

    `load_settings()` makes it. The constructor itself reads no environment, so that
    `Settings(port=8001)` in a test depends on nothing but its arguments.
    """

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,
        hide_input_in_errors=True,
        validate_default=True,
    )

    environment: Annotated[Environment, BeforeValidator(lower)] = Field(
        Environment.DEVELOPMENT,
        description="`development`, `test` or `production`; production refuses unsafe settings.",
        json_schema_extra=_GENERAL,
    )
    debug: bool = Field(
        False,
        description="Say more in errors and logs. Must be off in production.",
        json_schema_extra=_GENERAL,
    )
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(upper)
    ] = Field("INFO", description="Least severity that is logged.", json_schema_extra=_GENERAL)
    dotmac_home: Path = Field(
        default_factory=default_home,
        description="Data of this installation: the embedded server, files, the generated key. "
        "Default: `~/.local/share/dotmac` (macOS: `~/Library/Application Support/dotmac`).",
        json_schema_extra=_GENERAL,
    )
    dotmac_tenant: str | None = Field(
        None,
        description="Slug of the tenant that commands work on when `--tenant` is not given.",
        json_schema_extra=_GENERAL,
    )
    default_tenant_id: UUID | None = Field(
        None,
        description="Tenant of programs that embed a package and name none.",
        json_schema_extra=_GENERAL,
    )

    host: str = Field("127.0.0.1", description="Address to listen on.", json_schema_extra=_SERVER)
    port: int = Field(
        8000, ge=1, le=65535, description="Port to listen on.", json_schema_extra=_SERVER
    )
    workers: int = Field(
        1, ge=1, le=256, description="HTTP worker processes.", json_schema_extra=_SERVER
    )
    public_url: str = Field(
        "http://localhost:8000",
        pattern=r"^https?://[^/?#\s]+$",
        description="Where people reach this installation: links in messages begin with it. "
        "Scheme and host, without a path.",
        json_schema_extra=_SERVER,
    )
    cors_origins: CommaList = Field(
        (),
        description="Origins of browsers that may call the API, with commas between them.",
        json_schema_extra=_SERVER,
    )
    trusted_proxies: CommaList = Field(
        (),
        description="Networks of the proxies in front, such as `10.0.0.0/8`, with commas between "
        "them. Their `X-Forwarded-For` is believed; nobody else's is.",
        json_schema_extra=_SERVER,
    )
    metrics_token: SecretStr | None = Field(
        None,
        description="Bearer token that reads `/metrics`. Not set: only this machine reads them.",
        json_schema_extra=_SERVER,
    )

    database_url: PostgresUrl | None = Field(
        None,
        repr=False,
        description="`postgresql://user:password@host:5432/name`. Not set: DotMac runs its own "
        "PostgreSQL in DOTMAC_HOME.",
        json_schema_extra=_DATABASE,
    )
    test_database_url: PostgresUrl | None = Field(
        None,
        repr=False,
        description="Server for the tests; its role must be allowed to create databases and "
        "roles. Not set: the tests run one of their own.",
        json_schema_extra=_DATABASE,
    )
    database_pool_size: int = Field(
        10, ge=1, le=1000, description="Connections per process.", json_schema_extra=_DATABASE
    )
    statement_timeout_seconds: int = Field(
        60, ge=1, description="A statement that takes longer is ended.", json_schema_extra=_DATABASE
    )
    lock_timeout_seconds: int = Field(
        10,
        ge=1,
        description="A migration that waits longer for a table gives up instead of blocking "
        "everybody behind it.",
        json_schema_extra=_DATABASE,
    )

    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Signs access tokens; at least 32 random characters. Required in production; "
        f"in development one is made and kept in DOTMAC_HOME. Make one: `{_NEW_KEY}`",
        json_schema_extra=_SIGN_IN,
    )
    sign_in_providers_on_loopback: bool = Field(
        False,
        description="Let people sign in at providers on this machine too, also without TLS.",
        json_schema_extra=_SIGN_IN,
    )

    api_rate_limit: int = Field(
        6000,
        ge=1,
        description="Requests a minute for one signed-in user or API key.",
        json_schema_extra=_LIMITS,
    )
    api_rate_limit_anonymous: int = Field(
        120,
        ge=1,
        description="Requests a minute for one address that is not signed in.",
        json_schema_extra=_LIMITS,
    )
    max_body_bytes: int = Field(
        10_000_000,
        ge=1024,
        description="Largest request body that is not an upload.",
        json_schema_extra=_LIMITS,
    )
    upload_max_size: int = Field(
        25_000_000,
        ge=1024,
        description="Largest uploaded file, in bytes.",
        json_schema_extra=_LIMITS,
    )
    cache_ttl: int = Field(
        300,
        ge=0,
        description="Seconds a cached result lives when its function does not say.",
        json_schema_extra=_LIMITS,
    )

    files_backend: Literal["disk", "s3"] = Field(
        "disk",
        description="Where files are kept: `disk` (in DOTMAC_HOME) or `s3`.",
        json_schema_extra=_FILES,
    )
    s3_bucket: str | None = Field(
        None, description="Bucket; required with `s3`.", json_schema_extra=_FILES
    )
    s3_endpoint_url: str | None = Field(
        None,
        pattern=r"^https?://",
        description="Address of an S3 that is not Amazon's.",
        json_schema_extra=_FILES,
    )
    s3_access_key_id: str | None = Field(
        None, description="Not set: what the machine's role gives.", json_schema_extra=_FILES
    )
    s3_secret_access_key: SecretStr | None = Field(
        None, description="Belongs to S3_ACCESS_KEY_ID.", json_schema_extra=_FILES
    )

    redis_url: str | None = Field(
        None,
        repr=False,
        pattern=r"^(redis|rediss|unix)://",
        description="`redis://host:6379/0`. Not set: PostgreSQL does that work.",
        json_schema_extra=_OUTSIDE,
    )
    vies_url: str = Field(
        "https://ec.europa.eu/taxation_customs/vies/rest-api",
        pattern=r"^https?://",
        description="The register of VAT numbers of the EU, for tenants that ask it.",
        json_schema_extra=_OUTSIDE,
    )
    avalara_account_id: str | None = Field(
        None,
        description="Account of Avalara AvaTax, for tenants whose tax it works out.",
        json_schema_extra=_OUTSIDE,
    )
    avalara_license_key: SecretStr | None = Field(
        None, description="Belongs to AVALARA_ACCOUNT_ID.", json_schema_extra=_OUTSIDE
    )
    avalara_company_code: str = Field(
        "DEFAULT",
        description="The company of that account under which documents are kept.",
        json_schema_extra=_OUTSIDE,
    )
    avalara_url: str = Field(
        "https://rest.avatax.com",
        pattern=r"^https?://",
        description="AvaTax; its sandbox is `https://sandbox-rest.avatax.com`.",
        json_schema_extra=_OUTSIDE,
    )
    stripe_secret_key: SecretStr | None = Field(
        None, description="Stripe's API key, `sk_…`.", json_schema_extra=_OUTSIDE
    )
    stripe_webhook_secret: SecretStr | None = Field(
        None, description="Checks Stripe's webhooks, `whsec_…`.", json_schema_extra=_OUTSIDE
    )
    mock_external_services: bool = Field(
        False,
        description="Answer for payment and message services instead of calling them.",
        json_schema_extra=_OUTSIDE,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments only; `load_settings` does the reading."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    @field_validator("dotmac_home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    @field_validator("debug", "mock_external_services", "sign_in_providers_on_loopback")
    @classmethod
    def _off_in_production(cls, on: bool, info: ValidationInfo) -> bool:  # Pydantic calls it
        if on and _in_production(info):
            raise ValueError("must be off in production")
        return on

    @field_validator("secret_key")
    @classmethod
    def _strong_in_production(cls, key: SecretStr, info: ValidationInfo) -> SecretStr:
        if _in_production(info) and (weakness := weakness_of(key.get_secret_value())):
            raise ValueError(f"{weakness}. Make one with: {_NEW_KEY}")
        return key

    @field_validator("s3_bucket")
    @classmethod
    def _bucket_with_s3(cls, bucket: str | None, info: ValidationInfo) -> str | None:
        if bucket is None and info.data.get("files_backend") == "s3":
            raise ValueError("is required with FILES_BACKEND=s3")
        return bucket

    @field_validator("s3_secret_access_key")
    @classmethod
    def _whole_s3_key(cls, secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if (secret is None) != (info.data.get("s3_access_key_id") is None):
            raise ValueError("must be set together with S3_ACCESS_KEY_ID, or neither")
        return secret


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the configuration of this process.

    In development a missing SECRET_KEY is made once and kept in DOTMAC_HOME, so that people stay
    signed in over a restart.

    Args:
        environ: instead of the process environment.

    Raises:
        SettingsError: with one line per mistake.
    """
    source = os.environ if environ is None else environ
    given = {name.lower(): value for name, value in source.items() if value}
    values: dict[str, object] = {}
    try:
        in_file = DotEnvSettingsSource(Settings, env_file=Path(".env"))()
        values = in_file | {name: given[name] for name in Settings.model_fields if name in given}
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError([_line(mistake, values) for mistake in error.errors()]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f".env: cannot be read: {error}"]) from None
    if settings.secret_key.get_secret_value():
        return settings
    return settings.model_copy(update={"secret_key": SecretStr(_generated_key(settings))})


def settings_reference() -> str:
    """All settings as a Markdown page, for `docs/reference/settings.md`."""
    return as_markdown(_own_first())


def env_example() -> str:
    """The contents of `.env.example`: every setting, switched off, with its default."""
    return as_env_file(_own_first())


def _own_first() -> dict[str, FieldInfo]:
    """The settings in the order they are read in; those inherited stand behind."""
    parts = (SignInSettings, MessageSettings, FileSettings, PeppolSettings)
    inherited = {name for part in parts for name in part.model_fields}
    return dict(sorted(Settings.model_fields.items(), key=lambda field: field[0] in inherited))


def _in_production(info: ValidationInfo) -> bool:
    return info.data.get("environment") is Environment.PRODUCTION


def _line(mistake: ErrorDetails, values: Mapping[str, object]) -> str:
    message = mistake["msg"].removeprefix("Value error, ")
    message = message.replace("Input should be", "must be", 1).replace("String should", "must", 1)
    name = str(mistake["loc"][0])
    annotation = str(Settings.model_fields[name].annotation)
    # What holds a password is not repeated on a screen that others may see.
    hidden = "SecretStr" in annotation or name.endswith("_url") or values.get(name) is None
    return f"{name.upper()}: {message}" + ("" if hidden else f", not {values[name]!r}")


def _generated_key(settings: Settings) -> str:
    if settings.environment is Environment.TEST:
        return _TEST_KEY
    path = settings.dotmac_home / "secret_key"
    try:
        return key_kept_in(path)
    except OSError as error:
        raise SettingsError([f"DOTMAC_HOME: cannot keep a SECRET_KEY in {path}: {error}"]) from None
