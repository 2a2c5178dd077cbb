"""Jars are fetched by their sums, from where the user's settings say, and never by half."""

import base64
import hashlib
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from jgo.constants import MAVEN_CENTRAL_URL

from cli import ROOT
from cli.errors import UserError
from services import jars
from services.jars import Jar, class_path, install, locked
from services.maven_settings import repository
from tests.support.http import Handler, serving

BODY = os.urandom(3_000_000)


@contextmanager
def repository_of(
    files: dict[str, bytes],
    breaks_after: int | None = None,
    first_status: int = 200,
    ranges: bool = True,
    login: str | None = None,
    seconds: float = 0,
):
    """A Maven repository, or a proxy to one: its address, and what it was asked for.

    With `breaks_after`, the first answer ends after so many bytes; with `first_status`, it is this
    error. Without `ranges`, each answer is the whole file. With `login`, nobody else gets one. Each
    answer takes `seconds`.
    """
    asked: list[tuple[str, str | None]] = []
    encoded = base64.b64encode((login or "").encode()).decode()

    class Repository(Handler):
        def do_GET(self):
            name, first = self.path.rsplit("/", 1)[1], len(asked)
            asked.append((self.path, self.headers["Range"]))
            time.sleep(seconds)
            body = files.get(name)
            start = int((self.headers["Range"] or "bytes=0-")[6:-1]) if ranges else 0
            status = 404 if body is None else 416 if start and start >= len(body) else 200
            if first == 0 and first_status != 200:
                status = first_status
            if login and self.headers["Authorization"] != f"Basic {encoded}":
                status = 401
            if status != 200:
                self.send_error(status)
                return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(body) - start))
            self.end_headers()
            end = breaks_after if breaks_after is not None and first == 0 else len(body)
            self.wfile.write(body[start:end])

    with serving(Repository) as server:
        yield f"http://127.0.0.1:{server.server_port}", asked


