-- Invariant: the counts of an accepted record agree with the questions in the marts, if all results are known.
-- Prevents: scores from wrong counts, which staging should have rejected, and questions that were lost on the way.
-- No generic test fits: the counts of one table are compared with several aggregates of another.
with questions_by_attempt as (

    select
        keen_id,
        count(*) as total,
        count_if(result = 'correct') as correct,
        count_if(result = 'incorrect') as incorrect,
        count_if(result = 'missed_some') as incomplete,
        count_if(result = 'unanswered') as unanswered,
        count_if(result in ('correct', 'incorrect', 'missed_some', 'unanswered')) as known
    from {{ ref('fct_question_responses') }}
    where {{ untested_loads() }}
    group by keen_id

),

attempts as (

    select * from {{ ref('int_deliveries') }}
    where disposition = 'accepted' and {{ untested_loads() }}

)

select
    attempts.keen_id,
    attempts.count_total,
    attempts.count_submitted,
    attempts.count_correct,
    attempts.count_incorrect,
    attempts.count_incomplete,
    attempts.count_unanswered,
    attempts.is_all_correct,
    questions.total,
    questions.correct,
    questions.incorrect,
    questions.incomplete,
    questions.unanswered
from attempts
left join questions_by_attempt as questions on attempts.keen_id = questions.keen_id
where
    attempts.count_total != coalesce(questions.total, 0)
    or (
        coalesce(questions.known = questions.total, true)
        and (
            attempts.count_correct != coalesce(questions.correct, 0)
            or attempts.count_incorrect != coalesce(questions.incorrect, 0)
            or attempts.count_incomplete != coalesce(questions.incomplete, 0)
            or attempts.count_unanswered != coalesce(questions.unanswered, 0)
            or attempts.count_submitted != coalesce(questions.total - questions.unanswered, 0)
            or (
                attempts.count_correct is not null
                and attempts.is_all_correct != (attempts.count_correct = coalesce(questions.total, 0))
            )
        )
    )
