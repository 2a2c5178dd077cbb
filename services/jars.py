"""The services' jars: `make lock` resolves them into a lock, `make install` downloads the lock.

`jars.in` lists the direct dependencies; `jars.lock` beside it lists every jar with its SHA-256.
Neither names a repository: see maven_settings.py.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from cli.console import info, plural
from cli.errors import UserError
from cli.locks import exclusive

if TYPE_CHECKING:
    import requests
    from jgo.maven import Artifact, Dependency, MavenContext

    from services.maven_settings import Repository

LOCKS = sorted(Path(__file__).parent.glob("*/jars.in"))
RECORD = ".installed"  # a file in each folder of jars: the SHA-256 and name of our jars
AT_ONCE = 6  # downloads
ATTEMPTS = 4  # at one jar; each resumes where the previous one broke off
TIMEOUT = 30  # seconds without a byte


@dataclass(frozen=True)
class Jar:
    """A jar of a lock: its SHA-256 in hexadecimal, and its Maven coordinates."""

    sha256: str
    group: str
    artifact: str
    version: str
    classifier: str | None = None

    @property
    def name(self) -> str:
        """The jar's file name."""
        tail = f"-{self.classifier}" if self.classifier else ""
        return f"{self.artifact}-{self.version}{tail}.jar"

    @property
    def path(self) -> str:
        """The jar's path in a repository of Maven's layout."""
        return f"{self.group.replace('.', '/')}/{self.artifact}/{self.version}/{self.name}"

    def __str__(self) -> str:
        """The jar's line in the lock."""
        parts = (self.group, self.artifact, self.version, self.classifier)
        return f"{self.sha256}  {':'.join(part for part in parts if part)}"


def locked(lock: Path) -> Iterator[Jar]:
    """The jars of a lock, in its order."""
    for line in lock.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            sha256, coordinates = line.split()
            yield Jar(sha256, *coordinates.split(":"))


def class_path(lock: Path, folder: Path) -> list[str]:
    """The paths of a lock's jars in `folder`, without other files of that folder."""
    return [str(folder / jar.name) for jar in locked(lock)]


def install(lock: Path, folder: Path) -> None:
    """Download the lock's missing jars into `folder`; delete the jars of an older lock.

    Raises:
        UserError: a jar cannot be downloaded or written, or its SHA-256 is not the lock's.
            Complete jars stay.
    """
    wanted = list(locked(lock))
    ours = "".join(map(_recorded, wanted))
    record = folder / RECORD
    try:
        if _read(record) == ours and all((folder / jar.name).exists() for jar in wanted):
            return
        folder.mkdir(parents=True, exist_ok=True)
        with exclusive(folder, f"fetches jars into {folder}"):  # stacks may share it
            before = _read(record)
            missing = [jar for jar in wanted if not _is_there(folder / jar.name, jar, before)]
            if missing:
                info(f"fetching {plural(len(missing), 'jar')} into {folder}")
                _fetch(missing, folder)
            for name in _names(before) - _names(ours):
                (folder / name).unlink(missing_ok=True)
            record.write_text(ours, encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"{error.filename or folder} cannot be written: {error.strerror}"
        ) from error


def _read(record: Path) -> str:
    return record.read_text(encoding="utf-8") if record.exists() else ""


def _is_there(path: Path, jar: Jar, record: str) -> bool:
    # A jar is hashed once, when it is downloaded; the record names complete jars only.
    return path.exists() and (_recorded(jar) in record or _sha256(path) == jar.sha256)


def _recorded(jar: Jar) -> str:
    return f"{jar.sha256}  {jar.name}\n"


def _names(record: str) -> set[str]:
    # The last word of each line, also of one that a full disk cut off.
    return {line.split()[-1] for line in record.splitlines()}


