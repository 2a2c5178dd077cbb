{{
    config(
        materialized='incremental',
        tblproperties={'delta.dataSkippingStatsColumns': 'load_id'},
        post_hook='{{ merge_small_files() }}'
    )
}}

with options as (

    select * from {{ ref('int_options') }}
    {{ only_new_loads() }}

),

final as (

    select
        keen_id,
        question_position,
        option_position,
        question_id,
        option_id,
        base_exam_id,
        question_set_id,
        exam_name,
        is_test,
        is_first_presentation,
        is_chosen,
        is_correct,
        is_submitted,
        changed_at,
        load_id
    from options

)

select * from final
