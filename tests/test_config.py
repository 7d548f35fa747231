"""The settings: what production refuses, where relative paths lead, and what an address makes secure."""

from __future__ import annotations

import pytest

from webapp.config import ROOT, Config, ConfigurationError

KEY = "k" * 32
SAFE = {"env": "production", "secret_key": KEY, "base_url": "https://messages.example.com"}


def test_production_starts_with_what_it_needs():
    config = Config(**SAFE)

    assert config.is_production
    assert config.demo is False
    assert config.trusted_hosts == ["messages.example.com"]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"secret_key": ""}, "PARLEY_SECRET_KEY"),
        ({"secret_key": "k" * 31}, "PARLEY_SECRET_KEY"),
        ({"demo": True}, "PARLEY_DEMO"),
        ({"rate_limits": "off"}, "PARLEY_RATE_LIMITS"),
        ({"base_url": "http://messages.example.com"}, "PARLEY_BASE_URL"),
        ({"base_url": ""}, "PARLEY_BASE_URL"),
    ],
)
def test_production_refuses_what_is_unsafe_and_says_which(changed, named):
    with pytest.raises(ConfigurationError, match=named):
        Config(**SAFE | changed)
    assert Config(**{"env": "test"} | changed)


@pytest.mark.parametrize("address", ["messages.example.com", "ftp://x.test", "https://", "javascript:alert(1)"])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(ConfigurationError, match="PARLEY_BASE_URL"):
        Config(env="test", base_url=address)


def test_the_environment_is_read_and_empty_means_default(monkeypatch):
    monkeypatch.setenv("PARLEY_ENV", "test")
    monkeypatch.setenv("PARLEY_DATABASE_URL", "")
    monkeypatch.setenv("PORT", "9000")
    config = Config()

    assert config.database_url == "sqlite:///var/parley.db"
    assert config.base_url == "http://127.0.0.1:9000"


def test_the_developers_environment_does_not_leak_into_tests(monkeypatch):
    import os

    assert not [name for name in os.environ if name.startswith("PARLEY_") and "TEST" not in name and "DATA" not in name]


def test_a_word_that_is_no_environment_is_refused():
    with pytest.raises(ValueError, match="env"):
        Config(env="staging")


def test_a_relative_path_is_relative_to_the_project(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    assert Config(database_url="sqlite:///var/x.db").absolute_database_url == f"sqlite:///{ROOT}/var/x.db"
    assert Config(database_url=f"sqlite:///{tmp_path}/x.db").absolute_database_url == f"sqlite:///{tmp_path}/x.db"
    assert Config(database_url="postgresql://u@h/d").absolute_database_url == "postgresql://u@h/d"


@pytest.mark.parametrize("url", ["sqlite:///:memory:", "sqlite:///"])
def test_a_database_in_memory_is_refused(url):
    with pytest.raises(ConfigurationError, match="PARLEY_DATABASE_URL"):
        _ = Config(env="test", database_url=url).absolute_database_url


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("database_url", url) for url in ("mysql://x/y", "postgres://u@h/d", "sqlite://", "foo", "")),
        *(("clamd_url", url) for url in ("tcp://", "unix://", "http://h:1")),
        *(("mail_retry_seconds", waits) for waits in ("²", "60,", "x")),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(name, value):
    with pytest.raises(ConfigurationError, match=f"PARLEY_{name.upper()}"):
        Config(env="test", **{name: value})


def test_demo_is_on_in_development_only():
    assert Config(env="development").demo is True
    assert Config(env="test").demo is False
    assert Config(env="test", demo=True).demo is True


def test_https_makes_cookies_secure():
    assert Config(env="test", base_url="https://x.test").is_secure
    assert not Config(env="test", base_url="http://x.test").is_secure


def test_only_known_hosts_are_trusted():
    assert Config(env="test", base_url="http://x.test:8000").trusted_hosts[0] == "x.test"
    assert "127.0.0.1" in Config(env="test", base_url="http://x.test").trusted_hosts
    assert Config(env="test", base_url="http://[2001:db8::1]:80").trusted_hosts[0] == "[2001:db8::1]"


def test_former_keys_still_verify():
    config = Config(env="test", secret_key="new", secret_key_fallbacks=" old , ,older")

    assert config.secret_keys == ("new", ["old", "older"])


def test_a_development_key_is_made_once_and_kept_private(monkeypatch, tmp_path):
    monkeypatch.setattr("webapp.config.ROOT", tmp_path)
    first, _ = Config(env="development").secret_keys
    second, _ = Config(env="development").secret_keys

    assert first == second
    assert len(first) >= 32
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o077 == 0


def test_settings_do_not_change_after_the_start():
    with pytest.raises(ValueError, match="frozen"):
        Config(env="test").rate_limits = "off"
