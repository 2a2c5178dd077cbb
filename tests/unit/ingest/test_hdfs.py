"""What HDFS says and how it is taken: as something that passes, as a lack of room, as a refusal."""

import json
from inspect import signature
from types import SimpleNamespace

import pytest
import requests
from tenacity import stop_after_attempt, wait_none

from cli.errors import UserError
from ingest import clean
from ingest import hdfs as client
from ingest.hdfs import Hdfs, is_starting, no_room
from ingest.load_store import Uncommitted
from tests.support.example_status import DAY
from tests.support.hdfs_failures import NO_ROOM, PASSES, REFUSALS, Operation


@pytest.fixture
def seconds(monkeypatch):
    """Commands wait for a second."""
    monkeypatch.setenv("SERVICE_TIMEOUT_SECONDS", "1")


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://x", "http://x:9870"),
        ("https://x", "https://x:9871"),
        ("https://x:1/", "https://x:1"),
        ("http://[::1]:9870", "http://[::1]:9870"),
        ("https://gate.way:8443/gateway/default", "https://gate.way:8443/gateway/default"),
    ],
)
def test_the_address_is_asked_that_was_given(monkeypatch, url, asked):
    monkeypatch.setenv("WEBHDFS_URL", url)
    hdfs, urls = Hdfs(), []

    def request(method: str, url: str, **options) -> SimpleNamespace:
        urls.append(url)
        return SimpleNamespace(status_code=200, ok=True, raise_for_status=list, content=b"")

    hdfs._fs.session.request = request
    hdfs.read("/a/b=1")
    hdfs.rename_exclusively("/a", "/b")
    assert urls == [f"{asked}/webhdfs/v1/a/b=1", f"{asked}/webhdfs/v1/a"]


def test_hdfs_is_asked_as_the_user_of_the_settings(monkeypatch):
    monkeypatch.setenv("HDFS_USER", "svc")
    assert Hdfs()._fs.pars == {"user.name": "svc"}


def test_the_certificate_of_hdfs_is_verified(monkeypatch):
    monkeypatch.setenv("WEBHDFS_URL", "https://x")
    assert Hdfs()._fs.session.verify is True


@pytest.mark.parametrize("message", PASSES + NO_ROOM + REFUSALS)
def test_what_is_said_is_told_apart(message):
    assert is_starting(message) is (message in PASSES)
    assert no_room(message) is (message in NO_ROOM)


def call(operation: Operation) -> str:
    """List a folder with an HDFS that does what the operation does."""
    hdfs = Hdfs()
    hdfs._fs = SimpleNamespace(ls=lambda folder, detail: operation())
    return hdfs.ls("/")


@pytest.mark.parametrize(
    "error", [RuntimeError(PASSES[0]), requests.ConnectionError("refused")], ids=repr
)
def test_what_passes_is_waited_for(capsys, error):
    operation = Operation(error, error)
    assert call(operation) == "answer"
    assert operation.times == 3
    assert capsys.readouterr().err == "waiting for HDFS at http://localhost:9870\n"


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (RuntimeError("no\nmore"), "HDFS at http://localhost:9870 refused: no"),
        (PermissionError("not yours"), "HDFS at http://localhost:9870 refused: not yours"),
        (ValueError("what?"), "HDFS at http://localhost:9870 refused: what?"),
        (ValueError(""), "HDFS at http://localhost:9870 refused: ValueError"),
        (
            requests.ReadTimeout("x"),
            "HDFS at http://localhost:9870 does not answer (ReadTimeout): is it up (make status)? "
            "Then run the command again",
        ),
    ],
)
def test_everything_else_fails_at_once_in_one_line(error, says):
    operation = Operation(error)
    with pytest.raises(UserError) as refused:
        call(operation)
    assert (str(refused.value), operation.times) == (says, 1)


@pytest.mark.parametrize("answer", [FileNotFoundError("a"), FileExistsError("b")], ids=repr)
def test_that_a_file_is_there_or_not_is_an_answer(answer):
    operation = Operation(answer)
    with pytest.raises(type(answer)):
        call(operation)
    assert operation.times == 1


def test_it_is_not_waited_for_ever(seconds):
    operation = Operation(*[requests.ConnectionError("refused")] * 99)
    with pytest.raises(UserError, match="does not answer"):
        call(operation)
    assert 2 <= operation.times <= 4


