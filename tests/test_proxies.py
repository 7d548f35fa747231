"""The files for proxies: they log no secret of a link, and compress nothing that holds secrets."""

from __future__ import annotations

import re

import pytest

from webapp.config import ROOT

SECRET = "s3cret-of-a-link"
CADDY = (ROOT / "deploy/Caddyfile").read_text()
NGINX = (ROOT / "deploy/nginx.conf").read_text()


def logged_by_caddy(uri):
    (found,) = re.findall(r"request>uri regexp `(.+)` `(.+)`", CADDY)
    return re.sub(found[0], found[1].replace("$1", r"\1"), uri)


def logged_by_nginx(uri):
    """The path without its query is what nginx calls $uri."""
    path = uri.partition("?")[0]
    (found,) = re.findall(r'"~(\^\(\?<parley_before>.+)" "\${parley_before}\*";', NGINX)
    before = re.match(found.replace("?<", "?P<"), path)
    return before["parley_before"] + "*" if before else path


@pytest.mark.parametrize("logged", [logged_by_caddy, logged_by_nginx])
def test_no_secret_of_a_link_is_logged(sqlite_app, logged):
    rules = [rule.rule for rule in sqlite_app.url_map.iter_rules() if "<token>" in rule.rule]
    assert len(rules) >= 6

    for rule in rules:
        for uri in (rule, f"{rule}/", f"{rule}?store=a", f"{rule}/x/y"):
            shown = logged(uri.replace("<token>", SECRET))
            assert SECRET not in shown
            assert shown.startswith(rule.partition("<")[0])
    assert logged("/store/messages/64") == "/store/messages/64"
    assert "words" not in logged("/store/messages?q=words")


def test_nginx_logs_in_that_form_and_no_other():
    (form,) = re.findall(r"log_format parley '(.+)';", NGINX)
    assert not {"$request", "$request_uri", "$args", "$http_referer", "$uri"} & set(re.findall(r"\$\w+", form))
    servers = NGINX.split("\nserver {")[1:]
    assert all(re.findall(r"access_log \S+ parley;", server) for server in servers)


def test_neither_compresses_what_holds_secrets():
    assert re.findall(r"^\s*encode (\S+)", CADDY, re.MULTILINE) == ["/static/*"]
    assert re.findall(r"^\s*gzip (\w+);", NGINX, re.MULTILINE) == ["off"]


def test_neither_passes_on_what_comes_slowly_or_under_a_false_name():
    assert re.search(r"reverse_proxy [^{]+\{[^}]*^\s*request_buffers 128KiB$", CADDY, re.MULTILINE)
    assert "request_header -*_*" in CADDY
    assert "proxy_request_buffering off" not in NGINX
    assert "underscores_in_headers on" not in NGINX


@pytest.mark.parametrize("text", [CADDY, NGINX])
def test_every_block_is_closed(text):
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    assert "\n".join(lines).count("{") == "\n".join(lines).count("}")
