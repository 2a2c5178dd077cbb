"""The rows of population_changes, question_sums and option_sums, added up over all builds.

Each build appends to these tables, so their own rows tell how often the models were built.
"""

CHANGE = "population", "keen_id", "deliveries", "total_score", "third"
OF_QUESTION = "population", "base_exam_id", "question_set_id", "question_id"
QUESTION = (*OF_QUESTION, "exam_name", "is_scored")
OPTION = (*OF_QUESTION, "option_id", "is_scored")
QUESTION_SUMS = (
    *("presented", "correct", "incorrect", "missed_some", "unanswered", "other"),
    *("presented_as_delivered", "correct_as_delivered", "incorrect_as_delivered"),
    *("missed_some_as_delivered", "unanswered_as_delivered", "position_sum"),
    *("rest_sum", "rest_square_sum", "rest_of_correct_sum"),
)
OPTION_SUMS = (
    *("presented", "chosen", "presented_as_delivered", "chosen_as_delivered", "position_sum"),
    *("lower_presented", "lower_chosen", "upper_presented", "upper_chosen"),
)
# By model: the columns to group by, those to add, and the extremes. A build cannot take an extreme
# back, so it is compared for all attempts only, which no attempt leaves.
COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...], dict[str, str]]] = {
    "population_changes": (CHANGE, ("weight",), {}),
    "question_sums": (QUESTION, QUESTION_SUMS, {"options": "max"}),
    "option_sums": (OPTION, OPTION_SUMS, {"always_correct": "min", "ever_correct": "max"}),
}


def rows(schema: str, model: str) -> str:
    """SQL of a table of a model, added up if the model is one of these."""
    if model not in COLUMNS:
        return f"{schema}.{model}"
    keys, added, extremes = COLUMNS[model]
    columns = [
        *keys,
        *(f"sum({name}) as {name}" for name in added),
        *(
            f"if(population = 'all_attempts', {extreme}({name}), null) as {name}"
            for name, extreme in extremes.items()
        ),
    ]
    is_left = " or ".join(f"sum({name}) != 0" for name in added)
    return (
        f"(select {', '.join(columns)} from {schema}.{model} "
        f"group by {', '.join(keys)} having {is_left})"
    )
