"""Configuration: every mistake in Dutch at once, secrets from the environment only."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from bot.cli.config_docs import configuration_page, keys_of, sections
from bot.cli.setting_up import fill_in
from bot.config import Config, ConfigError, has_key, load_config, load_sealer
from bot.config_faults import explain
from briefings.settings import CityLine
from contacts.sealing import Sealer
from feeds.lexicon import default_sources

ROOT = Path(__file__).parents[1]


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(tmp_path: Path, text: str, **environ: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config(written(tmp_path, text), environ)
    return list(caught.value.lines)


def test_the_shipped_configuration_is_valid_and_checks_nothing_as_verified() -> None:
    config = load_config(ROOT / "config.toml", {})
    today = date(2026, 3, 3)
    lines = [*config.briefings.meldkaart, *config.briefings.help_lines]
    assert lines
    assert not any(line.is_verified(today) for line in lines)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ({"phone": "112", "checked_on": "2026-03-03"}, None),
        ({"link": "https://example.org", "checked_on": "2026-01-31"}, None),
        ({"text": "via de knoppen", "checked_on": "2026-01-31"}, None),
        ({"phone": "112"}, "unchecked"),
        ({"phone": "", "text": "bel de gemeente", "checked_on": "2026-01-31"}, "no_phone"),
        ({"phone": " ", "link": "https://x.nl", "checked_on": "2026-01-31"}, "no_phone"),
        ({"checked_on": "2026-01-31"}, "empty"),
        ({"phone": "112", "checked_on": "2026-03-04"}, "future"),
        ({"phone": "112", "checked_on": "2026-01-01", "expires_on": "2026-03-02"}, "expired"),
    ],
)
def test_a_line_counts_when_it_is_complete_and_looked_up(
    line: dict[str, str], fault: str | None
) -> None:
    found = CityLine.model_validate({"label": "Meldpunt", **line})
    assert found.fault(date(2026, 3, 3)) == fault
    assert found.is_verified(date(2026, 3, 3)) is (fault is None)


def test_an_unknown_key_names_the_nearest(tmp_path: Path) -> None:
    lines = mistakes(tmp_path, '[telegram]\nbot_nam = "x"\n[signal]\n')
    assert any("bot_nam" in line and "bot_name" in line for line in lines)
    assert any("signal" in line and "signals" in line for line in lines)


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    lines = mistakes(tmp_path, '[mail]\nport = "x"\ntls = "y"\n[web]\nport = 99999\n')
    assert len(lines) == 3
    assert all("Nu staat er" in line for line in lines)


def test_a_secret_in_the_file_is_refused(tmp_path: Path) -> None:
    lines = mistakes(tmp_path, '[telegram]\ntoken = "123:abc"\n')
    assert "SCHAKEL_TELEGRAM_TOKEN" in lines[0]
    assert "123:abc" not in "".join(lines)


def test_a_secret_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    path, secret = written(tmp_path, ""), tmp_path / "token"
    secret.write_text("1:abc\n", encoding="utf-8")
    assert load_config(path, {"SCHAKEL_TELEGRAM_TOKEN": "1:x"}).telegram.token == "1:x"
    loaded = load_config(path, {"SCHAKEL_TELEGRAM_TOKEN_FILE": str(secret)})
    assert loaded.telegram.token == "1:abc"
    assert "1:abc" not in repr(loaded)
    assert "1:abc" not in loaded.model_dump_json()


def test_a_missing_secret_file_is_said(tmp_path: Path) -> None:
    lines = mistakes(tmp_path, "", SCHAKEL_SMTP_PASSWORD_FILE="/nergens/x")
    assert "SCHAKEL_SMTP_PASSWORD_FILE" in lines[0]


def test_a_missing_or_broken_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="schakel init"):
        load_config(tmp_path / "weg.toml", {})
    assert "TOML" in mistakes(tmp_path, "[web\n")[0]


def test_the_key_file_is_made_once_and_is_private(tmp_path: Path) -> None:
    config = Config(state_dir=tmp_path / "var")
    sealed = load_sealer(config, {}).seal("x")
    assert load_sealer(config, {}).unseal(sealed) == "x"
    assert ((tmp_path / "var" / "secret.key").stat().st_mode & 0o777) == 0o600


def test_a_key_is_looked_for_without_making_one(tmp_path: Path) -> None:
    config = Config(state_dir=tmp_path / "var")
    assert not has_key(config, {})
    assert not (tmp_path / "var").exists()
    assert has_key(config, {"SCHAKEL_SECRET_KEY_FILE": "ergens"})
    load_sealer(config, {})
    assert has_key(config, {})


def test_a_damaged_key_is_not_replaced(tmp_path: Path) -> None:
    config = Config(state_dir=tmp_path)
    (tmp_path / "secret.key").write_text("stuk", encoding="utf-8")
    with pytest.raises(ConfigError):
        load_sealer(config, {})
    key = Sealer.new_key().decode()
    load_sealer(config, {"SCHAKEL_SECRET_KEY": key})


def commented_keys(text: str) -> set[tuple[str, str]]:
    """(section, key) of every key, written or shown behind a ``#``, under its own comment."""
    section, before, found = "", "", set()
    for line in text.splitlines():
        if head := re.fullmatch(r"(?:# )?\[+([a-z_.]+)\]+", line):
            section = head[1]
        if (key := re.match(r"(?:# )?([a-z_]+) = ", line)) and before.startswith("# "):
            found.add((section, key[1]))
        before = line
    return found


