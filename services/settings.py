"""Typed settings, built once by each entry point from the environment that it is handed.

Outside demonstration mode every secret must be given; there is no default to forget. In demonstration mode `make run`
and `make test` write random secrets to `var/settings.env` once, so that what was sealed yesterday opens today.
"""

from __future__ import annotations

import base64
import fcntl
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from services.errors import ServiceError

PROJECT = Path(__file__).resolve().parent.parent
PREFIX = "YINIAN_"
DEMO_FILE = "settings.env"
KEY_BYTES = 32


class SettingsWrong(ServiceError):
    """Settings are missing or malformed; `problems` says which and what was expected."""

    code = "settings_wrong"

    def __str__(self) -> str:
        return f"settings: {self.facts['problems']}"


class Settings(BaseModel):
    """What a running part of Yinian needs to know. Each field is the environment variable of the same name in capitals
    with the prefix `YINIAN_`, but for `DATABASE_URL`, which has none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    secret_key: SecretStr = Field(description="signs cookies and forms; 32 random bytes in base64")
    index_key: SecretStr = Field(description="keys the blind indexes by which sealed data are found; 32 bytes, base64")
    sealing_keys: SecretStr = Field(
        description="id:key pairs, comma-separated, keys of 32 bytes in base64; the first seals, all of them open"
    )
    audit_keys: SecretStr = Field(
        description="id:key pairs that sign the record of deeds; the first signs; kept as long as the record"
    )
    backup_keys: SecretStr | None = Field(
        default=None, description="id:key pairs that seal backups; the first seals, all of them open"
    )
    demo: bool = Field(default=False, description="fictional data, the demo phone, marks on every page")
    demo_past_days: int = Field(default=28, ge=0, description="so many days of visits lie behind the demonstration")
    database_url: str | None = Field(default=None, description="a PostgreSQL cluster; without it one runs in var/")
    var_dir: Path = Field(default=PROJECT / "var", description="what the running system keeps on disk")
    locales_dir: Path = Field(default=PROJECT / "locales", description="every word for people")
    city: str = Field(default="shenzhen", description="whose installation this is")
    message_gateway: str = Field(default="demo_phone", description="who carries text messages: demo_phone or smpp")
    message_lease_seconds: int = Field(default=60, ge=1, description="how long a worker may hold unsent messages")
    smpp_host: str | None = Field(default=None, description="the SMS centre's host name, as in its certificate")
    smpp_port: int = Field(default=2775, ge=1, le=65535, description="the SMS centre's port")
    smpp_tls: bool = Field(default=True, description="encrypt the line; false only inside a network of one's own")
    smpp_tls_ca_file: Path | None = Field(default=None, description="who signs for the SMS centre, if no usual one")
    smpp_system_id: SecretStr | None = Field(default=None, description="the account's name at the SMS centre")
    smpp_password: SecretStr | None = Field(default=None, description="the account's password")
    smpp_system_type: str = Field(default="", description="what some SMS centres want to be told at sign-in")
    smpp_source_address: str = Field(default="", description="our number, which people see and answer to")
    smpp_country_code: str = Field(default="86", description="what goes before a mobile number of eleven digits")
    smpp_window: int = Field(default=10, ge=1, le=1000, description="how many messages may wait for their answer")
    smpp_per_second: int = Field(default=100, ge=1, description="how many parts a second the contract allows")
    smpp_long_messages: Literal["parts", "payload"] = Field(
        default="parts", description="texts over 70 characters: in parts of 67, or whole as message_payload"
    )
    smpp_answer_seconds: float = Field(default=20, gt=0, description="without an answer for so long the line is down")
    smpp_enquire_seconds: float = Field(default=30, gt=0, description="a quiet line is tried this often")

    @field_validator("secret_key", "index_key")
    @classmethod
    def _is_a_key(cls, value: SecretStr) -> SecretStr:
        decoded_key(value.get_secret_value())
        return value

    @field_validator("sealing_keys", "audit_keys", "backup_keys")
    @classmethod
    def _are_keys(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            named_keys(value.get_secret_value())
        return value

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Settings from environment variables. Raises SettingsWrong.

        Where they hold no secrets, this is the demonstration whose settings are in `var/settings.env`. With secrets
        that file is not read, lest a demonstration of last week makes one of a city.
        """
        var_dir = Path(environment.get(f"{PREFIX}VAR_DIR", PROJECT / "var"))
        of_the_demonstration = {} if f"{PREFIX}SECRET_KEY" in environment else _read_file(var_dir / DEMO_FILE)
        known = of_the_demonstration | dict(environment)
        values: dict[str, Any] = {
            name: known[PREFIX + name.upper()] for name in cls.model_fields if PREFIX + name.upper() in known
        }
        if url := known.get("DATABASE_URL"):
            values["database_url"] = url
        try:
            return cls(**values)
        except ValidationError as error:
            # The message of pydantic would quote the value, and a value may be a secret.
            problems = "; ".join(f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
            raise SettingsWrong(problems=f"{problems}. `make run` sets up a demonstration.") from None


def decoded_key(text: str) -> bytes:
    """32 bytes from their base64 form. Raises ValueError."""
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError(f"expected {KEY_BYTES} bytes in base64, got {len(key)}")
    return key


def named_keys(text: str) -> dict[str, bytes]:
    """Keys by id from `id:base64,id:base64`, in the order given. Raises ValueError."""
    keys = {}
    for pair in text.split(","):
        name, _, key = pair.partition(":")
        if not name.isalnum() or name in keys:
            raise ValueError("expected id:key pairs with different ids of letters and digits")
        keys[name] = decoded_key(key)
    return keys


def ensure_demo_settings(var_dir: Path) -> Path:
    """The file with this demonstration's own random secrets. Each is written once and kept ever after; a secret that a
    newer version needs is added."""
    path = var_dir / DEMO_FILE
    var_dir.mkdir(parents=True, exist_ok=True)
    # Of two first runs at the same moment one writes the secrets, and both use them.
    with path.with_name(f"{DEMO_FILE}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = _read_file(path)
        wanted = {PREFIX + name: value for name, value in _new_demo_secrets().items()}
        if wanted.keys() - kept.keys():
            draft = path.with_name(f"{DEMO_FILE}.draft")
            draft.touch(mode=0o600)
            draft.write_text("".join(f"{name}={it}\n" for name, it in (wanted | kept).items()), encoding="utf-8")
            draft.replace(path)
    return path


def _new_demo_secrets() -> dict[str, str]:
    def new_key() -> str:
        return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()

    return {
        "DEMO": "true",
        "SECRET_KEY": new_key(),
        "INDEX_KEY": new_key(),
        "SEALING_KEYS": f"k1:{new_key()}",
        "AUDIT_KEYS": f"a1:{new_key()}",
        "BACKUP_KEYS": f"b1:{new_key()}",
    }


def _read_file(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)
