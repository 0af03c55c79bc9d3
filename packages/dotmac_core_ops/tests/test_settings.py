"""Settings: what is accepted, what is refused and how that is said."""

import stat
from pathlib import Path

import pytest

from dotmac_core_ops.settings import (
    Environment,
    Settings,
    SettingsError,
    env_example,
    load_settings,
    settings_reference,
)

REPOSITORY = Path(__file__).parents[3]
STRONG = "q7Zk2Vw9Lr4Xn8Bt1Mc6Hd3Pf5Sg0Ja-uE"


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory and home, so that no `.env` and no key of this machine is read."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


def mistakes(**environ: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings({"ENVIRONMENT": "test", **environ})
    return str(caught.value).splitlines()


def test_nothing_set_is_a_development_installation_without_a_database_url() -> None:
    settings = load_settings({})

    assert settings.environment is Environment.DEVELOPMENT
    assert settings.database_url is None
    assert settings.port == 8000


def test_each_mistake_is_one_line_that_names_the_variable() -> None:
    lines = mistakes(PORT="abc", LOG_LEVEL="loud", API_RATE_LIMIT="0", DEFAULT_TENANT_ID="seven")

    assert [line.split(":")[0] for line in sorted(lines)] == [
        "API_RATE_LIMIT",
        "DEFAULT_TENANT_ID",
        "LOG_LEVEL",
        "PORT",
    ]
    assert any(line.startswith("PORT: must be") and line.endswith("not 'abc'") for line in lines)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://root:hunter2@db/dotmac"),
        ("DATABASE_URL", "hunter2"),
        ("DATABASE_URL", "postgresql://app:hunter2@db"),
        ("TEST_DATABASE_URL", "sqlite:///hunter2"),
        ("REDIS_URL", "http://:hunter2@cache"),
        ("S3_SECRET_ACCESS_KEY", "hunter2"),
        ("ENVIRONMENT", "staging"),
        ("DEBUG", "perhaps"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("WORKERS", "1.5"),
        ("FILES_BACKEND", "tape"),
        ("ACCESS_TOKEN_MINUTES", "-5"),
        ("CACHE_TTL", "five"),
    ],
)
def test_a_wrong_value_is_refused_by_name_and_passwords_are_not_repeated(
    name: str, value: str
) -> None:
    (line,) = mistakes(**{name: value})

    assert line.startswith(f"{name}: ")
    assert "hunter2" not in line


@pytest.mark.parametrize(
    "key",
    [
        "",
        "short",
        "x" * 31,
        "x" * 64,
        "change-me-to-something-random-and-long",
        "dotmac-test-key-known-to-everybody-0123456789",
    ],
)
def test_production_refuses_a_missing_short_or_default_secret_key(key: str) -> None:
    (line,) = mistakes(ENVIRONMENT="production", SECRET_KEY=key)

    assert line.startswith("SECRET_KEY: ")
    assert key == "" or key not in line


def test_production_takes_a_strong_secret_key() -> None:
    settings = load_settings({"ENVIRONMENT": "production", "SECRET_KEY": STRONG})

    assert settings.secret_key.get_secret_value() == STRONG


@pytest.mark.parametrize("name", ["DEBUG", "MOCK_EXTERNAL_SERVICES"])
def test_production_refuses_what_is_for_development(name: str) -> None:
    (line,) = mistakes(ENVIRONMENT="production", SECRET_KEY=STRONG, **{name: "true"})

    assert line.startswith(f"{name}: must be off in production")


