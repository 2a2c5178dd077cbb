with attempts as (

    select * from {{ ref('int_deliveries') }}
    where disposition = 'accepted'

),

repeated as (

    select * from {{ ref('repeated_deliveries') }}

),

inference as (

    select * from {{ ref('int_retake_inference') }}

),

retakes as (

    select * from {{ ref('int_retakes') }}

),

retakes_by_session as (

    select
        session_id,
        cast(count(*) as int) as retakes
    from retakes
    group by session_id

),

in_sessions as (

    select
        attempts.*,
        retakes.follows_keen_id,
        retakes.seconds_since_followed,
        if(inference.is_inferred, coalesce(retakes.session_id, attempts.keen_id), null) as session_id,
        if(inference.is_inferred, coalesce(retakes.attempt_in_session, 1), null) as attempt_in_session,
        inference.reason as session_reason
    from attempts
    inner join inference on attempts.base_exam_id = inference.base_exam_id
    left join retakes on attempts.keen_id = retakes.keen_id

),

counted as (

    select
        in_sessions.*,
        if(
            in_sessions.session_id is null, null, 1 + coalesce(retakes_by_session.retakes, 0)
        ) as attempts_in_session,
        coalesce(repeated.deliveries, 1) as deliveries
    from in_sessions
    left join retakes_by_session on in_sessions.session_id = retakes_by_session.session_id
    left join repeated on in_sessions.keen_id = repeated.keen_id

),

final as (

    select
        keen_id,
        user_exam_id,
        base_exam_id,
        question_set_id,
        sequence_id,

        exam_name,
        certification,
        max_attempts,
        attempt_number,

        started_at,
        finished_at,
        keen_created_at,
        duration_seconds,
        start_hour,

        questions_presented,
        questions_scored,
        count_submitted as submitted,
        count_correct as correct,
        count_incorrect as incorrect,
        count_incomplete as missed_some,
        count_unanswered as unanswered,
        score,
        is_all_correct,
        is_test,

        session_id,
        attempt_in_session,
        attempts_in_session,
        attempt_in_session = 1 as is_first_in_session,
        attempt_in_session = attempts_in_session as is_last_in_session,
        follows_keen_id,
        seconds_since_followed,
        session_reason,

        deliveries,
        load_id,
        topic,
        partition,
        offset
    from counted

)

select * from final
