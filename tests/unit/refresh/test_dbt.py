"""How dbt is called in this process."""

from types import SimpleNamespace

import pytest

from refresh.dbt import Dbt


class Runner:
    """In place of dbt's: logs a line for each macro, and ends as asked."""

    def __init__(self, success: bool, exception: BaseException | None = None) -> None:
        self.callbacks, self.ended = [], SimpleNamespace(success=success, exception=exception)

    def invoke(self, arguments: list[str]) -> SimpleNamespace:
        for name in ("JinjaLogInfo", "Other"):
            event = SimpleNamespace(
                info=SimpleNamespace(name=name), data=SimpleNamespace(msg=f"{arguments[-1]} 1")
            )
            for callback in self.callbacks:
                callback(event)
        return self.ended


def dbt(runner: Runner) -> Dbt:
    made = Dbt.__new__(Dbt)
    made._runner = runner
    return made


@pytest.mark.parametrize(("success", "lines"), [(True, ["loads 1"]), (False, None)])
def test_what_a_macro_logged_before_it_failed_is_not_taken_for_all(success, lines):
    runner = Runner(success)
    assert dbt(runner).logged("loads") == lines
    assert runner.callbacks == []


def test_ctrl_c_ends_the_command_and_is_no_error_of_dbt():
    with pytest.raises(KeyboardInterrupt):
        dbt(Runner(False, KeyboardInterrupt())).invoke("build")
    failed = Runner(False, RuntimeError())
    assert dbt(failed).invoke("build") is failed.ended
