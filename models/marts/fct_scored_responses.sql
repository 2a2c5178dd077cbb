{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail'
    )
}}

with attempts as (

    select * from {{ ref('fct_attempts') }}
    {% if is_incremental() %}
        where load_id > (select coalesce(max(this.load_id), -1) from {{ this }} as this)
    {% endif %}

),

responses as (

    select * from {{ ref('fct_question_responses') }}
    {% if is_incremental() %}
        where load_id > (select coalesce(max(this.load_id), -1) from {{ this }} as this)
    {% endif %}

),

scored as (

    select
        keen_id,
        question_id,
        question_position,
        result,
        if(result = 'correct', 1, 0) as item_score,
        cast(sum(if(result = 'correct', 1, 0)) over attempt as int) as total_score,
        cast(count(*) over attempt as int) as questions,
        count(result) over attempt as results
    from responses
    where is_first_presentation
    window attempt as (partition by keen_id)

),

joined as (

    select
        scored.keen_id,
        scored.question_id,
        scored.question_position,
        attempts.base_exam_id,
        attempts.question_set_id,
        scored.result,
        scored.item_score,
        scored.total_score,
        scored.questions,
        attempts.load_id
    from scored
    inner join attempts on scored.keen_id = attempts.keen_id
    where scored.results = scored.questions and not attempts.is_test

)

select
    keen_id,
    question_id,
    question_position,
    base_exam_id,
    question_set_id,
    result,
    item_score,
    total_score,
    questions,
    load_id
from joined