def _fetch(jars: list[Jar], folder: Path) -> None:
    from services.maven_settings import repository

    source = repository()
    with source.session(AT_ONCE) as session, ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(_fetch_one, session, source, jar, folder) for jar in jars]
        try:
            for one in running:
                one.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _fetch_one(session: requests.Session, source: Repository, jar: Jar, folder: Path) -> None:
    """Download one jar, resuming an interrupted attempt; rename it when its SHA-256 is right."""
    import requests
    from urllib3.exceptions import HTTPError

    part = folder / f".{jar.name}.{jar.sha256[:8]}.part"
    for attempt in range(ATTEMPTS):
        have = part.stat().st_size if part.exists() else 0
        try:
            with session.get(
                f"{source.url}/{jar.path}",
                headers={"Range": f"bytes={have}-"} if have else {},
                stream=True,
                timeout=TIMEOUT,
            ) as answer:
                if answer.status_code != 416:  # 416: the whole file was downloaded before
                    answer.raise_for_status()
                    with part.open("ab" if answer.status_code == 206 else "wb") as file:
                        for chunk in answer.iter_content(1 << 16):
                            file.write(chunk)
                        length = answer.headers.get("Content-Length")
                        if length and "Content-Encoding" not in answer.headers:
                            start = have if answer.status_code == 206 else 0
                            if file.tell() < start + int(length):
                                raise requests.ConnectionError("closed too early")
            break
        except (requests.RequestException, HTTPError) as error:
            status = getattr(getattr(error, "response", None), "status_code", None)
            if attempt + 1 == ATTEMPTS or (status and status < 500):
                reason = f"HTTP {status}" if status else type(error).__name__
                raise UserError(
                    f"{jar.name} cannot be fetched from {source.shown} ({reason}): run the command "
                    "again to resume; for proxies and mirrors see docs/platforms.md"
                ) from error
    if (found := _sha256(part)) != jar.sha256:
        part.unlink()
        raise UserError(
            f"{jar.name} from {source.shown} is refused: its SHA-256 is {found}, "
            f"jars.lock says {jar.sha256}"
        )
    part.replace(folder / jar.name)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def resolve(wanted: Path) -> list[Jar]:
    """The jars that a `jars.in` lists, and their dependencies, with the SHA-256 of each.

    A line that ends in `@jar` adds this jar without its dependencies.
    """
    from jgo.maven import Dependency, MavenContext, PythonResolver

    from services.maven_settings import repository

    context = MavenContext(remote_repos={"central": repository().url})
    resolver = PythonResolver()
    found: list[Dependency] = []
    lines = [
        line for line in wanted.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"
    ]
    for transitive in (True, False):
        of_kind = [line for line in lines if line.endswith("@jar") != transitive]
        if of_kind:
            # `raw`, as in Maven: versions that one input manages are not imposed on the others.
            inputs = [Dependency(_artifact(context, line), raw=True) for line in of_kind]
            found += chain(*resolver.resolve(inputs)) if transitive else inputs
    jars = {}
    for dependency in found:
        artifact = dependency.artifact
        path = artifact.resolve()
        jars[artifact.filename] = Jar(
            _sha256(path),
            artifact.groupId,
            artifact.artifactId,
            artifact.version,
            artifact.classifier or None,
        )
    return [jars[name] for name in sorted(jars)]


def _artifact(context: MavenContext, line: str) -> Artifact:
    group, artifact, version = line.removesuffix("@jar").split(":")
    return context.project(group, artifact).at_version(version).artifact()


def main() -> None:
    """Write the lock beside each `jars.in` that the command line names."""
    for wanted in map(Path, sys.argv[1:]):
        found = resolve(wanted)
        lines = "".join(f"{jar}\n" for jar in found)
        text = f"# Made from {wanted.name} by make lock.\n{lines}"
        wanted.with_suffix(".lock").write_text(text, encoding="utf-8")
        info(f"{wanted.with_suffix('.lock')}: {plural(len(found), 'jar')}")


if __name__ == "__main__":
    main()
