-- Invariant: the eight answers equal the known answers of the dataset that --vars 'dataset: …' names.
-- Prevents: a change to a model that changes an answer unnoticed. Without a dataset the test passes.
-- No generic test fits: whole rows are compared with values that depend on a var.
{%- set expected = expected_answers(var('dataset')) if var('dataset') else [] %}
with expected as (

    {% if not expected %}
        select
            question_number,
            answer_as_delivered,
            answer
        from {{ ref('answers') }}
    {% endif %}
    {% for question_number, answer_as_delivered, answer in expected %}
        select
            {{ question_number }} as question_number,
            {{ sql_string(answer_as_delivered) }} as answer_as_delivered,
            {{ sql_string(answer) }} as answer
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    question_number,
    expected.answer_as_delivered as expected_as_delivered,
    answers.answer_as_delivered,
    expected.answer as expected_answer,
    answers.answer
from expected
full join {{ ref('answers') }} as answers using (question_number)
where
    not (
        expected.answer_as_delivered <=> answers.answer_as_delivered
        and expected.answer <=> answers.answer
    )