@pytest.fixture(autouse=True)
def no_settings(monkeypatch, tmp_path):
    """No setting of the machine that runs the tests."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.startswith("MAVEN_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def lock(folder: Path, *bodies: bytes) -> tuple[Path, list[Jar]]:
    folder.mkdir(exist_ok=True)
    listed = [
        Jar(hashlib.sha256(body).hexdigest(), "org.example", f"part{i}", "1.0")
        for i, body in enumerate(bodies)
    ]
    (folder / "jars.lock").write_text("# made\n" + "".join(f"{jar}\n" for jar in listed))
    return folder / "jars.lock", listed


def settings_xml(tmp_path: Path, body: str) -> None:
    (tmp_path / "home" / ".m2").mkdir(parents=True)
    (tmp_path / "home" / ".m2" / "settings.xml").write_text(
        f'<settings xmlns="http://maven.apache.org/SETTINGS/1.2.0">{body}</settings>'
    )


def test_all_of_a_lock_is_fetched_once(tmp_path, monkeypatch):
    path, listed = lock(tmp_path, BODY, b"other")
    with repository_of({"part0-1.0.jar": BODY, "part1-1.0.jar": b"other"}) as (url, asked):
        monkeypatch.setenv("MAVEN_MIRROR", url)
        install(path, tmp_path / "j")
        assert sorted(asked) == [
            ("/org/example/part0/1.0/part0-1.0.jar", None),
            ("/org/example/part1/1.0/part1-1.0.jar", None),
        ]
        install(path, tmp_path / "j")
        assert len(asked) == 2
    assert (tmp_path / "j" / "part0-1.0.jar").read_bytes() == BODY
    assert class_path(path, tmp_path / "j") == [str(tmp_path / "j" / jar.name) for jar in listed]


def test_a_jar_that_was_deleted_is_fetched_again(tmp_path, monkeypatch):
    path, [jar] = lock(tmp_path, b"x")
    with repository_of({jar.name: b"x"}) as (url, asked):
        monkeypatch.setenv("MAVEN_MIRROR", url)
        install(path, tmp_path / "j")
        (tmp_path / "j" / jar.name).unlink()
        install(path, tmp_path / "j")
    assert asked == [(f"/{jar.path}", None)] * 2
    assert (tmp_path / "j" / jar.name).read_bytes() == b"x"


def test_two_installations_into_one_folder_fetch_each_jar_once(tmp_path, monkeypatch):
    """As of two stacks that share JARS_DIR."""
    path, [jar] = lock(tmp_path, BODY)
    with repository_of({jar.name: BODY}, seconds=0.3) as (url, asked):
        monkeypatch.setenv("MAVEN_MIRROR", url)
        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(install, path, tmp_path / "j") for _ in range(2)]:
                done.result()
    assert len(asked) == 1
    assert (tmp_path / "j" / jar.name).read_bytes() == BODY


def test_a_mirror_may_end_in_a_slash(tmp_path, monkeypatch):
    path, [jar] = lock(tmp_path, b"x")
    with repository_of({jar.name: b"x"}) as (url, asked):
        monkeypatch.setenv("MAVEN_MIRROR", f"{url}/maven/")
        install(path, tmp_path / "j")
    assert asked == [(f"/maven/{jar.path}", None)]


def test_after_an_error_no_further_jar_is_asked_for(tmp_path, monkeypatch):
    path, _ = lock(tmp_path, *(b"%d" % number for number in range(60)))
    with repository_of({}, seconds=0.1) as (url, asked):
        monkeypatch.setenv("MAVEN_MIRROR", url)
        with pytest.raises(UserError, match="HTTP 404"):
            install(path, tmp_path / "j")
    assert len(asked) < 30


def test_a_jar_with_another_sum_is_refused(tmp_path, monkeypatch):
    path, _ = lock(tmp_path, b"the right one")
    with repository_of({"part0-1.0.jar": b"another one"}) as (url, _):
        monkeypatch.setenv("MAVEN_MIRROR", url)
        with pytest.raises(UserError, match=r"part0-1\.0\.jar from 127\.0\.0\.1:\d+ is refused"):
            install(path, tmp_path / "j")
    assert [*(tmp_path / "j").iterdir()] == []


def test_a_file_of_that_name_with_another_sum_is_replaced(tmp_path, monkeypatch):
    path, _ = lock(tmp_path, b"the right one")
    (tmp_path / "j").mkdir()
    (tmp_path / "j" / "part0-1.0.jar").write_bytes(b"another one")
    with repository_of({"part0-1.0.jar": b"the right one"}) as (url, _):
        monkeypatch.setenv("MAVEN_MIRROR", url)
        install(path, tmp_path / "j")
    assert (tmp_path / "j" / "part0-1.0.jar").read_bytes() == b"the right one"


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_jar_whose_sum_another_version_of_the_lock_changes_is_replaced(
    tmp_path, monkeypatch, is_whole
):
    old, [jar] = lock(tmp_path / "old", b"old")
    new, _ = lock(tmp_path / "new", b"new")
    folder = tmp_path / "j"
    for path, body in ((old, b"old"), (new, b"new")):
        with repository_of({jar.name: body}) as (url, _):
            monkeypatch.setenv("MAVEN_MIRROR", url)
            install(path, folder)
        if not is_whole:  # a full disk cut the record off
            (folder / jars.RECORD).write_text(jar.sha256[:9])
    assert (folder / jar.name).read_bytes() == b"new"


def test_a_download_that_breaks_goes_on_where_it_broke(tmp_path, monkeypatch):
    path, _ = lock(tmp_path, BODY)
    with repository_of({"part0-1.0.jar": BODY}, breaks_after=2 << 20) as (url, asked):
        monkeypatch.setenv("MAVEN_MIRROR", url)
        install(path, tmp_path / "j")
    assert [began for _, began in asked] == [None, f"bytes={2 << 20}-"]
    assert (tmp_path / "j" / "part0-1.0.jar").read_bytes() == BODY


def test_a_later_command_goes_on_where_an_earlier_one_broke(tmp_path, monkeypatch):
    path, _ = lock(tmp_path, BODY)
    monkeypatch.setattr(jars, "ATTEMPTS", 1)
    with repository_of({"part0-1.0.jar": BODY}, breaks_after=1 << 20) as (url, asked):
        monkeypatch.setenv("MAVEN_MIRROR", url)
        with pytest.raises(UserError, match="run the command again to resume"):
            install(path, tmp_path / "j")
        install(path, tmp_path / "j")
    assert asked[-1][1] == f"bytes={1 << 20}-"
    assert (tmp_path / "j" / "part0-1.0.jar").read_bytes() == BODY


def test_a_download_that_breaks_begins_again_where_the_server_knows_no_ranges(
    tmp_path, monkeypatch
):
    path, _ = lock(tmp_path, BODY)
    with repository_of({"part0-1.0.jar": BODY}, breaks_after=1 << 20, ranges=False) as (url, asked):
        monkeypatch.setenv("MAVEN_MIRROR", url)
        install(path, tmp_path / "j")
    assert [began for _, began in asked] == [None, f"bytes={1 << 20}-"]
    assert (tmp_path / "j" / "part0-1.0.jar").read_bytes() == BODY


def test_what_an_earlier_command_downloaded_whole_is_not_downloaded_again(tmp_path, monkeypatch):
    path, [jar] = lock(tmp_path, BODY)
    (tmp_path / "j").mkdir()
    (tmp_path / "j" / f".{jar.name}.{jar.sha256[:8]}.part").write_bytes(BODY)
    with repository_of({jar.name: BODY}) as (url, asked):
        monkeypatch.setenv("MAVEN_MIRROR", url)
        install(path, tmp_path / "j")
    assert [began for _, began in asked] == [f"bytes={len(BODY)}-"]
    assert (tmp_path / "j" / jar.name).read_bytes() == BODY


def test_a_server_that_cannot_answer_now_is_asked_again(tmp_path, monkeypatch):
    path, _ = lock(tmp_path, b"x")
    with repository_of({"part0-1.0.jar": b"x"}, first_status=503) as (url, asked):
        monkeypatch.setenv("MAVEN_MIRROR", url)
        install(path, tmp_path / "j")
    assert len(asked) == 2


def test_a_server_that_does_not_answer_is_one_line(tmp_path, monkeypatch):
    path, _ = lock(tmp_path, b"x")
    assert jars.TIMEOUT <= 60
    monkeypatch.setattr(jars, "TIMEOUT", 0.2)
    monkeypatch.setattr(jars, "ATTEMPTS", 2)
    before = time.monotonic()
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setenv("MAVEN_MIRROR", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(UserError, match=r"cannot be fetched .* \(ReadTimeout\)"):
            install(path, tmp_path / "j")
    assert time.monotonic() - before < 5


@pytest.mark.parametrize("reason", ["HTTP 404", "ConnectionError"])
def test_what_cannot_be_fetched_is_one_line(tmp_path, reason):
    lock_path, _ = lock(tmp_path, b"x")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        with repository_of({}) as (url, asked):
            mirror = url if "404" in reason else f"http://127.0.0.1:{taken.getsockname()[1]}"
            mirror = mirror.replace("//", "//ana:secret@")
            code = (
                "from cli.console import main; from services.jars import install; "
                "from pathlib import Path; import sys; "
                "main(lambda: install(Path(sys.argv[1]), Path(sys.argv[2])))"
            )
            done = subprocess.run(
                [sys.executable, "-c", code, lock_path, tmp_path / "j"],
                cwd=ROOT, env={**os.environ, "MAVEN_MIRROR": mirror},
                capture_output=True, text=True,
            )  # fmt: skip
    assert done.returncode == 1
    assert "error: part0-1.0.jar cannot be fetched from 127.0.0.1:" in done.stderr
    assert f"({reason})" in done.stderr
    assert done.stderr.count("\n") == 2  # the first one says what is done
    assert "secret" not in done.stderr
    assert len(asked) == ("404" in reason)  # which another attempt would not change


def test_only_jars_of_an_older_lock_are_removed(tmp_path, monkeypatch):
    old, _ = lock(tmp_path / "old", b"stays", b"goes")
    new, _ = lock(tmp_path / "new", b"stays")
    folder = tmp_path / "j"
    folder.mkdir()
    (folder / "mine.jar").write_text("the user's")
    with repository_of({"part0-1.0.jar": b"stays", "part1-1.0.jar": b"goes"}) as (url, _):
        monkeypatch.setenv("MAVEN_MIRROR", url)
        install(old, folder)
        install(new, folder)
    assert {path.name for path in folder.glob("*.jar")} == {"mine.jar", "part0-1.0.jar"}
    assert str(folder / "mine.jar") not in class_path(new, folder)


def test_a_folder_with_a_space_does_not_touch_what_is_beside_it(tmp_path, monkeypatch):
    path, _ = lock(tmp_path, b"x")
    home = tmp_path / "home"
    (home / "jars").mkdir(parents=True)
    for mine in (home / "thesis", home / "jars" / "thesis"):
        mine.write_text("mine")
    with repository_of({"part0-1.0.jar": b"x"}) as (url, _):
        monkeypatch.setenv("MAVEN_MIRROR", url)
        install(path, home / "jars dir")
    assert (home / "jars dir" / "part0-1.0.jar").read_bytes() == b"x"
    assert (home / "thesis").read_text() == (home / "jars" / "thesis").read_text() == "mine"


def test_a_mirror_of_all_but_the_central_repository_is_none(tmp_path):
    mirror = "<mirror><id>m</id><mirrorOf>*,!central</mirrorOf><url>http://no</url></mirror>"
    settings_xml(tmp_path, f"<mirrors>{mirror}</mirrors>")
    assert repository().url == MAVEN_CENTRAL_URL


@pytest.mark.parametrize("of", ["*", "central", "external:*,!other"])
def test_a_mirror_of_settings_xml(tmp_path, monkeypatch, of):
    path, _ = lock(tmp_path, b"x")
    with repository_of({"part0-1.0.jar": b"x"}) as (url, asked):
        monkeypatch.setenv("MIRROR_PATH", "deep/in")
        settings_xml(
            tmp_path,
            f"<mirrors><mirror><id>m</id><mirrorOf>other</mirrorOf><url>http://no</url></mirror>"
            f"<mirror><id>m</id><mirrorOf>{of}</mirrorOf><url>{url}/${{env.MIRROR_PATH}}/</url>"
            "</mirror></mirrors>",
        )
        install(path, tmp_path / "j")
    assert asked == [("/deep/in/org/example/part0/1.0/part0-1.0.jar", None)]


def test_settings_may_be_elsewhere(tmp_path, monkeypatch):
    settings_xml(
        tmp_path, "<mirrors><mirror><mirrorOf>*</mirrorOf><url>http://m</url></mirror></mirrors>"
    )
    (tmp_path / "home" / ".m2" / "settings.xml").rename(tmp_path / "elsewhere.xml")
    monkeypatch.setenv("MAVEN_SETTINGS", str(tmp_path / "elsewhere.xml"))
    assert repository().url == "http://m"
    monkeypatch.setenv("MAVEN_MIRROR", "http://v/")
    assert repository().url == "http://v"


def test_the_login_of_a_mirror(tmp_path):
    path, [jar] = lock(tmp_path, b"x")
    with repository_of({jar.name: b"x"}, login="ana:s3cret") as (url, _):
        settings_xml(
            tmp_path,
            f"<mirrors><mirror><id>m</id><mirrorOf>*</mirrorOf><url>{url}</url></mirror></mirrors>"
            "<servers><server><id>m</id><username>ana</username><password>s3cret</password>"
            "</server></servers>",
        )
        install(path, tmp_path / "j")
    assert (tmp_path / "j" / jar.name).read_bytes() == b"x"


@pytest.mark.parametrize(("server", "login"), [("a", ("ana", "s3cret")), ("b", None)])
def test_of_two_mirrors_the_first_is_asked_with_its_own_login(tmp_path, server, login):
    settings_xml(
        tmp_path,
        "<mirrors><mirror><id>a</id><mirrorOf>central</mirrorOf><url>http://a</url></mirror>"
        "<mirror><id>b</id><mirrorOf>*</mirrorOf><url>http://b</url></mirror></mirrors>"
        f"<servers><server><id>{server}</id><username>ana</username><password>s3cret</password>"
        "</server></servers>",
    )
    found = repository()
    assert (found.url, found.login) == ("http://a", login)


@pytest.mark.parametrize("by", ["variable", "settings.xml"])
def test_a_proxy(tmp_path, monkeypatch, by):
    path, _ = lock(tmp_path, b"x")
    with repository_of({"part0-1.0.jar": b"x"}) as (url, asked):
        mirror = "http://repository.invalid/maven"
        if by == "variable":
            monkeypatch.setenv("http_proxy", url)
            monkeypatch.setenv("MAVEN_MIRROR", mirror)
        else:
            settings_xml(
                tmp_path,
                "<proxies><proxy><active>false</active><host>off</host></proxy><proxy>"
                f"<host>127.0.0.1</host><port>{url.rpartition(':')[2]}</port></proxy></proxies>"
                f"<mirrors><mirror><id>m</id><mirrorOf>*</mirrorOf><url>{mirror}</url></mirror>"
                "</mirrors>",
            )
        install(path, tmp_path / "j")
    assert asked == [(f"{mirror}/org/example/part0/1.0/part0-1.0.jar", None)]


def test_a_host_that_settings_xml_spares_the_proxy(tmp_path):
    settings_xml(
        tmp_path,
        "<proxies><proxy><host>p</host><nonProxyHosts>*.corp|localhost</nonProxyHosts></proxy>"
        "</proxies><mirrors><mirror><id>m</id><mirrorOf>*</mirrorOf><url>http://jars.corp/m</url>"
        "</mirror></mirrors><servers>"
        + "".join(
            f"<server><id>{id}</id><username>u{of}</username><password>secret{of}</password>"
            "</server>"
            for id, of in (("a", " of a"), ("m", ""), ("z", " of z"))
        )
        + "</servers>",
    )
    found = repository()
    assert (found.url, found.proxy, found.login) == ("http://jars.corp/m", None, ("u", "secret"))
    assert "secret" not in repr(found)


def test_the_login_of_a_proxy(tmp_path):
    settings_xml(
        tmp_path,
        "<proxies><proxy><host>p</host><port>3128</port><username>ana</username>"
        "<password>s@cret</password></proxy></proxies>",
    )
    found = repository()
    assert found.proxy == "http://ana:s%40cret@p:3128"
    assert "cret" not in repr(found)


def test_a_proxy_without_a_port_has_8080(tmp_path):
    settings_xml(tmp_path, "<proxies><proxy><host>p</host></proxy></proxies>")
    assert repository().proxy == "http://p:8080"


def test_a_proxy_of_settings_xml_is_used_for_http_and_https(tmp_path):
    settings_xml(tmp_path, "<proxies><proxy><host>p</host></proxy></proxies>")
    found = repository()
    assert found.session(1).proxies == dict.fromkeys(("http", "https"), found.proxy)


def test_no_lock_names_an_address():
    locks = [path.with_suffix(".lock") for path in (*jars.LOCKS, *ROOT.glob("tests/**/jars.in"))]
    assert len(locks) >= 4
    for path in locks:
        assert "//" not in path.read_text()
        listed = list(locked(path))
        assert listed
        assert all(len(jar.sha256) == 64 for jar in listed)
        wanted = [
            line.removesuffix("@jar").split(":")
            for line in path.with_suffix(".in").read_text().splitlines()
            if line and not line.startswith("#")
        ]
        have = {(jar.group, jar.artifact): jar.version for jar in listed}
        assert all(have[group, name] == version for group, name, version in wanted)


def test_settings_that_are_no_xml_are_refused_in_one_line(tmp_path):
    settings_xml(tmp_path, "<mirrors>")
    with pytest.raises(UserError, match=r"settings\.xml cannot be read: mismatched tag"):
        repository()
