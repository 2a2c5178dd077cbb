-- Invariant: the counts in a record agree with the record's own questions, and with each other.
-- Prevents: scores from wrong counts, and questions that were lost at the source.
-- No generic test fits: the counts of one table are compared with several aggregates of another.
with questions_by_attempt as (

    select
        keen_id,
        count(*) as total,
        count_if(result = 'correct') as correct,
        count_if(result = 'incorrect') as incorrect,
        count_if(result = 'missed_some') as incomplete,
        count_if(result = 'unanswered') as unanswered
    from {{ ref('fct_question_responses') }}
    group by keen_id

),

attempts as (

    select *
    from {{ ref('int_deliveries') }}
    where
        disposition = 'accepted'
        and coalesce(
            count_total, count_submitted, count_correct, count_incorrect, count_incomplete, count_unanswered,
            int(is_all_correct)
        ) is not null

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
    not (
        attempts.count_total <=> coalesce(questions.total, 0)
        and attempts.count_correct <=> coalesce(questions.correct, 0)
        and attempts.count_incorrect <=> coalesce(questions.incorrect, 0)
        and attempts.count_incomplete <=> coalesce(questions.incomplete, 0)
        and attempts.count_unanswered <=> coalesce(questions.unanswered, 0)
        and attempts.count_total
        <=> attempts.count_correct + attempts.count_incorrect + attempts.count_incomplete + attempts.count_unanswered
        and attempts.count_total <=> attempts.count_submitted + attempts.count_unanswered
        and attempts.is_all_correct <=> (attempts.count_correct = attempts.count_total)
    )
