"""Start, stop and check the local services under one supervisor."""

import errno
import os
import pwd
import shlex
import shutil
import socket
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from supervisor.states import ProcessStates
from supervisor.xmlrpc import Faults, SupervisorTransport
from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from cli.console import info
from cli.errors import UserError
from services import jars
from services.definition import (
    FOLDER,
    SERVICES,
    WORKING_FOLDER,
    Service,
    Storage,
    service_environment,
)
from services.health import CHECKS, NotReadyError
from services.java import check_java
from services.local_dir import LocalDir
from services.settings import StackSettings
from services.start_cache import StartCache, renew_in_background

DOWN = (ProcessStates.STOPPED, ProcessStates.EXITED, ProcessStates.FATAL)
DEADLINE = 300  # seconds until a service that is not ready counts as failed
# The user's variables that the services get; definition.py defines the others.
PASSED_ON = ("PATH", "HOME", "TMPDIR", "TZ", "LD_LIBRARY_PATH")


class Stack:
    """The four services of one LOCAL_DIR."""

    def __init__(self, settings: StackSettings) -> None:
        """Keep the settings of the stack; start and write nothing."""
        self.settings = settings
        self.local_dir = LocalDir(settings.directory)
        # A Unix socket's path is limited to about 100 bytes; the relative path may be shorter.
        socket = settings.directory / "supervisor.sock"
        self.socket = min(str(socket), os.path.relpath(socket), key=_length)

    def supervisor(self) -> Any:  # noqa: ANN401 (an XML-RPC proxy)
        """The XML-RPC interface of supervisor; None if it does not run. Waits while it stops.

        Raises:
            UserError: supervisor is still stopping after DEADLINE.
        """
        transport = SupervisorTransport(None, None, f"unix://{self.socket}")
        proxy = xmlrpc.client.ServerProxy("http://localhost", transport).supervisor
        # While supervisor stops, it answers every call with a fault.
        stopping = Retrying(
            retry=retry_if_exception_type(xmlrpc.client.Fault),
            wait=wait_fixed(0.1),
            stop=stop_after_delay(DEADLINE),
        )
        try:
            stopping(proxy.getState)
        except OSError:
            return None
        except RetryError as error:
            raise UserError(
                f"supervisor does not stop; its log: {self.log('supervisord')}"
            ) from error
        return proxy

    def log(self, service: str) -> Path:
        """The log file of a service, or of `supervisord`."""
        return self.local_dir.path / "log" / f"{service}.log"

    def connect_token(self) -> str:
        """The Spark Connect token: the user's own, else the one that the first call makes."""
        known = self.settings.spark_token or self.settings.made_token
        return known or self.local_dir.make_token()

    def install(self) -> None:
        """Download the missing jars of all services.

        Raises:
            UserError: a jar cannot be downloaded.
        """
        for wanted in jars.LOCKS:
            folder = self.settings.jars_dir.resolve() / wanted.parent.name
            jars.install(wanted.with_suffix(".lock"), folder)

    def up(self) -> None:
        """Start the services that do not run, and wait until each is ready. Idempotent.

        Raises:
            UserError: a port is taken, Java or an account is missing, the services run with other
                settings, or a service does not become ready.
        """
        environment = service_environment(self.settings)
        supervisor = self.supervisor()
        if supervisor is None:
            self.install()
            self._start_supervisor(environment)
            supervisor = self.supervisor()
        else:
            self._check_environment(environment)
        for process in supervisor.getAllProcessInfo():
            # Supervisor itself handles a process that it is starting or restarting.
            if process["state"] in DOWN:
                try:
                    supervisor.startProcess(process["name"], False)
                except xmlrpc.client.Fault as fault:
                    if fault.faultCode != Faults.ALREADY_STARTED:  # by supervisor, meanwhile
                        raise
        for service in CHECKS:
            self._wait(supervisor, service)

    def down(self) -> None:
        """Stop every service and supervisor, and wait until they have ended. Idempotent.

        Then the start caches are renewed in the background.

        Raises:
            UserError: supervisor still runs after DEADLINE.
        """
        if not self._stop():
            return
        with suppress(OSError):  # without caches the services start, too
            environment = self.local_dir.environment()
            if environment.get("CACHES_DIR") == str(self.local_dir.path / "caches"):
                renew_in_background({**_passed_on(), **environment}, self.log("caches"))

    def _stop(self) -> bool:
        """Stop supervisor and wait until it has ended; return whether it ran."""
        supervisor = self.supervisor()
        if supervisor is None:
            return False
        pid = supervisor.getPID()
        supervisor.shutdown()
        until = time.monotonic() + DEADLINE
        while _alive(pid):
            if time.monotonic() > until:
                raise UserError(
                    f"supervisor (process {pid}) does not stop; its log: {self.log('supervisord')}"
                )
            time.sleep(0.1)
        return True

    def state(self) -> Iterator[dict[str, Any]]:
        """A row per service: service, state, pid, since (epoch seconds), ready, ports, log."""
        supervisor = self.supervisor()
        running = (
            {} if supervisor is None else {i["name"]: i for i in supervisor.getAllProcessInfo()}
        )
        for service, check in CHECKS.items():
            info = running.get(service, {"statename": "STOPPED", "pid": 0, "start": 0})
            ready = "no"
            if info["pid"]:
                try:
                    check(self.settings)
                    ready = "yes"
                except NotReadyError as error:
                    ready = f"no: {error}"
            yield {
                "service": service,
                "state": info["statename"].lower(),
                "pid": info["pid"] or None,
                "since": info["start"] if info["pid"] else None,
                "ready": ready,
                "ports": self.settings.ports[service],
                "log": self.log(service),
            }

    def _start_supervisor(self, environment: dict[str, str]) -> None:
        check_java(self.settings.java)
        _check_account()
        if _length(self.socket) > 100:
            raise UserError(
                f"the path of LOCAL_DIR is too long for a Unix socket ({self.socket}): "
                "set LOCAL_DIR to a shorter one"
            )
        self._check_ports()
        self.local_dir.prepare(environment)
        for service in SERVICES.values():
            if service.storage:
                self._format(service, service.storage, environment)
            path = f"PATH={shlex.quote(str(FOLDER / service.folder / 'bin'))}:$PATH"
            cache = StartCache(service, self.settings)
            command = shlex.join(["exec", *service.command(self.settings, *cache.options())])
            script = f"{path}\ncd {service.folder} && {command}\n"
            (self.local_dir.path / "run" / f"{service.name}.sh").write_text(
                script, encoding="utf-8"
            )
        secret = {"SPARK_CONNECT_AUTHENTICATE_TOKEN": self.connect_token()}
        started = subprocess.run(
            [sys.executable, "-m", "supervisor.supervisord", "-c", FOLDER / "supervisord.conf"],
            cwd=self.local_dir.path,
            env={**_passed_on(), **environment, **secret, "WORKING_FOLDER": WORKING_FOLDER},
            capture_output=True,
            text=True,
            check=False,
        )
        if started.returncode:
            raise UserError(f"supervisor does not start: {started.stderr.strip()}")
        for attempt in Retrying(wait=wait_fixed(0.05), stop=stop_after_delay(10), reraise=True):
            with attempt:
                if self.supervisor() is None:
                    raise UserError(
                        f"supervisor does not answer; its log: {self.log('supervisord')}"
                    )

    def _check_environment(self, environment: dict[str, str]) -> None:
        running = self.local_dir.environment()
        changed = [f"{k}={v}" for k, v in environment.items() if running.get(k) != v]
        if changed:
            raise UserError(
                f"the services in {self.local_dir.path} run with other settings than "
                f"{', '.join(changed)}: run make down first"
            )

    def _check_ports(self) -> None:
        for ports in self.settings.ports.values():
            for variable, port in ports.items():
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    try:
                        probe.bind((self.settings.bind_address, port))
                    except OSError as error:
                        if error.errno != errno.EADDRINUSE:
                            raise UserError(
                                f"port {port} ({variable}) cannot be used: {error.strerror}"
                            ) from error
                        raise UserError(
                            f"port {port} is taken by another program: stop that, "
                            f"or set {variable} to a free port"
                        ) from error

    def clean(self) -> None:
        """Stop the services and delete what the stack made in LOCAL_DIR, and nothing else.

        Raises:
            UserError: supervisor still runs after DEADLINE.
        """
        self._stop()
        self.local_dir.delete()

    def _format(self, service: Service, storage: Storage, environment: dict[str, str]) -> None:
        """Format a service's storage once, under another name, and rename it when it is done."""
        folder = self.local_dir.path / service.folder
        place = folder / environment[storage.variable]
        if place.exists():
            return
        info(f"formatting {place}")
        draft = place.with_suffix(".formatting")
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir()
        done = subprocess.run(
            [*service.java(self.settings), *storage.format],
            cwd=folder,
            env={**_passed_on(), **environment, storage.variable: draft.name},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            self.log(service.name).write_bytes(done.stdout)
            raise UserError(
                f"{service.name}'s storage cannot be formatted; its log: {self.log(service.name)}"
            )
        draft.rename(place)

    def _wait(self, supervisor: Any, service: str) -> None:  # noqa: ANN401
        deaths = set()

        def ready() -> None:
            process = supervisor.getProcessInfo(service)
            deaths.add(process["stop"])  # when the process last ended, in epoch seconds; 0: never
            if process["state"] == ProcessStates.FATAL or len(deaths - {0}) > 2:
                raise UserError(f"{service} does not come up; its log: {self.log(service)}")
            CHECKS[service](self.settings)

        try:
            Retrying(
                retry=retry_if_exception_type(NotReadyError),
                wait=wait_fixed(0.2),
                stop=stop_after_delay(DEADLINE),
            )(ready)
        except RetryError as error:
            raise UserError(
                f"{service} is not ready after {DEADLINE} s ({error.last_attempt.exception()}); "
                f"its log: {self.log(service)}"
            ) from error
        since = supervisor.getProcessInfo(service)
        info(f"{service} is ready ({since['description']})")


def _check_account() -> None:
    """Check that the user has an account: Java's login, which Hadoop uses, fails without one.

    Raises:
        UserError: the user has no account.
    """
    try:
        pwd.getpwuid(os.getuid())
    except KeyError as error:
        raise UserError(
            f"user {os.getuid()} has no account on this machine (no line in /etc/passwd), and HDFS "
            "and Spark do not start without one: run as a user that has one, or add the line"
        ) from error


def _passed_on() -> dict[str, str]:
    """The environment of the services, without the variables of definition.py.

    Of the user's variables, only PASSED_ON remain: variables for other programs
    (JAVA_TOOL_OPTIONS, CLASSPATH, HADOOP_…, SPARK_…, proxies) must not change the services.
    File names are UTF-8 in every locale.
    """
    own = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    path = f"{Path(sys.executable).parent}:{own.get('PATH', os.defpath)}"
    return {**own, "PATH": path, "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}


def _length(path: str) -> int:
    return len(os.fsencode(path))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
