-- Invariant: each attempt is analysed, with all its questions, or left out: as a test, without questions or results.
-- Prevents: attempts and responses that a mart of test theory loses or counts twice.
-- No generic test fits: totals of four tables are compared.
with attempts as (

    select
        base_exam_id,
        count(*) as attempts,
        count_if(is_test or question_set_id is null) as never_analysed
    from {{ ref('fct_attempts') }}
    group by base_exam_id

),

analysed as (

    select
        base_exam_id,
        sum(scored_attempts + attempts_left_out) as attempts,
        sum(scored_attempts * distinct_questions) as responses
    from {{ ref('exam_reliability') }}
    group by base_exam_id

),

responses as (

    select
        base_exam_id,
        count(*) as responses
    from {{ ref('fct_scored_responses') }}
    group by base_exam_id

),

questions as (

    select
        base_exam_id,
        sum(presented) as presented,
        sum(correct + incorrect + missed_some + unanswered) as results
    from {{ ref('item_analysis') }}
    group by base_exam_id

)

select
    base_exam_id,
    attempts.attempts,
    attempts.never_analysed,
    analysed.attempts as attempts_analysed,
    analysed.responses as responses_expected,
    responses.responses,
    questions.presented,
    questions.results
from attempts
full outer join analysed using (base_exam_id)
full outer join responses using (base_exam_id)
full outer join questions using (base_exam_id)
where
    coalesce(attempts.attempts, 0) != coalesce(attempts.never_analysed, 0) + coalesce(analysed.attempts, 0)
    or coalesce(analysed.responses, 0) != coalesce(responses.responses, 0)
    or coalesce(analysed.responses, 0) != coalesce(questions.presented, 0)
    or coalesce(analysed.responses, 0) != coalesce(questions.results, 0)
