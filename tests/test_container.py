"""The image, read by rules, since it cannot be built here; and that nothing needs Unix to begin."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib.util import find_spec

import pytest
import yaml

from bot.config import read_settings
from tests.world import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
LINES = [line.split(maxsplit=1) for line in DOCKERFILE.splitlines() if line.strip() and not line.startswith("#")]
FINAL = LINES[max(n for n, (word, _) in enumerate(LINES) if word == "FROM") :]
PACKAGES = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["root_packages"]


def said(word: str, lines: list[list[str]] = FINAL) -> list[str]:
    return [rest for name, rest in lines if name == word]


def test_every_package_and_nothing_that_is_not_there_is_copied() -> None:
    copied = [part for rest in said("COPY", LINES) if "--from" not in rest for part in rest.split()[:-1]]
    assert [part for part in copied if not (ROOT / part).exists()] == []
    assert {*PACKAGES, "locales"} <= set(copied)
    (compiled,) = re.findall(r"compileall -q (.+)", DOCKERFILE)
    assert set(compiled.split()) == set(PACKAGES)


def test_bases_have_a_version_and_packages_a_hash() -> None:
    assert all(re.fullmatch(r"\S+:\d\S*( AS \w+)?", base) for base in said("FROM", LINES))
    (install,) = [rest for rest in said("RUN", LINES) if "pip install" in rest]
    assert "--require-hashes" in install
    assert "--no-cache-dir" in install
    assert not any("apt" in rest or "curl" in rest for rest in said("RUN", LINES))


def test_it_runs_as_nobody_special_and_its_data_outlive_it() -> None:
    assert said("USER") == ["10001"]
    after = FINAL[[word for word, _ in FINAL].index("USER") :]
    assert not any(word in ("RUN", "COPY", "ADD") for word, _ in after)
    (environment,) = said("ENV")
    given = dict(part.split("=", 1) for part in environment.split())
    ours = {name: value for name, value in given.items() if name.startswith("MOTCUA_")}
    settings = read_settings(ours, None)
    assert settings.host == "0.0.0.0"
    assert said("VOLUME") == [str(settings.data_dir)]
    assert said("EXPOSE") == [str(settings.port)]


def test_its_health_is_asked_and_a_stop_reaches_it() -> None:
    (health,) = said("HEALTHCHECK")
    (module,) = re.findall(r'CMD \["python", "-m", "([\w.]+)"\]', health)
    assert find_spec(module) is not None
    assert said("ENTRYPOINT") == ['["python", "-m", "bot"]']  # no shell between, which would keep SIGTERM
    assert said("CMD") == ['["serve"]']
    assert said("STOPSIGNAL") == ["SIGTERM"]


def test_the_desk_beside_its_database() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    desk, database = services["motcua"], services["database"]
    url = desk["environment"]["MOTCUA_DATABASE_URL"].replace("${POSTGRES_PASSWORD:?set POSTGRES_PASSWORD in .env}", "x")
    user, name = database["environment"]["POSTGRES_USER"], database["environment"]["POSTGRES_DB"]
    assert read_settings({"MOTCUA_DATABASE_URL": url}, None).url == f"postgresql+asyncpg://{user}:x@database/{name}"
    inside = {name: str(value) for name, value in desk["environment"].items() if name != "MOTCUA_DATABASE_URL"}
    settings = read_settings(inside, None)  # a line of .env for a desk without a container must not close this one
    assert [settings.host, str(settings.port), str(settings.data_dir)] == ["0.0.0.0", *said("EXPOSE"), *said("VOLUME")]
    assert desk["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert desk["ports"] == [f"127.0.0.1:{said('EXPOSE')[0]}:{said('EXPOSE')[0]}"]
    assert desk["volumes"] == [f"data:{said('VOLUME')[0]}"]


UNIX = frozenset({"fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty", "uvloop"})


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_needs_what_only_unix_has_to_be_imported(package: str) -> None:
    needed = []
    for file in (ROOT / package).rglob("*.py"):
        for statement in ast.parse(file.read_text("utf-8")).body:
            names = [each.name for each in statement.names] if isinstance(statement, ast.Import) else []
            names += [statement.module or ""] if isinstance(statement, ast.ImportFrom) else []
            needed += [(file.name, name) for name in names if name.partition(".")[0] in UNIX]
    assert needed == []
