"""``schakel backup`` and ``schakel restore``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import backup_texts as texts
from bot.cli import frame_texts
from bot.cli.frame import DEFAULT_CONFIG, WRONG, ConfigPath, load, run, say, stop
from contacts.texts import counted

if TYPE_CHECKING:
    from datetime import datetime

    from bot.backup.restoring import Restored
    from bot.config import Config

FOLDER = "backups"
MB = 1_000_000


def backup(
    to: Annotated[str, typer.Argument(help=texts.HELP_TO, metavar=frame_texts.FILE)] = "",
    keep: Annotated[
        int, typer.Option("--keep", min=0, help=texts.HELP_KEEP, metavar=frame_texts.NUMBER)
    ] = 0,
    new_key: Annotated[
        Path | None, typer.Option("--new-key", help=texts.HELP_NEW_KEY, metavar=frame_texts.FILE)
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    if new_key is not None:
        _make_key(new_key)
        return
    loaded = load(config)
    key = _key()
    _need_store(loaded)
    out = _make(loaded, _target(to, loaded), key)
    if keep:
        from bot.backup.making import forget_older

        if count := forget_older(out.parent, keep):
            say(counted(texts.FORGOTTEN, count))


def restore(
    source: Annotated[Path, typer.Argument(help=texts.HELP_FROM, metavar=frame_texts.FILE)],
    overwrite: Annotated[bool, typer.Option("--overwrite", help=texts.HELP_OVERWRITE)] = False,
    check: Annotated[bool, typer.Option("--check", help=texts.HELP_CHECK)] = False,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    from bot.backup.restoring import InUse, NotEmpty, OtherEngine, check_backup
    from bot.backup.sealed_file import BackupError
    from signals.workdays import day_and_time

    loaded, key = load(config), _key()
    try:
        if check:
            seen = check_backup(source, key)
            at = day_and_time(seen.made_at)
            say(texts.CHECKED.format(path=source, rows=seen.rows, at=at, version=seen.version))
            return
        done, now = _restore(loaded, source, key, overwrite=overwrite)
    except BackupError as error:
        raise stop(texts.WRONG[error.why].format(path=source), WRONG) from None
    except InUse:
        raise stop(texts.IN_USE, WRONG) from None
    except NotEmpty:
        raise stop(texts.NOT_EMPTY, WRONG) from None
    except OtherEngine:
        raise stop(texts.OTHER_ENGINE, WRONG) from None
    except OSError:
        raise stop(texts.CANNOT_READ.format(path=source), WRONG) from None
    manifest = done.manifest
    say(texts.RESTORED.format(rows=manifest.rows, at=day_and_time(manifest.made_at)))
    if done.held.halted:
        say(counted(texts.HELD, done.held.halted))
    if done.old_store is not None:
        say(texts.OLD_STORE.format(path=done.old_store))
    for line in _put_key_back(loaded, done.secret_key, now):
        say(line)
    say(texts.WAYS)


def _restore(
    config: Config, source: Path, key: bytes, *, overwrite: bool
) -> tuple[Restored, datetime]:
    from bot.backup.restoring import restore as put_back
    from bot.clock import utc_now

    now = utc_now()
    work = put_back(
        source, config.database.url, key=key, overwrite=overwrite, ticks=config.ticks, now=now
    )
    return run(work), now


def _make(config: Config, out: Path, key: bytes) -> Path:
    from bot.backup.making import make_backup
    from bot.backup.sealed_file import BackupError
    from bot.clock import utc_now

    secret_key = _own_key(config)
    try:
        made = make_backup(
            config.database.url, out, key=key, secret_key=secret_key, now=utc_now()
        )  # fmt: skip
    except FileExistsError:
        raise stop(texts.EXISTS.format(path=out), WRONG) from None
    except BackupError:
        raise stop(texts.STORE_DAMAGED, WRONG) from None
    except OSError:
        raise stop(texts.CANNOT_WRITE.format(path=out), WRONG) from None
    size = texts.MEGABYTES.format(count=f"{out.stat().st_size / MB:.1f}".replace(".", ","))
    say(texts.MADE.format(path=out, rows=made.rows, tables=made.tables_counted, size=size))
    if _is_key_elsewhere():
        from bot.config import SECRET_KEY

        say(texts.WITHOUT_KEY.format(name=SECRET_KEY))
    return out


def _target(to: str, config: Config) -> Path:
    """The file to write. A path of Python has lost the slash by which a folder is meant."""
    from bot.backup.making import default_name
    from bot.clock import utc_now

    place = Path(to) if to else config.state_dir / FOLDER
    is_folder = not to or to.endswith(os.sep) or place.is_dir()
    if is_folder and place.exists() and not place.is_dir():
        raise stop(texts.NO_FOLDER.format(path=place), WRONG)
    return place / default_name(utc_now()) if is_folder else place


def _need_store(config: Config) -> None:
    from bot.migrating import holds_tables

    if not run(holds_tables(config.database.url)):
        raise stop(texts.NO_STORE, WRONG)


def _key() -> bytes:
    from cryptography.fernet import Fernet

    from bot.config import BACKUP_KEY, ConfigError, read_secret

    lines: list[str] = []
    text = read_secret(BACKUP_KEY, os.environ, lines)
    if lines:
        raise ConfigError(lines)
    if not text:
        raise stop(texts.NO_KEY.format(name=BACKUP_KEY))
    try:
        Fernet(text.encode())
    except ValueError:
        raise stop(texts.BAD_KEY.format(name=BACKUP_KEY)) from None
    return text.encode()


def _make_key(path: Path) -> None:
    from bot.config import BACKUP_KEY
    from contacts.sealing import Sealer

    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise stop(texts.EXISTS.format(path=path)) from None
    except OSError:
        raise stop(texts.CANNOT_WRITE.format(path=path)) from None
    with os.fdopen(descriptor, "wb") as out:
        out.write(Sealer.new_key())
    say(texts.KEY_MADE.format(path=path, name=BACKUP_KEY))


def _own_key(config: Config) -> bytes | None:
    """The installation's own key, when it lives in its file."""
    from bot.config import KEY_FILE

    file = config.state_dir / KEY_FILE
    return None if _is_key_elsewhere() or not file.exists() else file.read_bytes()


def _is_key_elsewhere() -> bool:
    from bot.config import SECRET_KEY

    return any(os.environ.get(name) for name in (SECRET_KEY, f"{SECRET_KEY}_FILE"))


def _put_key_back(config: Config, secret_key: bytes | None, now: datetime) -> list[str]:
    from bot.config import KEY_FILE, SECRET_KEY

    if _is_key_elsewhere():
        return [texts.KEY_ELSEWHERE.format(name=SECRET_KEY)]
    if secret_key is None:
        return []
    file = config.state_dir / KEY_FILE
    lines = [texts.KEY_PUT.format(path=file)]
    if file.exists():
        if file.read_bytes() == secret_key:
            return []
        old = file.with_name(f"{file.name}.{now:%Y%m%d-%H%M%S}.old")
        file.rename(old)
        lines = [texts.KEY_DIFFERS.format(path=file, old=old)]
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(secret_key)
    return lines
