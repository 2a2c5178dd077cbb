{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail'
    )
}}

with questions as (

    select * from {{ ref('int_questions') }}
    {% if is_incremental() %}
        where load_id > (select coalesce(max(this.load_id), -1) from {{ this }} as this)
    {% endif %}

)

select
    keen_id,
    question_position,
    question_id,
    base_exam_id,
    is_first_presentation,
    result,
    is_correct,
    is_incomplete,
    is_submitted,
    result = 'unanswered' as is_omitted,
    size(option_list) as options,
    size(filter(option_list, option -> option.checked)) as options_checked,
    load_id
from questions
