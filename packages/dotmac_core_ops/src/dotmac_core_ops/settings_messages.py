"""The settings of messages to people: where this installation is reached, and how it sends."""

from email.utils import parseaddr
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field, SecretStr, field_validator
from pydantic.config import JsonDict

from dotmac_core_ops.settings_values import lower

_MESSAGES: JsonDict = {"group": "Messages"}

DEFAULT_PUBLIC_URL = "http://localhost:8000"


class MessageSettings(BaseModel):
    """What `Settings` says about messages."""

    public_url: str = Field(
        DEFAULT_PUBLIC_URL,
        pattern=r"^https?://[^\s?#]+$",
        description="Address under which people reach this installation; links in messages begin "
        "with it.",
        json_schema_extra=_MESSAGES,
    )
    mail_from: str = Field(
        "DotMac <no-reply@localhost.localdomain>",
        description="Address that e-mail comes from; the name of the tenant is put before it.",
        json_schema_extra=_MESSAGES,
    )
    smtp_host: str | None = Field(
        None,
        description="Server that takes our e-mail. Not set: it is written to files in DOTMAC_HOME.",
        json_schema_extra=_MESSAGES,
    )
    smtp_port: int = Field(
        587, ge=1, le=65535, description="Its port.", json_schema_extra=_MESSAGES
    )
    smtp_tls: Annotated[Literal["starttls", "tls", "none"], BeforeValidator(lower)] = Field(
        "starttls",
        description="`starttls`, `tls` (from the first byte, port 465) or `none`.",
        json_schema_extra=_MESSAGES,
    )
    smtp_username: str | None = Field(
        None, description="Not set: the server asks for none.", json_schema_extra=_MESSAGES
    )
    smtp_password: SecretStr | None = Field(
        None, description="Belongs to SMTP_USERNAME.", json_schema_extra=_MESSAGES
    )
    twilio_account_sid: str | None = Field(
        None,
        description="Twilio account that sends text messages, `AC…`. Not set: they are written to "
        "files in DOTMAC_HOME.",
        json_schema_extra=_MESSAGES,
    )
    twilio_auth_token: SecretStr | None = Field(
        None, description="Belongs to TWILIO_ACCOUNT_SID.", json_schema_extra=_MESSAGES
    )
    twilio_from: str | None = Field(
        None,
        description="Number or name that text messages come from, or a messaging service, `MG…`.",
        json_schema_extra=_MESSAGES,
    )
    twilio_url: str = Field(
        "https://api.twilio.com",
        pattern=r"^https?://",
        description="Twilio's API, or a service that speaks it.",
        json_schema_extra=_MESSAGES,
    )

    @field_validator("public_url")
    @classmethod
    def _without_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @field_validator("mail_from")
    @classmethod
    def _is_address(cls, sender: str) -> str:
        if "@" not in parseaddr(sender)[1] or not sender.isprintable():
            raise ValueError("must be an address such as DotMac <no-reply@example.com>")
        return sender

    @property
    def sends_mail(self) -> bool:
        """Whether e-mail leaves this installation."""
        return self.smtp_host is not None

    @property
    def sends_texts(self) -> bool:
        """Whether text messages leave this installation."""
        return None not in (self.twilio_account_sid, self.twilio_auth_token, self.twilio_from)
