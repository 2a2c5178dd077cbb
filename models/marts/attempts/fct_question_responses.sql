{{
    config(
        materialized='incremental',
        tblproperties={'delta.dataSkippingStatsColumns': 'load_id'},
        post_hook='{{ merge_small_files() }}'
    )
}}

with questions as (

    select * from {{ ref('int_questions') }}
    {{ only_new_loads() }}

),

final as (

    select
        keen_id,
        question_position,
        question_id,
        base_exam_id,
        question_set_id,
        exam_name,
        is_test,
        is_first_presentation,
        result,
        is_correct,
        is_incomplete,
        is_submitted,
        result = 'unanswered' as is_unanswered,
        size(option_list) as options_presented,
        size(filter(option_list, option -> option.checked)) as options_chosen,
        load_id
    from questions

)

select * from final
