"""The benchmark of `land` measures the copy of all messages, and takes ours for ours."""

from bench.context import Context
from bench.dataset import load_dataset
from bench.environment import environment
from bench.rows import land


def test_each_measured_land_starts_without_a_table(sandbox, tmp_path, monkeypatch):
    monkeypatch.delenv("ASSESSMENTS_FILE", raising=False)
    dataset = load_dataset(tmp_path)
    timed, runs = land.timed, {True: [], False: []}

    def observed(command, variables, spark):
        is_ours = "bench.peers.land" not in command
        if is_ours:
            assert not sandbox.hdfs.exists(f"/data/raw/{variables['KAFKA_TOPIC']}")
        run = timed(command, variables, spark)
        runs[is_ours].append(run)
        return run

    monkeypatch.setattr(land, "timed", observed)
    monkeypatch.setattr(land, "UNMEASURED", 1)
    context = Context(
        lambda: sandbox, dataset, environment(dataset), tmp_path, tmp_path, copies=1, runs=2
    )
    [result] = land.measure(context)
    assert (result.ours, result.peer) == (runs[True][2:], runs[False][1:])
    assert len(result.ours) == len(result.peer) == 2
