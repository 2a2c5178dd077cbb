{{ config(pre_hook='{{ refuse_another_test_exam() }}') }}

with messages as (

    select * from {{ ref('stg_assess__messages') }}
    where disposition in ('accepted', 'duplicate')

),

final as (

    select
        keen_id,
        user_exam_id,
        base_exam_id,
        sequence_id,

        exam_name,
        certification,
        max_attempts,

        started_at,
        finished_at,
        keen_created_at,
        duration_seconds,
        hour(started_at) as start_hour,

        attempt_number,
        count_total,
        count_submitted,
        count_correct,
        count_incorrect,
        count_incomplete,
        count_unanswered,
        is_all_correct,

        coalesce(questions, array()) as question_list,
        questions_presented,
        if(count_correct is null, null, questions_presented) as questions_scored,
        options_presented,
        question_set_id,
        try_divide(count_correct, questions_presented) as score,
        base_exam_id = {{ sql_string(var('test_exam_id')) }} as is_test,

        disposition,
        source_file,
        source_position,
        published_at,
        landed_at,
        load_id,
        topic,
        partition,
        offset
    from messages

)

select * from final
