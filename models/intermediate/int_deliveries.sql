with messages as (

    select * from {{ ref('stg_assess__messages') }}

),

final as (

    select
        keen_id,
        user_exam_id,
        base_exam_id,
        sequences.id as sequence_id,

        exam_name,
        certification,
        max_attempts,

        started_at,
        finished_at,
        keen_created_at,
        duration_seconds,
        hour(started_at) as start_hour,

        sequences.attempt as attempt_number,
        sequences.counts.total as count_total,
        sequences.counts.submitted as count_submitted,
        sequences.counts.correct as count_correct,
        sequences.counts.incorrect as count_incorrect,
        sequences.counts.incomplete as count_incomplete,
        sequences.counts.unanswered as count_unanswered,
        sequences.counts.all_correct as is_all_correct,

        coalesce(sequences.questions, array()) as question_list,
        questions_presented,
        if(sequences.counts.correct is null, null, questions_presented) as questions_scored,
        options_presented,
        question_set_id,
        try_divide(cast(sequences.counts.correct as double), cast(questions_presented as double)) as score,
        base_exam_id = '{{ var("test_exam_id") }}' as is_test,

        disposition,
        message_sha256,
        source_file,
        source_position,
        published_at,
        landed_at,
        load_id,
        topic,
        partition,
        offset
    from messages
    where disposition in ('accepted', 'duplicate')

)

select * from final
