{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        tblproperties={'delta.dataSkippingNumIndexedCols': '0'}
    )
}}

with options as (

    select * from {{ ref('int_options') }}
    {% if is_incremental() %}
        where load_id > (select coalesce(max(this.load_id), -1) from {{ this }} as this)
    {% endif %}

)

select
    keen_id,
    question_position,
    option_position,
    question_id,
    option_id,
    base_exam_id,
    is_first_presentation,
    is_checked,
    is_correct,
    is_submitted,
    changed_at,
    load_id
from options
