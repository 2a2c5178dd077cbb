with inference as (

    select * from {{ ref('int_retake_inference') }}

),

exams as (

    select * from {{ ref('dim_exams') }}

),

sessions as (

    select
        base_exam_id,
        count_if(is_first_in_session) as sessions,
        count_if(is_first_in_session and attempts_in_session > 1) as sessions_of_several
    from {{ ref('fct_attempts') }}
    where session_id is not null
    group by base_exam_id

),

final as (

    select
        inference.base_exam_id,
        exams.exam_name,
        exams.is_test,

        inference.attempts,
        inference.links,
        inference.chance_links,
        inference.chance_links_high,
        inference.reversed_links,
        inference.later_links,

        inference.is_inferred,
        inference.reason,
        if(inference.is_inferred, inference.links, null) as retakes,
        sessions.sessions,
        sessions.sessions_of_several
    from inference
    inner join exams on inference.base_exam_id = exams.base_exam_id
    left join sessions on inference.base_exam_id = sessions.base_exam_id

)

select * from final