def test_every_key_stands_in_the_shipped_file_under_its_own_comment() -> None:
    explained = commented_keys((ROOT / "config.toml").read_text(encoding="utf-8"))
    blocks: dict[type[BaseModel], set[str]] = {}
    for heading, model in sections():
        name = heading.strip("[]") if heading.startswith("[") else ""
        blocks.setdefault(model, set()).add(name)
    for model, names in blocks.items():
        for key in keys_of(model):
            assert any((name, key) in explained for name in names), (sorted(names), key)


def test_every_key_has_a_row_in_the_documentation() -> None:
    page = (ROOT / "docs" / "configuratie.md").read_text(encoding="utf-8")
    assert page == configuration_page()
    for heading, model in sections():
        assert f"## {heading}\n" in page
        assert all(field.description for field in keys_of(model).values()), heading


def test_the_shipped_sources_have_the_addresses_of_the_lexicon() -> None:
    known = {source.key: source for source in default_sources()}
    sources = load_config(ROOT / "config.toml", {}).feeds.sources
    assert len(sources) >= 8
    for source in sources:
        assert (source.url, source.trust) == (known[source.key].url, known[source.key].soort)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('[mail]\nhost = "smtp.example.org"\n', "from_address"),
        ('[mail]\nimap_host = "imap.example.org"\n', "reply_address"),
        ('[mail]\nfrom_address = "stad@größe.example"\n', "from_address: schrijf alleen het adres"),
        ('[mail]\nreply_address = "a b@stad.example"\n', "reply_address: schrijf alleen het adres"),
        ('[mail]\nfrom_address = "Stad <a@stad.example>"\n', "zonder naam"),
        ('[database]\nurl = "mysql://x"\n', "sqlite+aiosqlite://"),
        ('[database]\nurl = "geen adres"\n', "sqlite+aiosqlite://"),
        ('[web]\nbase_url = "schakel.example.org"\n', "http"),
        ('[telegram]\nbot_name = "@stad_bot"\n', "zonder @"),
        ('[telegram]\nbot_name = "stad bot"\n', "zonder spaties"),
        ("[briefings]\nsend_before = 2026-01-01\n", "tijd"),
        ("telegram = 3\n", "blok"),
        ("[ticks]\nfeeds_s = nan\n", "Nu staat er"),
    ],
)
def test_a_value_that_cannot_work_is_said_with_its_key(
    tmp_path: Path, text: str, part: str
) -> None:
    lines = mistakes(tmp_path, text, SCHAKEL_TELEGRAM_TOKEN="1:x")
    assert len(lines) == 1
    assert part in lines[0]


@pytest.mark.parametrize(
    ("base_url", "is_refused"),
    [
        ("https://schakel.example", False),
        ("https://schakel.example:8443", False),
        ("https://schakel.example:8420", True),
        ("http://schakel.example", True),
        ("http://127.0.0.1:8420", True),
        ("https://localhost", True),
        ("https://10.1.2.3", True),
        ("https://schakel", True),
    ],
)
def test_telegram_is_not_asked_to_deliver_where_it_cannot_come(
    tmp_path: Path, base_url: str, is_refused: bool
) -> None:
    text = f'[telegram]\nwebhook = true\n[web]\nbase_url = "{base_url}"\n'
    if is_refused:
        [line] = mistakes(tmp_path, text)
        assert "[telegram] webhook kan niet" in line
    else:
        load_config(written(tmp_path, text), {})


def test_a_bot_api_server_on_this_machine_may_deliver_to_it(tmp_path: Path) -> None:
    text = '[telegram]\nwebhook = true\nbase_url = "http://127.0.0.1:8421/bot"\n'
    assert load_config(written(tmp_path, text), {}).telegram.webhook


def test_two_sources_with_one_name_are_refused(tmp_path: Path) -> None:
    source = '[[feeds.sources]]\nkey = "nos"\nname = "N"\nurl = "http://x"\ntrust = "landelijk"\n'
    (line,) = mistakes(tmp_path, source * 2)
    assert "'nos' staat er twee keer" in line


