{{
    config(
        materialized='incremental',
        tblproperties={'delta.dataSkippingStatsColumns': 'load_id'},
        post_hook='{{ merge_small_files() }}'
    )
}}

with deliveries as (

    select * from {{ ref('int_deliveries') }}
    {{ only_new_loads() }}

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
        options_presented,
        count_submitted as submitted,
        count_correct as correct,
        count_incorrect as incorrect,
        count_incomplete as missed_some,
        count_unanswered as unanswered,
        score,
        is_all_correct,
        is_test,

        disposition,
        source_file,
        source_position,
        published_at,
        landed_at,
        load_id,
        topic,
        partition,
        offset
    from deliveries

)

select * from final
