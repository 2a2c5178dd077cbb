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
        duration_seconds,

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
        options_presented,
        question_set_id,

        message_sha256,
        load_id,
        topic,
        partition,
        offset
    from messages
    where disposition = 'accepted'

)

select * from final
