with attempts as (

    select * from {{ ref('int_attempts') }}

),

-- Only duplicates are counted, because few attempts have any. The accepted message is one more delivery.
duplicates_by_attempt as (

    select
        keen_id,
        count(*) as duplicates
    from {{ ref('stg_assess__messages') }}
    where disposition = 'duplicate'
    group by keen_id

),

final as (

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

        attempts.questions_presented,
        attempts.count_correct as correct,
        attempts.count_incorrect as incorrect,
        attempts.count_incomplete as missed_some,
        attempts.count_unanswered as unanswered,
        try_divide(
            cast(attempts.count_correct as double), cast(attempts.questions_presented as double)
        ) as score,

        attempts.base_exam_id = '{{ var("test_exam_id") }}' as is_test,
        1 + coalesce(duplicates_by_attempt.duplicates, 0) as deliveries,

        attempts.load_id,
        attempts.topic,
        attempts.partition,
        attempts.offset
    from attempts
    left join duplicates_by_attempt on attempts.keen_id = duplicates_by_attempt.keen_id

)

select * from final
