"""The eight answers from the topic, against the recipe of the course."""

from collections.abc import Callable, Iterator
from functools import partial

from bench.context import Context
from bench.measure import Run
from bench.peers import recipe
from bench.results import Result
from bench.row import Measurement, Row, times_as_fast
from bench.session import session
from cli.errors import UserError

SELECTION = "+answers"
ANSWER = "select answer_as_delivered from {analytics}.answers where question_number = 1"

ROW = Row(
    name="answers",
    what="the eight answers from the topic, {records:,}",
    peer="the course's recipe: batch read, cache, json.loads in an RDD, eight queries",
    target=times_as_fast(4),
    as_speed=True,
    would_take="More cores, or less work than this project is for: two fifths of the time staging "
    "parses and checks every field, a fifth goes into the inference of retakes, which the recipe "
    "lacks ([measured](TUNING.md#the-eight-answers-against-the-courses-recipe-2026-11)).",
    note=f"Ours: `ingest land`, then `dbt run --select {SELECTION}` from an empty raw table and "
    "schema, on the warm server; it keeps all that is nested, which the recipe nulls. Sessions are "
    "started before any time is taken, on both sides: Python with what it imports (ours with the "
    "project read), the recipe's with a Spark of its own that has as much memory; each has run "
    "once. As published, the recipe reads a partition in one task, so a topic of one partition on "
    "one core. Memory: ours with the Spark server, the peer's with its own.",
)


def measure(context: Context) -> Iterator[Result]:
    """Measure both from the topic to the eight answers and Parquet."""

    def checked(run: Run, answer: object) -> Run:
        if str(answer) != str(context.records):
            raise UserError(f"{context.records} records, but the first answer is {answer}")
        return run

    def run_ours() -> Run:
        run, _ = ours()
        answer = pipeline.query(ANSWER)[0][0]
        pipeline.empty()
        return checked(run, answer)

    def run_peer() -> Run:
        return checked(*peer())

    with context.produced() as pipeline:
        path, variables = f"/bench/{pipeline.name}", pipeline.environment
        prepare = partial(recipe.prepare, context.sandbox.broker, pipeline.name, path)
        with (
            session(_prepare, variables, context.files / "ours.log", context.spark) as ours,
            session(prepare, variables, context.files / "recipe.log") as peer,
        ):
            run_ours()
            run_peer()
            yield context.pairs(ROW.name, run_ours, run_peer)
        context.sandbox.hdfs.rm(path, recursive=True)


def _prepare() -> Callable[[], None]:
    """Import what `ingest land` and `dbt run` import, and read the project."""
    import pyspark.sql.connect.session  # noqa: F401 (land imports it when it is called)
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest

    from ingest.land import land

    project = dbtRunner().invoke(["parse"]).result
    if not isinstance(project, Manifest):
        raise UserError("dbt parse failed")
    dbt = dbtRunner(manifest=project)

    def land_and_run() -> None:
        land()
        if not dbt.invoke(["--no-use-colors", "run", "--select", SELECTION]).success:
            raise UserError("dbt run failed")

    return land_and_run


ANSWERS = Measurement((ROW,), measure)
