"""A topic of messages of every kind, landed and built load by load, killed and read meanwhile."""

import signal
from base64 import b64decode
from dataclasses import replace
from pathlib import Path
from random import Random
from threading import Event, Thread

from confluent_kafka import Producer

from tests.support.commands import ForkedPipeline
from tests.support.planted import Landed, planted

MESSAGES = "select load_id, topic, partition, offset, base64(value) from {raw}"
ROWS = {"answers": 8, "attempts_by_hour": 24}  # whatever the data
# What a build between two loads can get wrong, or shows to the reader; the last build is whole.
BETWEEN = ("run", "--select", "+config.materialized:incremental", "+answers", "attempts_by_hour")
BY_LOAD = ["stg_assess__messages", "fct_question_responses", "fct_option_choices"]


def landed(pipeline) -> list[Landed]:
    """The raw table."""
    return [
        Landed(*place, None if value is None else b64decode(value))
        for *place, value in pipeline.query(MESSAGES)
    ]


class Reader(Thread):
    """Reads the tables again and again while they are built, and keeps what it should not see."""

    def __init__(self, pipeline) -> None:
        super().__init__(daemon=True)
        self.pipeline, self.done, self.reads, self.wrong = pipeline, Event(), 0, []
        self.by_load: dict[tuple, set[int]] = {}

    def run(self) -> None:
        while not self.done.wait(1):  # second: the builds need the machine too
            try:
                self.read()
            except Exception as error:
                self.wrong.append(repr(error)[:500])
            self.reads += 1

    def read(self) -> None:
        for table, rows in ROWS.items():
            [(count,)] = self.pipeline.query(f"select count(*) from {{analytics}}.{table}")
            if count != rows:
                self.wrong.append(f"{table}: {count} rows")
        for table in BY_LOAD:
            for load, count in self.pipeline.query(
                f"select load_id, count(*) from {{analytics}}.{table} group by load_id"
            ):
                self.by_load.setdefault((table, load), set()).add(count)


class LoadByLoad:
    """A pipeline that was filled and built load by load, and what was seen meanwhile."""

    def __init__(self, sandbox, folder: Path, kills: int) -> None:
        self.random = Random(0)
        self.pipeline = ForkedPipeline.new(sandbox, "incremental")
        self.messages = planted(folder, seed=0)
        self.kills, self.killed = kills, 0
        cuts = sorted(self.random.sample(range(1, len(self.messages)), 3))
        first, *later = zip([0, *cuts], [*cuts, len(self.messages)], strict=True)
        self.land(*first)
        self.pipeline.dbt(*BETWEEN)
        self.reader = Reader(self.pipeline)
        self.reader.start()
        for number, chunk in enumerate(later):
            self.land(*chunk)
            if number == 0:
                continue  # the next build has two loads to add
            for _ in range(kills - kills // 2 if number == 1 else kills // 2):
                self.kill_a_build()
            self.pipeline.dbt(*(BETWEEN if number == 1 else ["run"]))
        self.reader.done.set()
        self.reader.join()

    def land(self, start: int, end: int) -> None:
        if start == 0:
            with self.pipeline.sandbox.kafka() as client:
                client.create_topics(
                    {self.pipeline.name: {"num_partitions": 2, "replication_factor": 1}}
                )
        producer = Producer({"bootstrap.servers": self.pipeline.sandbox.broker, "acks": "all"})
        for message in self.messages[start:end]:
            producer.produce(self.pipeline.name, message.value, partition=self.random.randrange(2))
        assert producer.flush(60) == 0
        self.pipeline.ingest("land")

    def kill_a_build(self) -> None:
        """Kill one at a random moment, whatever a whole one takes here."""
        for longest in (14, 7, 4):
            build = self.pipeline.start("dbt", *BETWEEN).process
            build.join(self.random.uniform(1, longest))
            build.kill()
            build.join()
            if build.exitcode == -signal.SIGKILL:
                self.killed += 1
                return

    def beside(self, name: str, **environment: str) -> ForkedPipeline:
        """The same topic, for a build of its own in another schema."""
        folder = str(self.pipeline.folder / name)
        return replace(
            self.pipeline,
            overrides={
                "DBT_SCHEMA": f"{self.pipeline.schema}_{name}",
                "DBT_TARGET_PATH": folder,
                "DBT_LOG_PATH": folder,
                **environment,
            },
        )
