{{ config(pre_hook='{{ refuse_another_test_exam() }}') }}

with messages as (

    select * from {{ ref('stg_assess__messages') }}

),

-- Counts are used whole, and only where the questions that they count are there.
counted as (

    select
        *,
        if(
            sequences.questions is not null
            and sequences.counts.submitted is not null
            and sequences.counts.correct is not null
            and sequences.counts.incorrect is not null
            and sequences.counts.incomplete is not null
            and sequences.counts.unanswered is not null,
            sequences.counts, null
        ) as counts
    from messages
    where disposition in ('accepted', 'duplicate')

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
        counts.total as count_total,
        counts.submitted as count_submitted,
        counts.correct as count_correct,
        counts.incorrect as count_incorrect,
        counts.incomplete as count_incomplete,
        counts.unanswered as count_unanswered,
        sequences.counts.all_correct as is_all_correct,

        coalesce(sequences.questions, array()) as question_list,
        questions_presented,
        if(counts.correct is null, null, questions_presented) as questions_scored,
        options_presented,
        question_set_id,
        try_divide(cast(counts.correct as double), cast(questions_presented as double)) as score,
        base_exam_id = {{ sql_string(var('test_exam_id')) }} as is_test,

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
    from counted

)

select * from final
