-- Invariant: in its populations each attempt is analysed, or left out: as a test, without questions or results.
-- Prevents: attempts and responses that a mart of test theory loses, counts twice, or takes into a wrong population.
-- No generic test fits: totals of four tables are compared.
with attempts as (

    select
        *,
        'all_attempts' as population
    from {{ ref('fct_attempts') }}

    union all

    select
        *,
        'first_attempts' as population
    from {{ ref('fct_attempts') }}
    where is_first_in_session

),

counts as (

    select
        population,
        base_exam_id,
        count(*) as attempts,
        count_if(is_test or question_set_id is null) as never_analysed
    from attempts
    group by population, base_exam_id

),

analysed as (

    select
        population,
        base_exam_id,
        sum(scored_attempts + attempts_left_out) as attempts,
        sum(scored_attempts * distinct_questions) as responses
    from {{ ref('exam_reliability') }}
    group by population, base_exam_id

),

-- fct_scored_responses has no population, so only the responses of all attempts can be counted there.
responses as (

    select
        'all_attempts' as population,
        base_exam_id,
        count(*) as responses
    from {{ ref('fct_scored_responses') }}
    group by base_exam_id

),

questions as (

    select
        population,
        base_exam_id,
        sum(presented) as presented,
        sum(correct + incorrect + missed_some + unanswered + other) as results
    from {{ ref('item_analysis') }}
    group by population, base_exam_id

)

select
    population,
    base_exam_id,
    counts.attempts,
    counts.never_analysed,
    analysed.attempts as attempts_analysed,
    analysed.responses as responses_expected,
    responses.responses,
    questions.presented,
    questions.results
from counts
full outer join analysed using (population, base_exam_id)
full outer join responses using (population, base_exam_id)
full outer join questions using (population, base_exam_id)
where
    coalesce(counts.attempts, 0) != coalesce(counts.never_analysed, 0) + coalesce(analysed.attempts, 0)
    or (population = 'all_attempts' and coalesce(analysed.responses, 0) != coalesce(responses.responses, 0))
    or coalesce(analysed.responses, 0) != coalesce(questions.presented, 0)
    or coalesce(analysed.responses, 0) != coalesce(questions.results, 0)