@pytest.mark.parametrize("name", [name for name in vars(Hdfs) if not name.startswith("_")])
def test_each_method_tries_again_then_says_that_hdfs_does_not_answer(monkeypatch, seconds, name):
    asked = []

    def request(*_, **__) -> None:
        asked.append(name)
        raise requests.ConnectionError("refused")

    # Attempts in place of seconds: nothing is waited for.
    monkeypatch.setattr(client, "wait_fixed", lambda _: wait_none())
    monkeypatch.setattr(client, "stop_after_delay", lambda limit: stop_after_attempt(1 + limit))
    hdfs = Hdfs()
    hdfs._fs.session.request = request
    method = getattr(hdfs, name)
    arguments = {key: b"x" if key == "content" else "/a" for key in signature(method).parameters}
    with pytest.raises(UserError, match="does not answer"):
        method(**arguments)
    assert len(asked) == 2


@pytest.mark.parametrize("was_there", [True, False])
def test_a_leftover_that_was_gone_is_not_said_to_be_removed(monkeypatch, capsys, was_there):
    """HDFS answers with status 200 and false where it deletes nothing."""
    hdfs, leftover = Hdfs(), Uncommitted("/a", 1, 2, 3, DAY, leftover=True)
    answer = SimpleNamespace(json=lambda: {"boolean": was_there})
    monkeypatch.setattr(hdfs._fs, "_call", lambda *_, **__: answer)
    monkeypatch.setattr(clean, "hdfs", lambda: hdfs)
    monkeypatch.setattr(clean, "committed_ids", list)
    monkeypatch.setattr(clean, "list_uncommitted", lambda committed: [leftover])
    clean.clean()
    assert capsys.readouterr().err == "removed /a (2 files, 3 bytes)\n" * was_there


def answering(*exceptions: tuple[str, str]) -> tuple[Hdfs, list[str]]:
    """HDFS answers requests with each of these exceptions in turn, then as asked; the requests."""
    hdfs, asked, left = Hdfs(), [], list(exceptions)

    def request(method: str, url: str, **options) -> SimpleNamespace:
        asked.append(method)
        kind, message = left.pop(0) if left else ("", "")
        said = {"RemoteException": {"exception": kind, "message": message}}
        return SimpleNamespace(ok=not kind, json=lambda: said)

    hdfs._fs.session.request = request
    return hdfs, asked


def test_a_load_is_committed_when_the_namenode_has_started(monkeypatch, capsys):
    monkeypatch.setattr(client, "wait_fixed", lambda seconds: wait_none())
    hdfs, asked = answering(("SafeModeException", "Cannot rename /a. Name node is in safe mode."))
    hdfs.rename_exclusively("/a", "/b")
    assert asked == ["PUT", "PUT"]
    assert capsys.readouterr().err.startswith("waiting for HDFS at ")


def test_a_load_that_another_land_committed_is_not_overwritten():
    hdfs, asked = answering(("FileAlreadyExistsException", "rename destination /b exists"))
    with pytest.raises(FileExistsError):
        hdfs.rename_exclusively("/a", "/b")
    assert asked == ["PUT"]


def writing(*refusals: str) -> tuple[Hdfs, list[str]]:
    """HDFS whose DataNode refuses files with each of these messages in turn, then takes them."""
    hdfs, written, left = Hdfs(), [], list(refusals)

    def pipe_file(path: str, content: bytes) -> None:
        written.append(path)
        if left:
            answer = requests.Response()
            answer.status_code = 403
            said = {"RemoteException": {"exception": "E", "message": left.pop(0)}}
            answer._content = json.dumps(said).encode()
            answer.raise_for_status()

    hdfs._fs = SimpleNamespace(pipe_file=pipe_file)
    return hdfs, written


def test_a_datanode_is_waited_for_while_the_namenode_starts(monkeypatch):
    monkeypatch.setattr(client, "wait_fixed", lambda seconds: wait_none())
    hdfs, written = writing(*PASSES[:2])
    hdfs.write("/a", b"1")
    assert written == ["/a"] * 3


def test_what_a_datanode_refuses_is_said_in_its_words():
    hdfs, written = writing("Permission denied: user=spark", "again")
    with pytest.raises(UserError, match=r"^HDFS at .* refused: Permission denied: user=spark$"):
        hdfs.write("/a", b"1")
    assert written == ["/a"]
