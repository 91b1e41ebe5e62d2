"""The operator's command line."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from vetagenda_embedded.children import ServerFailed
from vetagenda_embedded.home import NotRunning, UnusableHome
from vetagenda_embedded.private import AlreadyRunning
from vetagenda_embedded.settings import BadSetting, PlatformSettings

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
EXPORTS = ("appointments.ics", "appointments.csv", "owners.csv", "animals.csv")
FORESEEN = (ServerFailed, AlreadyRunning, NotRunning, UnusableHome, BadSetting)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when it was done, 1 when it could not be (standard error says why), 2 for a bad command line."""
    order = parser().parse_args(arguments)
    try:
        settings = PlatformSettings.from_environment()
        if order.command == "up":
            from vetagenda_embedded.up import up

            settings = replace(settings, restored=order.restored)
            asyncio.run(up(settings, with_demonstration=not order.without_demonstration))
            return 0
        if order.command in ("backup", "restore"):
            return _back_up_or_restore(order, settings)
        return _operate(order, settings)
    except FORESEEN as reason:
        print(f"vetagenda: {reason}", file=sys.stderr)
    except BrokenPipeError:  # who read our output wanted no more of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as reason:  # a full disk, a file that somebody took away or may not be read
        print(f"vetagenda: {reason.filename or 'the machine'}: {reason.strerror}", file=sys.stderr)
    return 1


def _back_up_or_restore(order: argparse.Namespace, settings: PlatformSettings) -> int:
    from vetagenda_embedded.backup import commands
    from vetagenda_embedded.backup.archive import BadArchive

    try:
        if order.command == "backup":
            target = commands.backup(settings, order.file)
            size = target.stat().st_size
            print(f"{target}: {size:,} bytes. It holds keys and personal data: keep it safe.")
            return 0
        former = commands.restore(settings, order.file, replace=order.replace)
    except (BadArchive, commands.CannotBeDone) as reason:
        print(f"vetagenda: {reason}", file=sys.stderr)
        return 1
    print(f"restored into {settings.home}; start it with `vetagenda up`")
    print("messages to owners are held then: `vetagenda messages status`, `release` or `release --skip`")
    for place in former:
        print(f"what was there is now in {place}: remove it when you no longer need it")
    return 0


