with attempts as (

    select
        *,
        -- Null for a test attempt, so that the figures below leave test attempts out.
        if(is_test, null, score) as real_score,
        if(is_test, null, duration_seconds) as real_duration_seconds
    from {{ ref('fct_attempts') }}

),

-- Apart from the other figures: count(distinct …) groups by the ids, and would merge a median for each of them.
ids as (

    select count(distinct user_exam_id) as user_exam_ids
    from attempts

),

figures as (

    select
        count(*) as attempts,
        coalesce(sum(deliveries), 0) as deliveries,
        {{ count_few_distinct('base_exam_id') }} as exams,
        count_if(is_test) as test_attempts,
        count_if(not is_test) as real_attempts,
        count(real_score) as attempts_with_score,
        {{ stable_mean('real_score') }} as mean_score,
        median(real_duration_seconds) as median_duration_seconds,
        min(started_at) as first_attempt_at,
        max(started_at) as last_attempt_at
    from attempts

),

final as (

    select
        figures.attempts,
        figures.deliveries,
        ids.user_exam_ids,
        figures.exams,
        figures.test_attempts,
        figures.real_attempts,
        figures.attempts_with_score,
        figures.mean_score,
        figures.median_duration_seconds,
        figures.first_attempt_at,
        figures.last_attempt_at
    from figures
    cross join ids

)

select * from final
