{{
    config(
        materialized='incremental',
        tblproperties={'delta.dataSkippingStatsColumns': 'load_id'},
        post_hook='{{ merge_small_files() }}'
    )
}}

with responses as (

    select * from {{ ref('fct_question_responses') }}
    {{ only_new_loads() }}

),

scored as (

    select
        *,
        if(result = 'correct', 1, 0) as item_score,
        cast(sum(if(result = 'correct', 1, 0)) over attempt as int) as total_score,
        cast(count(*) over attempt as int) as distinct_questions,
        count(result) over attempt as results
    from responses
    where is_first_presentation and not is_test
    window attempt as (partition by keen_id)

),

final as (

    select
        keen_id,
        question_id,
        question_position,
        base_exam_id,
        question_set_id,
        exam_name,
        result,
        item_score,
        total_score,
        distinct_questions,
        load_id
    from scored
    where results = distinct_questions

)

select * from final