def _operate(order: argparse.Namespace, settings: PlatformSettings) -> int:
    from vetagenda_embedded import operator_commands
    from vetagenda_embedded.operator_client import Refused

    try:
        return operator_commands.run(order, settings)
    except Refused as problem:
        print(f"vetagenda: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="vetagenda", description="Run and operate the platform in VETAGENDA_HOME."
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    up = commands.add_parser("up", help="start everything and stay in the foreground")
    up.add_argument(
        "--without-demonstration", action="store_true", help="do not make the practice to try with"
    )
    up.add_argument(
        "--restored", action="store_true", help="the data were put back from a backup: say so this once"
    )
    _backup(commands)
    _keys(commands)
    _staff(commands)
    _practices(commands)
    _events(commands)
    _messages(commands)
    _sync(commands)
    _import(commands)
    _export(commands)
    _dead_letters(commands)
    return top


def _keys(commands: Commands) -> None:
    actions = _group(commands, "keys", "API keys")
    create = _action(actions, "create", "make a key; it is shown once")
    create.add_argument("--practice", action="append", required=True, metavar="ID", dest="practices")
    create.add_argument("--scope", action="append", required=True, metavar="AREA:RIGHT", dest="scopes")
    create.add_argument("--name", default="made on the command line")
    create.add_argument("--test", action="store_true", help="a key for test practices")
    create.add_argument(
        "--expires", metavar="INSTANT", help="until when it works (RFC 3339); else without end"
    )
    create.add_argument(
        "--network", action="append", metavar="CIDR", dest="networks", help="used from there only"
    )
    create.add_argument("--partner", metavar="ID", help="the organisation whose key it is")
    _action(actions, "list", "the keys: whose, what for, until when; never the keys themselves")
    revoke = _action(actions, "revoke", "end a key at once")
    revoke.add_argument("id")


def _staff(commands: Commands) -> None:
    actions = _group(commands, "staff", "people who sign in")
    create = _action(actions, "create", "let somebody sign in to a practice")
    create.add_argument("--practice", required=True, metavar="ID")
    create.add_argument("--email", required=True)
    create.add_argument("--name", help="else the e-mail address")
    create.add_argument(
        "--role",
        default="practice_account",
        choices=("practice_account", "manager", "supervisor", "collaborator"),
        help="what they may do there; else practice_account",
    )
    people = _action(actions, "list", "who may sign in to a practice")
    people.add_argument("--practice", required=True, metavar="ID")


def _practices(commands: Commands) -> None:
    actions = _group(commands, "practices", "practices")
    _action(actions, "list", "the practices of this platform")
    create = _action(actions, "create", "make a practice")
    create.add_argument("--name", required=True)
    create.add_argument("--time-zone", metavar="ZONE", help="for example Europe/Berlin; else Europe/Paris")
    create.add_argument("--locale", help="for example de-DE; else fr")
    create.add_argument("--country", metavar="XX", help="two letters, for example DE; else FR")
    create.add_argument("--phone", metavar="NUMBER", help="for example +33123456789")
    create.add_argument("--email")
    create.add_argument("--address")
    create.add_argument("--test", action="store_true", help="a practice of the test data space")


def _events(commands: Commands) -> None:
    tail = _action(
        _group(commands, "events", "a practice's events"),
        "tail",
        "print events as they come, each as a line of JSON",
    )
    tail.add_argument("--practice", required=True, metavar="ID")
    tail.add_argument("--after", type=int, metavar="N", help="from this sequence on; default: from now on")


def _messages(commands: Commands) -> None:
    actions = _group(commands, "messages", "all messages to owners, on the whole platform")
    _action(actions, "status", "whether they are held, and how many wait")
    _action(actions, "hold", "let none leave by itself")
    release = _action(actions, "release", "let them leave again")
    release.add_argument(
        "--skip", action="store_true", help="but not those that wait: they may have been sent"
    )


def _sync(commands: Commands) -> None:
    now = _action(_group(commands, "sync", "calendar synchronisation"), "now", "run a cycle at once")
    now.add_argument("--practice", required=True, metavar="ID")
    now.add_argument("--link", metavar="ID", help="only this link")


def _import(commands: Commands) -> None:
    order = _action(commands, "import", "say what a file would bring into a practice; with --apply, do it")
    order.add_argument("--practice", required=True, metavar="ID")
    which = order.add_mutually_exclusive_group(required=True)
    which.add_argument("file", type=Path, nargs="?", metavar="FILE", help="iCalendar or CSV")
    which.add_argument("--undo", metavar="ID", help="take this import back")
    order.add_argument("--apply", action="store_true", help="write it; otherwise nothing is written")
    order.add_argument("--what", choices=("appointments", "owners", "animals"), default="appointments")
    order.add_argument("--format", choices=("ics", "csv"), help="default: what the file's name ends with")
    order.add_argument("--calendar", metavar="ID", help="for all appointments; default: what each line names")
    order.add_argument("--time-zone", metavar="ZONE", help="of times without one; default: the practice's")
    order.add_argument("--date-format", choices=("iso", "day-first", "month-first"), default="iso")
    order.add_argument("--map", type=_mapped, action="append", default=[], metavar="FIELD=COLUMN")
    order.add_argument("--allow-overlap", action="store_true", help="also write what lies over other entries")
    order.add_argument("--encoding", default="utf-8", metavar="NAME")


def _mapped(text: str) -> str:
    if "=" not in text:
        raise argparse.ArgumentTypeError("FIELD=COLUMN is expected, for example start=Termin")
    return text


def _export(commands: Commands) -> None:
    order = commands.add_parser("export", help="write a practice's records into a file")
    order.add_argument("--practice", required=True, metavar="ID")
    order.add_argument("--what", required=True, choices=EXPORTS)
    order.add_argument("-o", dest="output", type=Path, metavar="FILE", help="default: standard output")
    order.add_argument("--from", dest="from_", metavar="INSTANT", help="appointments only (RFC 3339)")
    order.add_argument("--to", metavar="INSTANT", help="appointments only (RFC 3339)")
    order.add_argument("--calendar", metavar="ID", help="appointments only")
    order.add_argument("--bom", action="store_true", help="CSV for a spreadsheet that needs the mark")


def _dead_letters(commands: Commands) -> None:
    listing = _action(commands, "dead-letters", "list the events that a consumer gave up")
    listing.add_argument("--service", metavar="NAME", help="only of this service")
    replay = _action(commands, "replay", "hand a dead letter, or a service's past events, to consumers again")
    replay.add_argument("service")
    which = replay.add_mutually_exclusive_group(required=True)
    which.add_argument("id", type=int, nargs="?", help="a dead letter of this service")
    which.add_argument("--since", metavar="INSTANT", help="all that it published since then (RFC 3339)")


def _backup(commands: Commands) -> None:
    backup = commands.add_parser("backup", help="everything into one file, also while the platform runs")
    backup.add_argument("file", type=Path, metavar="FILE")
    restore = commands.add_parser("restore", help="everything back from such a file; the platform is stopped")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument("--replace", action="store_true", help="put the database that is there aside")


def _group(commands: Commands, name: str, about: str) -> Commands:
    group = commands.add_parser(name, help=about)
    return group.add_subparsers(dest="action", required=True, metavar="ACTION")


def _action(commands: Commands, name: str, about: str) -> argparse.ArgumentParser:
    action = commands.add_parser(name, help=about)
    action.add_argument("--json", action="store_true", help="one JSON document, for scripts")
    return action
