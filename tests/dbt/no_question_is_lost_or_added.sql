-- Invariant: of each load, fct_question_responses has a row for each question in the arrays of accepted attempts.
-- Prevents: questions lost or doubled when the arrays are flattened, and loads that the fact has missed.
-- No generic test fits: the sum of array sizes in one table is compared with the rows of another, by load.
with attempts_by_load as (

    select
        load_id,
        sum(questions_presented) as questions
    from {{ ref('stg_assess__attempts') }}
    group by load_id

),

rows_by_load as (

    select
        load_id,
        count(*) as questions
    from {{ ref('fct_question_responses') }}
    group by load_id

)

select
    load_id,
    attempts_by_load.questions as questions_in_attempts,
    rows_by_load.questions
from attempts_by_load
full join rows_by_load using (load_id)
-- A load of attempts without questions has no rows, which is right; rows without attempts are not.
where not attempts_by_load.questions <=> coalesce(rows_by_load.questions, 0)
