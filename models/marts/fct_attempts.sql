with attempts as (

    select * from {{ ref('stg_assess__attempts') }}

),

deliveries_by_attempt as (

    select
        keen_id,
        count(*) as deliveries
    from {{ ref('stg_assess__messages') }}
    where disposition in ('accepted', 'duplicate')
    group by keen_id

),

joined as (

    select
        attempts.keen_id,
        attempts.user_exam_id,
        attempts.base_exam_id,
        attempts.question_set_id,

        attempts.exam_name,
        attempts.certification,

        attempts.started_at,
        attempts.finished_at,
        attempts.duration_seconds,
        hour(attempts.started_at) as start_hour,

        size(attempts.question_list) as questions,
        attempts.count_correct as correct,
        attempts.count_incorrect as incorrect,
        attempts.count_incomplete as incomplete,
        attempts.count_unanswered as unanswered,
        try_divide(
            cast(attempts.count_correct as double), cast(size(attempts.question_list) as double)
        ) as score,

        attempts.base_exam_id = '{{ var("test_exam_id") }}' as is_test,
        deliveries_by_attempt.deliveries,

        attempts.load_id,
        attempts.topic,
        attempts.partition,
        attempts.offset
    from attempts
    inner join deliveries_by_attempt on attempts.keen_id = deliveries_by_attempt.keen_id

)

select
    keen_id,
    user_exam_id,
    base_exam_id,
    question_set_id,
    exam_name,
    certification,
    started_at,
    finished_at,
    duration_seconds,
    start_hour,
    questions,
    correct,
    incorrect,
    incomplete,
    unanswered,
    score,
    is_test,
    deliveries,
    load_id,
    topic,
    partition,
    offset
from joined
