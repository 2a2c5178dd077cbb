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

final as (

    select
        in_sessions.keen_id,
        in_sessions.user_exam_id,
        in_sessions.base_exam_id,
        in_sessions.question_set_id,
        in_sessions.sequence_id,

        in_sessions.exam_name,
        in_sessions.certification,
        in_sessions.max_attempts,
        in_sessions.attempt_number,

        in_sessions.started_at,
        in_sessions.finished_at,
        in_sessions.keen_created_at,
        in_sessions.duration_seconds,
        in_sessions.start_hour,

        in_sessions.questions_presented,
        in_sessions.questions_scored,
        in_sessions.count_submitted as submitted,
        in_sessions.count_correct as correct,
        in_sessions.count_incorrect as incorrect,
        in_sessions.count_incomplete as missed_some,
        in_sessions.count_unanswered as unanswered,
        in_sessions.score,
        in_sessions.is_all_correct,
        in_sessions.is_test,

        in_sessions.session_id,
        in_sessions.attempt_in_session,
        if(
            in_sessions.session_id is null, null, 1 + coalesce(retakes_by_session.retakes, 0)
        ) as attempts_in_session,
        in_sessions.attempt_in_session = 1 as is_first_in_session,
        in_sessions.attempt_in_session = 1 + coalesce(retakes_by_session.retakes, 0) as is_last_in_session,
        in_sessions.follows_keen_id,
        in_sessions.seconds_since_followed,
        in_sessions.session_reason,

        coalesce(repeated.deliveries, 1) as deliveries,
        in_sessions.load_id,
        in_sessions.topic,
        in_sessions.partition,
        in_sessions.offset
    from in_sessions
    left join retakes_by_session on in_sessions.session_id = retakes_by_session.session_id
    left join repeated on in_sessions.keen_id = repeated.keen_id

)

select * from final
