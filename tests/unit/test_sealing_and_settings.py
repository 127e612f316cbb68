"""Secrets: where they come from, and that sealed data open only with the right key in the right place."""

from __future__ import annotations

import base64
import hmac
import pickle
from pathlib import Path

import pytest

from services.sealing import SealBroken, Vault
from services.settings import Settings, SettingsWrong, decoded_key, ensure_demo_settings

KEY = base64.b64encode(bytes(32)).decode()
OTHER_KEY = base64.b64encode(bytes([1] * 32)).decode()
GIVEN = {
    "YINIAN_SECRET_KEY": KEY,
    "YINIAN_INDEX_KEY": KEY,
    "YINIAN_SEALING_KEYS": f"k1:{KEY}",
    "YINIAN_AUDIT_KEYS": f"a1:{KEY}",
}


def settings_of(tmp_path: Path, **environment: str) -> Settings:
    return Settings.from_environment(GIVEN | {"YINIAN_VAR_DIR": str(tmp_path)} | environment)


def test_without_secrets_nothing_starts(tmp_path: Path) -> None:
    with pytest.raises(SettingsWrong, match="YINIAN_SECRET_KEY"):
        Settings.from_environment({"YINIAN_VAR_DIR": str(tmp_path)})


def test_outside_the_demonstration_is_the_default(tmp_path: Path) -> None:
    assert settings_of(tmp_path).demo is False


def test_a_demonstration_keeps_its_own_random_secrets(tmp_path: Path) -> None:
    file = ensure_demo_settings(tmp_path)
    first = Settings.from_environment({"YINIAN_VAR_DIR": str(tmp_path)})
    assert ensure_demo_settings(tmp_path) == file
    second = Settings.from_environment({"YINIAN_VAR_DIR": str(tmp_path)})
    assert first == second
    assert first.demo
    assert file.stat().st_mode & 0o077 == 0
    assert first.secret_key.get_secret_value() not in repr(first)


def test_a_demonstration_of_an_older_version_gets_the_secret_that_it_lacks_and_keeps_the_others(tmp_path: Path) -> None:
    file = ensure_demo_settings(tmp_path)
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    old = [line for line in lines if not line.startswith("YINIAN_AUDIT_KEYS")]
    file.write_text("".join(old), encoding="utf-8")
    ensure_demo_settings(tmp_path)
    now = file.read_text(encoding="utf-8").splitlines(keepends=True)
    assert set(old) < set(now)
    assert Settings.from_environment({"YINIAN_VAR_DIR": str(tmp_path)}).audit_keys
    assert file.stat().st_mode & 0o077 == 0


def test_an_old_demonstration_makes_none_of_a_city(tmp_path: Path) -> None:
    ensure_demo_settings(tmp_path)
    assert settings_of(tmp_path).demo is False


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("YINIAN_SECRET_KEY", "short"),
        ("YINIAN_SEALING_KEYS", "k1:AAAA"),
        ("YINIAN_SEALING_KEYS", f"k1:{KEY},k1:{KEY}"),
        ("YINIAN_DEMO", "perhaps"),
    ],
)
def test_a_bad_value_is_named_but_not_shown(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsWrong, match=name) as refused:
        settings_of(tmp_path, **{name: value})
    assert value not in str(refused.value)


def test_what_was_sealed_opens_only_in_its_place(tmp_path: Path) -> None:
    vault = Vault(settings_of(tmp_path))
    sealed = vault.seal("15400000001", context="persons.phone")
    assert b"15400000001" not in sealed
    assert vault.open(sealed, context="persons.phone") == "15400000001"
    with pytest.raises(SealBroken):
        vault.open(sealed, context="persons.address")
    with pytest.raises(SealBroken):
        vault.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), context="persons.phone")


def test_an_old_key_still_opens_and_a_new_one_seals(tmp_path: Path) -> None:
    old = Vault(settings_of(tmp_path)).seal("x", context="c")
    both = Vault(settings_of(tmp_path, YINIAN_SEALING_KEYS=f"k2:{OTHER_KEY},k1:{KEY}"))
    assert both.open(old, context="c") == "x"
    assert both.seal("x", context="c").startswith(b"k2:")
    with pytest.raises(SealBroken):
        Vault(settings_of(tmp_path, YINIAN_SEALING_KEYS=f"k2:{OTHER_KEY}")).open(old, context="c")


def test_equal_texts_have_equal_indexes_only_in_the_same_place(tmp_path: Path) -> None:
    vault = Vault(settings_of(tmp_path))
    assert vault.index("x", context="a") == vault.index("x", context="a")
    assert vault.index("x", context="a") != vault.index("x", context="b")


@pytest.mark.parametrize("text", ["", "440399195001017001", "陈丽英" * 100])
def test_an_index_is_hmac_with_sha_256(tmp_path: Path, text: str) -> None:
    settings = settings_of(tmp_path)
    key = decoded_key(settings.index_key.get_secret_value())
    expected = hmac.digest(key, f"persons.phone\0{text}".encode(), "sha256")
    assert Vault(settings).index(text, context="persons.phone") == expected


def test_a_vault_goes_to_a_process_of_our_own(tmp_path: Path) -> None:
    vault = Vault(settings_of(tmp_path))
    copy: Vault = pickle.loads(pickle.dumps(vault))
    assert copy.open(vault.seal("x", context="c"), context="c") == "x"
    assert copy.index("x", context="c") == vault.index("x", context="c")


def test_many_values_are_sealed_and_indexed_as_each_alone(tmp_path: Path) -> None:
    vault, texts = Vault(settings_of(tmp_path)), ["15400020700", "", "水贝路1号", "15400020700"]
    contents = [text.encode() for text in texts]
    sealed = vault.seal_all(contents, context="persons.phone")
    assert [vault.open(each, context="persons.phone") for each in sealed] == texts
    # A nonce is never used twice, also not for equal texts.
    assert len(set(sealed)) == len(texts)
    assert vault.index_all(contents, context="persons.phone") == [
        vault.index(text, context="persons.phone") for text in texts
    ]
    assert vault.seal_all([], context="persons.phone") == vault.index_all([], context="persons.phone") == []
