{{ config(materialized='incremental', tblproperties={'delta.dataSkippingStatsColumns': 'load_id'}) }}

with attempts as (

    select * from {{ ref('fct_attempts') }}
    {{ only_new_loads() }}

),

responses as (

    select * from {{ ref('fct_question_responses') }}
    {{ only_new_loads() }}

),

scored as (

    select
        keen_id,
        question_id,
        question_position,
        result,
        if(result = 'correct', 1, 0) as item_score,
        cast(sum(if(result = 'correct', 1, 0)) over attempt as int) as total_score,
        cast(count(*) over attempt as int) as distinct_questions,
        count(result) over attempt as results
    from responses
    where is_first_presentation
    window attempt as (partition by keen_id)

),

final as (

    select
        scored.keen_id,
        scored.question_id,
        scored.question_position,
        attempts.base_exam_id,
        attempts.question_set_id,
        attempts.exam_name,
        scored.result,
        scored.item_score,
        scored.total_score,
        scored.distinct_questions,
        attempts.load_id
    from scored
    inner join attempts on scored.keen_id = attempts.keen_id
    where scored.results = scored.distinct_questions and not attempts.is_test

)

select * from final