def test_in_development_the_key_is_made_once_and_only_its_owner_can_read_it(
    tmp_path: Path,
) -> None:
    environ = {"DOTMAC_HOME": str(tmp_path / "home")}

    first, second = load_settings(environ), load_settings(environ)

    file = tmp_path / "home" / "secret_key"
    assert first.secret_key == second.secret_key
    assert len(first.secret_key.get_secret_value()) >= 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_another_home_has_another_key(tmp_path: Path) -> None:
    keys = {load_settings({"DOTMAC_HOME": str(tmp_path / name)}).secret_key for name in "ab"}

    assert len(keys) == 2


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(SettingsError, match=r"^DOTMAC_HOME: cannot keep"):
        load_settings({"DOTMAC_HOME": str(tmp_path / "file" / "home")})


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("postgresql://u:p@h:5/d", "postgresql://u:p@h:5/d"),
        ("postgres://u:p@h/d", "postgresql://u:p@h/d"),
        ("postgresql+asyncpg://u:p%40@h/d", "postgresql://u:p%40@h/d"),
        ("postgresql+asyncpg://u@h/d?ssl=require", "postgresql://u@h/d?sslmode=require"),
        ("postgresql:///d", "postgresql:///d"),
    ],
)
def test_every_form_of_a_postgresql_address_is_reduced_to_one(given: str, kept: str) -> None:
    assert load_settings({"DATABASE_URL": given, "ENVIRONMENT": "test"}).database_url == kept


def test_secrets_and_addresses_with_passwords_do_not_show() -> None:
    settings = load_settings(
        {
            "ENVIRONMENT": "test",
            "DATABASE_URL": "postgresql://u:hunter2@h/d",
            "REDIS_URL": "redis://:hunter2@h",
            "SECRET_KEY": "hunter2" * 6,
            "STRIPE_SECRET_KEY": "hunter2",
            "TWILIO_AUTH_TOKEN": "hunter2",
        }
    )

    assert "hunter2" not in repr(settings)
    assert "hunter2" not in str(settings)


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=8100\nHOST=0.0.0.0\nUNRELATED=x\nWORKERS=\n")

    settings = load_settings({"PORT": "8200", "ENVIRONMENT": "test"})

    assert (settings.port, settings.host, settings.workers) == (8200, "0.0.0.0", 1)  # noqa: S104 # a value, nothing listens


def test_a_mistake_in_the_file_is_named_like_one_in_the_environment(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=abc\n")

    assert mistakes()[0].startswith("PORT: ")


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"PORT=\xff\xfe\n")

    assert mistakes()[0].startswith(".env: cannot be read")


def test_an_empty_value_counts_as_not_set() -> None:
    settings = load_settings({"ENVIRONMENT": "test", "DATABASE_URL": "", "PORT": ""})

    assert (settings.database_url, settings.port) == (None, 8000)


def test_origins_are_a_list_with_commas() -> None:
    settings = load_settings(
        {"ENVIRONMENT": "test", "CORS_ORIGINS": "https://a.example, https://b.example,"}
    )

    assert settings.cors_origins == ("https://a.example", "https://b.example")


@pytest.mark.parametrize("given", [{"S3_ACCESS_KEY_ID": "a"}, {"S3_SECRET_ACCESS_KEY": "b"}])
def test_half_an_s3_key_is_refused(given: dict[str, str]) -> None:
    assert "S3_ACCESS_KEY_ID" in mistakes(**given)[0]


def test_s3_needs_a_bucket() -> None:
    assert mistakes(FILES_BACKEND="s3") == ["S3_BUCKET: is required with FILES_BACKEND=s3"]


def test_settings_cannot_be_changed_after_the_start() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().port = 1  # type: ignore[misc] # that this is refused is the test


def test_every_setting_is_described_in_the_reference_and_in_the_example() -> None:
    names = [name.upper() for name in Settings.model_fields]

    assert all(f"| `{name}` |" in settings_reference() for name in names)
    assert all(f"\n#{name}=" in env_example() for name in names)
    assert all(field.description for field in Settings.model_fields.values())


def test_the_committed_example_is_the_generated_one() -> None:
    assert (REPOSITORY / ".env.example").read_text() == env_example()


def test_the_example_with_every_default_switched_on_is_accepted(tmp_path: Path) -> None:
    lines = [line.removeprefix("#") for line in env_example().splitlines() if line[1:2].isupper()]
    (tmp_path / ".env").write_text("\n".join(lines))

    assert len(lines) == len(Settings.model_fields)
    assert load_settings({"ENVIRONMENT": "test"}).port == 8000