def test_a_mistake_in_a_list_says_which_one(tmp_path: Path) -> None:
    good = '[[feeds.sources]]\nkey = "nos"\nname = "N"\nurl = "http://x"\ntrust = "landelijk"\n'
    lines = mistakes(tmp_path, good + good.replace("landelijk", "roddel").replace("nos", "nu"))
    assert lines == [
        (
            "[feeds.sources] nummer 2: trust: kies uit: 'officieel', 'regionaal', 'landelijk' "
            "of 'secundair'. Nu staat er: 'roddel'"
        )
    ]


def test_a_password_in_the_database_address_belongs_in_the_environment(tmp_path: Path) -> None:
    address = "postgresql+psycopg://schakel:geheim@db/schakel"
    lines = mistakes(tmp_path, f'[database]\nurl = "{address}"\n')
    assert "SCHAKEL_DATABASE_URL" in lines[0]
    assert "geheim@" not in lines[0]
    loaded = load_config(written(tmp_path, ""), {"SCHAKEL_DATABASE_URL": address})
    assert loaded.database.url == address


def test_a_removed_key_says_what_came_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.config.OBSOLETE", {("web", "adres"): "heet nu base_url."})
    assert mistakes(tmp_path, '[web]\nadres = "x"\n') == ["[web] adres: heet nu base_url."]


def test_places_count_from_the_folder_of_the_file(tmp_path: Path) -> None:
    loaded = load_config(written(tmp_path, ""), {})
    assert loaded.state_dir == tmp_path / "var"
    assert loaded.database.url == f"sqlite+aiosqlite:///{tmp_path}/var/schakel.sqlite3"


def test_an_empty_variable_does_not_hide_the_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("1:abc", encoding="utf-8")
    environ = {"SCHAKEL_TELEGRAM_TOKEN": "", "SCHAKEL_TELEGRAM_TOKEN_FILE": f"{tmp_path}/token"}
    assert load_config(written(tmp_path, ""), environ).telegram.token == "1:abc"


def test_an_unreadable_key_file_is_never_replaced_by_a_new_key(tmp_path: Path) -> None:
    config = Config(state_dir=tmp_path / "var")
    with pytest.raises(ConfigError, match="SCHAKEL_SECRET_KEY_FILE"):
        load_sealer(config, {"SCHAKEL_SECRET_KEY_FILE": str(tmp_path / "weg")})
    assert not (tmp_path / "var").exists()


TOML_VALUES = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*Config.model_fields, "mial"]), TOML_VALUES))
def test_odd_values_give_sentences_and_nothing_else(raw: dict[str, Any]) -> None:
    try:
        Config.model_validate(raw)
    except ValidationError as error:
        lines = list(explain(error, Config))
        assert lines
        assert all(line.startswith("[") for line in lines)


@given(st.text(max_size=40))
def test_answers_of_init_are_quoted_safely(answer: str) -> None:
    clean = "".join(c for c in answer if c.isprintable())
    text = fill_in('[briefings]\ncity = "Arnhem"  \n', {("briefings", "city"): clean})
    assert tomllib.loads(text)["briefings"]["city"] == clean


GOOD_SIGN_IN = '[web]\nbase_url = "https://s.example"\n[sign_in]\nissuer = "{issuer}"\n'


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[sign_in]\nlink = false\n", "kan niemand zich aanmelden"),
        (GOOD_SIGN_IN.format(issuer="https://idp.example"), "client_id"),
        (GOOD_SIGN_IN.format(issuer="http://idp.example") + 'client_id = "x"\n', "issuer"),
        (GOOD_SIGN_IN.format(issuer="idp.example") + 'client_id = "x"\n', "issuer"),
        (GOOD_SIGN_IN.format(issuer="https://[") + 'client_id = "x"\n', "issuer"),
        (GOOD_SIGN_IN.format(issuer="https://i:x/") + 'client_id = "x"\n', "issuer"),
        (
            GOOD_SIGN_IN.format(issuer="https://i.example").replace("https://s", "http://s")
            + 'client_id = "x"\n',
            "[web] base_url",
        ),
        ('[sign_in]\nclient_secret = "x"\n', "SCHAKEL_OIDC_SECRET"),
        ('[sign_in]\nemail_claim = ""\n', "email_claim"),
    ],
)
def test_signing_in_with_accounts_of_elsewhere_needs_its_settings(
    tmp_path: Path, text: str, part: str
) -> None:
    (line,) = mistakes(tmp_path, text)
    assert part in line


def test_the_secret_of_accounts_of_elsewhere_comes_from_the_environment(tmp_path: Path) -> None:
    text = GOOD_SIGN_IN.format(issuer="https://i.example") + 'client_id = "x"\n'
    loaded = load_config(written(tmp_path, text), {"SCHAKEL_OIDC_SECRET": "geheim"})
    assert loaded.sign_in.client_secret == "geheim"
    assert "geheim" not in repr(loaded)
    assert "geheim" not in loaded.model_dump_json()
